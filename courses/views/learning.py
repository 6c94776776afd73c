"""A learner's pages. Whoever is not the learner gets 404; nothing is written by looking."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.core.views import ask_to_press_again, render_page, require_post
from cms.people.models import Person
from cms.people.views import acting_person
from courses.actions import (
    AnswersMissing,
    AttemptClosed,
    CourseNotOpen,
    LearningError,
    NotDone,
    UnknownQuestion,
    answer_unit,
    complete_unit,
    hand_in,
)
from courses.actions.papers import certify_units
from courses.forms import AttemptForm, EvaluationForm, answers_in
from courses.models import UnitVersion
from courses.queries.learning import Course, UnitStep, certificate_of, own_course, withdrawn_since
from courses.queries.moving import newer_version, plan_move
from courses.queries.paths import certificates_of_paths
from courses.queries.quiz import Taken, attempts_at, read_unit
from courses.queries.voluntary import may_evaluate
from courses.views.catalogue import successor_of
from courses.views.stash import keep_answers, to_login

View = Callable[..., HttpResponse]


class UnitGone(Exception):
    """A unit was part of the course, and is no part of it any more for this learner."""


def learners_own(view: View) -> View:
    """Hand a view the person and their course; a course withdrawn in the middle of it gets its own answer."""

    @wraps(view)
    def wrapped(request: HttpRequest, key: UUID, **kwargs: Any) -> HttpResponse:
        person = acting_person(request)
        if person is None:
            return _log_in_first(request, key, **kwargs)
        course = own_course(person, key, timezone.localdate(), kwargs.get("unit_key"))
        if course is None:
            raise Http404
        try:
            return view(request, person, course, **kwargs)
        except UnitGone:
            messages.info(request, _("That unit is no longer part of the course. What you have done is kept."))
            return to_page(request, reverse("courses:home", args=[key]))

    return wrapped


def _log_in_first(request: HttpRequest, key: UUID, unit_key: UUID | None = None, **kwargs: Any) -> HttpResponse:
    """To the login and back. What was posted to a unit's questions is kept meanwhile."""
    if request.method != "POST":
        return to_login(request, request.get_full_path())
    if unit_key is None:
        ask_to_press_again(request)
        return to_login(request, reverse("courses:home", args=[key]))
    keep_answers(request, key, unit_key)
    return to_login(request, f"{reverse('courses:unit', args=[key, unit_key])}?fortsatt=1")


def closed(request: HttpRequest, course: Course) -> HttpResponse:
    """The course was withdrawn before it was finished: says so, and that nothing the learner did is gone."""
    context = {
        "withdrawal": course.withdrawal,
        "title": course.enrollment.version.title,
        "successor": successor_of(course.withdrawal),
        "course": course,
    }
    return render_page(request, "courses/withdrawn.html", context, status=410)


@require_safe
@learners_own
def home(request: HttpRequest, person: Person, course: Course) -> HttpResponse:
    """The learner's page of the course: every unit with its state, and what comes next."""
    if course.is_closed:
        return closed(request, course)
    enrollment = course.enrollment
    newer = newer_version(enrollment, timezone.localdate())
    context = {
        "course": course,
        "version": enrollment.version,
        "plan": plan_move(enrollment, newer) if newer is not None else None,
        "certificate": certificate_of(enrollment) if course.is_finished else None,
        "withdrawn_since": withdrawn_since(course),
    }
    return render_page(request, "courses/home.html", context)


@require_safe
@learners_own
def resume(request: HttpRequest, person: Person, course: Course) -> HttpResponse:
    """The first unit that is not done, whenever and wherever the link is followed."""
    step = course.next
    if step is None or course.is_closed:
        return redirect("courses:home", course.enrollment.key)
    is_resumed = course.is_started or newer_version(course.enrollment, timezone.localdate()) is not None
    return redirect(f"{step.url}?fortsatt=1" if is_resumed else step.url)


@require_safe
@learners_own
def finished(request: HttpRequest, person: Person, course: Course) -> HttpResponse:
    """The course is done: progress, evidence and certificate on one page."""
    if not course.is_finished:
        return redirect("courses:home", course.enrollment.key)
    last = max((step for step in course.steps if step.done_at), key=lambda step: step.done_at, default=None)  # type: ignore[arg-type, return-value]
    context = {
        "course": course,
        "certificate": certificate_of(course.enrollment),
        "last": last,
        "evaluation": EvaluationForm() if may_evaluate(course.enrollment) else None,
        "paths": certificates_of_paths(person, course.enrollment.course_key),
        "training_url": resolve_url(settings.LOGIN_REDIRECT_URL),
    }
    return render_page(request, "courses/finished.html", context)


@require_post
@learners_own
def so_far(request: HttpRequest, person: Person, course: Course) -> HttpResponse:
    """A certificate of the units done so far."""
    if course.is_finished:
        return redirect("courses:home", course.enrollment.key)
    try:
        certificate = certify_units(enrollment=course.enrollment)
    except LearningError as refusal:
        messages.error(request, str(refusal))
        return redirect("courses:home", course.enrollment.key)
    return redirect("ledstang_certificates:pdf", certificate.public_id)


# A unit


def _step(course: Course, unit_key: UUID) -> UnitStep:
    """Raises UnitGone for a unit that has been taken out; one of another reading, or of no course, is 404."""
    step = course.step_of(unit_key)
    if step is not None:
        return step
    known = UnitVersion.objects.filter(unit_key=unit_key, course_version__key=course.enrollment.course_key)
    if known.exists() and not known.standing().filter(course_version=course.enrollment.version_id).exists():
        raise UnitGone
    raise Http404


