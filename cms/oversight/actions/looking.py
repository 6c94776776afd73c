"""The one write that a reading causes: who looked at whom is kept."""

from typing import Any

from django.db import transaction

from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit, Person


@transaction.atomic
def note_viewing(
    *,
    action: AuditAction,
    actor: Person,
    org_unit: OrgUnit | None = None,
    subject: Person | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Keep that somebody has seen or exported something about staff, in a small transaction of its own.

    Called when everything has been read and before anything is answered: what is not noted is not shown.
    """
    write_audit(action=action, actor=actor, org_unit=org_unit, subject=subject, details=details)
