"""Owe people their digests, once a day each, and say at the moment of sending what there still is to say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cms.core.models import Refused
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit, OutboxMessage, Person
from cms.people.queries import records_of
from cms.reminders.enums import Rule
from cms.reminders.models import Reminder, ReminderItem, ReminderRun
from cms.reminders.names import MAIL, source_key
from cms.reminders.queries import is_quiet_day, readers_of, recipients, reminded_on, reminders_cadence
from cms.reminders.saying import Digest, Reader, Said, Step, by_hand, digest_for

BATCH = 500


class AlreadyReminded(Refused):
    """The person has got a reminder today, or one is on its way."""


class NothingToSay(Refused):
    """Nothing is left to do, or the person is away, or cannot be written to."""


# The daily run


def owe_reminders(*, on: date) -> int:
    """Owe everybody who is to be told something on a day one mail. Returns how many were owed by this call.

    Safe to run twice, late, beside another, and again after it was killed: one mail for each person and day is a
    constraint of the outbox, and whoever still has an older one coming gets that, with today's content.
    """
    if is_quiet_day(on) or ReminderRun.objects.filter(ran_on=on).exists():
        return 0
    people = recipients(on)
    cadence = reminders_cadence()
    waiting = set(OutboxMessage.objects.filter(kind=MAIL, settled_at=None).values_list("person_id", flat=True))
    wanted = [
        person
        for person, reader in readers_of(people, on).items()
        if person not in waiting and digest_for(reader, on, cadence)
    ]
    owed = sum(_owe(wanted[start : start + BATCH], on) for start in range(0, len(wanted), BATCH))
    ReminderRun.objects.bulk_create(
        [ReminderRun(ran_on=on, finished_at=timezone.now(), owed=owed)], ignore_conflicts=True
    )
    return owed


@transaction.atomic
def _owe(people: Iterable[int], on: date, payload: dict[str, Any] | None = None, at: datetime | None = None) -> int:
    """Owe some people the day's mail, unless they are owed it already. Returns how many were."""
    keys = dict(Person.objects.filter(pk__in=people).values_list("pk", "key"))
    mine = [
        OutboxMessage(
            source_key=source_key(key, on),
            kind=MAIL,
            person_id=pk,
            payload={"on": on.isoformat(), **(payload or {})},
            created_at=at or timezone.now(),
        )
        for pk, key in keys.items()
    ]
    OutboxMessage.objects.bulk_create(mine, ignore_conflicts=True)
    return OutboxMessage.objects.filter(key__in=[message.key for message in mine]).count()


# By hand


@transaction.atomic
def remind_by_hand(*, person: Person, actor: Person, on: date) -> None:
    """Owe somebody a mail with all that is left to do, now. The caller has checked that the actor sees the person.

    Raises AlreadyReminded and NothingToSay. One a day, the automatic one counted.
    """
    one = Person.objects.filter(pk=person.pk)
    if reminded_on(one, on):
        raise AlreadyReminded
    reader = readers_of(one, on).get(person.pk)
    if reader is None or not by_hand(reader, on) or not recipients(on).filter(pk=person.pk).exists():
        raise NothingToSay
    if not _owe([person.pk], on, {"by": str(actor.key)}):
        raise AlreadyReminded
    write_audit(action=AuditAction.REMINDER_SENT, actor=actor, subject=person)


@dataclass(frozen=True)
class RemindedCounts:
    """How many got a reminder, and how many not: already reminded that day, or nothing to say."""

    reminded: int = 0
    already: int = 0
    nothing: int = 0


def remind_many(*, people: Iterable[Person], actor: Person, on: date) -> RemindedCounts:
    """The same for a selection, each in a transaction of its own."""
    outcome = {"reminded": 0, "already": 0, "nothing": 0}
    for person in people:
        try:
            remind_by_hand(person=person, actor=actor, on=on)
        except AlreadyReminded:
            outcome["already"] += 1
        except NothingToSay:
            outcome["nothing"] += 1
        else:
            outcome["reminded"] += 1
    return RemindedCounts(**outcome)


