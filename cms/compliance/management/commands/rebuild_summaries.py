from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cms.compliance.actions import forget_summaries, rebuild_summaries


class Command(BaseCommand):
    help = "Make the steps and summaries that figures are added up from anew, and keep them from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--off", action="store_true", help="keep none: figures are counted, slower and as right")

    def handle(self, *, off: bool, **options: Any) -> None:
        if off:
            forget_summaries()
            self.stdout.write("No summaries are kept.")
            return
        self.stdout.write(f"{rebuild_summaries()} steps are kept.")
