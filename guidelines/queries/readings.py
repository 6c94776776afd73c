"""A guideline as one reader gets it: their reading, their contacts, what experts have not reviewed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from cms.core.enums import Audience, Competence
from cms.people.models import Employment, Person
from cms.people.queries import employments_on, person_of
from cms.references.glossary import Term, explain
from cms.references.queries import reader_of
from cms.references.slots import Filler, fill, words_html
from cms.versions.freezing import Draft
from cms.versions.queries import Section, Text, text_of_draft
from guidelines.grading import Question
from guidelines.models import GuidelineVersion

WORDS_A_MINUTE = 200  # silent reading of Swedish, rather slow: the text is to be acted on
MARKUP = re.compile(r"<[^>]*>")
AUDIENCE, DISTRICT, EVERYTHING = "lasning", "omrade", "alla"  # as addresses say them
HEADING = "heading"


@dataclass(frozen=True)
class Filled:
    """A section with its slots filled for one reader."""

    section: Section
    html: SafeString

    @property
    def is_entry(self) -> bool:
        """Whether the table of contents names it."""
        return self.section.kind == HEADING and self.section.html.startswith("<h2")


@dataclass(frozen=True)
class Reading:
    """One reading of a text. `audience` is None for everything, `district` None for the whole city."""

    sections: tuple[Filled, ...]
    audience: str | None
    audiences: tuple[str, ...]
    district: str | None
    districts: tuple[tuple[str, str], ...]
    is_redacted: bool = False
    minutes: int = 1

    @property
    def entries(self) -> list[Section]:
        return [replace(one.section, text=strip_tags(one.html).strip()) for one in self.sections if one.is_entry]

    @property
    def open_reviews(self) -> list[str]:
        """The competences that some section waits for, in the house's order."""
        found = {mark for filled in self.sections for mark in filled.section.open_reviews}
        return [competence for competence in Competence.values if competence in found]


def read_text(
    text: Text,
    *,
    person: Person | None,
    on: date,
    audience: str | None = None,
    district: str | None = None,
    frozen: Mapping[str, Any] | None = None,
    glossary: Sequence[Term] = (),
) -> Reading:
    """Make a text ready for a reader. `audience` and `district` are what stands in the address, known or not.

    `frozen` is what an older version cited: its contacts are shown as they were then, never as links.
    `glossary` has the words to explain where they are first used.
    """
    employments = list(employments_on(person, on)) if person is not None else []
    audiences = text.audiences
    chosen = choose_audience(audience, audiences, employments)
    sections = text.sections(chosen)
    reader = reader_of(person, on, employments=employments)
    filler = Filler.load("".join(section.html for section in sections), reader, on, frozen)
    districts = filler.districts
    if district in dict(districts):
        filler = replace(filler, reader=replace(reader, district=district))
    explained = explain([section.html for section in sections], glossary)
    return Reading(
        sections=tuple(Filled(section, filler.fill(html)) for section, html in zip(sections, explained, strict=True)),
        audience=chosen,
        audiences=tuple(known for known in Audience.values if known in audiences or known == chosen),
        district=filler.reader.district,
        districts=districts,
        is_redacted=text.is_redacted,
        minutes=minutes_to_read(section.html for section in sections),
    )


def minutes_to_read(pieces: Iterable[str]) -> int:
    """How long an adult reads, in whole minutes, by the words that are shown."""
    return max(1, round(sum(map(_words_in, pieces)) / WORDS_A_MINUTE))


@lru_cache(maxsize=2048)
def _words_in(html: str) -> int:
    return len(MARKUP.sub(" ", html).split())


def read_draft(draft: Draft, user: Any, audience: str) -> Reading:
    """How a draft reads to an account. No audience: everything, whatever the account's workplace."""
    text = text_of_draft(draft)
    return read_text(text, person=person_of(user), on=timezone.localdate(), audience=audience or EVERYTHING)


def read_questions(version: GuidelineVersion, person: Person | None, on: date) -> tuple[Question, ...]:
    """The control questions of a version with their words as HTML, the registers they cite filled in for a reader."""
    questions = version.questions
    if not questions:
        return ()
    reader, cites = reader_of(person, on), version.content.parts["cites"]

    def words(text: str) -> SafeString:
        return fill(words_html(text, cites), reader, on)

    return tuple(
        replace(one, text=words(one.text), choices=tuple(replace(two, text=words(two.text)) for two in one.choices))
        for one in questions
    )


def choose_audience(wanted: str | None, audiences: Sequence[str], employments: Iterable[Employment]) -> str | None:
    """The reading asked for, otherwise that of the reader's workplace, otherwise everything (None).

    A text that has nothing for some readers only has one reading.
    """
    if wanted == EVERYTHING or not audiences:
        return None
    if wanted in Audience.values:
        return wanted
    kinds = (employment.org_unit.kind for employment in employments)
    return next((kind for kind in kinds if kind in Audience.values), None)
