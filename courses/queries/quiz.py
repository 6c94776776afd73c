"""A unit as it is read and answered. What is right leaves this module only for answers that were handed in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.utils.translation import pgettext

from cms.core.tokens import find_slots
from cms.people.models import Person
from cms.references.queries import reader_of
from cms.references.slots import LAW, Filler, Reader, words_html
from cms.versions.models import Content
from cms.versions.queries import Section, sections_of
from courses.enums import QuestionKind
from courses.grading import TRUE, Question
from courses.models import Attempt, Enrollment, UnitVersion
from courses.queries.units import questions_of


@dataclass(frozen=True)
class Taken:
    """An attempt with its answers by question key."""

    number: int
    is_submitted: bool = False
    is_passed: bool = False
    submitted_at: datetime | None = None
    answers: Mapping[str, tuple[str, ...]] | None = None
    saved_at: Mapping[str, datetime] | None = None

    def answer_to(self, key: str) -> tuple[str, ...]:
        return tuple((self.answers or {}).get(key, ()))


def attempts_at(enrollment: Enrollment, unit: UnitVersion) -> list[Taken]:
    """Somebody's attempts at a unit with their answers, the latest last, in one query."""
    rows = (
        Attempt.objects.filter(enrollment=enrollment, unit_version=unit)
        .order_by("number")
        .values_list(
            "number", "submitted_at", "is_passed", "answers__question_key", "answers__value", "answers__saved_at"
        )
    )
    found: dict[int, Taken] = {}
    for number, submitted_at, is_passed, key, value, saved_at in rows:
        taken = found.setdefault(
            number, Taken(number, submitted_at is not None, bool(is_passed), submitted_at, answers={}, saved_at={})
        )
        if key is not None:
            taken.answers[str(key)] = tuple(value)  # type: ignore[index]
            taken.saved_at[str(key)] = saved_at  # type: ignore[index]
    return list(found.values())


# As it is shown


@dataclass(frozen=True)
class ShownChoice:
    """A choice on the page. `is_right` and `feedback` are only there when the answer has been handed in."""

    key: str
    html: str
    is_chosen: bool = False
    is_right: bool | None = None
    feedback: str = ""


@dataclass(frozen=True)
class ShownQuestion:
    """A question on the page. `is_right`, `feedback` and `read_again` are only there when it has been handed in."""

    key: str
    number: int
    kind: QuestionKind
    html: str
    choices: tuple[ShownChoice, ...]
    saved_at: datetime | None = None
    is_missing: bool = False
    is_right: bool | None = None
    feedback: str = ""
    read_again: tuple[str, str] | None = None

    @property
    def takes_several(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE

    @property
    def is_answered(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


def _choice_words(question: Question) -> dict[str, str]:
    if question.kind == QuestionKind.TRUE_FALSE:
        return {
            choice.key: pgettext("quiz", "True") if choice.key == TRUE else pgettext("quiz", "False")
            for choice in question.choices
        }
    return {choice.key: choice.text for choice in question.choices}


def asked(questions: Iterable[Question], taken: Taken, cites: Mapping[str, Any]) -> list[ShownQuestion]:
    """Questions to answer, with the answers so far. Nothing in them tells which choice is right."""
    return [
        ShownQuestion(
            key=question.key,
            number=number,
            kind=question.kind,
            html=words_html(question.text, cites),
            choices=tuple(
                ShownChoice(key, words_html(words, cites), key in taken.answer_to(question.key))
                for key, words in _choice_words(question).items()
            ),
            saved_at=(taken.saved_at or {}).get(question.key),
        )
        for number, question in enumerate(questions, start=1)
    ]


def graded(
    questions: Iterable[Question], taken: Taken, cites: Mapping[str, Any], anchors: Mapping[str, str]
) -> list[ShownQuestion]:
    """Questions that were handed in, with why. Which choice would have been right is told once the unit is passed.

    `anchors` are the sections of the reader's text, by key: what to read again must be there to read.
    """
    questions = list(questions)
    shown = []
    for question, one in zip(questions, asked(questions, taken, cites), strict=True):
        feedback = {choice.key: choice.feedback for choice in question.choices}
        is_right = question.is_right(taken.answer_to(question.key))
        choices = tuple(
            replace(
                choice,
                is_right=choice.key in question.right if taken.is_passed or is_right else None,
                feedback=words_html(feedback[choice.key], cites) if choice.is_chosen else "",
            )
            for choice in one.choices
        )
        section = question.read_again
        again = (anchors[section[0]], section[1]) if section and section[0] in anchors and not is_right else None
        why = words_html(question.feedback, cites)
        shown.append(replace(one, choices=choices, is_right=is_right, feedback=why, read_again=again, saved_at=None))
    return shown


@dataclass(frozen=True)
class ReadUnit:
    """A unit's text and questions, filled for one reader."""

    sections: tuple[Section, ...]
    questions: tuple[ShownQuestion, ...]

    @property
    def right(self) -> int:
        return sum(question.is_right is True for question in self.questions)


def _every_html(sections: Iterable[Section], questions: Iterable[ShownQuestion]) -> Iterable[str]:
    yield from (section.html for section in sections)
    for question in questions:
        yield question.html
        yield question.feedback
        for choice in question.choices:
            yield choice.html
            yield choice.feedback


def filled(
    sections: Iterable[Section], questions: Iterable[ShownQuestion], person: Person | None, on: date
) -> ReadUnit:
    """Put today's contacts and marks on changed law into text and questions, with one look into the registers."""
    sections, questions = list(sections), list(questions)
    joined = "\n".join(_every_html(sections, questions))
    needs_reader = any(token.kind != LAW for token in find_slots(joined))
    reader = reader_of(person, on) if needs_reader else Reader(is_signed_in=person is not None)
    filler = Filler.load(joined, reader, on)
    return ReadUnit(
        sections=tuple(replace(section, html=filler.fill(section.html)) for section in sections),
        questions=tuple(
            replace(
                question,
                html=filler.fill(question.html),
                feedback=filler.fill(question.feedback),
                choices=tuple(
                    replace(choice, html=filler.fill(choice.html), feedback=filler.fill(choice.feedback))
                    for choice in question.choices
                ),
            )
            for question in questions
        ),
    )


def read_unit(
    content: Content, audience: str, taken: Taken, person: Person | None, on: date, missing: Iterable[str] = ()
) -> ReadUnit:
    """A frozen unit in one reading, its questions to answer or with what the answers were worth."""
    sections = sections_of(content, audience or None)
    questions = questions_of(content, audience)
    cites = content.parts["cites"]
    if taken.is_submitted:
        shown = graded(questions, taken, cites, {section.key: section.anchor for section in sections})
    else:
        missing = set(missing)
        shown = [replace(one, is_missing=one.key in missing) for one in asked(questions, taken, cites)]
    return filled(sections, shown, person, on)
