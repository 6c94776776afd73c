"""A unit as it is read and answered. What is right leaves this module only for answers that were handed in."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.html import conditional_escape
from django.utils.translation import pgettext

from cms.core.tokens import find_slots
from cms.people.models import Person
from cms.references.queries import reader_of
from cms.references.slots import LAW, Filler, Reader, words_html
from cms.versions.queries import Section, sections_of
from courses.drawing import Note
from courses.enums import QuestionKind
from courses.grading import FALSE, RIGHT, TRUE, WRONG, Question, RowsQuestion, WrittenQuestion, folded
from courses.models import Attempt, Enrollment, UnitVersion
from courses.queries.units import questions_asked


@dataclass(frozen=True)
class Taken:
    """An attempt with its answers by question key."""

    number: int
    is_submitted: bool = False
    is_passed: bool = False
    submitted_at: datetime | None = None
    answers: Mapping[str, tuple[str, ...]] | None = None
    saved_at: Mapping[str, datetime] | None = None
    asked: Sequence[Note] = ()

    def answer_to(self, key: str) -> tuple[str, ...]:
        return tuple((self.answers or {}).get(key, ()))


def attempts_at(enrollment: Enrollment, unit: UnitVersion) -> list[Taken]:
    """Somebody's attempts at a unit with their answers, the latest last, in one query."""
    rows = (
        Attempt.objects.filter(enrollment=enrollment, unit_version=unit)
        .order_by("number")
        .values_list(
            "number",
            "submitted_at",
            "is_passed",
            "asked",
            "answers__question_key",
            "answers__value",
            "answers__saved_at",
        )
    )
    found: dict[int, Taken] = {}
    for number, submitted_at, is_passed, asked, key, value, saved_at in rows:
        if number not in found:
            done = submitted_at is not None, bool(is_passed), submitted_at
            found[number] = Taken(number, *done, answers={}, saved_at={}, asked=asked)
        taken = found[number]
        if key is not None:
            taken.answers[str(key)] = tuple(value)  # type: ignore[index]
            taken.saved_at[str(key)] = saved_at  # type: ignore[index]
    return list(found.values())


# As it is shown


