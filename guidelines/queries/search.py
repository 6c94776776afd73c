"""Search in the guidelines that are in force: sections, in the reader's words, and only what the reader may read."""

import html
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, prefetch_related_objects
from django.urls import reverse
from django.utils.html import strip_tags

from cms.core.enums import Audience
from cms.core.readings import pieces_of
from cms.core.registry import token_kinds
from cms.core.stems import composed
from cms.core.tokens import Token, replace_slots
from cms.versions.enums import NoticeTone
from cms.versions.freezing import fragment_anchor
from cms.versions.models import Fragment, Notice, Withdrawal
from cms.versions.queries import in_force_among
from guidelines.models import GuidelineVersion, SearchSection, SearchTerm, Synonyms
from guidelines.permissions import user_can_read
from guidelines.queries.documents import restricted_orphans, restrictions_on
from guidelines.queries.readings import EVERYTHING, HEADING
from guidelines.searching import TAG, Ranked, Run, Sought, Word, excerpt, guessed, rank, sought_in

BITS = {audience: 1 << place for place, audience in enumerate(Audience.values)}
EVERYBODY = sum(BITS.values())
UNSTOPPED = re.compile(r"(?<=\w)\s*</(?:p|li)>(?=\s*<)")  # a title or a point, which has no full stop of its own
LEFT_OUT = "…"  # a slot
SPACED_STOP = re.compile(r" ([.,;:?!])(?= |$)")  # what a slot that is left out leaves behind


def bits_of(audiences: Iterable[str]) -> int:
    """The audiences as a number; none: for all."""
    return sum({BITS[audience] for audience in audiences if audience in BITS}) or EVERYBODY


def plain_words(markup: str) -> str:
    """Frozen HTML as words to search and show. What is filled when served is left out: it may not be for everybody."""

    def kept(token: Token, frozen: str) -> str:
        kind = token_kinds.find(token.kind)
        return f" {LEFT_OUT} " if kind is None or kind.is_filled else frozen

    spaced = TAG.sub(" ", UNSTOPPED.sub(r"\g<0>. ", replace_slots(markup, kept)))
    words = " ".join(composed(html.unescape(strip_tags(spaced))).split())
    return SPACED_STOP.sub(r"\1", words).replace(f"{LEFT_OUT}.", LEFT_OUT)


def pieces_in(fragment: Fragment) -> Iterator[tuple[int, str]]:
    """The words of a fragment in its pieces, each with the audiences that it is for."""
    whole = bits_of(fragment.audiences)
    for audiences, markup in pieces_of(fragment.html):
        bits = whole & bits_of(audiences)
        words = plain_words(markup)
        if bits and words:
            yield bits, words


# Which texts


def searchable(user: Any, passed: Collection[int], on: date) -> dict[int, GuidelineVersion]:
    """The versions in force on a day that an account may read, by primary key. What is stopped or withdrawn is out."""
    withdrawn = Withdrawal.objects.filter(key=OuterRef("key"), withdrawn_on__lte=on)
    stopped = Notice.objects.standing().filter(key=OuterRef("key"), tone=NoticeTone.STOP)
    indexed = SearchSection.objects.filter(version=OuterRef("pk"))
    rows = GuidelineVersion.objects.filter(Exists(indexed), effective_on__lte=on)
    by_key: dict[UUID, list[Any]] = {}
    for row in rows.exclude(Exists(withdrawn)).exclude(Exists(stopped)).annotate(page_path=F("page__path")):
        by_key.setdefault(row.key, []).append(row)
    found = [version for of_one in by_key.values() if (version := in_force_among(of_one, on)) is not None]
    if user.is_authenticated:
        prefetch_related_objects([user], "groups")
    restrictions = restrictions_on(version.page_path for version in found)
    orphans = restricted_orphans(version.key for version in found if version.page_path is None)
    return {
        version.pk: version
        for version in found
        if user_can_read(
            user, restrictions.get(version.page_path or "", []), passed=passed, is_orphan=version.key in orphans
        )
    }


# Searching


@dataclass(frozen=True)
class Answer:
    """What a search found, the best first; `hits` makes those of one page ready to be shown."""

    sought: tuple[Sought, ...]
    ranked: list[Ranked]
    versions: dict[int, GuidelineVersion]
    audience: str | None
    is_guess: bool = False  # what was written is nowhere: these have words that are like it

    @property
    def is_partial(self) -> bool:
        """Whether no section has everything that was looked for."""
        return bool(self.ranked) and self.ranked[0].has < len(self.sought)

    def hits(self, some: Sequence[Ranked]) -> list["Hit"]:
        return _hits(self, some)


