"""One import from upload to result: read, shown, confirmed, written. In the worker, with its progress told."""

import json
import logging
import time
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from cms.core.storage import private_storage
from cms.people.actions.roster import ImportRefused, import_roster, plan_import
from cms.people.actions.rules import PeopleError
from cms.people.enums import ImportState
from cms.people.models import Person, RosterImport
from cms.people.roster.facts import Progress, RosterSource, SourceUnavailable
from cms.people.roster.planning import Plan
from cms.people.roster.reporting import as_csv, lines_of, problem_row
from cms.people.roster.sheets import File, SheetSource
from cms.people.roster.sources import SS12000, named_sources
from cms.people.roster.ss12000 import Ss12000Source
from cms.people.tasks import work_on_import

logger = logging.getLogger(__name__)
MOST_LINES = 1000
KEPT_UNCONFIRMED, KEPT_REPORTS = timedelta(days=7), timedelta(days=90)


def folder(run: RosterImport) -> str:
    return f"roster/{run.key}"


@transaction.atomic
def start_import(
    *, source: str, files: Iterable[File], is_whole: bool, actor: Person | None, in_worker: bool = True
) -> RosterImport:
    """Keep the files and let the worker read them. Nothing is written to the roster before it is confirmed.

    Raises PeopleError for a source that the site has not named.
    """
    if source not in named_sources():
        raise PeopleError("there is no such source")
    forget_old_imports()
    run = RosterImport(source=source, is_whole=is_whole, created_at=timezone.now(), created_by=actor)
    for number, file in enumerate(files):
        path = private_storage().save(f"{folder(run)}/{number}", ContentFile(file.content))
        run.files.append({"name": file.name, "path": path})
    run.save()
    if in_worker:
        transaction.on_commit(lambda: work_on_import.enqueue(run.pk))
    return run


@transaction.atomic
def confirm_import(*, run: RosterImport, digest: str, in_worker: bool = True) -> RosterImport:
    """Let the worker write what was shown. Raises PeopleError if something else has been read since."""
    locked = RosterImport.objects.select_for_update().get(pk=run.pk)
    if locked.state != ImportState.READ or locked.digest != digest:
        raise PeopleError("this is not what was shown")
    locked.state, locked.started_at = ImportState.CONFIRMED, None
    locked.save(update_fields=["state", "started_at"])
    if in_worker:
        transaction.on_commit(lambda: work_on_import.enqueue(locked.pk))
    return locked


@transaction.atomic
def restart_import(*, run: RosterImport) -> None:
    """Let the worker begin again with an import that a killed one has left. Raises PeopleError if it is not stuck."""
    if not run.is_stuck:
        raise PeopleError("it is being worked on")
    run.started_at = timezone.now()
    run.save(update_fields=["started_at"])
    transaction.on_commit(lambda: work_on_import.enqueue(run.pk))


@transaction.atomic
def discard_import(*, run: RosterImport) -> None:
    """Do not carry it out, and remove its files."""
    if run.state in (ImportState.DONE, ImportState.CONFIRMED):
        raise PeopleError("it has been carried out")
    _end(run, ImportState.DISCARDED)


def work_through(import_id: int) -> RosterImport | None:
    """What the worker does: read an import that waits, write one that is confirmed. Safe to start again."""
    run = RosterImport.objects.filter(pk=import_id, state__in=ImportState.working()).first()
    if run is None:
        return None
    run.started_at = timezone.now()
    run.save(update_fields=["started_at"])
    try:
        (_examine if run.state == ImportState.WAITING else _write)(run)
    except SourceUnavailable as error:
        logger.warning("roster import %s: %s", run.key, error)
        run.problems = [{"table": run.source, "code": "unavailable", "value": str(error)[:200], "is_error": True}]
        _end(run, ImportState.FAILED)
    except Exception as error:  # the text of a database error may hold a name: its kind has to do
        logger.error("roster import %s stopped by %s", run.key, type(error).__name__)
        _end(run, ImportState.FAILED)
    return run


def source_of(run: RosterImport) -> RosterSource:
    named = named_sources()[run.source]
    if named.kind == SS12000:
        return Ss12000Source(named, since=None if run.is_whole else last_read(run.source))
    files = [File(file["name"], private_storage().open(file["path"]).read()) for file in run.files]
    return SheetSource(named.name, files, is_whole=run.is_whole, vocabulary=named.vocabulary)


