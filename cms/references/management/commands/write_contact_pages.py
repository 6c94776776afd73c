from typing import Any

from django.core.management.base import BaseCommand

from cms.references.actions import write_standby_pages


class Command(BaseCommand):
    help = "Write the contact pages that a web server shows when the rest is down. For the nightly run: days pass."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{write_standby_pages()} pages are written.")
