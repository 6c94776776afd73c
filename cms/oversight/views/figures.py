"""Figures in other shapes: through the year, as a matrix, by district."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.compliance.queries import disposed_before
from cms.core.views import login_required, render_page
from cms.oversight.actions import note_viewing
from cms.oversight.forms import MatrixForm, TargetForm
from cms.oversight.queries import path_to
from cms.oversight.queries.coverage import coverage_of
from cms.oversight.queries.matrix import Matrix, matrix_of
from cms.oversight.queries.tables import coverage_table, matrix_table, trend_table
from cms.oversight.queries.trend import trend_of
from cms.oversight.views.access import Overseer, filter_form, overseer_of, told
from cms.oversight.views.exports import format_of, table_response
from cms.oversight.views.overview import figures_context
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit


def _unit(overseer: Overseer, key: uuid.UUID | None) -> OrgUnit | None:
    return overseer.unit(key) if key else None


def _name(org_unit: OrgUnit | None) -> str:
    return org_unit.name if org_unit else _("Your org units")


def _noted(
    response: HttpResponseBase, overseer: Overseer, org_unit: OrgUnit | None, form: TargetForm, shape: str
) -> HttpResponseBase:
    is_file = "attachment" in response.headers.get("Content-Disposition", "")
    note_viewing(
        action=AuditAction.LIST_EXPORTED if is_file else AuditAction.OVERVIEW_VIEWED,
        actor=overseer.person,
        org_unit=org_unit,
        details=told(form.filters, list=shape),
    )
    return response


def _shown(
    request: HttpRequest, overseer: Overseer, org_unit: OrgUnit | None, form: TargetForm, template: str, **more: Any
) -> HttpResponse:
    context = {
        **figures_context(request, overseer, form),
        "org_unit": org_unit,
        "path": path_to(overseer.view, org_unit) if org_unit else [],
        **more,
    }
    return render_page(request, f"ledstang_oversight/{template}.html", context)


@require_safe
@login_required
def trend(request: HttpRequest, key: uuid.UUID | None = None) -> HttpResponseBase:
    """The last twelve months. The overview fetches it when the rest is there; without script it is a page."""
    overseer = overseer_of(request)
    org_unit, form = _unit(overseer, key), filter_form(request, overseer, TargetForm)
    points = trend_of(overseer.person, org_unit, form.filters, overseer.on)
    response = _shown(request, overseer, org_unit, form, "trend", points=points, disposed_before=disposed_before())
    return _noted(response, overseer, org_unit, form, "trend")


@require_safe
@login_required
def trend_file(request: HttpRequest, ending: str, key: uuid.UUID | None = None) -> HttpResponseBase:
    overseer, file_format = overseer_of(request), format_of(ending)
    org_unit, form = _unit(overseer, key), filter_form(request, overseer, TargetForm)
    points = trend_of(overseer.person, org_unit, form.filters, overseer.on)
    table = list(trend_table(points, overseer.view, org_unit, form.filters))
    response = table_response(_("trend") + "-" + _name(org_unit), table, file_format)
    return _noted(response, overseer, org_unit, form, "trend")


def _matrix(overseer: Overseer, org_unit: OrgUnit | None, form: MatrixForm) -> Matrix:
    return matrix_of(overseer.view, org_unit, form.filters, overseer.on, is_deep=form.is_deep)


@require_safe
@login_required
def matrix(request: HttpRequest, key: uuid.UUID | None = None) -> HttpResponseBase:
    """Org units by what is required."""
    overseer = overseer_of(request)
    org_unit, form = _unit(overseer, key), filter_form(request, overseer, MatrixForm)
    found = _matrix(overseer, org_unit, form)
    response = _shown(request, overseer, org_unit, form, "matrix", matrix=found)
    return _noted(response, overseer, org_unit, form, "matrix")


@require_safe
@login_required
def matrix_file(request: HttpRequest, ending: str, key: uuid.UUID | None = None) -> HttpResponseBase:
    overseer, file_format = overseer_of(request), format_of(ending)
    org_unit, form = _unit(overseer, key), filter_form(request, overseer, MatrixForm)
    table = list(matrix_table(_matrix(overseer, org_unit, form), _name(org_unit), form.filters))
    response = table_response(_("matrix") + "-" + _name(org_unit), table, file_format)
    return _noted(response, overseer, org_unit, form, "matrix")


@require_safe
@login_required
def coverage(request: HttpRequest) -> HttpResponseBase:
    """Which districts lack a contact route of a kind, and which have trained nobody in a course."""
    overseer = overseer_of(request)
    form = filter_form(request, overseer, TargetForm)
    found = coverage_of(overseer.view, form.filters, overseer.on)
    response = _shown(request, overseer, None, form, "coverage", coverage=found)
    return _noted(response, overseer, None, form, "coverage")


@require_safe
@login_required
def coverage_file(request: HttpRequest, ending: str) -> HttpResponseBase:
    overseer, file_format = overseer_of(request), format_of(ending)
    form = filter_form(request, overseer, TargetForm)
    found = coverage_of(overseer.view, form.filters, overseer.on)
    table = list(coverage_table(found, overseer.view, form.filters))
    return _noted(table_response(_("coverage"), table, file_format), overseer, None, form, "coverage")
