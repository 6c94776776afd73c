from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from cms.compliance.actions import NotDecided, dispose
from cms.compliance.queries import retentions


class Command(BaseCommand):
    help = "Dispose of what the settings say, or show what would go. Safe to run again. Names nobody."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kinds", nargs="*", help="only these; otherwise all that are switched on")
        parser.add_argument("--dry-run", action="store_true", help="write down what would go, and remove nothing")

    def handle(self, *, kinds: list[str], dry_run: bool, **options: Any) -> None:
        wanted = kinds or [retention.kind.name for retention in retentions()]
        if not wanted:
            self.stdout.write("Disposal is not switched on for anything: see LEDSTANG_RETENTION.")
        for kind in wanted:
            try:
                run = dispose(kind=kind, dry_run=dry_run)
            except NotDecided as problem:
                raise CommandError(str(problem)) from problem
            counts = ", ".join(f"{what} {count}" for what, count in run.counts.items()) if run else "nothing is due"
            self.stdout.write(f"{kind}{' (dry run)' if dry_run else ''}: {counts}")
        if not dry_run and wanted:
            self._leave_nothing_behind()

    def _leave_nothing_behind(self) -> None:
        """What was removed shall not lie in free pages or the log of changes either."""
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite" and not connection.in_atomic_block:
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            elif connection.vendor == "postgresql" and not connection.in_atomic_block:
                cursor.execute("VACUUM")
