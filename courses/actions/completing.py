"""Complete a unit; the last one finishes the course, exactly once, in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, DateField, Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.certificates.actions import issue_certificate
from cms.certificates.facts import CourseFacts, UnitFacts
from cms.certificates.models import Certificate
from cms.compliance.actions import VersionRef, record_evidence
from cms.compliance.enums import EvidenceKind
from cms.compliance.models import Evidence, Target
from cms.core.prepared import Prepared, Slot, write_once
from cms.people.actions import queue_message, write_audit
from cms.people.enums import AuditAction
from courses.actions.cutting import KIND
from courses.actions.rules import CourseNotOpen, NotDone, withdrawals_of
from courses.models import Attempt, Enrollment, UnitCompletion, UnitVersion
from courses.queries.units import gives_certificate, scenarios_finished, units_asked, units_with_completions

FINISHED = "course_finished"


@dataclass(frozen=True)
class Completed:
    """What completing a unit led to. Without evidence the course is not finished."""

    evidence: Evidence | None = None
    certificate: Certificate | None = None

    @property
    def finished(self) -> bool:
        return self.evidence is not None


@transaction.atomic
def complete_unit(*, enrollment: Enrollment, unit_key: UUID, at: datetime | None = None) -> Completed:
    """Write that a unit is done; when it was the last, finish the course.

    The database's uniqueness decides, not a look beforehand: any number of calls, at once or later, leave one
    completion, one evidence and one certificate. Raises NotDone, or CourseNotOpen for a withdrawn course.
    """
    completed = _complete(enrollment, unit_key, at or timezone.now(), waits=False)
    assert completed is not None
    return completed


@transaction.atomic
def complete_when_ready(*, enrollment: Enrollment, unit_key: UUID, at: datetime | None = None) -> Completed | None:
    """What `complete_unit` does, when a part of a unit has been done; None while another part is lacking."""
    return _complete(enrollment, unit_key, at or timezone.now(), waits=True)


def _complete(known: Enrollment, unit_key: UUID, at: datetime, *, waits: bool) -> Completed | None:
    # The lock is for two *different* last units, or parts of one, at the same time: the second must see the first.
    enrollment = lock_enrollment(known.pk, at, known)
    asked = units_asked(enrollment)
    row = next((row for row in asked if row["unit_key"] == unit_key), None)
    if row is None:
        raise NotDone(_("This unit is not part of the course."))
    unit = row.whole()
    lacking = _lacking(enrollment, unit)
    if lacking and waits:
        return None
    if lacking:
        raise NotDone(lacking)
    done = {row["unit_key"]: row["done_at"] for row in asked if row["done_at"] is not None}
    if enrollment.version.needs_order and not all(row["unit_key"] in done for row in asked[: asked.index(row)]):
        raise NotDone(_("The units before this one come first."))
    if unit_key not in done:
        write_once(UnitCompletion(enrollment=enrollment, unit_version=unit, unit_key=unit_key, completed_at=at))
        done[unit_key] = at
    if len(done) < len(asked):
        return Completed()
    return finish_if_done(enrollment, [row.whole() for row in asked], done, at)


@transaction.atomic
def finish_course(*, enrollment: Enrollment, at: datetime | None = None) -> Completed:
    """Finish a course of which nothing is left to do, since what was left has been withdrawn.

    Raises NotDone if something is left or nothing has been done, CourseNotOpen for a withdrawn course.
    """
    at = at or timezone.now()
    enrollment = lock_enrollment(enrollment.pk, at, enrollment)
    completed = finish_if_done(enrollment, *units_with_completions(enrollment), at)
    if not completed.finished:
        raise NotDone(_("There is still something left to do."))
    return completed


def finish_if_done(
    enrollment: Any, units: Sequence[UnitVersion], done: Mapping[UUID, datetime], at: datetime
) -> Completed:
    """Finish a course, locked by `lock_enrollment`, of which no unit is left. One without units is never finished."""
    if not units or any(unit.unit_key not in done for unit in units):
        return Completed()
    return _finish(enrollment, units, done, at)


def _enrollment_to_lock() -> QuerySet[Enrollment]:
    rows = Enrollment.objects.select_for_update(of=("self",)).filter(pk=Slot("pk", BigIntegerField()))
    return rows.annotate(
        is_withdrawn=Exists(withdrawals_of(OuterRef("course_key"), Slot("on", DateField()))),
        target=Subquery(Target.objects.filter(kind=KIND, key=OuterRef("course_key")).values("pk")[:1]),
    )


LOCKED = Prepared(_enrollment_to_lock)


def lock_enrollment(pk: int, at: datetime, known: Enrollment | None = None) -> Any:
    """The enrollment, in which nobody else completes or moves anything now. Raises CourseNotOpen if withdrawn.

    It gets the version and the person from what is `known` of it, if they are still its own.
    """
    (row,) = LOCKED.rows(pk=pk, on=timezone.localdate(at))
    enrollment = row.whole()
    if enrollment.is_withdrawn:
        raise CourseNotOpen(_("The course has been withdrawn."))
    known_already = known._state.fields_cache if known is not None else {}
    for name, one in known_already.items():
        if name in ("version", "person") and one.pk == getattr(enrollment, f"{name}_id"):
            setattr(enrollment, name, one)
    return enrollment


def _lacking(enrollment: Enrollment, unit: UnitVersion) -> str:
    """What the unit's rule asks for that has not been done, in words; empty if nothing is lacking."""
    needs = unit.needs(enrollment.audience or None)
    if needs.passed and not _attempts(enrollment, unit).filter(is_passed=True).exists():
        return _("The questions of this unit have not been passed.")
    if needs.answered and not _attempts(enrollment, unit).filter(submitted_at__isnull=False).exists():
        return _("The questions of this unit have not been answered.")
    if needs.scenario and not scenarios_finished(enrollment, unit).exists():
        return _("The scenario of this unit has not been finished.")
    return ""


