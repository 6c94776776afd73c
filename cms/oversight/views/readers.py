"""Who of those required has read which version: an org unit's people and figures, on the page and as files."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.views import login_required, render_page
from cms.oversight.actions import note_viewing
from cms.oversight.forms import VersionForm
from cms.oversight.queries import named_controllers, path_to
from cms.oversight.queries.readers import NONE_READ, ReaderList, units_below
from cms.oversight.queries.tables import Row, reader_units_table, readers_table
from cms.oversight.views.access import Overseer, filter_form, locked, overseer_of, told
from cms.oversight.views.exports import format_of, table_response
from cms.oversight.views.overview import figures_context
from cms.oversight.views.staff import AT_ONCE, ROWS_PER_PAGE
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit
from cms.people.queries import person_views_are_open


def _list(overseer: Overseer, org_unit: OrgUnit, form: VersionForm) -> ReaderList | None:
    """The list that the address asks for. None where nothing with versions is required, or too many people are."""
    if form.filters.target is None:
        return None
    found = ReaderList(overseer.view, org_unit, form.filters, overseer.on, form.version)
    return found if found.staff.size <= AT_ONCE else None


def _note(overseer: Overseer, org_unit: OrgUnit, form: VersionForm, action: AuditAction, **more: object) -> None:
    shown = overseer.view.protected_in & overseer.view.tree.subtree(org_unit.pk)
    details = told(form.filters, list="versions", version=form.version, protected=bool(shown), **more)
    note_viewing(action=action, actor=overseer.person, org_unit=org_unit, details=details)


@require_safe
@login_required
def readers(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Those who must read a text at an org unit or below it, and the latest version that each has read."""
    overseer = overseer_of(request)
    org_unit = overseer.unit(key)
    if not person_views_are_open():
        return locked(request, overseer)
    form = filter_form(request, overseer, VersionForm)
    found = _list(overseer, org_unit, form)
    rows = found.rows if found else []
    context: dict[str, Any] = {
        **figures_context(request, overseer, form),
        "org_unit": org_unit,
        "path": path_to(overseer.view, org_unit),
        "found": found,
        "units": found.units if found else [],
        "below": [] if found else units_below(overseer.view, org_unit),
        "page": Paginator(rows, ROWS_PER_PAGE).get_page(request.GET.get("page", "1")),
        "version": form.version,
        "none_read": NONE_READ,
    }
    response = render_page(request, "ledstang_oversight/readers.html", context)
    _note(overseer, org_unit, form, AuditAction.PEOPLE_VIEWED, people=len(rows))
    return response


def _file(request: HttpRequest, key: uuid.UUID, ending: str, *, of_units: bool) -> HttpResponseBase:
    overseer, file_format = overseer_of(request), format_of(ending)
    org_unit = overseer.unit(key)
    if not person_views_are_open():
        return locked(request, overseer)
    form = filter_form(request, overseer, VersionForm)
    found = _list(overseer, org_unit, form)
    if found is None and form.filters.target is not None:  # too many: the page leads to the org units below
        return redirect(f"{reverse('ledstang_oversight:readers', args=[key])}?{request.GET.urlencode()}")
    controllers = named_controllers(overseer.view, frozenset([org_unit.pk]))
    table: Iterable[Row] = []
    if found is not None:
        make = reader_units_table if of_units else readers_table
        table = list(make(found, controllers))
    _note(overseer, org_unit, form, AuditAction.LIST_EXPORTED, rows=len(found.rows) if found else 0)
    return table_response(_("versions") + "-" + org_unit.name, table, file_format)


@require_safe
@login_required
def readers_file(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponseBase:
    """Exactly the people of the page, all of them."""
    return _file(request, key, ending, of_units=False)


@require_safe
@login_required
def reader_units_file(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponseBase:
    """Exactly the figures of the page."""
    return _file(request, key, ending, of_units=True)
