from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import Page

from cms.compliance.models import Target
from cms.core.views import ask_to_press_again, render_page
from cms.people.models import Person
from cms.people.views import acting_person
from cms.versions.models import Withdrawal
from cms.versions.queries import in_force, noted_since, sections_of
from courses.actions import CourseNotOpen, enroll
from courses.forms import EVERYTHING, READINGS, EnrollForm
from courses.models import (
    CourseIndexPage,
    CoursePage,
    CourseVersion,
    Enrollment,
    LearningPathPage,
    UnitPage,
    UnitVersion,
)
from courses.queries.catalogue import asked_of, audience_of, catalogue, index_page
from courses.queries.learning import certificate_of, courses_of
from courses.queries.moving import Plan, number_of, plan_move, plan_renewal
from courses.queries.paths import paths_in_force
from courses.queries.quiz import filled
from courses.queries.units import in_reading, notes_before, outline_of
from courses.views.stash import login_address, to_login


def catalogue_page(request: HttpRequest, page: CourseIndexPage | None) -> HttpResponse:
    person = acting_person(request)
    today = timezone.localdate()
    context = {"entries": catalogue(person, today), "paths": paths_in_force(today), "page": page, "person": person}
    return render_page(request, "courses/catalogue.html", context)


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every course in force, at an address that does not depend on the page tree."""
    return catalogue_page(request, index_page())


@require_http_methods(["GET", "HEAD", "POST"])
def course(request: HttpRequest, key: UUID) -> HttpResponse:
    """What a course is and what counts, for everyone; a post begins it."""
    version = in_force(CourseVersion, key, timezone.localdate())
    if version is None:
        return _withdrawn_or_404(request, key)
    person = acting_person(request)
    if request.method == "POST":
        return _enroll(request, person, key)
    context = {**_description(version, person), "login_url": login_address(request.path)}
    return render_page(request, "courses/course.html", context)


def _withdrawn_or_404(request: HttpRequest, key: UUID) -> HttpResponse:
    withdrawal = get_object_or_404(Withdrawal, key=key, withdrawn_on__lte=timezone.localdate())
    latest = CourseVersion.objects.of(key).latest_first().first()
    if latest is None:
        raise Http404
    context = {"withdrawal": withdrawal, "title": latest.title, "successor": successor_of(withdrawal)}
    return render_page(request, "courses/withdrawn.html", context, status=410)


def successor_of(withdrawal: Withdrawal | None) -> CourseVersion | None:
    """The course that took a withdrawn one's place, if it can be taken today."""
    if withdrawal is None or withdrawal.successor is None:
        return None
    return in_force(CourseVersion, withdrawal.successor, timezone.localdate())


def _enroll(request: HttpRequest, person: Person | None, key: UUID) -> HttpResponse:
    if person is None:
        ask_to_press_again(request)
        return to_login(request, reverse("courses:course", args=[key]))
    form = EnrollForm(request.POST)
    if not form.is_valid():
        return redirect("courses:course", key)
    last = Enrollment.objects.latest_of_courses(person, [key]).last()
    again = last is not None and form.cleaned_data["varv"] == last.cycle + 1
    try:
        enrollment = enroll(person=person, course_key=key, audience=form.audience, again=again)
    except CourseNotOpen:
        return redirect("courses:course", key)
    if last is not None and enrollment.pk == last.pk and enrollment.audience != form.audience:
        read_as = dict(READINGS)[enrollment.audience or EVERYTHING]
        text = _("You had begun the course already, with the choice “%(choice)s”. You go on where you were.")
        messages.info(request, text % {"choice": read_as})
    return redirect("courses:resume", enrollment.key)  # whoever has pressed begin wants the first unit, not a list


def _description(version: CourseVersion, person: Person | None) -> dict[str, object]:
    today = timezone.localdate()
    audience = audience_of(person, today) if person else ""
    units = in_reading(UnitVersion.objects.standing().filter(course_version=version), audience)
    last = (
        Enrollment.objects.latest_of_courses(person, [version.key]).select_related("version").last() if person else None
    )
    target = Target.objects.filter(kind="course", key=version.key).first()
    cycle = last.cycle + 1 if last is not None and last.finished_at else 1
    notes = notes_before(units, audience or None)
    read = filled([*sections_of(version.content, audience or None), *notes.values()], [], person, today).sections
    is_newer = last is not None and version.major > last.version.major
    said = dict(zip(notes, read[len(read) - len(notes) :], strict=True))
    form = EnrollForm(initial={"lasning": audience or EVERYTHING, "varv": cycle}) if person else None
    return {
        "version": version,
        "sections": read[: len(read) - len(notes)],
        "outlines": [outline_of(unit, audience or None, said.get(unit.content_id)) for unit in units],
        "minutes": sum(unit.minutes for unit in units),
        "person": person,
        "asked": asked_of(person, target, today) if person and target else None,
        "last": last,
        "course": courses_of([last])[last.pk] if last else None,
        "certificate": certificate_of(last) if last and last.finished_at else None,
        "is_newer": is_newer,
        "noted": noted_since(last.version, version, CourseVersion.objects.of(version.key)) if last and is_newer else [],
        "plan": _plan(last, version, audience) if last else None,
        "form": form,
    }


def _plan(last: Enrollment, version: CourseVersion, audience: str) -> Plan | None:
    """What would be kept of what has been done: in the middle of an older version, or when a newer is begun."""
    if last.finished_at is None:
        is_newer = number_of(version) > number_of(last.version)
        return plan_move(last, version) if is_newer else None
    is_asked = version.major > last.version.major
    return plan_renewal(last, version, audience, timezone.localdate()) if is_asked else None


def serve(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What the page tree's addresses show: the catalogue, or the way to a course's permanent address."""
    if isinstance(page, CourseIndexPage):
        return catalogue_page(request, page)
    if isinstance(page, UnitPage):
        page = page.get_parent().specific
    if isinstance(page, LearningPathPage):
        return redirect("courses:path", page.key)
    return redirect("courses:course", page.key) if isinstance(page, CoursePage) else None
