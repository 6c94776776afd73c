import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cms.reminders.actions import deliver_outbox


class Command(BaseCommand):
    help = "Send the mails that are owed. Safe to run twice, late, or beside another."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with a pause between the rounds")

    def handle(self, *, every: int | None, **options: Any) -> None:
        while True:
            counts = deliver_outbox()
            if counts:
                self.stdout.write(", ".join(f"{outcome}: {count}" for outcome, count in sorted(counts.items())))
            if not every:
                return
            time.sleep(every)
