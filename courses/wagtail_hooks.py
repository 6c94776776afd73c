"""Courses in Wagtail: what its own buttons lead to, and where ours stand."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page
from wagtail.snippets.models import register_snippet

from courses.actions import settle_course_draft
from courses.models import CourseIndexPage, CoursePage, UnitPage
from courses.permissions import user_can_add_course, user_can_edit
from courses.views import catalogue, editing, insight, parcels, scenarios
from courses.viewsets import QuestionBankViewSet

CUT = "action-cut"
REPLACED = ("action-publish", "action-unpublish", "action-submit", "action-restart-workflow")


class CutMenuItem(ActionMenuItem):
    """Saves the draft and goes on to the dialog."""

    label = _("Save and cut a version…")
    name = CUT
    icon_name = "upload"


@hooks.register("register_admin_urls")
def editing_urls() -> list[URLPattern]:
    return [
        path("kurser/<int:page_id>/version/", editing.cut, name="courses_cut"),
        path("kurser/<int:page_id>/delar/<int:unit_id>/hanvisning/<slug:block>/", editing.renew, name="courses_renew"),
        path("kurser/<int:page_id>/dra-tillbaka/", editing.withdraw, name="courses_withdraw"),
        path("kurser/<int:page_id>/insikt/", insight.figures, name="courses_insight"),
        path("kurser/<int:page_id>/fil/", parcels.export, name="courses_export"),
        path("kurser/<int:page_id>/duplicera/", parcels.duplicate, name="courses_duplicate"),
        path("kurser/<int:page_id>/las-in/", parcels.take_in, name="courses_import"),
        path("kurser/<int:page_id>/scenario/", scenarios.try_draft, name="courses_scenario"),
        path("kurser/<int:page_id>/del/<uuid:unit_key>/dra-in/", editing.withdraw_one, name="courses_withdraw_unit"),
    ]


register_snippet(QuestionBankViewSet)


@hooks.register("insert_editor_js")
def fields_of_a_kind() -> SafeString:
    """Shows for each question only the fields of its kind."""
    sheet, script = static("courses/admin.css"), static("courses/admin.js")
    return format_html('<link rel="stylesheet" href="{}"><script src="{}"></script>', sheet, script)


@hooks.register("construct_page_action_menu")
def offer_the_cut(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    page = context.get("page") or context.get("parent_page")
    if page is None:
        return
    if context["view"] == "create":
        if not isinstance(page.specific, CourseIndexPage | CoursePage):
            return
    elif not isinstance(page.specific, CoursePage | UnitPage):
        return
    may_publish = any(item.name == "action-publish" for item in menu_items)
    menu_items[:] = [item for item in menu_items if item.name not in REPLACED]
    course = page.specific if isinstance(page.specific, CoursePage) else page.get_parent().specific
    if may_publish and context["view"] != "create" and course.withdrawal is None:
        menu_items.append(CutMenuItem(order=30))


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if isinstance(page, CoursePage) and user_can_edit(user, page):
        yield Button(_("Insight"), reverse("courses_insight", args=[page.pk]), icon_name="view", priority=63)
        yield Button(_("Fetch as a file"), reverse("courses_export", args=[page.pk]), icon_name="download", priority=65)
        if user_can_add_course(user, page.get_parent()):
            address = reverse("courses_duplicate", args=[page.pk])
            yield Button(_("Make another like it"), address, icon_name="copy", priority=64)
    if isinstance(page, CourseIndexPage) and user_can_add_course(user, page):
        address = reverse("courses_import", args=[page.pk])
        yield Button(_("Take in a course from a file"), address, icon_name="upload", priority=65)


@hooks.register("after_edit_page", order=-1)  # before those that lead elsewhere
def settle_drafts(request: HttpRequest, page: Page) -> None:
    settle_course_draft(page)


@hooks.register("after_edit_page")
def go_on_to_the_cut(request: HttpRequest, page: Page) -> HttpResponse | None:
    return editing.to_cut(request, page) if request.POST.get(CUT) else None


@hooks.register("before_publish_page")
def cut_instead(request: HttpRequest, page: Page) -> HttpResponse | None:
    return editing.to_cut(request, page)


@hooks.register("before_unpublish_page")
def withdraw_instead(request: HttpRequest, page: Page) -> HttpResponse | None:
    return editing.instead_of_unpublishing(request, page.specific)


@hooks.register("before_delete_page")
def keep_what_was_published(request: HttpRequest, page: Page) -> HttpResponse | None:
    return editing.refuse_deletion(request, page.specific)


@hooks.register("before_bulk_action")
def one_at_a_time(request: HttpRequest, action_type: str, objects: Any, action_class: Any) -> HttpResponse | None:
    return editing.refuse_bulk(request, action_type, objects)


@hooks.register("before_serve_page")
def serve_versions(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    return catalogue.serve(request, page)
