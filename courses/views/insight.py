"""What the counters of a course tell those who write it, in Wagtail's admin."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from courses.models import CoursePage, CourseVersion
from courses.permissions import user_can_edit
from courses.queries.insight import insight
from courses.views.framing import framed


@require_safe
def figures(request: HttpRequest, page_id: int) -> HttpResponse:
    """How the first tries went, where people leave, what they say and what they remember: one version at a time."""
    page = get_object_or_404(CoursePage, pk=page_id)
    if not user_can_edit(request.user, page):
        raise PermissionDenied
    versions = list(CourseVersion.objects.of(page.key).latest_first())
    wanted = request.GET.get("version", versions[0].number if versions else "")
    version = next((one for one in versions if one.number == wanted), None)
    if versions and version is None:
        raise Http404
    context = {"versions": versions, "insight": insight(version) if version is not None else None}
    return framed(request, "courses/admin/insight.html", page, _("Insight"), "view", context)
