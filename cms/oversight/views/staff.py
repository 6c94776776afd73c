"""People: the list of an org unit, the same as a file, and one person's page. Each leaves an audit row."""

import uuid
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.compliance.queries import OverdueRow
from cms.core.views import login_required, render_page, require_own_post
from cms.oversight.actions import note_viewing, request_export
from cms.oversight.forms import DayForm, StaffForm
from cms.oversight.queries import Filters, StaffList, StaffRow, named_controllers, path_to, person_page
from cms.oversight.queries.person import is_hr_for
from cms.oversight.queries.tables import staff_table
from cms.oversight.views.access import Overseer, filter_form, locked, overseer_of, told
from cms.oversight.views.exports import format_of, table_response
from cms.oversight.views.overview import days_of, figures_context
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit
from cms.people.queries import person_views_are_open

ROWS_PER_PAGE = 100
AT_ONCE = 20_000  # pairs of person and target that are looked at while somebody waits


@dataclass(frozen=True)
class LongPage:
    """A page of a list that is too long to be counted while somebody waits."""

    object_list: list[StaffRow]
    number: int
    has_next: bool
    after: str = ""  # the next page begins after this position

    @property
    def has_previous(self) -> bool:
        return self.number > 1


def _page_of(staff: StaffList, asked: QueryDict) -> tuple[Any, int | None]:
    """One page of a list, and how many people are in all of it where that is known."""
    number = asked.get("page", "1")
    if staff.size <= AT_ONCE:
        rows = list(staff.rows())
        return Paginator(rows, ROWS_PER_PAGE).get_page(number), len({row.person.pk for row in rows})
    page = int(number) if number.isdecimal() and 0 < int(number) < 10_000 else 1
    if staff.goes_on_anywhere:
        rows, last = staff.overdue_after(OverdueRow.at(asked.get("efter", "")), ROWS_PER_PAGE)
        return LongPage(rows, page, last is not None, last.position if last else ""), None
    found = list(islice(staff.rows(), (page - 1) * ROWS_PER_PAGE, page * ROWS_PER_PAGE + 1))
    return LongPage(found[:ROWS_PER_PAGE], page, len(found) > ROWS_PER_PAGE), None


def _details(overseer: Overseer, org_unit: OrgUnit, filters: Filters, **more: object) -> dict[str, object]:
    """What an audit row keeps, with whether protected people could be among those shown."""
    shown = overseer.view.protected_in & overseer.view.tree.subtree(org_unit.pk)
    return told(filters, list="people", protected=bool(shown), **more)


@require_safe
@login_required
def people(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Those employed at an org unit or below it, with what is required of them."""
    overseer = overseer_of(request)
    org_unit = overseer.unit(key)
    if not person_views_are_open():
        return locked(request, overseer)
    form = filter_form(request, overseer, StaffForm)
    staff = StaffList(overseer.view, org_unit.pk, form.filters, overseer.on)
    page, people_count = _page_of(staff, request.GET)
    context = {
        **figures_context(request, overseer, form),
        "org_unit": org_unit,
        "path": path_to(overseer.view, org_unit),
        "page": page,
        "state_label": form.filters.state_label,
        "people_count": people_count,
        "is_long": people_count is None,
        "has_several_workplaces": len(overseer.view.tree.subtree(org_unit.pk)) > 1,
    }
    response = render_page(request, "ledstang_oversight/people.html", context)
    note_viewing(
        action=AuditAction.PEOPLE_VIEWED,
        actor=overseer.person,
        org_unit=org_unit,
        details=_details(overseer, org_unit, form.filters, people=people_count),
    )
    return response


@require_safe
@login_required
def people_file(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponseBase:
    """Exactly the rows of the list, all of them, as a file. A long one is asked for and made beside the web."""
    overseer, file_format = overseer_of(request), format_of(ending)
    org_unit = overseer.unit(key)
    if not person_views_are_open():
        return locked(request, overseer)
    filters = filter_form(request, overseer, StaffForm).filters
    staff = StaffList(overseer.view, org_unit.pk, filters, overseer.on)
    if staff.size > AT_ONCE:
        context = {"org_unit": org_unit, "people": len(staff.people), "file_format": file_format}
        return render_page(request, "ledstang_oversight/ask_export.html", context)
    controllers = named_controllers(overseer.view, frozenset([org_unit.pk]))
    rows = list(staff.rows())
    note_viewing(
        action=AuditAction.LIST_EXPORTED,
        actor=overseer.person,
        org_unit=org_unit,
        details=_details(overseer, org_unit, filters, rows=len(rows)),
    )
    table = staff_table(rows, org_unit.name, controllers, filters)
    return table_response(_("staff") + "-" + org_unit.name, table, file_format)


@require_own_post
def ask_for_file(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponse:
    """Ask for a list that takes a while. The choices stand in the address, as on the page."""
    overseer, file_format = overseer_of(request), format_of(ending)
    org_unit = overseer.unit(key)
    if not person_views_are_open():
        return locked(request, overseer)
    filters = filter_form(request, overseer, StaffForm).filters
    export = request_export(person=overseer.person, org_unit=org_unit, filters=filters, file_format=file_format)
    return redirect("ledstang_oversight:export", export.key)


@require_safe
@login_required
def person(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One person: what is required, and what counts towards it. No attempts, answers, scores or times."""
    overseer, form = overseer_of(request), DayForm(request.GET)
    form.is_valid()
    filters = Filters(on=form.on, known_at=form.known_at)
    found = person_page(overseer.view, key, filters, overseer.on)
    if found is None:
        raise Http404
    if not person_views_are_open():
        return locked(request, overseer)
    context = {
        "found": found,
        "form": form,
        "filters": filters,
        "on": overseer.on,
        "days": days_of(request),
        "may_record": overseer.is_today and found.person.pk != overseer.person.pk,
        "is_hr": is_hr_for(overseer.person, overseer.view, found.person, overseer.on),
    }
    response = render_page(request, "ledstang_oversight/person.html", context)
    note_viewing(
        action=AuditAction.PERSON_VIEWED, actor=overseer.person, subject=found.person, details=filters.as_told()
    )
    return response
