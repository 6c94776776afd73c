"""Long lists, made beside the web."""

import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task

from cms.compliance.queries import Disposed
from cms.core.sheets import ROWS_IN_A_SHEET, write_csv, write_xlsx
from cms.oversight.enums import FileFormat
from cms.oversight.models import ExportFile
from cms.oversight.queries.exports import list_behind, seal_of
from cms.oversight.queries.filters import filters_from
from cms.oversight.queries.overview import named_controllers
from cms.oversight.queries.staff import PEOPLE_AT_A_TIME, StaffList
from cms.oversight.queries.tables import staff_table
from cms.people.registry import jobs

LEASE = timedelta(minutes=5)


@task()
def make_export(export_id: int) -> None:
    """Make the file of an export, unless somebody else is at it. Starting again after a crash makes it whole."""
    now = timezone.now()
    taken = ExportFile.objects.waiting(now).filter(pk=export_id).update(leased_until=now + LEASE)
    export = ExportFile.objects.filter(pk=export_id).select_related("requested_by", "org_unit").first()
    if not taken or export is None:
        return
    try:
        found = list_behind(export)
    except Disposed:
        return  # whoever asks how far it has come is told
    if found is not None:
        with translation.override("sv"):
            _make(export, found)


@task()
def write_rule(awaited_id: int) -> None:
    """Write a rule that falls on many; what it does is an action, which registers itself."""
    jobs.get("awaited_rule").run(awaited_id)


def _make(export: ExportFile, found: StaffList) -> None:
    seal = seal_of(found.view, found.org_units, found.filters, found.on)
    controllers = named_controllers(found.view, frozenset([export.org_unit_id]))
    filters = filters_from(export.filters)
    table = staff_table(_counted(export, found), export.org_unit.name, controllers, filters)
    with tempfile.TemporaryDirectory(prefix="ledstang-export-") as folder:
        path = Path(folder) / f"{export.key}.{export.file_format}"
        write_file(path, FileFormat(export.file_format), table)
        with path.open("rb") as file:
            export.file.save(path.name, File(file), save=False)
    export.seal, export.made_at = seal, timezone.now()
    export.save(update_fields=["file", "seal", "made_at", "rows", "people_done", "people_total"])


def write_file(
    path: Path, file_format: FileFormat, table: Iterable[Iterable[Any]], most: int = ROWS_IN_A_SHEET
) -> None:
    if file_format == FileFormat.XLSX:
        write_xlsx(path, table, too_long=too_long(), most=most)
    else:
        write_csv(path, table)


def too_long() -> str:
    return _("The sheet is full and the list goes on. Fetch it as CSV, or one org unit at a time, to get all of it.")


def _counted(export: ExportFile, found: StaffList) -> Iterator[Any]:
    """The rows, while it is noted how far they have come: whoever waits sees it, and the lease is kept alive."""
    export.people_total = len(found.people)
    export.rows, export.people_done, last = 0, 0, None
    for row in found.rows():
        export.rows += 1
        if row.person.pk != last:
            last = row.person.pk
            export.people_done += 1
            if export.people_done % PEOPLE_AT_A_TIME == 1:
                _note_progress(export)
        yield row


def _note_progress(export: ExportFile) -> None:
    ExportFile.objects.filter(pk=export.pk).update(
        people_done=export.people_done,
        people_total=export.people_total,
        rows=export.rows,
        leased_until=timezone.now() + LEASE,
    )