@dataclass(frozen=True)
class Hit:
    """A section that answers, with its address in a reading that has it."""

    version: GuidelineVersion
    title: str
    address: str
    runs: tuple[Run, ...]


def search(
    question: str,
    *,
    user: Any,
    on: date,
    passed: Collection[int] = (),
    audience: str | None = None,
    kind: str | None = None,
) -> Answer:
    """Sections of the guidelines in force that answer a question, in at most six queries whatever they hold."""
    synonyms = [group.phrases for group in Synonyms.objects.all()]
    sought = sought_in(question, synonyms)
    versions = searchable(user, passed, on) if sought else {}
    if kind is not None:
        versions = {pk: version for pk, version in versions.items() if version.kind == kind}
    ranked = rank(sought, _weights(sought, versions, audience)) if versions else []
    if versions and (not ranked or ranked[0].has < len(sought)):
        guess = guessed(sought, _known_words(versions, audience), synonyms)
        if guess != sought and (better := rank(guess, _weights(guess, versions, audience))):
            return Answer(guess, better, versions, audience, is_guess=True)
    return Answer(sought, ranked, versions, audience)


def _known_words(versions: Collection[int], audience: str | None) -> set[str]:
    """Every word of the texts that are searched, as it is compared: only of what the reader may read."""
    bits = BITS[audience] if audience else EVERYBODY
    rows = SearchTerm.objects.filter(section__version__in=versions).values_list("term", "readings").distinct()
    return {term for term, readings in rows if readings & bits}


def _weights(sought: Sequence[Sought], versions: Collection[int], audience: str | None) -> dict[int, dict[str, int]]:
    """The words looked for in each section of some versions, for one reading or for all."""
    words = {word for one in sought for way in one.ways for word in way}
    bits = BITS[audience] if audience else EVERYBODY
    rows = SearchTerm.objects.filter(reduce(or_, map(_has, words)), section__version__in=versions)
    found: dict[int, dict[str, int]] = {}
    for section, term, weight, readings in rows.values_list("section", "term", "weight", "readings"):
        if readings & bits:
            found.setdefault(section, {})[term] = weight
    return found


def _has(word: Word) -> Q:
    found = Q(term=word.key)
    if not word.root:
        return found
    if word.is_looked_for_within:
        return found | Q(term__contains=word.root)
    return found | Q(term__startswith=word.root) | Q(term__endswith=word.root)


def _hits(answer: Answer, some: Sequence[Ranked]) -> list[Hit]:
    sections = SearchSection.objects.in_bulk([one.section for one in some])
    shown = [sections[one.section] for one in some if one.section in sections]
    texts = _texts(shown, answer)
    return [
        Hit(
            version=answer.versions[section.version_id],
            title=section.title,
            address=_address(answer.versions[section.version_id], section, answer.audience),
            runs=excerpt(texts[section.pk], answer.sought),
        )
        for section in shown
    ]


def _texts(sections: Sequence[SearchSection], answer: Answer) -> dict[int, str]:
    """The words of some sections in the reading looked for, without their headings."""
    bits = BITS[answer.audience] if answer.audience else EVERYBODY
    contents = {version.content_id: pk for pk, version in answer.versions.items()}
    wanted = {section.version_id for section in sections}
    rows = Fragment.objects.filter(content__in=[c for c, pk in contents.items() if pk in wanted])
    pieces: dict[tuple[int, str], list[str]] = {}
    place: dict[int, str] = {}
    for row in rows.order_by("content", "position").only("content", "key", "kind", "audiences", "html"):
        if row.kind == HEADING:
            place[row.content_id] = row.key
            continue
        here = pieces.setdefault((row.content_id, place.get(row.content_id, "")), [])
        here.extend(words for piece, words in pieces_in(row) if piece & bits)
    found = {}
    for section in sections:
        version = answer.versions[section.version_id]
        words = pieces.get((version.content_id, section.key), [])
        found[section.pk] = " ".join(words if section.key else [version.summary, *words])
    return found


def _address(version: GuidelineVersion, section: SearchSection, audience: str | None) -> str:
    reading = audience or (EVERYTHING if section.readings != EVERYBODY else "")
    query = f"?lasning={reading}" if reading else ""
    anchor = f"#{fragment_anchor(section.key)}" if section.key else ""
    return f"{reverse('guidelines:guideline', args=[version.key])}{query}{anchor}"
