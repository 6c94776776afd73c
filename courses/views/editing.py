"""Cut and withdraw a course in Wagtail's admin."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.models import Page

from cms.core.views import require_post
from cms.versions.actions import PublishingError
from cms.versions.queries import in_force
from courses.actions import CourseIncomplete, cut_course_version, renew_citation, withdraw_course, withdraw_unit
from courses.forms import CutForm, WithdrawForm, WithdrawUnitForm
from courses.freezing import UnitDraft
from courses.models import CoursePage, CourseVersion, LearningPathPage, UnitPage, UnitVersion
from courses.permissions import user_can_cut
from courses.queries.citations import overtaken
from courses.queries.comparing import words_of
from courses.queries.costs import cost_of
from courses.queries.drafts import Gathered, gather
from courses.views.framing import framed


def _course(request: HttpRequest, page_id: int) -> CoursePage:
    page = get_object_or_404(CoursePage, pk=page_id)
    if not user_can_cut(request.user, page):
        raise PermissionDenied
    return page


@require_http_methods(["GET", "HEAD", "POST"])
def cut(request: HttpRequest, page_id: int) -> HttpResponse:
    """What has changed since the latest version, what a new one costs, and the button that cuts it."""
    page = _course(request, page_id)
    gathered = gather(page)
    if request.method == "POST":
        return _cut(request, page, gathered)
    included = [str(unit.key) for unit in gathered.units if unit.is_included]
    return _cut_page(request, page, gathered, CutForm(gathered=gathered, initial={"units": included}))


def _cut(request: HttpRequest, page: CoursePage, gathered: Gathered) -> HttpResponse:
    """Publish, or say why not, with everything that was typed and chosen still there."""
    form = CutForm(request.POST, gathered=gathered)
    is_valid = form.is_valid()
    data = form.cleaned_data
    units = [UUID(key) for key in data.get("units", ())]
    if request.POST.get("seen") != gathered.seen:
        form.add_error(None, _("The course has been changed since you opened this page. Look through it again."))
        is_valid = False
    if not is_valid:
        shown = gather(page, units) if "units" in data else gathered
        return _cut_page(request, page, shown, form, status=422)
    try:
        version = cut_course_version(
            page=page,
            change=data.get("change", "editorial"),
            note=data.get("note", ""),
            effective_on=data["effective_on"],
            redo_by=data.get("redo_by"),
            units=units,
            seen=gathered.seen,
            published_by=request.user,
        )
    except CourseIncomplete:
        return _cut_page(request, page, gather(page, units), form, status=422)
    except PublishingError as error:
        form.add_error(None, str(error))
        return _cut_page(request, page, gather(page, units), form, status=422)
    if version is None:
        messages.info(request, _("Nothing has changed since the latest version, so there is no new one."))
    else:
        text = _("Version %(number)s of “%(title)s” is published and applies from %(day)s.")
        words = {"number": version.number, "title": version.title, "day": version.effective_on.isoformat()}
        see = messages.button(page.get_url(request), pgettext("version", "See it"))
        messages.success(request, text % words, buttons=[see])
    return redirect("wagtailadmin_explore", page.pk)


def _cut_page(
    request: HttpRequest, page: CoursePage, gathered: Gathered, form: CutForm, status: int = 200
) -> HttpResponse:
    chosen = set(form["units"].value() or ())
    words = words_of(gathered)
    changed = gathered.changed
    drafts = {str(unit.key): unit.draft for unit in gathered.units if unit.draft is not None}
    context = {
        "gathered": gathered,
        "overtaken": overtaken(gathered),
        "rows": [(one, str(one.unit.key) in chosen) for one in words.units],
        "words": words,
        "form": form,
        "cost": cost_of(page, timezone.localdate(), gathered.latest, [unit.key for unit in changed]),
        "redone": _extent([drafts[str(unit.key)] for unit in changed if str(unit.key) in chosen & drafts.keys()]),
        "total": _extent([draft for key, draft in drafts.items() if key in chosen]),
        "withdrawal": page.withdrawal,
    }
    return framed(request, "courses/admin/cut.html", page, _("Cut a version"), "upload", context, status)


def _extent(units: Sequence[UnitDraft]) -> dict[str, int]:
    return {"units": len(units), "minutes": sum(unit.minutes for unit in units)}


@require_post
def renew(request: HttpRequest, page_id: int, unit_id: int, block: str) -> HttpResponse:
    """Let one quotation in a unit's draft follow the version in force; back to the dialog."""
    course = _course(request, page_id)
    unit = get_object_or_404(UnitPage.objects.child_of(course), pk=unit_id)
    try:
        number = renew_citation(page=unit, block=block, renewed_by=request.user)
    except PublishingError as error:
        messages.error(request, str(error))
    else:
        words = {"unit": unit.title, "number": number}
        messages.success(request, _("“%(unit)s” now quotes version %(number)s.") % words)
    return redirect("courses_cut", course.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, page_id: int) -> HttpResponse:
    """Take a course out of use, with the reason that everyone will read."""
    page = _course(request, page_id)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_course(page=page, reason=form.cleaned_data["reason"], withdrawn_by=request.user)
        except PublishingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("“%(title)s” is withdrawn.") % {"title": page.title})
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    context = {"form": form, "cost": cost_of(page, timezone.localdate())}
    return framed(request, "courses/admin/withdraw.html", page, _("Withdraw the course"), "download", context)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_one(request: HttpRequest, page_id: int, unit_key: UUID) -> HttpResponse:
    """Take one unit out of use at once, alone and without a new version."""
    page = _course(request, page_id)
    unit = UnitVersion.objects.filter(course_version__key=page.key, unit_key=unit_key).order_by("-pk").first()
    if unit is None:
        raise Http404
    form = WithdrawUnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_unit(page=page, unit_key=unit_key, reason=form.cleaned_data["reason"], withdrawn_by=request.user)
        except PublishingError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, pgettext("unit", "“%(title)s” is withdrawn.") % {"title": unit.title})
            return redirect("courses_cut", page.pk)
    today = timezone.localdate()
    context = {"form": form, "unit": unit, "cost": cost_of(page, today), "is_last": _is_last(unit, today)}
    title = _("Withdraw the unit at once")
    return framed(request, "courses/admin/withdraw_unit.html", page, title, "warning", context)


