"""How the org units are doing, in figures."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.views import login_required, render_page
from cms.oversight.actions import note_viewing
from cms.oversight.forms import TargetForm
from cms.oversight.permissions import user_can_disclose, user_can_enter_terms
from cms.oversight.queries import name_of, overview_of
from cms.oversight.queries.tables import overview_table
from cms.oversight.views.access import Overseer, filter_form, overseer_of, told
from cms.oversight.views.exports import format_of, table_response
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit
from cms.people.queries import person_views_are_open


def figures_context(request: HttpRequest, overseer: Overseer, form: TargetForm) -> dict[str, Any]:
    """What every page of figures tells."""
    target = form.filters.target
    return {
        "form": form,
        "filters": form.filters,
        "target": target,
        "mal": name_of(target) if target else None,
        "days": days_of(request),
        "overseer": overseer,
        "on": overseer.on,
        "is_open": person_views_are_open(),
    }


def days_of(request: HttpRequest) -> str:
    """The day and what was known, as they go on to the next page."""
    chosen = {name: request.GET[name] for name in ("dag", "kand") if request.GET.get(name)}
    return f"?{urlencode(chosen)}" if chosen else ""


def _page(request: HttpRequest, overseer: Overseer, org_unit: OrgUnit | None) -> HttpResponse:
    form = filter_form(request, overseer, TargetForm)
    overview = overview_of(overseer.view, org_unit, form.filters, overseer.on)
    context = {
        **figures_context(request, overseer, form),
        "overview": overview,
        "can_enter_terms": user_can_enter_terms(request.user, overseer.person),
        "can_disclose": user_can_disclose(request.user, overseer.person),
    }
    response = render_page(request, "ledstang_oversight/overview.html", context)
    note_viewing(
        action=AuditAction.OVERVIEW_VIEWED,
        actor=overseer.person,
        org_unit=overview.unit,
        details=told(form.filters),
    )
    return response


def _file(request: HttpRequest, overseer: Overseer, org_unit: OrgUnit | None, ending: str) -> HttpResponseBase:
    file_format = format_of(ending)
    filters = filter_form(request, overseer, TargetForm).filters
    overview = overview_of(overseer.view, org_unit, filters, overseer.on)
    place = overview.unit.name if overview.unit else _("Your org units")
    table = list(overview_table(overview, place, filters))
    note_viewing(
        action=AuditAction.LIST_EXPORTED,
        actor=overseer.person,
        org_unit=overview.unit,
        details=told(filters, list="org_units", rows=len(overview.rows)),
    )
    return table_response(_("org units") + "-" + place, table, file_format)


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """All that the head or HR officer oversees."""
    return _page(request, overseer_of(request), None)


@require_safe
@login_required
def overview_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    return _file(request, overseer_of(request), None, ending)


@require_safe
@login_required
def org_unit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    overseer = overseer_of(request)
    return _page(request, overseer, overseer.unit(key))


@require_safe
@login_required
def org_unit_file(request: HttpRequest, key: uuid.UUID, ending: str) -> HttpResponseBase:
    overseer = overseer_of(request)
    return _file(request, overseer, overseer.unit(key), ending)
