"""What has been sent to somebody, by which rule, and what a head has been told of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from cms.people.enums import MailOutcome
from cms.people.models import OutboxMessage, Person
from cms.people.queries import records_of
from cms.reminders.models import Reminder, ReminderItem
from cms.reminders.names import MAIL


@dataclass(frozen=True)
class ReminderRow:
    """A reminder to one person. `asked_by` is empty for automatic ones, and for protected people."""

    sent_on: date
    outcome: str
    is_by_hand: bool
    asked_by: str
    items: list[ReminderItem]


def _records(person: Person) -> Any:
    return records_of(Person.objects.filter(pk=person.pk)).values("pk")


def reminders_to(person: Person, targets: Iterable[int] | None = None) -> list[ReminderRow]:
    """What was sent to a person about the own training, newest first; with targets, only what was said of them."""
    items = ReminderItem.objects.filter(about=None).select_related("target").order_by("due_on", "pk")
    if targets is not None:
        items = items.filter(target__in=list(targets))
    rows: QuerySet[Reminder] = (
        Reminder.objects.filter(person__in=_records(person))
        .select_related("message", "asked_by")
        .prefetch_related(Prefetch("items", items, to_attr="shown"))
        .order_by("-sent_on", "-pk")
    )
    return [
        ReminderRow(
            sent_on=row.sent_on,
            outcome=_outcome(row.message),
            is_by_hand=row.message is not None and "by" in row.message.payload,
            asked_by=row.asked_by.full_name if row.asked_by and not row.asked_by.is_protected else "",
            items=row.shown,  # type: ignore[attr-defined]
        )
        for row in rows
        if row.shown  # type: ignore[attr-defined]
    ]


def _outcome(message: OutboxMessage | None) -> str:
    """How a mail ended, in words; empty while it is on its way."""
    if message is None:
        return str(MailOutcome.SENT.label)
    return str(MailOutcome(message.outcome).label) if message.outcome else ""


def reminders_about(person: Person) -> QuerySet[ReminderItem]:
    """What heads have been told by mail of a person, newest first."""
    items: QuerySet[ReminderItem] = ReminderItem.objects.filter(about__in=_records(person))
    return items.select_related("target", "reminder__message").order_by("-reminder__sent_on", "-pk")


def reminded_on(people: QuerySet[Person], on: date) -> set[int]:
    """Who has been reminded on a day, or is about to be."""
    records = records_of(people).values("pk")
    sent = Reminder.objects.filter(person__in=records, sent_on=on)
    owed = OutboxMessage.objects.filter(person__in=records, kind=MAIL, settled_at=None)
    pairs = [*sent.values_list("person_id", "person__merged_into_id")]
    pairs += owed.values_list("person_id", "person__merged_into_id")
    return {merged or person for person, merged in pairs}
