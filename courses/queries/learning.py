"""How far a learner has come: each unit with its state, in a constant number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.urls import reverse

from cms.certificates.models import Certificate
from cms.people.models import Person
from cms.versions.models import Content, Withdrawal
from courses.enums import Step
from courses.models import Attempt, Enrollment, ScenarioCompletion, UnitCarried, UnitCompletion, UnitVersion
from courses.needing import Needs
from courses.queries.units import done_at, in_reading, is_withdrawn


@dataclass(frozen=True)
class UnitStep:
    """A unit as one learner meets it. `number` counts within their reading."""

    unit: UnitVersion
    number: int
    step: Step
    url: str
    questions: int
    needs: Needs
    has_scenario: bool
    is_played: bool
    done_at: datetime | None = None

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def is_open(self) -> bool:
        return self.step != Step.LOCKED


@dataclass(frozen=True)
class Course:
    """One cycle through a course: what is done, what is left, what comes next."""

    enrollment: Enrollment
    steps: tuple[UnitStep, ...]
    withdrawal: Withdrawal | None = None

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def minutes(self) -> int:
        return sum(step.unit.minutes for step in self.steps)

    @property
    def minutes_left(self) -> int:
        return sum(step.unit.minutes for step in self.steps if not step.is_done)

    @property
    def is_started(self) -> bool:
        return any(step.step not in (Step.NOT_STARTED, Step.LOCKED) for step in self.steps)

    @property
    def is_finished(self) -> bool:
        return self.enrollment.finished_at is not None

    @property
    def is_closed(self) -> bool:
        """Withdrawn before it was finished: it cannot be gone on with."""
        return self.withdrawal is not None and not self.is_finished

    @property
    def next(self) -> UnitStep | None:
        """The first unit that is not done."""
        return next((step for step in self.steps if not step.is_done), None)

    @property
    def is_ready(self) -> bool:
        """Nothing is left to do, since what was left has been withdrawn: it can be finished as it is."""
        return bool(self.steps) and self.next is None and not self.is_finished and not self.is_closed

    def step_of(self, unit_key: UUID) -> UnitStep | None:
        return next((step for step in self.steps if step.unit.unit_key == unit_key), None)

    def after(self, number: int) -> UnitStep | None:
        """Where to go from a unit: the next one that is not done, else the first that is not."""
        return next((step for step in self.steps[number:] if not step.is_done), self.next)


def enrollment_of(person: Person, key: UUID) -> Enrollment | None:
    """Somebody's own enrollment, with its version. None for a stranger's."""
    return Enrollment.objects.of(person).select_related("version").filter(key=key).first()


def own_course(person: Person, key: UUID, on: date, unit_key: UUID | None = None) -> "Course | None":
    """Somebody's own course by the enrollment's key, and whether it has been withdrawn. None for a stranger's.

    One query, since every page of a learner begins with it. `unit_key` names the unit whose text is wanted too.
    """
    withdrawals = Withdrawal.objects.filter(key=OuterRef("course_version__key"), withdrawn_on__lte=on)
    rows = list(
        # The filter comes first: what is annotated then speaks of the same enrollment.
        _traced(
            UnitVersion.objects.filter(_owner(person), course_version__enrollments__key=key),
            OuterRef("course_version__enrollments__pk"),
        )
        .select_related("course_version")
        .annotate(
            course_withdrawal=Subquery(withdrawals.values("pk")[:1]),
            canonical=_canonical_of(unit_key),
            **{f"enrollment_{name}": F(f"course_version__enrollments__{name}") for name in ENROLLMENT},
        )
    )
    if not rows:
        return None
    enrollment = _enrollment(rows[0])
    for row in rows:
        if row.canonical is not None:
            row.content = Content(pk=row.content_id, sha256=row.sha256, canonical=row.canonical)
    gone = rows[0].course_withdrawal
    withdrawal = Withdrawal.objects.get(pk=gone) if gone is not None else None
    return Course(enrollment, steps_of(enrollment, [(row, _trace(row)) for row in rows]), withdrawal)


def _canonical_of(unit_key: UUID | None) -> Case | Value:
    """The text of one unit only: those of the others stay in the database."""
    if unit_key is None:
        return Value(None, output_field=TextField())
    return Case(When(unit_key=unit_key, then=F("content__canonical")), output_field=TextField())


ENROLLMENT = tuple(field.attname for field in Enrollment._meta.concrete_fields if field.name != "version")


def _owner(person: Person) -> Q:
    mine = "course_version__enrollments__person"
    return Q(**{mine: person}) | Q(**{f"{mine}__merged_into": person})


def _enrollment(row: Any) -> Enrollment:
    """The enrollment that came along with a unit, as if it had been read by itself."""
    enrollment = Enrollment(version=row.course_version)
    for name in ENROLLMENT:
        setattr(enrollment, name, getattr(row, f"enrollment_{name}"))
    enrollment._state.adding = False
    enrollment._state.db = row._state.db
    return enrollment


@dataclass(frozen=True)
class Trace:
    """What a learner has done with a unit: when it was done, whether answers wait, were handed in or have passed, and
    whether its scenario was finished."""

    done_at: datetime | None = None
    is_tried: bool = False
    is_being_tried: bool = False
    is_passed: bool = False
    is_played: bool = False
    is_withdrawn: bool = False

    @property
    def is_asked(self) -> bool:
        """What was withdrawn is asked of nobody who has not done it."""
        return self.done_at is not None or not self.is_withdrawn

    def step(self, needs: Needs) -> Step:
        if self.done_at is not None:
            return Step.DONE
        if self.is_tried and not self.is_being_tried and needs.passed and not self.is_passed:
            return Step.FAILED
        return Step.STARTED if self.is_being_tried or self.is_tried or self.is_played else Step.NOT_STARTED


def _traced(units: QuerySet[UnitVersion], enrollment: Any) -> QuerySet[UnitVersion]:
    """Units in order, with what has been done with each in an enrollment."""
    attempts = Attempt.objects.filter(enrollment=enrollment, unit_version=OuterRef("pk"))
    played = ScenarioCompletion.objects.filter(
        enrollment=enrollment, unit_version__unit_key=OuterRef("unit_key"), unit_version__sha256=OuterRef("sha256")
    )
    return units.order_by("position").annotate(
        done_at=done_at(enrollment),
        is_withdrawn=is_withdrawn(),
        is_tried=Exists(attempts.filter(submitted_at__isnull=False)),
        is_being_tried=Exists(attempts.filter(submitted_at=None)),
        is_passed=Exists(attempts.filter(is_passed=True)),
        is_played=Exists(played),
    )


def _trace(unit: Any) -> Trace:
    done = (unit.is_passed, unit.is_played, unit.is_withdrawn)
    return Trace(unit.done_at, unit.is_tried, unit.is_being_tried, *done)


def steps_of(enrollment: Enrollment, units: Sequence[tuple[UnitVersion, Trace]]) -> tuple[UnitStep, ...]:
    """The units of an enrollment's reading, with what has been done; locked ones where the order counts."""
    traces = {unit.pk: trace for unit, trace in units}
    steps: list[UnitStep] = []
    is_waiting = False
    reading = enrollment.audience or None
    asked = [unit for unit, trace in units if trace.is_asked]
    for number, unit in enumerate(in_reading(asked, enrollment.audience), start=1):
        trace, needs = traces[unit.pk], unit.needs(reading)
        step = Step.LOCKED if is_waiting and trace.done_at is None else trace.step(needs)
        is_waiting = is_waiting or (enrollment.version.needs_order and trace.done_at is None)
        url = reverse("courses:unit", args=[enrollment.key, unit.unit_key])
        questions, has_scenario = unit.question_count(reading), unit.shows_scenario(reading)
        steps.append(UnitStep(unit, number, step, url, questions, needs, has_scenario, trace.is_played, trace.done_at))
    return tuple(steps)


