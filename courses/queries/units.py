"""The frozen units of a course version, as one reading has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cms.core.prepared import Prepared, Slot
from cms.core.readings import is_for, read_for
from cms.versions.freezing import fragment_anchor
from cms.versions.models import Fragment, ReviewMark, ReviewSignature
from cms.versions.queries import Section
from courses.drawing import Note, Pool, compose, recall
from courses.freezing import WHAT_COMES, every_question
from courses.grading import Question, parse
from courses.models import (
    CourseVersion,
    Enrollment,
    ScenarioCompletion,
    UnitCarried,
    UnitCompletion,
    UnitVersion,
    UnitWithdrawal,
)
from courses.needing import Needs


@dataclass(frozen=True)
class Outline:
    """A unit as it is told of before it is begun, in one reading. `note` is what is said before a heavy one."""

    unit: UnitVersion
    questions: int
    has_scenario: bool
    needs: Needs
    note: Section | None = None


def outline_of(unit: UnitVersion, audience: str | None, note: Section | None = None) -> Outline:
    return Outline(unit, unit.question_count(audience), unit.shows_scenario(audience), unit.needs(audience), note)


def in_reading(units: Iterable[UnitVersion], audience: str) -> list[UnitVersion]:
    """The units that one reading has, in order. No audience: all of them."""
    return [unit for unit in units if is_for(unit.audiences, audience or None)]


def done_at(enrollment: Any) -> Coalesce:
    """When the unit of the outer row was done in an enrollment: on its own text, or on an earlier one that counts."""
    own = UnitCompletion.objects.filter(
        enrollment=enrollment, unit_key=OuterRef("unit_key"), unit_version=OuterRef("pk")
    )
    carried = UnitCarried.objects.filter(enrollment=enrollment, unit_version=OuterRef("pk"))
    return Coalesce(
        Subquery(own.values("completed_at")[:1]),
        Subquery(carried.values("completion__completed_at")[:1]),
        output_field=DateTimeField(),
    )


def is_withdrawn() -> Exists:
    """Whether the unit of the outer row has been taken out of use at once."""
    return Exists(UnitWithdrawal.objects.filter(unit_version=OuterRef("pk")))


def _traced() -> QuerySet[UnitVersion]:
    version, mine = Slot("version", BigIntegerField()), Slot("enrollment", BigIntegerField())
    units = UnitVersion.objects.filter(course_version=version).order_by("position")
    traced: QuerySet[UnitVersion] = units.annotate(done_at=done_at(mine), is_withdrawn=is_withdrawn())
    return traced


TRACED = Prepared(_traced)  # whoever completes a unit waits for it


def units_asked(enrollment: Enrollment) -> list[Any]:
    """What a learner has to do or has done, in order, in one query: rows of units, with `done_at`.

    Out: units that were withdrawn before this learner had done them.
    """
    rows = TRACED.rows(version=enrollment.version_id, enrollment=enrollment.pk)
    mine = [row for row in rows if is_for(row["audiences"], enrollment.audience or None)]
    return [row for row in mine if row["done_at"] is not None or not row["is_withdrawn"]]


def units_with_completions(enrollment: Enrollment) -> tuple[list[UnitVersion], dict[UUID, datetime]]:
    """What a learner has to do or has done, in order, and when each unit was done, in one query."""
    units = [row.whole() for row in units_asked(enrollment)]
    return units, {unit.unit_key: unit.done_at for unit in units if unit.done_at is not None}


def unit_of(enrollment: Enrollment, unit_key: UUID) -> UnitVersion | None:
    """One unit of an enrollment's version and reading, with its content. None if it is not part of it."""
    units = UnitVersion.objects.filter(course_version_id=enrollment.version_id, unit_key=unit_key)
    return next(iter(in_reading(units.select_related("content"), enrollment.audience)), None)


def notes_before(units: Iterable[UnitVersion], audience: str | None) -> dict[int, Section]:
    """What is said before heavy units, by the content's primary key, in one query. Out: units that say nothing."""
    wanted = {unit.content_id for unit in units}
    notes: dict[int, Section] = {}
    for row in Fragment.objects.filter(content__in=wanted, kind=WHAT_COMES).order_by("content", "position"):
        if is_for(row.audiences, audience):
            anchor = fragment_anchor(row.key)
            section = Section(row.key, anchor, row.kind, tuple(row.audiences), read_for(row.html, audience), row.text)
            notes.setdefault(row.content_id, section)
    return notes


def scenarios_finished(enrollment: Enrollment, unit: UnitVersion) -> QuerySet[ScenarioCompletion]:
    """That the scenario of a unit was finished, on this very text."""
    return ScenarioCompletion.objects.filter(
        enrollment=enrollment, unit_version__unit_key=unit.unit_key, unit_version__sha256=unit.sha256
    )


def questions_asked(
    unit: UnitVersion, enrollment: Enrollment, number: int, asked: Sequence[Note] = ()
) -> list[Question]:
    """The questions of an attempt with their answers: never give them to a template as they are.

    `asked` is what the attempt keeps. Without it the attempt has not begun, and these are what it will keep.
    """
    extra = unit.content.parts["extra"]
    if asked:
        return recall(asked, [parse(data) for data in every_question(extra)])
    seed = f"{enrollment.key}/{unit.unit_key}"
    return composed(extra, enrollment.audience or None, seed=seed, number=number)


def composed(extra: dict[str, Any], audience: str | None, *, seed: str, number: int) -> list[Question]:
    """What an attempt at a frozen unit, or at a draft of one, asks in a reading."""
    pools = [Pool(pool["count"], _read(pool["questions"], audience)) for pool in extra.get("pools", ())]
    return compose(_read(extra["questions"], audience), pools, seed=seed, number=number)


def _read(questions: Iterable[dict[str, Any]], audience: str | None) -> tuple[Question, ...]:
    return tuple(parse(data) for data in questions if is_for(data["audiences"], audience))


def has_open_marks(version: CourseVersion) -> bool:
    """Whether an expert still has to sign any part of a course: its description or any of its units."""
    units = UnitVersion.objects.filter(course_version=version)
    inside = Q(fragment__content=version.content_id) | Q(fragment__content__in=units.values("content"))
    needed = set(ReviewMark.objects.filter(inside).values_list("fragment__sha256", "competence"))
    if not needed:
        return False
    hashes = {sha256 for sha256, _competence in needed}
    signed = ReviewSignature.objects.filter(fragment_sha256__in=hashes).values_list("fragment_sha256", "competence")
    return bool(needed - set(signed))


def gives_certificate(version: CourseVersion) -> bool:
    """Whether finishing a version is certified: reviewed in every part, or a demo."""
    return bool(getattr(settings, "LEDSTANG_DEMO", False)) or not has_open_marks(version)
