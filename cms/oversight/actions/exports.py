"""Ask for a long list, make it anew when less may be shown, and remove it after a week."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from cms.oversight.enums import FileFormat
from cms.oversight.models import ExportFile
from cms.oversight.queries.exports import exports_of_disposed_days
from cms.oversight.queries.filters import Filters, kept_filters
from cms.oversight.tasks import make_export
from cms.people.models import OrgUnit, Person


@transaction.atomic
def request_export(*, person: Person, org_unit: OrgUnit, filters: Filters, file_format: FileFormat) -> ExportFile:
    """Ask for a list as a file. It is made beside the web, as of today and as known now if nothing else is chosen."""
    export = ExportFile.objects.create(
        requested_by=person,
        org_unit=org_unit,
        filters=kept_filters(filters),
        file_format=file_format,
        created_at=timezone.now(),
    )
    transaction.on_commit(partial(make_export.enqueue, export.pk), robust=True)
    return export


@transaction.atomic
def make_anew(*, export: ExportFile) -> ExportFile:
    """Throw the file away and make it again: less may be shown now than when it was made."""
    if export.file:
        export.file.delete(save=False)
    export.file, export.seal, export.made_at, export.leased_until = "", "", None, None
    export.save(update_fields=["file", "seal", "made_at", "leased_until"])
    transaction.on_commit(partial(make_export.enqueue, export.pk), robust=True)
    return export


def remove_old_exports() -> int:
    """Remove files that are older than a week or tell of days that have been disposed of. Returns how many."""
    old = [*ExportFile.objects.too_old(), *exports_of_disposed_days()]
    for export in old:
        if export.file:
            export.file.delete(save=False)
        export.delete()
    return len(old)


def resume_exports() -> int:
    """Take up exports whose worker has died on the way. Returns how many."""
    waiting = list(ExportFile.objects.kept().waiting().exclude(leased_until=None))
    for export in waiting:
        make_export.enqueue(export.pk)
    return len(waiting)
