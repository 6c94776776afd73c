from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cms.people.actions import queue_message
from cms.people.models import OutboxMessage
from guidelines.queries.reviews import DueReview, owners_of, reviews_due

REVIEW_MAIL = "guidelines_review"


def remind_owners(*, on: date, at: datetime | None = None) -> tuple[int, list[str]]:
    """Owe the owners of guidelines a mail 60, 30 and 0 days before they are to be reviewed.

    Safe to run twice, late, or beside another: one mail for each owner, guideline, day and step is a constraint of the
    outbox. Returns how many were owed by this call, and the keys of guidelines that nobody can be reminded of.
    """
    owed, ownerless = 0, []
    for due in reviews_due(on):
        messages = _messages(due)
        if not messages:
            ownerless.append(str(due.version.key))
        owed += _owe(messages, at or timezone.now())
    return owed, ownerless


def _messages(due: DueReview) -> list[dict[str, Any]]:
    version = due.version
    day = version.review_by.isoformat() if version.review_by else ""
    payload = {
        "key": str(version.key),
        "title": version.title,
        "number": version.number,
        "day": day,
        "days": due.days_before,
        "owner": version.owner_function,
    }
    source = f"guidelines:review:{version.key}:{day}:{due.days_before}"
    return [
        {"source_key": f"{source}:{person.key}", "person": person, "payload": payload} for person in owners_of(version)
    ]


@transaction.atomic
def _owe(messages: list[dict[str, Any]], at: datetime) -> int:
    keys = [message["source_key"] for message in messages]
    before = OutboxMessage.objects.filter(source_key__in=keys).count()
    for message in messages:
        queue_message(kind=REVIEW_MAIL, at=at, **message)
    return OutboxMessage.objects.filter(source_key__in=keys).count() - before