def _is_last(unit: UnitVersion, on: date) -> bool:
    """Whether the course that is taken on a day has nothing left without this unit."""
    others = UnitVersion.objects.standing().exclude(unit_key=unit.unit_key)
    version = in_force(CourseVersion, unit.course_version.key, on)
    return version is not None and not others.filter(course_version=version).exists()


# What Wagtail's own buttons lead to


def to_cut(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Publishing a course or a unit is cutting a version of the course."""
    course = page if isinstance(page, CoursePage) else page.get_parent().specific
    if not isinstance(page, CoursePage | UnitPage) or not isinstance(course, CoursePage):
        return None
    # A page that has just been made says that it is live before it is.
    type(page).objects.filter(pk=page.pk, live_revision=None).update(live=False, has_unpublished_changes=True)
    return redirect(reverse("courses_cut", args=[course.pk]))


def instead_of_unpublishing(request: HttpRequest, page: Page) -> HttpResponse | None:
    if isinstance(page, CoursePage):
        return redirect(reverse("courses_withdraw", args=[page.pk]))
    if isinstance(page, UnitPage):
        messages.info(request, _("A unit is taken out of a course by cutting a version without it."))
        return redirect(reverse("courses_cut", args=[page.get_parent().pk]))
    return None


def refuse_deletion(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Courses that have versions are withdrawn, not deleted; so is whatever has such a course below it."""
    path = LearningPathPage.objects.descendant_of(page, inclusive=True).filter(live=True).first()
    if path is not None:
        text = _(
            "“%(title)s” is published. Unpublish it first: then it is withdrawn, and what people have done is kept."
        )
        messages.error(request, text % {"title": path.title})
        return redirect("wagtailadmin_pages:unpublish", path.pk)
    courses = CoursePage.objects.descendant_of(page, inclusive=True).filter(versions__isnull=False)
    first = courses.first()
    if first is not None and not isinstance(page, UnitPage):
        messages.error(
            request,
            _("“%(title)s” has been published, so it is withdrawn and not deleted.") % {"title": first.title},
        )
        return redirect(reverse("courses_withdraw", args=[first.pk]))
    if isinstance(page, UnitPage) and _is_in_latest(page):
        messages.error(request, _("Cut a version without the unit first. Then it can be deleted."))
        return redirect(reverse("courses_cut", args=[page.get_parent().pk]))
    return None


def _is_in_latest(page: UnitPage) -> bool:
    course = page.get_parent().specific
    latest: Any = CourseVersion.objects.of(course.key).latest_first().first()
    return latest is not None and latest.units.filter(unit_key=page.key).exists()


def refuse_bulk(request: HttpRequest, action: str, pages: Any) -> HttpResponse | None:
    """Bulk actions that would publish, unpublish or delete a course or a unit alone."""
    if action not in ("publish", "unpublish", "delete"):
        return None
    kinds = (CoursePage, UnitPage, LearningPathPage) if action == "delete" else (CoursePage, UnitPage)
    for page in pages:
        inside = Page.objects.descendant_of(page, inclusive=True).type(*kinds)
        if inside.exists():
            text = _("“%(title)s” holds a course. Courses are published, withdrawn and deleted one at a time.")
            messages.error(request, text % {"title": page.get_admin_display_title()})
            return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
