"""Play a scenario. Every page is the answer to a post that carries all choices so far, so that they are in no address,
no session and no log: nothing is kept but that an ending was reached.
"""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from cms.core.views import render_page
from cms.people.models import Person
from cms.people.queries import person_of
from courses.actions import LearningError, finish_scenario
from courses.forms import path_in
from courses.models import UnitPage
from courses.permissions import user_can_edit
from courses.queries.learning import Course, UnitStep, certificate_of, own_course
from courses.queries.playing import shown_step
from courses.queries.previews import scenario_of_draft
from courses.scenario import BadPath, Scenario, Walk, parse, walk
from courses.views.learning import closed, learners_own


def _walked(request: HttpRequest, scenario: Scenario) -> tuple[Walk, int]:
    """Where the posted choices lead, and the answer's status: choices that nobody can have made begin anew."""
    try:
        return walk(scenario, path_in(request.POST) if request.method == "POST" else ()), 200
    except BadPath:
        return walk(scenario, ()), 422


@require_http_methods(["GET", "HEAD", "POST"])
@learners_own
def play(request: HttpRequest, person: Person, course: Course, unit_key: UUID) -> HttpResponse:
    """A step of a unit's scenario; reaching an ending keeps that the scenario is finished."""
    step = course.step_of(unit_key)
    if step is None or not step.has_scenario:
        raise Http404
    if course.is_closed:
        return closed(request, course)
    if not step.is_open:
        return render_page(request, "courses/locked.html", {"course": course, "step": step})
    walked, status = _walked(request, parse(step.unit.content.parts["extra"]["scenario"]))
    if request.method == "POST" and walked.has_ended:
        try:
            finish_scenario(enrollment=course.enrollment, unit_version=step.unit, path=walked.path)
        except LearningError:
            return redirect(step.url)
        course, step = _now(person, course, step)
    context = {**_context(walked, step.unit.content.parts["cites"], person, status), "course": course, "step": step}
    if course.is_finished:
        context["certificate"] = certificate_of(course.enrollment)
    return render_page(request, "courses/scenario.html", context, status=status)


def _now(person: Person, course: Course, step: UnitStep) -> tuple[Course, UnitStep]:
    """The course as it stands after what was just written."""
    found = own_course(person, course.enrollment.key, timezone.localdate(), step.unit.unit_key)
    after = found.step_of(step.unit.unit_key) if found is not None else None
    return (course, step) if found is None or after is None else (found, after)


def _context(walked: Walk, cites: Any, person: Person | None, status: int) -> dict[str, Any]:
    shown = shown_step(walked, cites, person, timezone.localdate())
    return {"shown": shown, "is_anew": status != 200}


@require_http_methods(["GET", "HEAD", "POST"])
def try_draft(request: HttpRequest, page_id: int) -> HttpResponse:
    """The scenario of a draft, for whoever may edit it. Nothing is kept at all."""
    page = get_object_or_404(UnitPage, pk=page_id)
    if not user_can_edit(request.user, page):
        raise PermissionDenied
    scenario, cites = scenario_of_draft(page)
    if scenario is None:
        raise Http404
    walked, status = _walked(request, scenario)
    context = {**_context(walked, cites, person_of(request.user), status), "page": page}
    return render_page(request, "courses/scenario_preview.html", context, status=status)
