from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from guidelines.actions import remind_owners


class Command(BaseCommand):
    help = "Once a day: remind the owners of guidelines 60, 30 and 0 days before a review. Safe to run twice or late."

    def handle(self, **options: Any) -> None:
        owed, ownerless = remind_owners(on=timezone.localdate())
        if owed:
            self.stdout.write(f"owed: {owed}")
        for key in ownerless:
            self.stderr.write(f"nobody to remind: {key}")
