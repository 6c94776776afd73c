"""Which kinds of documents have versions: plugins register theirs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cms.core.registry import Registry


@dataclass(frozen=True)
class Paper:
    """A document that was made of a text: what it is called, which reading it shows (None: everything), its HTML."""

    name: str
    audience: str | None
    html: str


@dataclass(frozen=True)
class VersionKind:
    """A kind of document that is published in versions.

    `may_read(content_ids, person)` says if a reader may see any of the frozen contents, for their files.
    `address(version)` is the permanent address. `resolve(key)` finds the version in force, for citations.
    `current_contents()` names the frozen texts that readers get or will get, by primary key of the content:
    what experts still have to review, and what has gone stale, is looked for in them.
    `at_pages(ids)` gives the keys of the documents written at some of Wagtail's pages: a link to one is a citation.
    `numbered(key, number)` finds a version such as "2.1", `quotable()` gives the versions whose sections others may
    quote, those of one document together and the newest first.
    `papers(hashes)` gives the documents that were last made of some contents, by the content's hash.
    """

    name: str
    label: Any
    address: Callable[[Any], str]
    may_read: Callable[[list[int], Any], bool]
    resolve: Callable[[Any], Any]
    current_contents: Callable[[], Mapping[int, str]] = dict
    at_pages: Callable[[Collection[int]], Mapping[int, UUID]] = lambda ids: {}
    numbered: Callable[[UUID, str], Any] = lambda key, number: None
    quotable: Callable[[], Sequence[Any]] = tuple
    papers: Callable[[Collection[str]], Mapping[str, Sequence[Paper]]] = lambda hashes: {}


version_kinds: Registry[VersionKind] = Registry("version kind")
