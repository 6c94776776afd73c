from typing import Any

from django.core.management.base import BaseCommand

from guidelines.actions import rebuild_search


class Command(BaseCommand):
    help = "Make the search index of the guidelines anew, from the versions in force and those to come."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{rebuild_search()} sections can be searched.")
