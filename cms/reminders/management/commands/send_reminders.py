from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from cms.reminders.actions import deliver_outbox, owe_reminders


class Command(BaseCommand):
    help = "Once a day: owe everybody the day's reminders and send what is owed. Safe to run twice, late, or again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-delivery", action="store_true", help="leave the sending to deliver_outbox")

    def handle(self, *, no_delivery: bool, **options: Any) -> None:
        owed = owe_reminders(on=timezone.localdate())
        if owed:
            self.stdout.write(f"owed: {owed}")
        while not no_delivery and (counts := deliver_outbox()):
            self.stdout.write(", ".join(f"{outcome}: {count}" for outcome, count in sorted(counts.items())))
