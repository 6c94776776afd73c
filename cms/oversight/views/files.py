"""Files that are made beside the web: how far they have come, and the fetching, which is checked again."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.compliance.queries import refuse_disposed
from cms.core.views import login_required, render_page, require_own_post
from cms.oversight.actions import make_anew, note_viewing
from cms.oversight.enums import FileFormat
from cms.oversight.models import ExportFile
from cms.oversight.queries.exports import day_of, exports_of, list_behind, seal_of
from cms.oversight.views.access import locked, overseer_today, told
from cms.oversight.views.exports import kept_response
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.people.queries import person_views_are_open


def _own(person: Person, key: uuid.UUID) -> ExportFile:
    """One's own export, not older than a week. 404 for any other."""
    export = ExportFile.objects.kept().filter(key=key, requested_by=person).select_related("org_unit").first()
    if export is None:
        raise Http404
    return export


@require_safe
@login_required
def exports(request: HttpRequest) -> HttpResponse:
    """What one has asked for and can still fetch."""
    overseer = overseer_today(request)
    return render_page(request, "ledstang_oversight/exports.html", {"exports": exports_of(overseer.person)})


@require_safe
@login_required
def export(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far a file has come."""
    found = _own(overseer_today(request).person, key)
    refuse_disposed(day_of(found))
    is_stuck = not found.is_made and found.leased_until is not None and found.leased_until < timezone.now()
    return render_page(request, "ledstang_oversight/export.html", {"export": found, "is_stuck": is_stuck})


@require_safe
@login_required
def fetch(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """The file, if all that is in it may still be shown. Otherwise it is sent back to be made anew."""
    overseer = overseer_today(request)
    found = _own(overseer.person, key)
    if not person_views_are_open():
        return locked(request, overseer)
    staff = list_behind(found)
    if staff is None:
        raise Http404
    is_whole = found.is_made and found.seal == seal_of(staff.view, staff.org_units, staff.filters, staff.on)
    if not is_whole:
        context = {"export": found, "is_stale": found.is_made}
        return render_page(request, "ledstang_oversight/export.html", context, status=409)
    note_viewing(
        action=AuditAction.LIST_EXPORTED,
        actor=overseer.person,
        org_unit=found.org_unit,
        details=told(
            staff.filters, list="people", protected=bool(staff.view.protected_in & staff.org_units), rows=found.rows
        ),
    )
    name = _("staff") + "-" + found.org_unit.name
    return kept_response(found.file.open("rb"), name, FileFormat(found.file_format))


@require_own_post
def again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Make a file anew: it shows too much now, or whoever made it has died."""
    found = _own(overseer_today(request).person, key)
    make_anew(export=found)
    return redirect("ledstang_oversight:export", found.key)
