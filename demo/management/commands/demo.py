from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import override

from cms.people.enums import Right
from demo.accounts import introduction
from demo.load import is_empty, load, remove_files


class Command(BaseCommand):
    help = "Lägger ut den påhittade kommunen Exempelstaden med innehåll, personal och ett halvårs historia."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Gör ingenting om det redan finns någon person.")
        parser.add_argument("--reset", action="store_true", help="Ta först bort allt som finns i databasen.")
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            default=None,
            help="Dagen som historien leder fram till (ÅÅÅÅ-MM-DD). Annars i dag.",
        )

    def handle(self, *, if_empty: bool, reset: bool, today: date | None, **options: Any) -> None:
        if not settings.LEDSTANG_DEMO:
            raise CommandError("Exempelstaden läggs bara ut där LEDSTANG_DEMO är påslagen.")
        with override("sv"):
            if Right.HEAD.label != "Chef":  # texts are frozen with their labels, and would be English for good
                raise CommandError("Den svenska översättningen är inte gjord. Gör den med: tools/catalogs.py compile")
        if reset:
            self.stdout.write("Tar bort allt som finns …")
            call_command("flush", interactive=False, verbosity=0)
            remove_files()
        elif not is_empty():
            if if_empty:
                return
            raise CommandError("Databasen är inte tom. Börja om från början med: manage.py demo --reset")
        self.stdout.write("Lägger ut Exempelstaden …")
        load(today or timezone.localdate(), self._say)
        if not if_empty:
            self.stdout.write(f"\n{introduction()}")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
