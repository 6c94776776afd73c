"""Deliver the mails that are owed."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from cms.people.enums import MailOutcome
from cms.people.models import OutboxMessage, Person
from cms.people.registry import MailKind, mail_kinds
from cms.reminders.emails import compose

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8


def _owed(now: datetime) -> Q:
    return Q(settled_at=None) & (Q(leased_until=None) | Q(leased_until__lt=now))


def lease_message(*, now: datetime) -> OutboxMessage | None:
    """Take the oldest owed mail for five minutes, so that two senders never hold the same; None if none is owed.

    A sender that is killed lets its lease run out, and another takes over.
    """
    for pk in OutboxMessage.objects.filter(_owed(now)).order_by("created_at").values_list("pk", flat=True)[:20]:
        taken = OutboxMessage.objects.filter(_owed(now), pk=pk).update(
            leased_until=now + LEASE, attempts=F("attempts") + 1
        )
        if taken:
            return OutboxMessage.objects.select_related("person__merged_into").get(pk=pk)
    return None


def settle(*, message: OutboxMessage, outcome: MailOutcome) -> None:
    OutboxMessage.objects.filter(pk=message.pk, settled_at=None).update(
        settled_at=timezone.now(), outcome=outcome, leased_until=None
    )


def may_get_mail(person: Person) -> MailOutcome | None:
    """None if somebody can be written to, otherwise why not."""
    if person.is_protected and not getattr(settings, "LEDSTANG_MAIL_PROTECTED", False):
        return MailOutcome.PROTECTED
    return None if person.email else MailOutcome.NO_ADDRESS


def deliver(*, message: OutboxMessage, connection: Any = None) -> MailOutcome | None:
    """Send one leased mail and settle it; None if it will be tried again. Errors name no persons."""
    if message.person.merged_into is not None:
        message.person = message.person.merged_into
    kind = mail_kinds.get(message.kind)
    outcome = may_get_mail(message.person)
    if outcome is None and message.handed_at is not None and not kind.is_repeatable:
        outcome = MailOutcome.INTERRUPTED
    if outcome is None:
        outcome = _send(message, kind, connection)
        if outcome is None:
            return None
    settle(message=message, outcome=outcome)
    return outcome


def _send(message: OutboxMessage, kind: MailKind, connection: Any) -> MailOutcome | None:
    """Compose the mail, note that it is handed over, hand it over: whoever dies in between leaves a trace of where."""
    try:
        with transaction.atomic():
            payload = kind.prepare(message)
            if payload is None:
                return MailOutcome.NOT_NEEDED
            mail = compose(message, kind, payload)
            OutboxMessage.objects.filter(pk=message.pk).update(handed_at=timezone.now())
        mail.connection = connection
        mail.send()
    except Exception as error:  # whatever goes wrong is one mail's matter; its text may hold an address
        logger.error("mail %s could not be sent, attempt %s: %s", message.key, message.attempts, type(error).__name__)
        OutboxMessage.objects.filter(pk=message.pk).update(handed_at=None)
        if connection is not None:
            connection.close()
        return MailOutcome.FAILED if message.attempts >= MAX_ATTEMPTS else None
    return MailOutcome.SENT


def deliver_outbox(*, limit: int = 500) -> dict[str, int]:
    """Send what is owed, oldest first, each mail in transactions of its own. Returns how many of each outcome."""
    counts: dict[str, int] = {}
    connection = get_connection()
    try:
        for _turn in range(limit):
            with transaction.atomic():
                message = lease_message(now=timezone.now())
            if message is None:
                break
            outcome = deliver(message=message, connection=connection)
            name = str(outcome) if outcome else "again"
            counts[name] = counts.get(name, 0) + 1
    finally:
        connection.close()
    return counts