def courses_of(enrollments: Iterable[Enrollment]) -> dict[int, Course]:
    """Many courses by enrollment id, in four queries. The enrollments come with their versions."""
    enrollments = list(enrollments)
    units: dict[int, list[Any]] = {}
    versions = {enrollment.version_id for enrollment in enrollments}
    found = UnitVersion.objects.filter(course_version__in=versions).annotate(is_withdrawn=is_withdrawn())
    for unit in found.order_by("position"):
        units.setdefault(unit.course_version_id, []).append(unit)
    done: dict[tuple[int, int], datetime] = {}
    for model, when in ((UnitCarried, "completion__completed_at"), (UnitCompletion, "completed_at")):
        rows = model.objects.filter(enrollment__in=enrollments)
        for enrollment_id, unit_id, completed_at in rows.values_list("enrollment", "unit_version", when):
            done[enrollment_id, unit_id] = completed_at
    tried: dict[tuple[int, int], set[bool | None]] = {}
    attempts = Attempt.objects.filter(enrollment__in=enrollments)
    for enrollment_id, unit_id, is_passed in attempts.values_list("enrollment", "unit_version", "is_passed"):
        tried.setdefault((enrollment_id, unit_id), set()).add(is_passed)
    finished = ScenarioCompletion.objects.filter(enrollment__in=enrollments)
    played = set(finished.values_list("enrollment", "unit_version__unit_key", "unit_version__sha256"))
    courses = {}
    for enrollment in enrollments:
        traced = []
        for unit in units.get(enrollment.version_id, []):
            tries = tried.get((enrollment.pk, unit.pk), set())
            trace = Trace(
                done_at=done.get((enrollment.pk, unit.pk)),
                is_tried=bool(tries - {None}),
                is_being_tried=None in tries,  # graded when it is handed in
                is_passed=True in tries,
                is_played=(enrollment.pk, unit.unit_key, unit.sha256) in played,
                is_withdrawn=unit.is_withdrawn,
            )
            traced.append((unit, trace))
        courses[enrollment.pk] = Course(enrollment, steps_of(enrollment, traced))
    return courses


def withdrawn_since(course: Course) -> list[UnitVersion]:
    """The units of the reading that were withdrawn after the course was begun and before they were done."""
    units = UnitVersion.objects.filter(
        course_version=course.enrollment.version_id, withdrawal__withdrawn_at__gte=course.enrollment.started_at
    )
    asked = {step.unit.pk for step in course.steps}
    return [unit for unit in in_reading(units.order_by("position"), course.enrollment.audience) if unit.pk not in asked]


def certificate_of(enrollment: Enrollment) -> Certificate | None:
    """The certificate of a finished course: if it has been corrected, the one that replaces it."""
    return certificate_under(enrollment.source_key)


def certificate_under(key: str) -> Certificate | None:
    """What was issued under a source key: if it has been corrected, the one that replaces it."""
    rows = Certificate.objects.filter(Q(source_key=key) | Q(source_key__startswith=f"{key}#"))
    found: Certificate | None = rows.order_by("-pk").first()
    return found