@dataclass(frozen=True)
class Option:
    """Something that can be chosen for a row."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownChoice:
    """A choice or a row on the page. `is_right`, `solution` and `feedback` only when the answer has been handed in.

    A row has `options` while it is asked and what was `given` afterwards.
    """

    key: str
    html: str
    is_chosen: bool = False
    is_right: bool | None = None
    feedback: str = ""
    options: tuple[Option, ...] = ()
    given: str = ""
    solution: str = ""


@dataclass(frozen=True)
class ShownQuestion:
    """A question on the page. `is_right`, `share`, `feedback` and `read_again` only when it has been handed in."""

    key: str
    number: int
    kind: QuestionKind
    html: str
    choices: tuple[ShownChoice, ...]
    written: str = ""
    suffix: str = ""
    saved_at: datetime | None = None
    is_missing: bool = False
    is_right: bool | None = None
    share: Fraction = WRONG
    feedback: str = ""
    read_again: tuple[str, str] | None = None

    @property
    def takes_several(self) -> bool:
        return self.kind == QuestionKind.MULTIPLE

    @property
    def has_rows(self) -> bool:
        return self.kind in (QuestionKind.MATCH, QuestionKind.ORDER)

    @property
    def is_written(self) -> bool:
        return self.kind in (QuestionKind.NUMERIC, QuestionKind.SHORT)

    @property
    def is_partly_right(self) -> bool:
        return WRONG < self.share < RIGHT


def _words_of(question: Question) -> dict[str, str]:
    """What each choice says."""
    if question.kind == QuestionKind.TRUE_FALSE:
        with translation.override(settings.LANGUAGE_CODE):  # as the question that they answer
            return {TRUE: pgettext("quiz", "True"), FALSE: pgettext("quiz", "False")}
    return {choice.key: choice.text for choice in question.choices}


def answer_words(question: Question, answer: Iterable[str]) -> str:
    """An answer as one reads it."""
    words = _words_of(question)
    if isinstance(question, RowsQuestion):
        options, given = dict(question.options), question.given(answer)
        if question.kind == QuestionKind.ORDER:
            rows = sorted(given.items(), key=lambda row: int(row[1]))
            return ", ".join(f"{place}. {words.get(key, key)}" for key, place in rows)
        return ", ".join(f"{words.get(key, key)}: {options.get(chosen, chosen)}" for key, chosen in given.items())
    return ", ".join(words.get(key, key) for key in answer)


# Before it is handed in


def asked(questions: Iterable[Question], taken: Taken, cites: Mapping[str, Any]) -> list[ShownQuestion]:
    """Questions to answer, with the answers so far. Nothing in them tells what is right."""
    return [
        ShownQuestion(
            key=question.key,
            number=number,
            kind=question.kind,
            html=words_html(question.text, cites),
            choices=_asked_choices(question, taken.answer_to(question.key), cites),
            written=next(iter(taken.answer_to(question.key)), "") if question.is_written else "",
            suffix=question.suffix,
            saved_at=(taken.saved_at or {}).get(question.key),
        )
        for number, question in enumerate(questions, start=1)
    ]


def _asked_choices(question: Question, answer: tuple[str, ...], cites: Mapping[str, Any]) -> tuple[ShownChoice, ...]:
    if question.is_written:
        return ()  # they are the key
    words = _words_of(question)
    rows = [(choice.key, words_html(words[choice.key], cites)) for choice in question.choices]
    if not isinstance(question, RowsQuestion):
        return tuple(ShownChoice(key, html, key in answer) for key, html in rows)
    given = question.given(answer)
    return tuple(
        ShownChoice(
            key,
            html,
            options=tuple(Option(f"{key}:{one}", words, given.get(key) == one) for one, words in question.options),
        )
        for key, html in rows
    )


# Afterwards


def graded(
    questions: Iterable[Question],
    taken: Taken,
    cites: Mapping[str, Any],
    anchors: Mapping[str, str],
    *,
    tells_all: bool = False,
) -> list[ShownQuestion]:
    """Questions that were handed in, with why. Which choice would have been right is told once the unit is passed, or
    at once (`tells_all`) where there is nothing to pass.

    `anchors` are the sections of the reader's text, by key: what to read again must be there to read.
    """
    questions = list(questions)
    shown = []
    for question, one in zip(questions, asked(questions, taken, cites), strict=True):
        answer = taken.answer_to(question.key)
        is_right = question.is_right(answer)
        is_told = tells_all or taken.is_passed or is_right
        section = question.read_again
        again = (anchors[section[0]], section[1]) if section and section[0] in anchors and not is_right else None
        graded_one = replace(
            one,
            choices=tuple(_graded_choices(question, one, answer, cites, is_told=is_told)),
            is_right=is_right,
            share=question.score(answer),
            feedback=words_html(question.feedback, cites),
            read_again=again,
            saved_at=None,
        )
        shown.append(graded_one)
    return shown


def _graded_choices(
    question: Question, one: ShownQuestion, answer: tuple[str, ...], cites: Mapping[str, Any], *, is_told: bool
) -> Iterable[ShownChoice]:
    why = {choice.key: words_html(choice.feedback, cites) for choice in question.choices}
    if isinstance(question, WrittenQuestion):
        return _graded_words(question, answer, why, is_told=is_told)
    if isinstance(question, RowsQuestion):
        return _graded_rows(question, one, answer, why, is_told=is_told)
    return [
        replace(
            choice,
            is_right=choice.key in question.right if is_told else None,
            feedback=why[choice.key] if choice.is_chosen else "",
        )
        for choice in one.choices
    ]


def _graded_rows(
    question: RowsQuestion, one: ShownQuestion, answer: tuple[str, ...], why: Mapping[str, str], *, is_told: bool
) -> list[ShownChoice]:
    """Rows with what was chosen for each; steps in the order that they were put in."""
    given, options = question.given(answer), dict(question.options)
    right = {choice.key: question.answer_of(choice) for choice in question.choices}
    rows = [
        replace(
            row,
            options=(),
            is_chosen=True,
            given=options.get(given.get(row.key, ""), ""),
            is_right=given.get(row.key) == right[row.key] if is_told else None,
            solution=options[right[row.key]] if is_told else "",
            feedback=why[row.key],
        )
        for row in one.choices
    ]
    if question.kind == QuestionKind.ORDER:
        rows.sort(key=lambda row: int(row.given or 0))
    return rows


def _graded_words(
    question: WrittenQuestion, answer: tuple[str, ...], why: Mapping[str, str], *, is_told: bool
) -> list[ShownChoice]:
    """What was written, and what would have been right."""
    meant, is_right = question.meant(answer), question.is_right(answer)
    words = conditional_escape(_with_suffix(question, next(iter(answer), "")))
    feedback = why[meant.key] if meant is not None else ""
    written = ShownChoice("", words, is_chosen=True, is_right=is_right if is_told else None, feedback=feedback)
    if is_right or not is_told:
        return [written]
    solution = conditional_escape(_with_suffix(question, next(iter(question.solution), "")))
    return [written, ShownChoice("", solution, is_right=True)]


def _with_suffix(question: WrittenQuestion, words: str) -> str:
    has_it = not question.suffix or folded(words).endswith(folded(question.suffix))
    return words if has_it else f"{words} {question.suffix}"


@dataclass(frozen=True)
class ReadUnit:
    """A unit's text and questions, filled for one reader."""

    sections: tuple[Section, ...]
    questions: tuple[ShownQuestion, ...]
    scenario_title: str = ""

    @property
    def right(self) -> int:
        return sum(question.is_right is True for question in self.questions)

    @property
    def has_parts(self) -> bool:
        return any(question.is_partly_right for question in self.questions)

    @property
    def per_cent(self) -> int:
        """What the answers are worth together, rounded down: just under the pass mark never looks like it."""
        return math.floor(100 * sum(question.share for question in self.questions) / max(1, len(self.questions)))


