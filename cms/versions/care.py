"""What has gone stale in published texts: every place that readers meet today and that a register has overtaken.

A contact is filled in when a text is served, so a changed number is out of date only in documents on paper. Law stays
as it was frozen, so a changed citation is out of date wherever it stands.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.readings import is_for, read_for
from cms.core.registry import Care, FrozenToken, token_kinds
from cms.core.tokens import Token, find_slots, find_tokens, replace_tokens
from cms.versions.enums import RemarkKind
from cms.versions.freezing import strings_in
from cms.versions.models import Content, Fragment
from cms.versions.permissions import user_can_sign, user_edits_pages
from cms.versions.queries import waiting_for_review
from cms.versions.registry import Paper, version_kinds

SHOWN = 60


@dataclass(frozen=True, order=True)
class Hit:
    """One place that a register has overtaken: in which document, where in it, what was cited, and why it matters."""

    document: str
    where: str
    token: Token
    kind: RemarkKind
    words: str = ""

    @property
    def kept_at(self) -> str:
        """Where the admin keeps what is cited."""
        return token_kinds.get(self.token.kind).kept_at(self.token.key)


def stale_places(on: date) -> list[Hit]:
    """Every place in what readers get or will get, and in the documents made of it, that needs care. By document."""
    names: dict[int, str] = {}
    for kind in version_kinds:
        names.update(kind.current_contents())
    contents = list(Content.objects.filter(pk__in=names))
    texts = _texts(names)
    places = {content.pk: [*_in_text(texts.get(content.pk, ())), *_in_words(content)] for content in contents}
    books = _Books.of({token for found in places.values() for _where, token in found}, on)
    papers = _papers([content.sha256 for content in contents])
    hits: list[Hit] = []
    for content in contents:
        name, frozen = names[content.pk], content.parts["cites"]
        for where, token in dict.fromkeys(places[content.pk]):
            hits += [Hit(name, where, token, *reason) for reason in books.against_text(token, frozen)]
        for paper in papers.get(content.sha256, ()):
            for token in _on(paper, texts.get(content.pk, ())):
                hits += [Hit(name, paper.name, token, *reason) for reason in books.against_paper(token, frozen, paper)]
    return sorted(set(hits))


def _texts(contents: Collection[int]) -> dict[int, list[Fragment]]:
    rows = Fragment.objects.filter(content__in=contents).order_by("content", "position")
    texts: dict[int, list[Fragment]] = {}
    for row in rows.only("content", "kind", "audiences", "html", "text"):
        texts.setdefault(row.content_id, []).append(row)
    return texts


def _in_text(fragments: Iterable[Fragment]) -> Iterator[tuple[str, Token]]:
    """Each citation of a text with the heading it stands under."""
    heading = ""
    for row in fragments:
        if row.kind == "heading":
            heading = row.text
        where = _on_one_line(heading or row.text)
        yield from ((where, token) for token in find_slots(row.html))


def _on_one_line(words: str) -> str:
    return Truncator(" ".join(words.split())).chars(SHOWN)


def _on(paper: Paper, fragments: Iterable[Fragment]) -> list[Token]:
    """The citations that stand in a document: those of its reading."""
    shown = (read_for(row.html, paper.audience) for row in fragments if is_for(row.audiences, paper.audience))
    return list(dict.fromkeys(token for html in shown for token in find_slots(html)))


def _in_words(content: Content) -> Iterator[tuple[str, Token]]:
    """Each citation in what a plugin froze beside the text, such as a question, with the words it stands in."""
    for words in strings_in(content.parts["extra"]):
        for token in find_tokens(words):
            yield _on_one_line(_before(words)), token


def _before(words: str) -> str:
    """The words that lead to a citation; nobody reads keys."""
    shown = replace_tokens(words, lambda _token: "…")
    return shown.partition("…")[0].rstrip(" :,(–") or shown


Reason = tuple[RemarkKind, str]


@dataclass(frozen=True)
class _Books:
    """What the registers say today of all that is cited: doubts, values, and what a document would get."""

    doubts: Mapping[Token, Sequence[Reason]]
    today: Mapping[Token, FrozenToken | None]
    filled: Mapping[Token, str]

    @classmethod
    def of(cls, cited: Collection[Token], on: date) -> "_Books":
        by_kind: dict[str, set[str]] = {}
        for token in cited:
            by_kind.setdefault(token.kind, set()).add(token.key)
        doubts = {
            Token(kind, key): [(RemarkKind(doubt.code), doubt.words) for doubt in doubts]
            for kind, keys in by_kind.items()
            for key, doubts in token_kinds.get(kind).doubts(keys, on).items()
        }
        kinds = {token: token_kinds.get(token.kind) for token in cited}
        today = {token: kind.freeze(token.key) for token, kind in kinds.items()}
        filled = {token: kind.filled(token.key) for token, kind in kinds.items() if kind.is_filled}
        return cls(doubts, today, filled)

    def against_text(self, token: Token, frozen: Mapping[str, Any]) -> Iterator[Reason]:
        """Why a citation in a text that is served needs care."""
        yield from self.doubts.get(token, ())
        register, now = token_kinds.get(token.kind), self.today[token]
        if now is None:
            yield RemarkKind(register.gone), _("no longer in the register")
        elif not register.is_filled and frozen.get(token.kind, {}).get(token.key) != now.value:
            yield RemarkKind(register.changed), now.text

    def against_paper(self, token: Token, frozen: Mapping[str, Any], paper: Paper) -> Iterator[Reason]:
        """The same for a document: what was filled in when it was made may have changed since."""
        yield from self.against_text(token, frozen)
        now = self.today[token]
        if now is not None and token in self.filled and self.filled[token] not in paper.html:
            yield RemarkKind(token_kinds.get(token.kind).changed), now.text


def _papers(hashes: Sequence[str]) -> dict[str, list[Paper]]:
    found: dict[str, list[Paper]] = {}
    for kind in version_kinds:
        for sha256, papers in kind.papers(hashes).items():
            found.setdefault(sha256, []).extend(papers)
    return found


def reviews_waiting(user: Any, on: date) -> Iterator[Care]:
    """What experts have not signed in the texts that readers get, for those who may sign."""
    if not user_can_sign(user):
        return
    contents: dict[int, str] = {}
    for kind in version_kinds:
        contents.update(kind.current_contents())
    count = len({one.mark.fragment.sha256 for one in waiting_for_review(contents)})
    if count:
        words = ngettext("%(count)s section waits for an expert", "%(count)s sections wait for an expert", count)
        yield Care(words % {"count": count}, reverse("ledstang_reviews"))


def way_to_stale(request: Any) -> dict[str, Any] | None:
    """Under what needs care: the list of stale citations, too much to ask for whenever the admin is opened."""
    return {} if user_edits_pages(request.user) else None
