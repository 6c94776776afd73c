"""How the org units are doing, in figures."""

import uuid

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.views import render_page
from cms.oversight.actions import note_viewing
from cms.oversight.permissions import user_can_enter_terms
from cms.oversight.queries import Filters, name_of, overview_of
from cms.oversight.views.access import Overseer, filter_form, overseer_of
from cms.oversight.views.exports import csv_response, overview_rows
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit
from cms.people.queries import person_views_are_open


def _told(filters: Filters, **more: object) -> dict[str, object]:
    """What an audit row keeps of a view: keys and counts."""
    return {"target": str(filters.target.key) if filters.target else "", "state": filters.state, **more}


def _page(request: HttpRequest, overseer: Overseer, org_unit: OrgUnit | None) -> HttpResponse:
    form = filter_form(request, overseer.on)
    overview = overview_of(overseer.view, org_unit, form.filters.target, overseer.on)
    is_open = person_views_are_open()
    context = {
        "overview": overview,
        "form": form,
        "target": form.filters.target,
        "mal": name_of(form.filters.target) if form.filters.target else None,
        "on": overseer.on,
        "is_open": is_open,
        "can_enter_terms": user_can_enter_terms(request.user, overseer.person),
    }
    response = render_page(request, "ledstang_oversight/overview.html", context)
    note_viewing(
        action=AuditAction.OVERVIEW_VIEWED,
        actor=overseer.person,
        org_unit=overview.unit,
        details=_told(form.filters),
    )
    return response


def _file(request: HttpRequest, overseer: Overseer, org_unit: OrgUnit | None) -> StreamingHttpResponse:
    filters = filter_form(request, overseer.on).filters
    overview = overview_of(overseer.view, org_unit, filters.target, overseer.on)
    place = overview.unit.name if overview.unit else _("Your org units")
    rows = list(overview_rows(overview, place, filters))
    note_viewing(
        action=AuditAction.LIST_EXPORTED,
        actor=overseer.person,
        org_unit=overview.unit,
        details=_told(filters, list="org_units", rows=len(overview.rows)),
    )
    return csv_response(f"{_('org units')}-{place}", rows)


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """All that the head or HR officer oversees."""
    return _page(request, overseer_of(request), None)


@require_safe
@login_required
def overview_csv(request: HttpRequest) -> StreamingHttpResponse:
    return _file(request, overseer_of(request), None)


@require_safe
@login_required
def org_unit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    overseer = overseer_of(request)
    return _page(request, overseer, overseer.unit(key))


@require_safe
@login_required
def org_unit_csv(request: HttpRequest, key: uuid.UUID) -> StreamingHttpResponse:
    overseer = overseer_of(request)
    return _file(request, overseer, overseer.unit(key))
