"""Lay a dated notice over a document, or stop it in an emergency; the frozen text stays as it is."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.versions.actions.refusals import PublishingError, SecondPairNeeded
from cms.versions.enums import NoticeTone
from cms.versions.models import Notice, NoticeEnd, NoticeLook, SecondLook, Withdrawal, WithdrawalLook, name_of


@transaction.atomic
def lay_notice(
    *,
    kind: str,
    key: uuid.UUID,
    tone: NoticeTone,
    text: str,
    laid_by: Any,
    actor: Person | None,
    at: datetime | None = None,
) -> Notice:
    """Show readers a dated text on top of a document from this moment; a `stop` hides the document's own text.

    Raises PublishingError without a text.
    """
    at = at or timezone.now()
    if not text.strip():
        raise PublishingError(_("Write what readers must know."))
    notice = Notice.objects.create(
        kind=kind, key=key, tone=tone, text=text.strip(), laid_at=at, laid_by=laid_by, laid_by_name=name_of(laid_by)
    )
    write_audit(
        action=AuditAction.NOTICE_LAID, actor=actor, object_key=str(key), details={"tone": str(notice.tone)}, at=at
    )
    return notice


@transaction.atomic
def end_notice(*, notice: Notice, ended_by: Any, actor: Person | None, at: datetime | None = None) -> NoticeEnd:
    """Take a notice away; that it was there, from when until when, remains. A second time changes nothing."""
    at = at or timezone.now()
    row = NoticeEnd(notice=notice, ended_at=at, ended_by=ended_by, ended_by_name=name_of(ended_by))
    NoticeEnd.objects.bulk_create([row], ignore_conflicts=True)
    end = NoticeEnd.objects.get(notice=notice)
    if end.ended_at == at:
        write_audit(action=AuditAction.NOTICE_ENDED, actor=actor, object_key=str(notice.key), at=at)
    return end


@transaction.atomic
def look_again(
    *, subject: Notice | Withdrawal, looked_by: Any, actor: Person | None, at: datetime | None = None
) -> SecondLook:
    """A second pair of eyes agrees with an emergency stop or a withdrawal. The first look stands.

    Raises SecondPairNeeded for whoever did it themselves.
    """
    at = at or timezone.now()
    is_notice = isinstance(subject, Notice)
    by = subject.laid_by_id if isinstance(subject, Notice) else subject.withdrawn_by_id
    if by is not None and by == getattr(looked_by, "pk", None):
        raise SecondPairNeeded(_("You did this yourself. A colleague has to confirm it."))
    model: Any = NoticeLook if is_notice else WithdrawalLook
    about = {"notice" if is_notice else "withdrawal": subject}
    row = model(**about, looked_at=at, looked_by=looked_by, looked_by_name=name_of(looked_by))
    model.objects.bulk_create([row], ignore_conflicts=True)
    look: SecondLook = model.objects.get(**about)
    if look.looked_at == at:
        write_audit(action=AuditAction.STOP_CONFIRMED, actor=actor, object_key=str(subject.key), at=at)
    return look
