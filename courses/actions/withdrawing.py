"""Take a single unit out of use at once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.queries import person_of
from cms.versions.actions import AlreadyWithdrawn, PublishingError
from cms.versions.models import name_of
from courses.models import CoursePage, UnitVersion, UnitWithdrawal


@transaction.atomic
def withdraw_unit(
    *, page: CoursePage, unit_key: UUID, reason: str, withdrawn_by: Any = None, at: datetime | None = None
) -> list[UnitWithdrawal]:
    """Withdraw a unit from every version where it stands so far. Nobody is shown it or asked for it any more.

    What has been done of it stays done. A mended text comes back with the next version that has the unit.
    Raises PublishingError without a reason, AlreadyWithdrawn if it stands nowhere.
    """
    if not reason.strip():
        raise PublishingError(_("Say why it is withdrawn."))
    at = at or timezone.now()
    units = list(UnitVersion.objects.standing().filter(course_version__key=page.key, unit_key=unit_key))
    if not units:
        raise AlreadyWithdrawn(_("This has been withdrawn already."))
    rows = [
        UnitWithdrawal(
            unit_version=unit,
            reason=reason.strip(),
            withdrawn_at=at,
            withdrawn_by=withdrawn_by,
            withdrawn_by_name=name_of(withdrawn_by),
        )
        for unit in units
    ]
    UnitWithdrawal.objects.bulk_create(rows, ignore_conflicts=True)
    write_audit(
        action=AuditAction.VERSION_WITHDRAWN,
        actor=person_of(withdrawn_by),
        object_key=str(page.key),
        details={"unit": str(unit_key)},
        at=at,
    )
    return rows