@require_safe
@learners_own
def unit(request: HttpRequest, person: Person, course: Course, unit_key: UUID) -> HttpResponse:
    """A unit to read, with its questions to answer or what the answers were worth."""
    step = _step(course, unit_key)
    if course.is_closed:
        return closed(request, course)
    return _unit_page(request, person, course, step)


def _unit_page(
    request: HttpRequest, person: Person, course: Course, step: UnitStep, missing: tuple[str, ...] = ()
) -> HttpResponse:
    if not step.is_open:
        return render_page(request, "courses/locked.html", {"course": course, "step": step})
    attempts = attempts_at(course.enrollment, step.unit) if step.questions else []
    taken = _shown_attempt(attempts, starts_anew="nytt" in request.GET)
    today = timezone.localdate()
    context = {
        "course": course,
        "step": step,
        "taken": taken,
        "read": read_unit(step.unit, course.enrollment, taken, person, today, missing),
        "missing": missing,
        "is_faulty": bool(missing),
        "is_resumed": "fortsatt" in request.GET,
        "newer": newer_version(course.enrollment, today) if "fortsatt" in request.GET else None,
    }
    return render_page(request, "courses/unit.html", context, status=422 if missing else 200)


def _shown_attempt(attempts: list[Taken], *, starts_anew: bool) -> Taken:
    """The open attempt, or the last one with its result; a blank next one for who has failed and tries again."""
    if not attempts:
        return Taken(number=1)
    last = attempts[-1]
    if last.is_submitted and not last.is_passed and starts_anew:
        return Taken(number=last.number + 1)
    return last


@require_http_methods(["GET", "HEAD", "POST"])
@learners_own
def save(request: HttpRequest, person: Person, course: Course, unit_key: UUID) -> HttpResponse:
    """Keep answers as they are given."""
    step = _step(course, unit_key)
    form = AttemptForm(request.POST)
    if request.method != "POST" or not form.is_valid() or not step.is_open:
        return _back(request, step)
    try:
        _answer(course, step, form, request)
    except AttemptClosed:
        return _back(request, step)
    if course.is_closed:
        return _back(request, step)
    if request.htmx:  # type: ignore[attr-defined]
        return render_page(request, "courses/components/saved.html", {"saved_at": timezone.now()})
    number = request.POST.get("fraga", "")
    return redirect(f"{step.url}#fraga-{number if number.isdecimal() else 1}")


def _answer(course: Course, step: UnitStep, form: AttemptForm, request: HttpRequest) -> Any:
    """Raises AttemptClosed; a question or choice that the unit does not have is 404.

    A page from before a move to another version may ask what the unit no longer asks: its attempt is closed.
    """
    try:
        return answer_unit(
            enrollment=course.enrollment,
            unit_version=step.unit,
            number=form.cleaned_data["forsok"],
            values=answers_in(request.POST),
        )
    except UnknownQuestion as error:
        if course.enrollment.moves.exists():
            raise AttemptClosed(str(error)) from error
        raise Http404 from error


def to_page(request: HttpRequest, url: str, fragment: str = "") -> HttpResponse:
    """To a page; a part of a page takes the whole with it."""
    if getattr(request, "htmx", False):
        response = HttpResponse()
        response["HX-Redirect"] = url
        return response
    return redirect(url + fragment)


def _back(request: HttpRequest, step: UnitStep, fragment: str = "") -> HttpResponse:
    """To the unit as it is now."""
    return to_page(request, step.url, fragment)


@require_http_methods(["GET", "HEAD", "POST"])
@learners_own
def submit(request: HttpRequest, person: Person, course: Course, unit_key: UUID) -> HttpResponse:
    """Hand in all answers. Posted twice it gives one result."""
    step = _step(course, unit_key)
    form = AttemptForm(request.POST)
    if request.method != "POST" or not form.is_valid() or not step.is_open:
        return _back(request, step)
    try:
        attempt = _answer(course, step, form, request)
        handed_in = hand_in(attempt=attempt)
    except AnswersMissing as error:
        return _unit_page(request, person, course, step, error.keys)
    except (AttemptClosed, CourseNotOpen, NotDone):
        course.enrollment.refresh_from_db(fields=["finished_at"])
        if course.is_finished:  # a second click, while the first was on its way
            return redirect("courses:finished", course.enrollment.key)
        return _back(request, step, "#resultat")
    if handed_in.completed is not None and handed_in.completed.finished:
        return redirect("courses:finished", course.enrollment.key)
    return redirect(f"{step.url}#resultat")


@require_http_methods(["GET", "HEAD", "POST"])
@learners_own
def mark_as_read(request: HttpRequest, person: Person, course: Course, unit_key: UUID) -> HttpResponse:
    """A unit without questions is done when the learner says so."""
    step = _step(course, unit_key)
    if request.method != "POST":
        return _back(request, step)
    try:
        completed = complete_unit(enrollment=course.enrollment, unit_key=unit_key)
    except LearningError:
        return _back(request, step)
    if completed.finished:
        return redirect("courses:finished", course.enrollment.key)
    messages.success(request, _("Unit %(number)s is marked as read.") % {"number": step.number})
    following = course.after(step.number)
    return redirect(following.url if following is not None and following != step else step.url)
