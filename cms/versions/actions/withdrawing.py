"""Take a document out of use."""

import uuid
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.versions.actions.refusals import AlreadyWithdrawn, PublishingError
from cms.versions.models import Withdrawal


@transaction.atomic
def withdraw(
    *,
    kind: str,
    key: uuid.UUID,
    on: date,
    reason: str,
    withdrawn_by: Any = None,
    successor: uuid.UUID | None = None,
    actor: Person | None = None,
) -> Withdrawal:
    """Take a document out of use. Versions, evidence and certificates remain.

    Raises PublishingError without a reason, AlreadyWithdrawn the second time.
    """
    if not reason.strip():
        raise PublishingError(_("Say why it is withdrawn."))
    if Withdrawal.objects.filter(key=key).exists():
        raise AlreadyWithdrawn(_("This has been withdrawn already."))
    withdrawal = Withdrawal.objects.create(
        kind=kind,
        key=key,
        withdrawn_on=on,
        reason=reason.strip(),
        successor=successor,
        withdrawn_by=withdrawn_by,
    )
    write_audit(action=AuditAction.VERSION_WITHDRAWN, actor=actor, object_key=str(key))
    return withdrawal
