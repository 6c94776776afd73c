"""A program that sends a day's reminders until it is killed. `prepare`, `serve` and `tell` as in certificates.issuing.

The mail server is a file: one line for each mail that reached it.
"""

import json
import os
import sys
import uuid
from collections import Counter
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend

from tests.certificates.issuing import prepare as prepare_tables
from tests.certificates.issuing import say, set_up

PEOPLE = 30


def arrived() -> Path:
    return Path(os.environ["LEDSTANG_DATA_DIR"]) / "arrived.txt"


class FileServer(BaseEmailBackend):
    def send_messages(self, email_messages: Any) -> int:
        for message in email_messages:
            file = os.open(arrived(), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(file, f"{message.to[0]}\n".encode())
            os.close(file)
        return len(email_messages)


def prepare() -> None:
    """Some people who are all late with one thing."""
    prepare_tables()
    from django.utils import timezone

    from cms.compliance.actions import set_rule
    from tests.factories import EmploymentFactory, OrgUnitFactory, PersonFactory, RequirementFactory, moment

    start = timezone.localdate() - timedelta(days=40)
    school = OrgUnitFactory(parent=OrgUnitFactory())
    for number in range(PEOPLE):
        EmploymentFactory(person=PersonFactory(email=f"p{number}@example.se"), org_unit=school)
    set_rule(requirement=RequirementFactory(), effective_on=start, due_days=10, at=moment(start))


def loosen() -> None:
    """The twin: nothing is unique, neither what is owed nor what has been said nor the day that is done."""
    from cms.reminders.actions import reminding

    rows = SimpleNamespace(
        filter=lambda **how: SimpleNamespace(exists=lambda: False), bulk_create=lambda *rows, **how: 0
    )
    reminding.source_key = lambda person, on: str(uuid.uuid4())  # type: ignore[assignment]
    reminding.record_reminder = lambda **what: True  # type: ignore[assignment]
    reminding.ReminderRun = lambda **row: None  # type: ignore[assignment,misc]
    reminding.ReminderRun.objects = rows  # type: ignore[attr-defined]


def work() -> None:
    """The daily command, in small batches and with leases that run out at once."""
    from django.conf import settings
    from django.core.management import call_command

    from cms.reminders.actions import outbox, reminding

    settings.EMAIL_BACKEND = "tests.reminders.sending.FileServer"
    settings.LEDSTANG_REMINDERS_QUIET_WEEKENDS = settings.LEDSTANG_REMINDERS_QUIET_HOLIDAYS = False
    outbox.LEASE, reminding.BATCH = timedelta(seconds=0), 7
    call_command("send_reminders", stdout=open(os.devnull, "w"))  # noqa: SIM115 the process ends with it


def serve(*, twin: bool) -> None:
    from django.db import connections

    if twin:
        loosen()
    for _line in sys.stdin:
        connections.close_all()
        child = os.fork()
        if child == 0:
            work()
            os._exit(0)
        say(f"child {child}")
        _pid, status = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


def tell() -> None:
    """How many mails reached each, and how their messages ended, as one line of JSON."""
    from cms.people.models import OutboxMessage

    mails = Counter(arrived().read_text().split()) if arrived().exists() else Counter()
    rows = OutboxMessage.objects.values_list("person__email", "outcome")
    say(json.dumps({"mails": mails, "messages": list(rows)}))


if __name__ == "__main__":
    set_up()
    verb = sys.argv[1]
    if verb == "serve":
        serve(twin="--twin" in sys.argv)
    else:
        {"prepare": prepare, "tell": tell}[verb]()
