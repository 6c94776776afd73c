"""Signed documents on how org units stand: of one, or of all below it as one file."""

import hashlib
import uuid
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.certificates.actions import files_later, issue_certificate, request_bundle
from cms.certificates.facts import StatementFacts
from cms.certificates.models import Certificate
from cms.core.views import require_own_post
from cms.oversight.actions import note_viewing
from cms.oversight.forms import TargetForm
from cms.oversight.queries import Filters, name_of
from cms.oversight.queries.statement import org_units_within, statements_of
from cms.oversight.views.access import filter_form, overseer_of, told
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit

MOST_AT_ONCE = 200


def _issued(org_unit: OrgUnit, facts: StatementFacts, filters: Filters) -> Certificate:
    """Pressed twice within a minute it is one document, unless the figures have changed in between."""
    target = name_of(filters.target) if filters.target else ""
    figures = hashlib.sha256(repr(facts.rows).encode()).hexdigest()[:12]
    certificate, _created = issue_certificate(
        facts,
        source_key=f"oversight:{org_unit.key}:{target}:{facts.as_of}:{facts.known_at}:{figures}",
        person=None,
        org_unit=org_unit,
    )
    return certificate


def _back(request: HttpRequest, key: uuid.UUID, fault: str) -> HttpResponse:
    messages.error(request, fault)
    return redirect(f"{reverse('ledstang_oversight:org-unit', args=[key])}?{request.GET.urlencode()}")


def _refused(request: HttpRequest, key: uuid.UUID, on: date) -> HttpResponse | None:
    """A seal says what was so: what lies ahead is a forecast."""
    if on <= timezone.localdate():
        return None
    return _back(request, key, _("What lies ahead cannot be certified. Choose today or an earlier day."))


@require_own_post
def statement(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A signed document on how an org unit stands, as of the day and the choice in the address."""
    overseer = overseer_of(request)
    org_unit, filters = overseer.unit(key), filter_form(request, overseer, TargetForm).filters
    if (refused := _refused(request, key, overseer.on)) is not None:
        return refused
    ((_unit, facts),) = statements_of(overseer.view, [org_unit], filters, overseer.on)
    certificate = _issued(org_unit, facts, filters)
    note_viewing(
        action=AuditAction.LIST_EXPORTED,
        actor=overseer.person,
        org_unit=org_unit,
        details=told(filters, list="statement", certificate=certificate.public_id),
    )
    return redirect("ledstang_certificates:pdf", certificate.public_id)


@require_own_post
def statements(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One document for the org unit and for each below it where something is required. The worker makes the files."""
    overseer = overseer_of(request)
    org_unit, filters = overseer.unit(key), filter_form(request, overseer, TargetForm).filters
    if (refused := _refused(request, key, overseer.on)) is not None:
        return refused
    units = org_units_within(overseer.view, org_unit)
    if len(units) > MOST_AT_ONCE:
        return _back(request, key, _("There are too many org units for one file. Choose an org unit below this one."))
    found = statements_of(overseer.view, units, filters, overseer.on)
    with files_later():
        made = [_issued(unit, facts, filters).pk for unit, facts in found if facts.rows]
    title = _("Statements: %(unit)s") % {"unit": org_unit.name}
    bundle = request_bundle(title=title[:200], certificate_ids=made, person=overseer.person)
    note_viewing(
        action=AuditAction.LIST_EXPORTED,
        actor=overseer.person,
        org_unit=org_unit,
        details=told(filters, list="statements", rows=len(made)),
    )
    return redirect("ledstang_certificates:bundle", bundle.key)
