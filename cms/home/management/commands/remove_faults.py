from typing import Any

from django.core.management.base import BaseCommand

from cms.home.actions import remove_settled_faults


class Command(BaseCommand):
    help = "Removes reports of accessibility faults some time after they were dealt with. Safe to run at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = remove_settled_faults()
        if removed:
            self.stdout.write(f"reported faults: {removed} removed")
