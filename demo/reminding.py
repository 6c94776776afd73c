"""Two weeks of reminders, as the daily command would have sent them since the city switched them on."""

from datetime import date, datetime, timedelta

from cms.people.enums import MailOutcome
from cms.people.models import OutboxMessage, Person
from cms.reminders.actions import record_reminder
from cms.reminders.models import ReminderRun
from cms.reminders.names import MAIL, source_key
from cms.reminders.queries import is_quiet_day, readers_of, recipients, reminders_cadence
from cms.reminders.saying import Digest, digest_for
from demo.clock import moment

SWITCHED_ON = 14  # days ago
EARLY = 6


def remind_in_the_past(today: date) -> None:
    """Each working day since they were switched on; today's run is done, so that tomorrow can be rehearsed."""
    for back in range(SWITCHED_ON, 0, -1):
        day = today - timedelta(days=back)
        if not is_quiet_day(day):
            _run(day)
    ReminderRun.objects.create(ran_on=today, finished_at=moment(today - timedelta(days=1), EARLY), owed=0)


def _run(on: date) -> None:
    cadence, at = reminders_cadence(), moment(on, EARLY)
    people = recipients(on)
    found = {person: digest_for(reader, on, cadence) for person, reader in readers_of(people, on).items()}
    digests = {person: digest for person, digest in found.items() if digest}
    known = Person.objects.in_bulk(digests)
    for person, digest in digests.items():
        _send(known[person], digest, on, at)
    ReminderRun.objects.create(ran_on=on, finished_at=at, owed=len(digests))


def _send(person: Person, digest: Digest, on: date, at: datetime) -> None:
    message = OutboxMessage.objects.create(
        source_key=source_key(person.key, on), kind=MAIL, person=person, payload={"on": on.isoformat()}, created_at=at,
        handed_at=at, settled_at=at, outcome=MailOutcome.SENT, attempts=1,
    )  # fmt: skip
    record_reminder(message=message, digest=digest, actor=None, on=on, at=at)
