"""What the counters of a course tell those who write it: never of fewer than five people, nor by difference."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.references.slots import words_html
from courses.enums import Agreement, Matter, QuestionKind, Stage
from courses.freezing import every_question
from courses.grading import FALSE, TRUE, Question, RowsQuestion, WrittenQuestion, parse
from courses.models import Attempt, CourseVersion, Enrollment, Tally, UnitCompletion, UnitVersion
from courses.models.tallies import FEWEST
from courses.tallying import ELSE, EVERYONE, RIGHT

STAGES = (Stage.FIRST_TRY, Stage.AFTER_14, Stage.AFTER_60)


@dataclass(frozen=True)
class Bar:
    """How many chose something, of how many."""

    label: str
    count: int
    people: int
    is_right: bool | None = None

    @property
    def per_cent(self) -> int:
        return round(100 * self.count / self.people) if self.people else 0


@dataclass(frozen=True)
class QuestionFigures:
    """What was chosen at the first try, by group (the rows of pairs and order; otherwise one), and what is remembered.

    Without `people` too few have answered.
    """

    number: int
    html: str
    people: int
    groups: tuple[tuple[str, tuple[Bar, ...]], ...]
    remembered: tuple[Bar, ...]


@dataclass(frozen=True)
class UnitFigures:
    """How many have begun a unit, handed in answers, and done it: whole fives. None: fewer than five."""

    unit: UnitVersion
    begun: int | None
    handed_in: int | None
    done: int | None
    questions: tuple[QuestionFigures, ...]


@dataclass(frozen=True)
class Insight:
    """A version of a course in figures."""

    version: CourseVersion
    enrolled: int | None
    units: tuple[UnitFigures, ...]
    evaluation: tuple[tuple[str, int, tuple[Bar, ...]], ...]


def in_fives(count: int) -> int | None:
    """Whole fives only, so that nobody's step shows as the difference between two looks. None below five."""
    return count - count % FEWEST or None


Counters = Mapping[tuple[str, str, str, str], int]  # by stage, subject, question and slot


def insight(version: CourseVersion) -> Insight:
    """A version of a course in figures, in six queries however many units and questions it has."""
    units = list(version.units.select_related("content").order_by("position"))
    counters = _counters(version, units)
    begun, handed_in, done = _steps(units)
    return Insight(
        version=version,
        enrolled=in_fives(Enrollment.objects.filter(version=version).count()),
        units=tuple(
            UnitFigures(
                unit=unit,
                begun=in_fives(begun.get(unit.pk, 0)),
                handed_in=in_fives(handed_in.get(unit.pk, 0)),
                done=in_fives(done.get(unit.pk, 0)),
                questions=tuple(_questions(unit, counters)),
            )
            for unit in units
        ),
        evaluation=tuple(_evaluation(version, counters)),
    )


def _counters(version: CourseVersion, units: Iterable[UnitVersion]) -> Counters:
    texts = {unit.unit_key: unit.sha256 for unit in units} | {version.key: version.sha256}
    rows = Tally.objects.filter(subject__in=texts, sha256__in=set(texts.values()), shown__gt=0)
    return {
        (stage, str(subject), question, slot): shown
        for stage, subject, sha256, question, slot, shown in rows.values_list(
            "stage", "subject", "sha256", "question", "slot", "shown"
        )
        if texts[subject] == sha256
    }


def _steps(units: list[UnitVersion]) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
    """By unit: how many have answered anything, handed in, and done it. Whoever is done has begun, also where the
    attempts have been disposed of since."""
    attempts = Attempt.objects.filter(unit_version__in=units).order_by()
    done = _pairs(UnitCompletion.objects.filter(unit_version__in=units).order_by())
    handed_in = _pairs(attempts.filter(submitted_at__isnull=False)) | done
    return _by_unit(_pairs(attempts) | handed_in), _by_unit(handed_in), _by_unit(done)


def _pairs(rows: Any) -> set[tuple[int, int]]:
    return set(rows.values_list("unit_version", "enrollment").distinct())


def _by_unit(pairs: set[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for unit, _enrollment in pairs:
        found[unit] = found.get(unit, 0) + 1
    return found


# Questions


def _questions(unit: UnitVersion, counters: Counters) -> Iterable[QuestionFigures]:
    cites = unit.content.parts["cites"]
    for number, data in enumerate(every_question(unit.content.parts["extra"]), start=1):
        question = parse(data)
        counted = _of(counters, Stage.FIRST_TRY, str(unit.unit_key), question.key)
        people = counted.get(EVERYONE, 0)
        yield QuestionFigures(
            number=number,
            html=words_html(question.text, cites),
            people=people,
            groups=tuple(_groups(question, counted, people)) if people else (),
            remembered=tuple(_remembered(unit, question, counters)),
        )


def _of(counters: Counters, stage: Stage, subject: str, question: str) -> dict[str, int]:
    return {
        slot: shown
        for (a_stage, a_subject, a_question, slot), shown in counters.items()
        if (a_stage, a_subject, a_question) == (stage, subject, question)
    }


def _groups(question: Question, counted: Mapping[str, int], people: int) -> Iterable[tuple[str, tuple[Bar, ...]]]:
    if isinstance(question, RowsQuestion):
        for choice in question.choices:
            right = question.answer_of(choice)
            yield (
                choice.text,
                tuple(
                    Bar(words, counted.get(f"{choice.key}:{key}", 0), people, key == right)
                    for key, words in question.options
                ),
            )
        return
    yield "", tuple(Bar(words, counted.get(slot, 0), people, is_right) for slot, words, is_right in _choices(question))


def _choices(question: Question) -> Iterable[tuple[str, str, bool]]:
    if question.kind == QuestionKind.TRUE_FALSE:
        yield TRUE, pgettext("quiz", "True"), TRUE in question.right
        yield FALSE, pgettext("quiz", "False"), FALSE in question.right
        return
    for choice in question.choices:
        yield choice.key, choice.text, choice.is_correct
    if isinstance(question, WrittenQuestion):
        yield ELSE, _("Something else"), False


def _remembered(unit: UnitVersion, question: Question, counters: Counters) -> Iterable[Bar]:
    """How many were right at the first try and later on. Nothing where only the first try has been counted."""
    told = []
    for stage in STAGES:
        counted = _of(counters, stage, str(unit.unit_key), question.key)
        if counted.get(EVERYONE, 0):
            told.append(Bar(str(stage.label), counted.get(RIGHT, 0), counted[EVERYONE]))
    return told if len(told) > 1 or (told and told[0].label != str(Stage.FIRST_TRY.label)) else ()


def _evaluation(version: CourseVersion, counters: Counters) -> Iterable[tuple[str, int, tuple[Bar, ...]]]:
    for matter in Matter:
        counted = _of(counters, Stage.EVALUATION, str(version.key), str(matter))
        people = counted.get(EVERYONE, 0)
        bars = tuple(Bar(str(one.label), counted.get(str(one), 0), people) for one in Agreement)
        yield str(matter.label), people, bars if people else ()