def _every_html(sections: Iterable[Section], questions: Iterable[ShownQuestion]) -> Iterable[str]:
    yield from (section.html for section in sections)
    for question in questions:
        yield question.html
        yield question.feedback
        for choice in question.choices:
            yield choice.html
            yield choice.feedback


def filler_of(html: str, person: Person | None, on: date) -> Filler:
    """What fills the slots of some HTML for one reader."""
    needs_reader = any(token.kind != LAW for token in find_slots(html))
    reader = reader_of(person, on) if needs_reader else Reader(is_signed_in=person is not None)
    return Filler.load(html, reader, on)


def filled(
    sections: Iterable[Section], questions: Iterable[ShownQuestion], person: Person | None, on: date
) -> ReadUnit:
    """Put today's contacts and marks on changed law into text and questions, with one look into the registers."""
    sections, questions = list(sections), list(questions)
    filler = filler_of("\n".join(_every_html(sections, questions)), person, on)
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
    unit: UnitVersion,
    enrollment: Enrollment,
    taken: Taken,
    person: Person | None,
    on: date,
    missing: Iterable[str] = (),
) -> ReadUnit:
    """A frozen unit in one reading, its questions to answer or with what the answers were worth."""
    sections = sections_of(unit.content, enrollment.audience or None)
    questions = questions_asked(unit, enrollment, taken.number, taken.asked)
    cites = unit.content.parts["cites"]
    if taken.is_submitted:
        tells_all = not unit.needs(enrollment.audience or None).passed
        anchors = {section.key: section.anchor for section in sections}
        shown = graded(questions, taken, cites, anchors, tells_all=tells_all)
    else:
        missing = set(missing)
        shown = [replace(one, is_missing=one.key in missing) for one in asked(questions, taken, cites)]
    scenario = unit.content.parts["extra"].get("scenario")
    return replace(filled(sections, shown, person, on), scenario_title=scenario["title"] if scenario else "")
