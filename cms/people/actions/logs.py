"""The two logs that name persons: what was done, and which mails are owed."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from cms.core.prepared import write_once
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry, OrgUnit, OutboxMessage, Person


def write_audit(
    *,
    action: AuditAction,
    actor: Person | None,
    subject: Person | None = None,
    org_unit: OrgUnit | None = None,
    object_key: str = "",
    details: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """Add a row to the audit log. `details` takes keys and counts, never names."""
    entry = AuditEntry(
        at=at or timezone.now(),
        action=action,
        actor=actor,
        subject=subject,
        org_unit=org_unit,
        object_key=object_key,
        details=details or {},
    )
    write_once(entry)  # nothing of it is unique
    return entry


def queue_message(
    *, source_key: str, kind: str, person: Person, payload: dict[str, Any], at: datetime | None = None
) -> None:
    """Owe somebody a mail, once per `source_key`: asking again changes nothing."""
    created_at = at or timezone.now()
    write_once(OutboxMessage(source_key=source_key, kind=kind, person=person, payload=payload, created_at=created_at))
