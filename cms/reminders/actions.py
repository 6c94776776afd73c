"""Deliver the mails that are owed."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from cms.people.enums import MailOutcome
from cms.people.models import OutboxMessage
from cms.people.registry import mail_kinds
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


def deliver(*, message: OutboxMessage) -> MailOutcome | None:
    """Send one leased mail and settle it; None if it will be tried again. Errors name no persons."""
    if message.person.merged_into is not None:
        message.person = message.person.merged_into
    outcome: MailOutcome | None
    if message.person.is_protected and not getattr(settings, "LEDSTANG_MAIL_PROTECTED", False):
        outcome = MailOutcome.PROTECTED
    elif not message.person.email:
        outcome = MailOutcome.NO_ADDRESS
    else:
        outcome = _send(message)
        if outcome is None:
            return None
    settle(message=message, outcome=outcome)
    return outcome


def _send(message: OutboxMessage) -> MailOutcome | None:
    try:
        compose(message, mail_kinds.get(message.kind)).send()
    except Exception as error:  # whatever goes wrong is one mail's matter; its text may hold an address
        logger.error("mail %s could not be sent, attempt %s: %s", message.key, message.attempts, type(error).__name__)
        return MailOutcome.FAILED if message.attempts >= MAX_ATTEMPTS else None
    return MailOutcome.SENT


def deliver_outbox(*, limit: int = 500) -> dict[str, int]:
    """Send what is owed, oldest first, each mail in a transaction of its own. Returns how many of each outcome."""
    counts: dict[str, int] = {}
    for _turn in range(limit):
        with transaction.atomic():
            message = lease_message(now=timezone.now())
        if message is None:
            break
        outcome = deliver(message=message)
        name = str(outcome) if outcome else "again"
        counts[name] = counts.get(name, 0) + 1
    return counts