@transaction.atomic
def note_looking(*, actor: Person, org_unit: OrgUnit, on: date, rows: int, protected: bool) -> None:
    """Keep that somebody has seen who is to be reminded; those at the org unit can read it under "Mina uppgifter"."""
    write_audit(
        action=AuditAction.PEOPLE_VIEWED,
        actor=actor,
        org_unit=org_unit,
        details={"list": "people", "reminders": on.isoformat(), "rows": rows, "protected": protected},
    )


# At the moment of sending


def prepare_reminder(message: OutboxMessage) -> dict[str, Any] | None:
    """What there is to say now, written down as said. None: nothing any more.

    Everything is read anew: what has been done meanwhile, leave, protection, and whom a head may see. A mail that
    could not be sent is tried again only on the same day: the next day has a digest of its own.
    """
    today = timezone.localdate()
    actor = _actor(message)
    if actor is None and is_quiet_day(today):
        return None
    before = Reminder.objects.filter(message=message).first()
    if before is not None and before.sent_on != today:
        return None
    reader = readers_of(Person.objects.filter(pk=message.person.pk), today).get(message.person.pk, Reader())
    digest = _again(reader, before) if before else _anew(reader, today, is_by_hand=actor is not None)
    if not digest:
        return None
    if before is None and not record_reminder(message=message, digest=digest, actor=actor, on=today):
        return None
    return {**message.payload, "digest": digest, "today": today, "actor": actor}


def _actor(message: OutboxMessage) -> Person | None:
    key = message.payload.get("by")
    return Person.objects.filter(key=key).first() if key else None


def _anew(reader: Reader, today: date, *, is_by_hand: bool) -> Digest:
    return by_hand(reader, today) if is_by_hand else digest_for(reader, today, reminders_cadence())


def _again(reader: Reader, before: Reminder) -> Digest:
    """What was to be said at the first try, without what has been done since."""
    rules = {(item.about_id, item.target_id): Rule(item.rule) for item in before.items.all()}
    said = [
        Said(one, None if rule == Rule.LISTED else Step(before.sent_on, rule))
        for one in reader.matters
        if (rule := rules.get((None, one.target))) is not None
    ]
    full = digest_for(Reader(leaves=reader.leaves, staff=reader.staff), before.sent_on, reminders_cadence())
    return Digest(tuple(said), tuple(one for one in full.escalations if (one.person, one.matter.target) in rules))


@transaction.atomic
def record_reminder(
    *, message: OutboxMessage, digest: Digest, actor: Person | None, on: date, at: datetime | None = None
) -> bool:
    """Keep what is said, by which rule. False: somebody else has said something that day already."""
    at = at or timezone.now()
    records = records_of(Person.objects.filter(pk=message.person.pk))
    if Reminder.objects.filter(person__in=records.values("pk"), sent_on=on).exists():
        return False
    mine = Reminder(person=message.person, sent_on=on, handed_at=at, asked_by=actor, message_id=message.pk)
    Reminder.objects.bulk_create([mine], ignore_conflicts=True)
    kept = Reminder.objects.filter(key=mine.key).first()
    if kept is None:
        return False
    own = [
        ReminderItem(reminder=kept, target_id=one.matter.target, rule=one.rule, due_on=one.matter.due_on)
        for one in digest.said
    ]
    escalated = {"reminder": kept, "rule": Rule.ESCALATED}
    told = [
        ReminderItem(**escalated, about_id=one.person, target_id=one.matter.target, due_on=one.matter.due_on)
        for one in digest.escalations
    ]
    ReminderItem.objects.bulk_create([*own, *told])
    for subject in Person.objects.filter(pk__in={one.person for one in digest.escalations}).order_by("pk"):
        write_audit(action=AuditAction.REMINDER_ESCALATED, actor=message.person, subject=subject, at=at)
    return True