def _attempts(enrollment: Enrollment, unit: UnitVersion) -> QuerySet[Attempt]:
    return Attempt.objects.filter(enrollment=enrollment, unit_version=unit)


def _finish(
    enrollment: Any,  # with `target`, as `lock_enrollment` gives it
    units: Sequence[UnitVersion],
    done: Mapping[UUID, datetime],
    at: datetime,
) -> Completed:
    Enrollment.objects.filter(pk=enrollment.pk, finished_at=None).update(finished_at=at)
    version, person = enrollment.version, enrollment.person
    evidence, is_new = record_evidence(
        source_key=enrollment.source_key,
        person=person,
        target=Target(pk=enrollment.target, kind=KIND, key=enrollment.course_key),
        kind=EvidenceKind.COMPLETED,
        version=VersionRef(version.number, version.major, version.sha256),
        achieved_at=enrollment.finished_at or at,
        at=at,
    )
    certificate = None
    if gives_certificate(version):
        facts = _facts(enrollment, units, done, evidence)
        certificate, _issued = issue_certificate(facts, source_key=enrollment.source_key, person=person, at=at)
    if is_new:
        write_audit(
            action=AuditAction.COURSE_FINISHED, actor=person, subject=person, object_key=str(enrollment.key), at=at
        )
    queue_message(
        source_key=f"{enrollment.source_key}:{FINISHED}",
        kind=FINISHED,
        person=person,
        payload={"course": str(enrollment.course_key), "title": version.title, "enrollment": str(enrollment.key)},
        at=at,
    )
    return Completed(evidence=evidence, certificate=certificate)


def _facts(
    enrollment: Enrollment, units: Sequence[UnitVersion], done: Mapping[UUID, datetime], evidence: Evidence
) -> CourseFacts:
    version, person = enrollment.version, enrollment.person
    return CourseFacts(
        holder=person.full_name,
        title=version.title,
        version=version.number,
        version_sha256=version.sha256,
        units=tuple(
            UnitFacts(
                title=unit.title,
                minutes=unit.minutes,
                done_on=timezone.localdate(done[unit.unit_key]).isoformat(),
            )
            for unit in units
        ),
        minutes=sum(unit.minutes for unit in units),
        started_on=timezone.localdate(enrollment.started_at).isoformat(),
        completed_on=evidence.achieved_on.isoformat(),
        issuer="",
        is_demo=bool(getattr(settings, "LEDSTANG_DEMO", False)),
        shows_name=not person.is_protected,
    )
