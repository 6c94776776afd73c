"""The admin's home page and the order of its menu: by what one wants to do."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.models import Page

from cms.core.views import CarePanel

FILES = {"images": 400, "media": 401, "documents": 402}  # Wagtail scatters them


@hooks.register("construct_homepage_panels")
def what_needs_care(request: HttpRequest, panels: list[Any]) -> None:
    panels.append(CarePanel())


@hooks.register("insert_editor_js")
def untouched_forms() -> SafeString:
    """Keeps Wagtail from saving what nobody has written."""
    return format_html('<script src="{}"></script>', static("ledstang_core/admin.js"))


@hooks.register("before_edit_page")
def take_only_the_step_that_was_shown(request: HttpRequest, page: Page) -> HttpResponse | None:
    """An approval sent twice, or from a window that has stood open, takes only the step it was made for."""
    shown = request.POST.get("workflow_step")
    if not shown or "workflow-action-name" not in request.POST:
        return None
    state = page.current_workflow_task_state
    if state is not None and str(state.pk) == shown:
        return None
    text = _("That step has been taken already, and nothing more was done.")
    waits = state and _("The text now waits in the step “%(step)s”.") % {"step": state.task.name}
    messages.warning(request, f"{text} {waits}" if waits else text)
    return redirect("wagtailadmin_pages:edit", page.pk)


@hooks.register("insert_global_admin_css")
def admin_sheet() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("ledstang_core/admin.css"))


@hooks.register("register_admin_menu_item")
def care_menu() -> SubmenuMenuItem:
    """Apps put here what others have said of the texts and that somebody has to answer."""
    menu = Menu(register_hook_name="register_ledstang_care_item")
    return SubmenuMenuItem(
        pgettext_lazy("admin menu", "Review"), menu, name="ledstang-care", icon_name="warning", order=320
    )


@hooks.register("register_admin_menu_item")
def staff_menu() -> SubmenuMenuItem:
    """Apps put here what is about those who work in the city, and not about texts."""
    menu = Menu(register_hook_name="register_ledstang_staff_item")
    return SubmenuMenuItem(
        pgettext_lazy("admin menu", "Staff"), menu, name="ledstang-staff", icon_name="group", order=330
    )


@hooks.register("construct_main_menu")
def files_together(request: HttpRequest, items: list[MenuItem]) -> None:
    for item in items:
        item.order = FILES.get(item.name, item.order)
