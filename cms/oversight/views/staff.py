"""People: the list of an org unit, the same as a file, and one person's page. Each leaves an audit row."""

import uuid

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.views import render_page
from cms.oversight.actions import note_viewing
from cms.oversight.forms import StaffForm
from cms.oversight.queries import Filters, path_to, person_page, staff_rows
from cms.oversight.queries.overview import named_controllers
from cms.oversight.views.access import Overseer, filter_form, locked, overseer_of
from cms.oversight.views.exports import csv_response, staff_rows_as_table
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit
from cms.people.queries import person_views_are_open

ROWS_PER_PAGE = 100


def _told(overseer: Overseer, org_unit: OrgUnit, filters: Filters, rows: int) -> dict[str, object]:
    """What an audit row keeps: keys and counts, and whether protected people could be among those shown."""
    return {
        "list": "people",
        "target": str(filters.target.key) if filters.target else "",
        "state": filters.state,
        "rows": rows,
        "protected": bool(overseer.view.protected_in & overseer.view.tree.subtree(org_unit.pk)),
    }


@require_safe
@login_required
def people(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Those employed at an org unit or below it, with what is required of them."""
    overseer = overseer_of(request)
    org_unit = overseer.unit(key)
    if not person_views_are_open():
        return locked(request, overseer)
    form = filter_form(request, overseer.on, StaffForm)
    rows = staff_rows(overseer.view, org_unit.pk, form.filters, overseer.on)
    context = {
        "org_unit": org_unit,
        "path": path_to(overseer.view, org_unit),
        "form": form,
        "filters": form.filters,
        "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "people_count": len({row.person.pk for row in rows}),
        "has_several_workplaces": len(overseer.view.tree.subtree(org_unit.pk)) > 1,
        "on": overseer.on,
    }
    response = render_page(request, "ledstang_oversight/people.html", context)
    note_viewing(
        action=AuditAction.PEOPLE_VIEWED,
        actor=overseer.person,
        org_unit=org_unit,
        details=_told(overseer, org_unit, form.filters, len(rows)),
    )
    return response


@require_safe
@login_required
def people_csv(request: HttpRequest, key: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """Exactly the rows of the list, all of them, as a file."""
    overseer = overseer_of(request)
    org_unit = overseer.unit(key)
    if not person_views_are_open():
        return locked(request, overseer)
    filters = filter_form(request, overseer.on, StaffForm).filters
    rows = staff_rows(overseer.view, org_unit.pk, filters, overseer.on)
    controllers = named_controllers(overseer.view, frozenset([org_unit.pk]))
    table = list(staff_rows_as_table(rows, org_unit.name, controllers, filters))
    note_viewing(
        action=AuditAction.LIST_EXPORTED,
        actor=overseer.person,
        org_unit=org_unit,
        details=_told(overseer, org_unit, filters, len(rows)),
    )
    return csv_response(f"{_('staff')}-{org_unit.name}", table)


@require_safe
@login_required
def person(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One person: what is required, and what counts towards it. No attempts, answers, scores or times."""
    overseer = overseer_of(request)
    found = person_page(overseer.view, key, overseer.on)
    if found is None:
        raise Http404
    if not person_views_are_open():
        return locked(request, overseer)
    response = render_page(request, "ledstang_oversight/person.html", {"found": found, "on": overseer.on})
    note_viewing(action=AuditAction.PERSON_VIEWED, actor=overseer.person, subject=found.person)
    return response
