"""Disclosure of public records, for the registrar: each line is weighed, and what leaves is kept."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.compliance.queries import Disposed, required_targets
from cms.core.models import Refused
from cms.core.views import login_required, render_page, require_own_post
from cms.oversight.actions import decide_lines, note_viewing, open_disclosure, release_disclosure
from cms.oversight.enums import FileFormat, LineDecision, SecrecyGround
from cms.oversight.forms import DisclosureForm, LineForm
from cms.oversight.models import Disclosure
from cms.oversight.permissions import user_can_disclose
from cms.oversight.queries.disclosures import Line, can_be_shown, disclosure_in, disclosures_in, lines_of
from cms.oversight.views.access import Overseer, overseer_today
from cms.oversight.views.exports import kept_response
from cms.people.enums import AuditAction
from cms.people.queries import person_views_are_open

LINES_PER_PAGE = 50


def _registrar(request: HttpRequest) -> Overseer:
    """404 to everybody who is not a registrar, and while names are locked."""
    overseer = overseer_today(request)
    if not user_can_disclose(request.user, overseer.person) or not person_views_are_open():
        raise Http404
    return overseer


def _found(overseer: Overseer, key: uuid.UUID) -> Disclosure:
    found = disclosure_in(overseer.view, key)
    if found is None:
        raise Http404
    return found


@login_required
def disclosures(request: HttpRequest) -> HttpResponse:
    """Requests so far, and a form for a new one."""
    overseer = _registrar(request)
    data = request.POST if request.method == "POST" else None
    form = DisclosureForm(data, targets=required_targets(overseer.on), view=overseer.view)
    if data is not None and form.is_valid():
        try:
            made = open_disclosure(
                reference=form.cleaned_data["arende"],
                org_unit=form.cleaned_data["enhet"],
                filters=form.filters,
                actor=overseer.person,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        except Disposed as problem:
            form.add_error(
                "dag", _("What was before %(day)s has been disposed of. Choose a later day.") % {"day": problem.before}
            )
        else:
            return redirect("ledstang_oversight:disclosure", made.key)
    context = {"form": form, "disclosures": disclosures_in(overseer.view)[:100]}
    return render_page(request, "ledstang_oversight/disclosures.html", context)


def _line_forms(lines: Iterable[Line], data: Any) -> list[tuple[Line, LineForm]]:
    return [
        (
            one,
            LineForm(
                data,
                prefix=f"rad-{one.line.number}",
                initial={"decision": one.line.decision, "ground": one.line.ground},
            ),
        )
        for one in lines
    ]


@login_required
def disclosure(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The lines of one request, fifty at a time, each with its decision."""
    overseer = _registrar(request)
    found = _found(overseer, key)
    lines = lines_of(found, overseer.person)
    page = Paginator(lines, LINES_PER_PAGE).get_page(request.GET.get("page"))
    forms = _line_forms(page.object_list, request.POST if request.method == "POST" else None)
    if request.method == "POST" and all(form.is_valid() for _line, form in forms):
        decisions = {one.line.number: form.decided for one, form in forms}
        if "rest" in request.POST:  # those of this page that are not decided yet
            decisions = {
                number: (LineDecision.RELEASE, SecrecyGround.NONE) if kept[0] == LineDecision.PENDING else kept
                for number, kept in decisions.items()
            }
        decide_lines(disclosure=found, decisions=decisions)
        messages.success(request, _("The decisions of this page have been saved."))
        return redirect(request.get_full_path())
    waiting = sum(one.line.decision == LineDecision.PENDING for one in lines)
    faults = [(line, form) for line, form in forms if form.is_bound and form.errors]
    context = {"disclosure": found, "page": page, "forms": forms, "faults": faults}
    context |= {"waiting": waiting, "total": len(lines)}
    response = render_page(request, "ledstang_oversight/disclosure.html", context)
    note_viewing(
        action=AuditAction.PEOPLE_VIEWED,
        actor=overseer.person,
        org_unit=found.org_unit,
        details={"list": "people", "disclosure": str(found.key), "protected": False},
    )
    return response


@require_own_post
def release(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let it leave the house. What may no longer be shown is not in it, whatever was decided before."""
    overseer = _registrar(request)
    found = _found(overseer, key)
    try:
        release_disclosure(disclosure=found, lines=lines_of(found, overseer.person), actor=overseer.person)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("ledstang_oversight:disclosure", found.key)


@require_safe
@login_required
def released_file(request: HttpRequest, key: uuid.UUID) -> HttpResponseBase:
    """The file as it was released."""
    overseer = _registrar(request)
    found = _found(overseer, key)
    released = getattr(found, "release", None)
    if released is None or not can_be_shown(found):
        raise Http404
    note_viewing(
        action=AuditAction.LIST_EXPORTED,
        actor=overseer.person,
        org_unit=found.org_unit,
        details={"list": "people", "disclosure": str(found.key), "protected": False},
    )
    return kept_response(released.file.open("rb"), _("disclosed"), FileFormat.CSV)
