"""Requirements in Wagtail's admin: what is required of whom, said in words before it is saved."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.compliance.actions import NotReviewed, require, set_rule
from cms.compliance.models import Requirement, SummaryState, Target
from cms.compliance.queries import people_hit, requirement_rows, rule_rows, some_people_hit
from cms.compliance.wording import sentences
from cms.core.views import only_for, require_post
from cms.oversight.actions import ask_again, ask_for_rule, note_viewing
from cms.oversight.forms import RequirementForm, RuleForm
from cms.oversight.forms.rules import initial_of
from cms.oversight.models import AwaitedRule
from cms.oversight.permissions import user_can_edit_requirements
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.people.queries import person_views_are_open, view_of
from cms.people.views import acting_person

AT_ONCE = 5_000  # people whose figures are counted while somebody waits


@require_safe
@only_for(user_can_edit_requirements)
def requirements(request: HttpRequest) -> HttpResponse:
    """All requirements, with the rule that applies today and on how many it falls."""
    rows = requirement_rows(timezone.localdate())
    return render(request, "ledstang_oversight/admin/requirements.html", {"rows": rows})


@dataclass(frozen=True)
class Preview:
    """A rule as it would read and on how many it falls. `seal` tells whether what is saved is what was read."""

    words: list[str]
    people: int
    names: list[Person]  # some of them, as far as the editor's own scope shows them

    @property
    def seal(self) -> str:
        return hashlib.sha256("\n".join(self.words).encode()).hexdigest()


def _preview(request: HttpRequest, form: RuleForm, target: Target) -> Preview:
    today = timezone.localdate()
    hit = people_hit({target.pk: [form.audience]}, today)
    actor = acting_person(request)
    names = some_people_hit(view_of(actor, today), form.audience, today) if person_views_are_open() else []
    if names and actor is not None:
        details = {"list": "requirement", "rows": len(names)}
        note_viewing(action=AuditAction.PEOPLE_VIEWED, actor=actor, details=details)
    return Preview(sentences(form.in_words(target)), hit[target.pk], names)


def _is_asked_while_edited(request: HttpRequest) -> bool:
    """The form asks how it reads as it is filled in. Without script a button does."""
    return request.headers.get("HX-Request") == "true" and "save" not in request.POST


def _reading(request: HttpRequest, preview: Preview | None) -> HttpResponse:
    return render(request, "ledstang_oversight/admin/rule_reading.html", {"preview": preview})


def _is_read(request: HttpRequest, preview: Preview) -> bool:
    """Whether the button that saves was pressed under exactly these words."""
    return "save" in request.POST and request.POST.get("seal") == preview.seal


def _is_for_the_worker(people: int) -> bool:
    """Whether so many have to be counted anew that it is done beside the web. Without kept figures nobody has to."""
    return people > AT_ONCE and SummaryState.objects.exists()


def _refused(form: RuleForm) -> None:
    form.add_error(None, _("Experts still have to review this text. It cannot be required until they have signed."))


def _handed_over(
    request: HttpRequest, target: Target, found: Requirement | None, name: str, rule: dict[str, Any], people: int
) -> HttpResponse:
    awaited = ask_for_rule(
        target=target, requirement=found, name=name, rule=rule, people=people, actor=acting_person(request)
    )  # fmt: skip
    return redirect("ledstang_awaited_rule", awaited.key)


@only_for(user_can_edit_requirements)
def awaited_rule(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far a rule has come that the worker writes. When it is written, the requirement."""
    found = get_object_or_404(AwaitedRule.objects.select_related("requirement"), key=key)
    if request.method == "POST" and found.is_stuck:
        ask_again(awaited=found)
        return redirect("ledstang_awaited_rule", found.key)
    if found.written_at is not None and found.requirement is not None:
        messages.success(request, _("The new rule has been saved."))
        written = redirect("ledstang_requirement", found.requirement.key)
        if request.headers.get("HX-Request"):  # the part that looks again takes the whole page with it
            return HttpResponse(headers={"HX-Redirect": written["Location"]})
        return written
    return render(request, "ledstang_oversight/admin/awaited_rule.html", {"awaited": found})


@only_for(user_can_edit_requirements)
def new_requirement(request: HttpRequest) -> HttpResponse:
    """Begin to require something. The first press shows how the rule reads, the second saves it."""
    form, preview = RequirementForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        target = form.cleaned_data["target"]
        preview = _preview(request, form, target)
        if _is_read(request, preview):
            name = form.cleaned_data["name"] or target.title
            if _is_for_the_worker(preview.people):
                return _handed_over(request, target, None, name, form.rule, preview.people)
            try:
                made = require(target=target, name=name, actor=acting_person(request), **form.rule)
            except NotReviewed:
                _refused(form)
            else:
                messages.success(request, _("The requirement has been saved."))
                return redirect("ledstang_requirement", made.key)
    if _is_asked_while_edited(request):
        return _reading(request, preview)
    form.lead_to_fault()
    context = {"form": form, "preview": preview}
    return render(request, "ledstang_oversight/admin/new_requirement.html", context)


@only_for(user_can_edit_requirements)
def requirement(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One requirement: its rules through time, and a form for the next one."""
    found = get_object_or_404(Requirement.objects.select_related("target"), key=key)
    rows = rule_rows(found, timezone.localdate())
    latest = next((row.rule for row in rows if not row.rule.is_ended), None)
    form = RuleForm(request.POST or None, initial=initial_of(latest) if latest else None, required=found.target)
    preview = None
    if request.method == "POST" and form.is_valid():
        preview = _preview(request, form, found.target)
        if _is_read(request, preview):
            if _is_for_the_worker(preview.people):
                return _handed_over(request, found.target, found, found.name, form.rule, preview.people)
            try:
                set_rule(requirement=found, actor=acting_person(request), **form.rule)
            except NotReviewed:
                _refused(form)
            else:
                messages.success(request, _("The new rule has been saved."))
                return redirect("ledstang_requirement", found.key)
    if _is_asked_while_edited(request):
        return _reading(request, preview)
    form.lead_to_fault()
    is_living = bool(rows) and not rows[0].rule.is_ended
    context = {"requirement": found, "rows": rows, "form": form, "preview": preview, "is_living": is_living}
    return render(request, "ledstang_oversight/admin/requirement.html", context)


@require_post
@only_for(user_can_edit_requirements)
def end_requirement(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Nothing is required from today on; what was required before stays as it was."""
    found, today = get_object_or_404(Requirement.objects.select_related("target"), key=key), timezone.localdate()
    people = next((row.people for row in requirement_rows(today) if row.requirement == found), 0)
    rule: dict[str, Any] = {"effective_on": today, "is_ended": True}
    if _is_for_the_worker(people):
        return _handed_over(request, found.target, found, found.name, rule, people)
    set_rule(requirement=found, actor=acting_person(request), **rule)
    messages.success(request, _("The requirement has ended."))
    return redirect("ledstang_requirement", found.key)
