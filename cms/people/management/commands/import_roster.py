from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cms.people.actions import PeopleError, confirm_import, start_import, work_through
from cms.people.enums import ImportState
from cms.people.models import RosterImport
from cms.people.roster.facts import PROBLEMS
from cms.people.roster.reporting import COUNTS
from cms.people.roster.sheets import File

MOST_SHOWN = 50


class Command(BaseCommand):
    help = "Import the roster from CSV or XLSX files, or from a source that is asked over the net. For the nightly run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", type=Path, help="tables of org units and of staff")
        parser.add_argument("--source", default="hr", help="a name in LEDSTANG_ROSTER_SOURCES")
        parser.add_argument("--partial", action="store_true", help="whoever is not mentioned has not left")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument("--accept-removals", action="store_true", help="also if more than one in ten leave at once")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            files = [File(path.name, path.read_bytes()) for path in options["files"]]
            run = start_import(
                source=options["source"], files=files, is_whole=not options["partial"], actor=None, in_worker=False
            )
        except (PeopleError, OSError) as error:
            raise CommandError(str(error)) from error
        run = self._work(run)
        self._tell(run)
        if run.state != ImportState.READ:
            raise CommandError("nothing has been written")
        if options["dry_run"]:
            return
        if run.removes_much and not options["accept_removals"]:
            raise CommandError("more than one in ten would leave: nothing has been written (--accept-removals)")
        run = self._work(confirm_import(run=run, digest=run.digest, in_worker=False))
        if run.state != ImportState.DONE:
            raise CommandError("the roster was changed meanwhile: nothing has been written")
        self.stdout.write("done")

    def _work(self, run: RosterImport) -> RosterImport:
        work_through(run.pk)
        run.refresh_from_db()
        return run

    def _tell(self, run: RosterImport) -> None:
        for problem in run.problems[:MOST_SHOWN]:
            kind = "error" if problem["is_error"] else "note"
            text = PROBLEMS.get(problem["code"], problem["code"])
            where = f"{problem['table']}, row {problem.get('row', '')}, {problem.get('column', '')}"
            self.stdout.write(f"{kind}: {where}: {text} {problem['value']}".rstrip())
        for name, label in COUNTS.items():
            if run.counts.get(name):
                self.stdout.write(f"{run.counts[name]} {label}")
