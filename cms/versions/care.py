"""What has gone stale in published texts: every place that readers meet today and that a register has overtaken.

A contact is filled in when a text is served, so a changed number is out of date only in documents on paper. Law stays
as it was frozen, so a changed citation is out of date wherever it stands.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cms.core.registry import FrozenToken, token_kinds
from cms.core.tokens import Token, find_slots, find_tokens
from cms.versions.enums import RemarkKind
from cms.versions.freezing import strings_in
from cms.versions.models import Content, Fragment
from cms.versions.registry import version_kinds

SHOWN = 60


@dataclass(frozen=True, order=True)
class Hit:
    """One place that a register has overtaken: in which document, where in it, what was cited, and why it matters."""

    document: str
    where: str
    token: Token
    kind: RemarkKind
    words: str = ""


def stale_places(on: date) -> list[Hit]:
    """Every place in what readers get or will get, and in the documents made of it, that needs care. By document."""
    names: dict[int, str] = {}
    for kind in version_kinds:
        names.update(kind.current_contents())
    contents = list(Content.objects.filter(pk__in=names))
    in_text = _in_text(names)
    places = {content.pk: [*in_text.get(content.pk, ()), *_in_words(content.parts["extra"])] for content in contents}
    cited = {token for found in places.values() for _where, token in found}
    doubts, today = _doubts(cited, on), _today(cited)
    papers = _papers([content.sha256 for content in contents])
    hits: list[Hit] = []
    for content in contents:
        frozen = content.parts["cites"]
        for where, token in dict.fromkeys(places[content.pk]):
            reasons = [*doubts.get(token, ()), *_overtaken(token, frozen, today[token], on_paper=False)]
            hits += [Hit(names[content.pk], where, token, kind, words) for kind, words in reasons]
        for token in dict.fromkeys(token for _where, token in places[content.pk]):
            reasons = [*doubts.get(token, ()), *_overtaken(token, frozen, today[token], on_paper=True)]
            hits += [
                Hit(names[content.pk], paper, token, kind, words)
                for paper in papers.get(content.sha256, ())
                for kind, words in reasons
            ]
    return sorted(set(hits))


def _in_text(contents: Collection[int]) -> dict[int, list[tuple[str, Token]]]:
    """Each citation of some texts with the heading it stands under, by the text."""
    found: dict[int, list[tuple[str, Token]]] = {}
    headings: dict[int, str] = {}
    rows = Fragment.objects.filter(content__in=contents).order_by("content", "position")
    for row in rows.only("content", "kind", "html", "text"):
        if row.kind == "heading":
            headings[row.content_id] = row.text
        where = Truncator(headings.get(row.content_id, row.text)).chars(SHOWN)
        found.setdefault(row.content_id, []).extend((where, token) for token in find_slots(row.html))
    return found


def _in_words(extra: Any) -> Iterator[tuple[str, Token]]:
    """Each citation in what a plugin froze beside the text, such as a question, with the words it stands in."""
    for words in strings_in(extra):
        for token in find_tokens(words):
            yield Truncator(words).chars(SHOWN), token


Reason = tuple[RemarkKind, str]


def _doubts(cited: Iterable[Token], on: date) -> Mapping[Token, Sequence[Reason]]:
    by_kind: dict[str, set[str]] = {}
    for token in cited:
        by_kind.setdefault(token.kind, set()).add(token.key)
    return {
        Token(kind, key): [(RemarkKind(doubt.code), doubt.words) for doubt in doubts]
        for kind, keys in by_kind.items()
        for key, doubts in token_kinds.get(kind).doubts(keys, on).items()
    }


def _today(cited: Iterable[Token]) -> dict[Token, FrozenToken | None]:
    """What each register would freeze today."""
    return {token: token_kinds.get(token.kind).freeze(token.key) for token in cited}


def _overtaken(token: Token, frozen: Mapping[str, Any], now: FrozenToken | None, *, on_paper: bool) -> Iterator[Reason]:
    register = token_kinds.get(token.kind)
    if now is None:
        yield RemarkKind(register.gone), _("no longer in the register")
    elif (on_paper or not register.is_filled) and frozen.get(token.kind, {}).get(token.key) != now.value:
        yield RemarkKind(register.changed), now.text


def _papers(hashes: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind in version_kinds:
        for sha256, names in kind.papers(hashes).items():
            found.setdefault(sha256, []).extend(names)
    return found
