"""What an editor sees while writing: the same templates, with a draft. Nothing is stored."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cms.core.views import render_page
from cms.people.queries import person_of
from courses.models import CourseIndexPage, CoursePage, LearningPathPage, UnitPage
from courses.queries.catalogue import catalogue
from courses.queries.previews import preview_course, preview_path, preview_unit
from courses.queries.units import outline_of


def unit(request: HttpRequest, page: UnitPage, mode: str) -> HttpResponse:
    look = preview_unit(page, mode, person_of(request.user), timezone.localdate())
    context = {"page": page, "look": look, "read": look.read, "taken": look.taken}
    return render_page(request, "courses/unit_preview.html", context)


def course(request: HttpRequest, page: CoursePage, mode: str) -> HttpResponse:
    look = preview_course(page, person_of(request.user), timezone.localdate())
    context = {
        "version": look.version,
        "sections": look.sections,
        "outlines": [outline_of(one, None) for one in look.units],
        "minutes": sum(one.minutes for one in look.units),
        "is_preview": True,
    }
    return render_page(request, "courses/course.html", context)


def index(request: HttpRequest, page: CourseIndexPage, mode: str) -> HttpResponse:
    entries = catalogue(None, timezone.localdate())
    return render_page(request, "courses/catalogue.html", {"entries": entries, "page": page})


def path(request: HttpRequest, page: LearningPathPage, mode: str) -> HttpResponse:
    context = {"path": preview_path(page, timezone.localdate()), "is_preview": True}
    return render_page(request, "courses/path.html", context)