def last_read(source: str) -> str | None:
    """How far the last import that was carried out had read, in the source's own words."""
    done = RosterImport.objects.filter(source=source, state=ImportState.DONE).exclude(read_until="")
    return done.order_by("-finished_at").values_list("read_until", flat=True).first()


def _examine(run: RosterImport) -> None:
    source, progress = source_of(run), written_progress(run)
    said = source.read(progress)
    progress("comparing", 0, 0)
    _show(run, plan_import(source=source, said=said))


def _show(run: RosterImport, plan: Plan) -> None:
    """Keep a plan for somebody to look at."""
    lines = lines_of(plan)
    problems = sorted(plan.problems, key=lambda one: (not one.is_error, one.place.table, one.place.row))
    _keep(f"{folder(run)}/report.csv", as_csv(lines, problems))
    run.counts, run.digest, run.removes_much = plan.counts(), plan.digest, plan.removes_much
    run.report = [asdict(line) for line in lines[:MOST_LINES]]
    run.problems = [problem_row(problem) for problem in problems[:MOST_LINES]]
    run.state = ImportState.FAULTY if plan.errors else ImportState.READ
    run.save()
    if plan.errors:
        _remove_files(run)


def _write(run: RosterImport) -> None:
    source, progress = source_of(run), written_progress(run)
    said = source.read(progress)
    progress("comparing", 0, 0)
    try:
        with transaction.atomic():
            if not _is_ours_to_write(run):
                return
            plan = import_roster(
                source=source,
                said=said,
                actor=run.created_by,
                accepts_removals=True,
                expected=run.digest,
                progress=progress,
            )
            run.counts, run.read_until = plan.counts(), said.read_until
            run.state, run.finished_at = ImportState.DONE, timezone.now()
            run.save()
    except ImportRefused as refusal:
        _show(run, refusal.plan)
        return
    _remove_files(run)


def _is_ours_to_write(run: RosterImport) -> bool:
    """Held until the import is written, so that it is written once, and two of one source after each other."""
    confirmed = RosterImport.objects.select_for_update().filter(source=run.source, state=ImportState.CONFIRMED)
    return run.pk in [row.pk for row in confirmed.order_by("pk")]


def _end(run: RosterImport, state: ImportState) -> None:
    run.state, run.finished_at = state, timezone.now()
    run.save()
    _remove_files(run)


def _remove_files(run: RosterImport) -> None:
    for file in run.files:
        private_storage().delete(file["path"])
    private_storage().delete(_progress_path(run))


def forget_old_imports() -> None:
    """Files that nobody has confirmed within a week go, and reports after three months. The counts stay."""
    now = timezone.now()
    open_states = (ImportState.WAITING, ImportState.READ)
    for run in RosterImport.objects.filter(state__in=open_states, created_at__lt=now - KEPT_UNCONFIRMED):
        _end(run, ImportState.DISCARDED)
    for run in RosterImport.objects.filter(created_at__lt=now - KEPT_REPORTS).exclude(report=[], problems=[]):
        private_storage().delete(f"{folder(run)}/report.csv")
        RosterImport.objects.filter(pk=run.pk).update(report=[], problems=[])


# Progress lies beside the files: while the import's one transaction runs, SQLite lets nobody else write a row.


def _progress_path(run: RosterImport) -> str:
    return f"{folder(run)}/progress"


def _keep(path: str, content: bytes) -> None:
    private_storage().delete(path)
    private_storage().save(path, ContentFile(content))


def written_progress(run: RosterImport) -> Progress:
    last = [0.0]

    def tell(step: str, done: int, total: int) -> None:
        if time.monotonic() - last[0] > 1:
            last[0] = time.monotonic()
            _keep(_progress_path(run), json.dumps({"step": step, "done": done, "total": total}).encode())

    return tell


def progress_of(run: RosterImport) -> dict[str, Any]:
    """How far an import has come: a step, and how many of how many."""
    try:
        with private_storage().open(_progress_path(run)) as kept:
            found: dict[str, Any] = json.loads(kept.read())
            return found
    except (OSError, ValueError):
        return {"step": "waiting", "done": 0, "total": 0}
