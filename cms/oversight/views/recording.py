"""What heads and HR write down about one person. Each page tells what will be kept before it is sent."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.compliance.actions import void_evidence
from cms.compliance.enums import ExemptionReason, VoidReason
from cms.compliance.models import Target
from cms.core.views import login_required, render_page, require_own_post
from cms.oversight.actions import AlreadyRecorded, exempt, note_viewing, record_training, take_exemption_back
from cms.oversight.forms import ExemptionForm, OtherWayForm, TrainingForm, VoidForm
from cms.oversight.queries import Filters, PersonPage, evidence_of, exemption_of, is_hr_for, may_void, person_page
from cms.oversight.views.access import Overseer, overseer_today
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.people.queries import person_views_are_open


@dataclass(frozen=True)
class Desk:
    """Who writes, about whom. Nobody writes about themselves."""

    overseer: Overseer
    found: PersonPage

    @property
    def person(self) -> Person:
        return self.found.person

    @property
    def targets(self) -> list[Target]:
        return [requirement.target for requirement in self.found.requirements]

    @property
    def is_hr(self) -> bool:
        return is_hr_for(self.overseer.person, self.overseer.view, self.person, self.overseer.on)


def _desk(request: HttpRequest, key: uuid.UUID, *, for_oneself: bool = False) -> Desk:
    """404 for everybody whom the person's page is not shown to, while names are locked, and about oneself."""
    overseer = overseer_today(request)
    found = person_page(overseer.view, key, Filters(), overseer.on)
    if found is None or not person_views_are_open():
        raise Http404
    if found.person.pk == overseer.person.pk and not for_oneself:
        raise Http404
    return Desk(overseer, found)


def _form(request: HttpRequest, desk: Desk, form_class: Any) -> Any:
    if request.method == "POST":
        return form_class(request.POST, request.FILES, targets=desk.targets)
    return form_class(targets=desk.targets, initial={"mal": request.GET.get("mal", "")})


def _shown(request: HttpRequest, desk: Desk, form: Any, name: str, **more: Any) -> HttpResponse:
    context = {"person": desk.person, "found": desk.found, "form": form, **more}
    return render_page(request, f"ledstang_oversight/recording/{name}.html", context)


def _done(request: HttpRequest, desk: Desk, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("ledstang_oversight:person", desk.person.key)


@login_required
def record(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """External training, with a document if there is one."""
    desk = _desk(request, key)
    form = _form(request, desk, TrainingForm)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, desk, form, "training")
    fields = {name: form.cleaned_data[name] for name in ("key", "done_on", "valid_until", "document")}
    try:
        record_training(person=desk.person, target=form.target, actor=desk.overseer.person, **fields)
    except AlreadyRecorded as refusal:
        form.add_error("done_on", str(refusal))
        return _shown(request, desk, form, "training")
    return _done(request, desk, _("The training has been recorded."))


@login_required
def exemption(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    desk = _desk(request, key)
    form = _form(request, desk, ExemptionForm)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, desk, form, "exemption")
    reason, until = ExemptionReason(form.cleaned_data["reason"]), form.cleaned_data["until"]
    exempt(person=desk.person, target=form.target, reason=reason, until=until, actor=desk.overseer.person)
    return _done(request, desk, _("The exemption has been recorded."))


@login_required
def other_way(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Done in another way, without a cause."""
    desk = _desk(request, key)
    form = _form(request, desk, OtherWayForm)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, desk, form, "other_way")
    until = form.cleaned_data["until"]
    exempt(
        person=desk.person,
        target=form.target,
        reason=ExemptionReason.OTHER_WAY,
        until=until,
        actor=desk.overseer.person,
    )
    return _done(request, desk, _("It has been recorded as done in another way."))


@login_required
def void(request: HttpRequest, key: uuid.UUID, evidence_key: uuid.UUID) -> HttpResponse:
    """Take something back, with a reason. What is taken back stays in the history."""
    desk = _desk(request, key)
    evidence = evidence_of(desk.person, evidence_key)
    shown = {target.pk for target in desk.targets}
    if evidence is None or evidence.target_id not in shown or not may_void(evidence, is_hr=desk.is_hr):
        raise Http404
    if hasattr(evidence, "void"):
        messages.info(request, _("It has been taken back already."))
        return redirect("ledstang_oversight:person", desk.person.key)
    form = VoidForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, desk, form, "void", evidence=evidence)
    void_evidence(evidence=evidence, reason=VoidReason(form.cleaned_data["reason"]), actor=desk.overseer.person)
    return _done(request, desk, _("It has been taken back."))


@require_own_post
def end_exemption(request: HttpRequest, key: uuid.UUID, exemption_key: uuid.UUID) -> HttpResponse:
    desk = _desk(request, key)
    found = exemption_of(desk.person, exemption_key)
    if found is None or found.target_id not in {target.pk for target in desk.targets}:
        raise Http404
    take_exemption_back(exemption=found, actor=desk.overseer.person)
    return _done(request, desk, _("The exemption has ended."))


@require_safe
@login_required
def document(request: HttpRequest, key: uuid.UUID, evidence_key: uuid.UUID) -> FileResponse:
    """The document of external training, to those who see the person's page and what it belongs to."""
    desk = _desk(request, key, for_oneself=True)
    evidence = evidence_of(desk.person, evidence_key)
    if evidence is None or not evidence.document or evidence.target_id not in {one.pk for one in desk.targets}:
        raise Http404
    note_viewing(
        action=AuditAction.DOCUMENT_FETCHED,
        actor=desk.overseer.person,
        subject=desk.person,
        details={"evidence": str(evidence.key)},
    )
    response = FileResponse(evidence.document.open("rb"), as_attachment=True)
    response["X-Content-Type-Options"] = "nosniff"
    return response
