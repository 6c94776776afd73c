"""Going on with the version in force, and finishing a course of which the rest has been withdrawn."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.core.views import render_page, require_post
from cms.people.models import Person
from cms.versions.queries import noted_since
from courses.actions import LearningError, finish_course, move_to_version
from courses.forms import MoveForm
from courses.models import CourseVersion
from courses.queries.learning import Course
from courses.queries.moving import newer_version, plan_move
from courses.views.learning import learners_own


@require_http_methods(["GET", "HEAD", "POST"])
@learners_own
def move(request: HttpRequest, person: Person, course: Course) -> HttpResponse:
    """What is kept and what must be done on the version in force, before it is chosen; a post chooses it."""
    enrollment = course.enrollment
    if request.method == "POST":
        return _move(request, course)
    to = None if course.is_closed else newer_version(enrollment, timezone.localdate())
    if to is None:
        return redirect("courses:home", enrollment.key)
    noted = noted_since(enrollment.version, to, CourseVersion.objects.of(to.key))
    context = {"course": course, "plan": plan_move(enrollment, to), "noted": noted}
    return render_page(request, "courses/move.html", context)


def _move(request: HttpRequest, course: Course) -> HttpResponse:
    enrollment, form = course.enrollment, MoveForm(request.POST)
    seen = form.cleaned_data["version"] if form.is_valid() else None
    version = CourseVersion.objects.of(enrollment.course_key).filter(public_id=seen).first()
    if version is None or version.pk == enrollment.version_id:  # the second of two clicks
        return redirect("courses:home", enrollment.key)
    try:
        moved = move_to_version(enrollment=enrollment, version=version)
    except LearningError as refusal:
        messages.error(request, str(refusal))
        return redirect("courses:home", enrollment.key)
    if moved.completed.finished:
        return redirect("courses:finished", enrollment.key)
    words = {"number": version.number, "kept": len(moved.plan.kept), "total": len(moved.plan.units)}
    messages.success(request, _("You go on with version %(number)s. %(kept)s of %(total)s units are kept.") % words)
    return redirect("courses:home", enrollment.key)


@require_post
@learners_own
def finish(request: HttpRequest, person: Person, course: Course) -> HttpResponse:
    """Finish a course of which nothing is left to do, since what was left has been withdrawn."""
    if not course.is_finished:
        try:
            finish_course(enrollment=course.enrollment)
        except LearningError as refusal:
            messages.error(request, str(refusal))
            return redirect("courses:home", course.enrollment.key)
    return redirect("courses:finished", course.enrollment.key)
