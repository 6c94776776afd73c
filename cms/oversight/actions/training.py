"""What heads and HR write down about their staff: external training, taking back, exemptions. All with who and when."""

import uuid
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.compliance.actions import end_exemption, grant_exemption, record_evidence
from cms.compliance.enums import EvidenceKind, ExemptionReason
from cms.compliance.models import Evidence, Exemption, Target
from cms.core.models import Refused
from cms.oversight.queries import recorded_on
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person

NOON = time(12)


class NotOnesOwn(Refused):
    """Nobody decides about their own training: another head or HR does."""


class AlreadyRecorded(Refused):
    """The same training of the same day is written down, and has not been taken back."""


def _not_oneself(actor: Person, person: Person) -> None:
    if actor.pk in (person.pk, person.merged_into_id):
        raise NotOnesOwn("nobody records their own training")


@transaction.atomic
def record_training(
    *,
    key: uuid.UUID,
    person: Person,
    target: Target,
    done_on: date,
    actor: Person,
    valid_until: date | None = None,
    document: Any = None,
) -> Evidence:
    """Write down training that somebody has had elsewhere, once per `key`. Raises NotOnesOwn, AlreadyRecorded."""
    _not_oneself(actor, person)
    source_key = f"oversight:{key}"
    if recorded_on(person, target, done_on).exclude(source_key=source_key).exists():
        text = _("It has been recorded for that day already. To change what it says, take that back first.")
        raise AlreadyRecorded(text)
    evidence, created = record_evidence(
        source_key=source_key,
        person=person,
        target=target,
        kind=EvidenceKind.RECORDED,
        achieved_at=timezone.make_aware(datetime.combine(done_on, NOON)),
        valid_until=valid_until,
        recorded_by=actor,
        document=document,
    )
    if created:
        write_audit(
            action=AuditAction.EVIDENCE_RECORDED, actor=actor, subject=person, object_key=str(evidence.key),
            details={"target": str(target.key), "document": bool(document)},
        )  # fmt: skip
    return evidence


@transaction.atomic
def exempt(*, person: Person, target: Target, reason: ExemptionReason, until: date, actor: Person) -> Exemption:
    """Let somebody off from today until a day, for a reason of the closed list. Raises NotOnesOwn."""
    _not_oneself(actor, person)
    return grant_exemption(
        person=person, target=target, reason=reason, starts_on=timezone.localdate(), until=until, actor=actor
    )


@transaction.atomic
def take_exemption_back(*, exemption: Exemption, actor: Person) -> None:
    """End an exemption today; the days before it stay exempt. Raises NotOnesOwn."""
    _not_oneself(actor, exemption.person)
    end_exemption(exemption=exemption, ended_on=timezone.localdate(), actor=actor)
    write_audit(
        action=AuditAction.EXEMPTION_ENDED, actor=actor, subject=exemption.person, object_key=str(exemption.key)
    )
