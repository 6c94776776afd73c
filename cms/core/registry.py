"""Registries through which news travels up the house: lower apps ask, higher apps register."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Protocol, TypeVar

from django.http import HttpRequest

from cms.core.tokens import Token


class Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Generic[Entry]):
    """Named entries in the order they were registered. A name can be taken only once."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._entries: dict[str, Entry] = {}

    def register(self, entry: Entry) -> Entry:
        known = self._entries.get(entry.name)
        if known is not None and known != entry:
            raise ValueError(f"{self.what} {entry.name!r} is already registered")
        self._entries[entry.name] = entry
        return entry

    def get(self, name: str) -> Entry:
        try:
            return self._entries[name]
        except KeyError:
            raise LookupError(f"no {self.what} named {name!r} is registered") from None

    def find(self, name: str) -> Entry | None:
        return self._entries.get(name)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __contains__(self, name: object) -> bool:
        return name in self._entries


@dataclass(frozen=True)
class NavItem:
    """A way into a part of the site, shown in the header to those for whom `visible` holds.

    `description` says in one sentence what is there: the home page shows it.
    """

    name: str
    label: Any
    url: Callable[[HttpRequest], str | None]
    visible: Callable[[HttpRequest], bool] = field(default=lambda request: True)
    order: int = 100
    description: Any = ""


@dataclass(frozen=True)
class PagePart:
    """Something that one app adds to a page of another, so that neither has to know the other.

    `place` names where: "oversight.person". `context(request, **given)` gets what the page gives and answers with what
    `template` needs; None: nothing is shown to this visitor.
    """

    name: str
    place: str
    template: str
    context: Callable[..., dict[str, Any] | None]
    order: int = 100


@dataclass(frozen=True)
class FrozenToken:
    """What a `{{kind:key}}` token in a text becomes when the text is frozen.

    `value` is the register's value that day, as JSON-ready data: it enters the canonical content.
    `html` replaces the token in the frozen HTML, `text` in the plain text.
    """

    value: Any
    html: str
    text: str


@dataclass(frozen=True)
class Doubt:
    """Why a cited key deserves a look before it is published: a code of the house, and words that name the entry."""

    code: str
    words: str


@dataclass(frozen=True)
class TokenKind:
    """A register that text cites by key. `freeze(key)` returns None for an unknown key.

    `doubts(keys, on)` tells of those keys whose entries are stale, repealed, expired or unverified on a day.
    `changed` and `gone` are the codes of entries that say something else than when they were frozen, or that have left
    the register. What is `is_filled` is put in when the text is served, so that only copies on paper are out of date;
    `filled(key)` is what a document for everybody would get in its place today. `kept_at(key)` is where the admin keeps
    the entry.
    """

    name: str
    freeze: Callable[[str], FrozenToken | None]
    doubts: Callable[[Collection[str], date], Mapping[str, Sequence[Doubt]]] = lambda keys, on: {}
    changed: str = ""
    gone: str = ""
    is_filled: bool = False
    filled: Callable[[str], str] = lambda key: ""
    kept_at: Callable[[str], str] = lambda key: ""


@dataclass(frozen=True)
class Use:
    """A place that cites an entry of a register. `where` says what it is, such as "version 2.0, in force".

    `is_frozen`: it was published and does not change. `is_current`: readers meet it today.
    """

    title: str
    where: str
    url: str
    is_frozen: bool
    is_current: bool


@dataclass(frozen=True)
class UseFinder:
    """`find(tokens)` tells where some citations stand: in pages as they are written now, and in frozen versions."""

    name: str
    find: Callable[[Collection[Token]], Mapping[Token, Sequence[Use]]]


@dataclass(frozen=True)
class Care:
    """Something that waits for somebody in the admin, in words with its count: "3 contact routes must be verified".

    `url` is the list it stands in, or the place; `places` are the single ones, as title and address. `is_late`: it
    should have been done by now.
    """

    words: str
    url: str = ""
    places: Sequence[tuple[str, str]] = ()
    is_late: bool = False


@dataclass(frozen=True)
class CareFinder:
    """`find(user, on)` tells what waits for an account on a day, of what it may do something about.

    It asks as many queries for much as for little. `order` says where its lines stand on the admin's home page.
    """

    name: str
    find: Callable[[Any, date], Iterable[Care]]
    order: int = 100


nav_items: Registry[NavItem] = Registry("navigation item")
footer_items: Registry[NavItem] = Registry("footer link")
page_parts: Registry[PagePart] = Registry("part of a page")
token_kinds: Registry[TokenKind] = Registry("token kind")
use_finders: Registry[UseFinder] = Registry("finder of uses")
care_finders: Registry[CareFinder] = Registry("finder of what needs care")
