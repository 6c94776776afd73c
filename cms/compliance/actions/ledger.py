"""Deposit and take back evidence, grant exemptions, set requirements."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cms.compliance.actions.summaries import recount_people, recount_rules
from cms.compliance.enums import EvidenceKind, ExemptionReason, VoidReason
from cms.compliance.models import (
    Evidence,
    EvidenceVoid,
    Exemption,
    ExemptionEnd,
    Requirement,
    RequirementRule,
    RuleOrgUnit,
    RuleRole,
    RuleTarget,
    Target,
    TargetRelease,
)
from cms.compliance.signals import evidence_recorded
from cms.core.prepared import write_once
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit, Person, Role
from cms.versions.queries import counts
from cms.versions.registry import version_kinds


class ComplianceError(ValueError):
    """A rule of the ledger would be broken. The text names no person."""


class AlreadyVoided(ComplianceError):
    """The evidence has been taken back already."""


class NotReviewed(ComplianceError):
    """What is to be required still waits for an expert's review."""


@dataclass(frozen=True)
class VersionRef:
    """The version that something was done on."""

    number: str
    major: int
    sha256: str


@transaction.atomic
def keep_target(*, kind: str, key: uuid.UUID, title: str, path: str, is_withdrawn: bool = False) -> Target:
    """Make or refresh the ground's handle on something that can be required. Withdrawn, it asks nothing from today."""
    before = Target.objects.filter(kind=kind, key=key).first()
    withdrawn_on = (before and before.withdrawn_on) or timezone.localdate()
    values = {"title": title, "path": path, "is_withdrawn": is_withdrawn}
    values["withdrawn_on"] = withdrawn_on if is_withdrawn else None
    target, _created = Target.objects.update_or_create(kind=kind, key=key, defaults=values)
    if before is not None and (before.is_withdrawn, before.withdrawn_on) != (is_withdrawn, target.withdrawn_on):
        recount_rules(target_ids=[target.pk])
    return target


