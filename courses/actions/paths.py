"""Publish a learning path; complete it, exactly once, whichever of its parts comes last; note a supervisor's talk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.certificates.actions import issue_certificate
from cms.certificates.facts import PathFacts, UnitFacts
from cms.certificates.models import Certificate
from cms.compliance.actions import VersionRef, keep_target, record_evidence
from cms.compliance.enums import EvidenceKind
from cms.compliance.models import Evidence, Target
from cms.people.actions import queue_message, write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.people.queries import person_of
from cms.versions.actions import PublishingError, mint, withdraw
from cms.versions.enums import Change
from cms.versions.freezing import Draft
from cms.versions.models import Withdrawal
from courses.actions.rules import LearningError
from courses.models import (
    LearningPathCourse,
    LearningPathPage,
    LearningPathStep,
    LearningPathVersion,
    SignOff,
    SignOffVoid,
)
from courses.queries.paths import KIND, Path, courses_done, is_head_of, path_of, paths_with

PATH_FINISHED = "path_finished"


class NotTheirHead(LearningError):
    """Only a head of a workplace where the person works writes down that a talk was held, and never about oneself."""


# Publishing


@transaction.atomic
def publish_path(
    *, page: LearningPathPage, published_by: Any = None, revision_id: int | None = None, at: datetime | None = None
) -> LearningPathVersion | None:
    """Mint the page as the next version of its path, in force at once; None if nothing has changed.

    It is never a new major version: what people have achieved stands. Raises what `mint` raises, and PublishingError
    for a path without a required course, or with one twice.
    """
    at = at or timezone.now()
    page = LearningPathPage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    steps = [step for step in page.steps.select_related("course") if step.course_id]
    if not any(step.is_required for step in steps):
        raise PublishingError(_("A learning path needs at least one required course."))
    if len({step.course.key for step in steps}) != len(steps):
        raise PublishingError(_("A course stands twice in the learning path."))
    version = mint(
        model=LearningPathVersion,
        key=page.key,
        draft=_draft(page, steps),
        change=Change.EDITORIAL,
        published_by=published_by,
        revision_id=revision_id,
        actor=person_of(published_by),
        at=at,
        page=page,
        summary=page.summary or "",
        for_whom=page.for_whom or "",
        needs_talk=page.needs_talk,
    )
    if version is None:
        return None
    LearningPathCourse.objects.bulk_create(
        LearningPathCourse(
            path_version=version,
            course_key=step.course.key,
            position=position,
            title=step.course.title,
            is_required=step.is_required,
        )
        for position, step in enumerate(steps, start=1)
    )
    _keep_target(version.key, version.title)
    return version


def _draft(page: LearningPathPage, steps: Iterable[LearningPathStep]) -> Draft:
    """What is frozen: which courses the path asks for, and whether a talk belongs to it."""
    courses = [
        {"key": str(step.course.key), "title": step.course.title, "required": step.is_required} for step in steps
    ]
    about = {"summary": page.summary or "", "for_whom": page.for_whom or "", "needs_talk": page.needs_talk}
    return Draft(title=page.title, fragments=(), extra={**about, "courses": courses})


def _keep_target(key: UUID, title: str, *, is_withdrawn: bool = False) -> Target:
    path = reverse("courses:path", args=[key])
    return keep_target(kind=KIND, key=key, title=title, path=path, is_withdrawn=is_withdrawn)


@transaction.atomic
def withdraw_path(*, page: LearningPathPage, withdrawn_by: Any = None, on: date | None = None) -> Withdrawal | None:
    """Take a learning path out of use from a day on; None for one that is not in use. What was achieved remains."""
    is_published = LearningPathVersion.objects.of(page.key).exists()
    if not is_published or Withdrawal.objects.filter(key=page.key).exists():
        return None
    withdrawal = withdraw(
        kind=KIND,
        key=page.key,
        on=on or timezone.localdate(),
        reason=_("The learning path is no longer offered."),
        withdrawn_by=withdrawn_by,
        actor=person_of(withdrawn_by),
    )
    _keep_target(page.key, page.title, is_withdrawn=True)
    return withdrawal


# Completing


@dataclass(frozen=True)
class PathCompleted:
    """What completing a path wrote. Without reviewed courses there is no certificate."""

    evidence: Evidence
    certificate: Certificate | None


def go_on_with_paths(*, course_key: UUID, person: Person, at: datetime | None = None) -> None:
    """Complete every path for which a course was the last part. Most courses are in none: that is one query."""
    for key in paths_with(course_key):
        complete_path(person=person, path_key=key, at=at)


@transaction.atomic
def complete_path(*, person: Person, path_key: UUID, at: datetime | None = None) -> PathCompleted | None:
    """Write that a path is completed if nothing of it is left; None if something is, or if that was written already.

    A number makes each time once: the second time counts from what was done after the first.
    """
    at = at or timezone.now()
    person = person.merged_into or person
    _lock(person)
    path = path_of(person, path_key, timezone.localdate(at))
    if path is None or not path.is_complete:
        return None
    target = Target.objects.get(kind=KIND, key=path_key)
    times = Evidence.objects.filter(source_key__startswith=_source_key(path_key, person, "")).count()
    source_key = _source_key(path_key, person, str(times + 1))
    evidence, is_new = record_evidence(
        source_key=source_key,
        person=person,
        target=target,
        kind=EvidenceKind.COMPLETED,
        version=VersionRef(path.version.number, path.version.major, path.version.sha256),
        achieved_at=at,
        at=at,
    )
    if not is_new:
        return None
    return PathCompleted(evidence, _certify(path, person, evidence, at))


def _lock(person: Person) -> None:
    """For two *different* last parts at the same time: the second must see the first. The row that is locked when
    standing is counted anew, too, so nobody waits in a circle."""
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.merged_into_id or person.pk)


def _source_key(path_key: UUID, person: Person, number: str) -> str:
    return f"courses:path:{path_key}:{person.key}:{number}"


def _certify(path: Path, person: Person, evidence: Evidence, at: datetime) -> Certificate | None:
    done = courses_done(path)
    certificate = None
    if all(course.is_certified for course in done):
        facts = PathFacts(
            holder=person.full_name,
            title=path.version.title,
            version=path.version.number,
            version_sha256=path.version.sha256,
            units=tuple(
                UnitFacts(
                    title=f"{course.title} {course.number}".strip(),
                    minutes=course.minutes,
                    done_on=course.done_on.isoformat(),
                )
                for course in done
            ),
            minutes=sum(course.minutes for course in done),
            started_on=min(course.done_on for course in done).isoformat(),
            completed_on=evidence.achieved_on.isoformat(),
            talk_on=path.talk.held_on.isoformat() if path.talk is not None and path.version.needs_talk else None,
            is_demo=bool(getattr(settings, "LEDSTANG_DEMO", False)),
            shows_name=not person.is_protected,
        )
        certificate, _issued = issue_certificate(facts, source_key=evidence.source_key, person=person, at=at)
    write_audit(
        action=AuditAction.EVIDENCE_RECORDED, actor=person, subject=person, object_key=str(evidence.key),
        details={"target": str(path.version.key)}, at=at,
    )  # fmt: skip
    queue_message(
        source_key=f"{evidence.source_key}:{PATH_FINISHED}",
        kind=PATH_FINISHED,
        person=person,
        payload={"path": str(path.version.key), "title": path.version.title},
        at=at,
    )
    return certificate


# The talk


@transaction.atomic
def sign_off(
    *, key: UUID, person: Person, path_key: UUID, held_on: date, actor: Person, at: datetime | None = None
) -> SignOff:
    """Write down that a supervisor's talk was held, once per `key`; complete the path if it was the last of it.

    Raises NotTheirHead.
    """
    at = at or timezone.now()
    if not is_head_of(actor, person, timezone.localdate(at)):
        raise NotTheirHead(_("Only the head writes down that a talk was held."))
    _lock(person)
    if not SignOff.objects.filter(key=key).exists():
        SignOff.objects.create(
            key=key, path_key=path_key, person=person, held_on=held_on, recorded_at=at, recorded_by=actor
        )
        write_audit(
            action=AuditAction.EVIDENCE_RECORDED, actor=actor, subject=person, object_key=str(key),
            details={"target": str(path_key), "talk": True}, at=at,
        )  # fmt: skip
    complete_path(person=person, path_key=path_key, at=at)
    kept: SignOff = SignOff.objects.get(key=key)
    return kept


@transaction.atomic
def take_sign_off_back(*, sign_off: SignOff, actor: Person, at: datetime | None = None) -> None:
    """A talk was written down by mistake. What has been certified by it is taken back by HR. Raises NotTheirHead."""
    at = at or timezone.now()
    if not is_head_of(actor, sign_off.person, timezone.localdate(at)):
        raise NotTheirHead(_("Only the head takes a talk back."))
    SignOffVoid.objects.bulk_create(
        [SignOffVoid(sign_off=sign_off, voided_at=at, voided_by=actor)], ignore_conflicts=True
    )
    write_audit(
        action=AuditAction.EVIDENCE_VOIDED, actor=actor, subject=sign_off.person, object_key=str(sign_off.key),
        details={"talk": True}, at=at,
    )  # fmt: skip
