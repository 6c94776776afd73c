"""Files that are made for one recipient: what is in them, and whether it may still be shown."""

import hashlib
from datetime import date

from django.utils import timezone

from cms.compliance.queries import disposed_before, refuse_disposed
from cms.oversight.models import ExportFile
from cms.oversight.queries.filters import Filters, filters_from, overseen_unit
from cms.oversight.queries.staff import StaffList
from cms.people.models import Person
from cms.people.queries import View, people_at, people_behind, person_views_are_open, view_of, visible_employments


def day_of(export: ExportFile) -> date:
    """The day that an export tells of."""
    kept = export.filters.get("on")
    return date.fromisoformat(kept) if kept else timezone.localdate()


def exports_of_disposed_days() -> list[ExportFile]:
    """Files about days of which nothing can be told any more."""
    before = disposed_before()
    return [export for export in ExportFile.objects.kept() if day_of(export) < before] if before else []


def list_behind(export: ExportFile) -> StaffList | None:
    """The list that an export asks for, as far as its recipient may see it now. None where that is nothing.

    Raises Disposed for a day of which nothing can be told any more, whenever it was asked for.
    """
    filters = filters_from(export.filters)
    on = day_of(export)
    refuse_disposed(on)
    view = view_of(export.requested_by, on, filters.known_at)
    if not person_views_are_open() or overseen_unit(view, export.org_unit.key) is None:
        return None
    return StaffList(view, export.org_unit_id, filters, on)


def seal_of(view: View, org_units: frozenset[int], filters: Filters, on: date) -> str:
    """Which org units a list covers, and who is left out of it for protection. Changes when less may be shown.

    Taken before the list is read, so that whoever is protected while it is made is noticed too.
    """
    everybody = set(people_at(org_units, on, filters.known_at).order_by().values_list("pk", flat=True))
    shown = visible_employments(view, on, filters.known_at).filter(org_unit__in=org_units)
    pairs = shown.order_by().values_list("person_id", "org_unit_id")
    visible = set(people_behind(shown).order_by().values_list("pk", flat=True))
    hidden = sorted(everybody - visible)
    protected = sorted(pairs.exclude(person__protection="none", person__merged_into=None).distinct())
    return hashlib.sha256(repr((sorted(org_units), hidden, protected)).encode()).hexdigest()


def exports_of(person: Person) -> list[ExportFile]:
    """What somebody has asked for and can still fetch, newest first."""
    return list(
        ExportFile.objects.kept().filter(requested_by=person).select_related("org_unit").order_by("-created_at")
    )