@transaction.atomic
def record_release(
    *, target: Target, major: int, effective_on: date, redo_by: date, at: datetime | None = None
) -> None:
    """From `effective_on`, only evidence of this major version or later counts; to be done by `redo_by`."""
    TargetRelease.objects.bulk_create(
        [
            TargetRelease(
                target=target,
                major=major,
                effective_on=effective_on,
                redo_by=redo_by,
                recorded_at=at or timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )
    recount_rules(target_ids=[target.pk])


@transaction.atomic(savepoint=False)  # the action that asks for it is one whole with it
def record_evidence(
    *,
    source_key: str,
    person: Person,
    target: Target,
    kind: EvidenceKind,
    version: VersionRef | None = None,
    achieved_at: datetime | None = None,
    valid_until: date | None = None,
    recorded_by: Person | None = None,
    document: Any = None,
    at: datetime | None = None,
) -> tuple[Evidence, bool]:
    """Write down, exactly once per `source_key`, that a person met a target.

    Returns the evidence and whether this call wrote it. Two calls that race leave one row: the
    database's uniqueness decides, not a look beforehand. Sends `evidence_recorded` inside the transaction.
    """
    at = at or timezone.now()
    achieved_at = achieved_at or at
    mine = Evidence(
        source_key=source_key,
        person=person,
        target=target,
        kind=kind,
        version_number=version.number if version else "",
        version_major=version.major if version else None,
        version_sha256=version.sha256 if version else "",
        achieved_at=achieved_at,
        achieved_on=timezone.localdate(achieved_at),
        valid_until=valid_until,
        recorded_at=at,
        recorded_by=recorded_by,
        document=document or "",
    )
    if document:
        mine.document.save(document.name, document, save=False)
    if not write_once(mine):
        return Evidence.objects.filter(source_key=source_key).latest("pk"), False
    recount_people(person_ids=[person.pk], target_ids=[target.pk])
    evidence_recorded.send(sender=Evidence, evidence=mine, target=target, person=person)
    return mine, True


@transaction.atomic
def void_evidence(
    *, evidence: Evidence, reason: VoidReason, actor: Person | None, at: datetime | None = None
) -> EvidenceVoid:
    """Take a mistake back by a row of its own. Raises AlreadyVoided."""
    if EvidenceVoid.objects.filter(evidence=evidence).exists():
        raise AlreadyVoided("this evidence has been taken back already")
    void = EvidenceVoid.objects.create(
        evidence=evidence, reason=reason, voided_at=at or timezone.now(), voided_by=actor
    )
    write_audit(action=AuditAction.EVIDENCE_VOIDED, actor=actor, subject=evidence.person, object_key=str(evidence.key))
    recount_people(person_ids=[evidence.person_id], target_ids=[evidence.target_id])
    return void


@transaction.atomic
def grant_exemption(
    *,
    person: Person,
    target: Target,
    reason: ExemptionReason,
    starts_on: date,
    until: date,
    actor: Person | None,
    at: datetime | None = None,
) -> Exemption:
    """Let a person off a target for a time, for a reason from the closed list."""
    exemption = Exemption.objects.create(
        person=person,
        target=target,
        reason=reason,
        starts_on=starts_on,
        until=until,
        recorded_at=at or timezone.now(),
        recorded_by=actor,
    )
    write_audit(action=AuditAction.EXEMPTION_GRANTED, actor=actor, subject=person, object_key=str(exemption.key))
    recount_people(person_ids=[person.pk], target_ids=[target.pk])
    return exemption


@transaction.atomic
def end_exemption(
    *, exemption: Exemption, ended_on: date, actor: Person | None, at: datetime | None = None
) -> ExemptionEnd:
    end: ExemptionEnd = ExemptionEnd.objects.create(
        exemption=exemption, ended_on=ended_on, recorded_at=at or timezone.now(), recorded_by=actor
    )
    recount_people(person_ids=[exemption.person_id], target_ids=[exemption.target_id])
    return end


def _can_be_required(target: Target) -> bool:
    """Whether the version in force has been reviewed. What has no versions needs no review."""
    kind = version_kinds.find(target.kind)
    version = kind.resolve(target.key) if kind is not None else None
    return version is None or counts(version)


@transaction.atomic
def require(
    *,
    target: Target,
    name: str,
    effective_on: date,
    actor: Person | None = None,
    at: datetime | None = None,
    **how: Any,
) -> Requirement:
    """Begin to require a target: a requirement with its first rule. `how` is what `set_rule` takes."""
    requirement = Requirement.objects.create(target=target, name=name)
    set_rule(requirement=requirement, effective_on=effective_on, actor=actor, at=at, **how)
    return requirement


@transaction.atomic
def set_rule(
    *,
    requirement: Requirement,
    effective_on: date,
    org_units: Iterable[OrgUnit] = (),
    roles: Iterable[Role] = (),
    org_unit_kinds: Iterable[str] = (),
    alternatives: Iterable[Target] = (),
    actor: Person | None = None,
    at: datetime | None = None,
    **due: Any,
) -> RequirementRule:
    """Say how a requirement reads from a day on; earlier rules stay and apply to earlier days.

    `due` takes due_days or due_on or both, and validity_months or yearly_month with yearly_day, window_days,
    prior_months, is_ended. `alternatives` are other targets that meet it as well. What ends is over: rules of later
    days that were there before it do not begin (`rules_that_apply`).
    Raises NotReviewed for a text with open review marks, outside the demo.
    """
    at = at or timezone.now()
    if not due.get("is_ended") and not _can_be_required(requirement.target):
        raise NotReviewed("a text that experts still have to review cannot be required")
    rule = RequirementRule.objects.create(
        requirement=requirement,
        effective_on=effective_on,
        org_unit_kinds=sorted(org_unit_kinds),
        recorded_at=at,
        recorded_by=actor,
        **due,
    )
    RuleOrgUnit.objects.bulk_create(RuleOrgUnit(rule=rule, org_unit=unit) for unit in org_units)
    RuleRole.objects.bulk_create(RuleRole(rule=rule, role=role) for role in roles)
    RuleTarget.objects.bulk_create(
        RuleTarget(rule=rule, target=other) for other in alternatives if other != requirement.target
    )
    write_audit(action=AuditAction.REQUIREMENT_CHANGED, actor=actor, object_key=str(requirement.key), at=at)
    recount_rules(target_ids=[requirement.target_id])
    return rule
