"""Courses as files, and another one of a course, in Wagtail's admin."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.core.models import Refused
from courses.actions.importing import BrokenParcel, duplicate_course, import_course
from courses.forms import ParcelForm
from courses.models import CourseIndexPage, CoursePage
from courses.permissions import user_can_add_course, user_can_edit
from courses.queries.exporting import parcel
from courses.views.framing import framed

MOST_FAULTS = 100


@require_safe
def export(request: HttpRequest, page_id: int) -> HttpResponse:
    """The course's latest drafts as a ZIP."""
    page = get_object_or_404(CoursePage, pk=page_id)
    if not user_can_edit(request.user, page):
        raise PermissionDenied
    try:
        content = parcel(page)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("wagtailadmin_pages:edit", page.pk)
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{slugify(page.title)[:60] or "kurs"}.zip"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def duplicate(request: HttpRequest, page_id: int) -> HttpResponse:
    """Another course with the same units and questions, as a draft."""
    page = get_object_or_404(CoursePage, pk=page_id)
    if not user_can_edit(request.user, page) or not user_can_add_course(request.user, page.get_parent()):
        raise PermissionDenied
    if request.method != "POST":
        return framed(request, "courses/admin/duplicate.html", page, _("Make another like it"), "copy", {})
    try:
        made = duplicate_course(page=page, user=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("wagtailadmin_pages:edit", page.pk)
    messages.success(request, _("“%(title)s” is a draft with units of its own.") % {"title": made.title})
    return redirect("wagtailadmin_pages:edit", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: HttpRequest, page_id: int) -> HttpResponse:
    """A course from a file, as a draft; or what is wrong with the file, place by place."""
    index = get_object_or_404(CourseIndexPage, pk=page_id)
    if not user_can_add_course(request.user, index):
        raise PermissionDenied
    form = ParcelForm(request.POST or None, request.FILES or None)
    faults = []
    if request.method == "POST" and form.is_valid():
        try:
            made = import_course(content=form.cleaned_data["fil"].read(), parent=index, user=request.user)
        except BrokenParcel as refusal:
            faults = list(refusal.faults)
        else:
            messages.success(request, _("“%(title)s” has been taken in as a draft.") % {"title": made.title})
            return redirect("wagtailadmin_pages:edit", made.pk)
    context = {"form": form, "faults": faults[:MOST_FAULTS], "count": len(faults)}
    status = 422 if request.method == "POST" else 200
    return framed(
        request, "courses/admin/import.html", index, _("Take in a course from a file"), "upload", context, status
    )
