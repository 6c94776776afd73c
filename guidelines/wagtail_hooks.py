from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button
from wagtail.models import Page

from cms.versions.actions import settle_draft
from cms.versions.permissions import user_can_redact
from cms.versions.queries import latest_version
from guidelines.models import GuidelineIndexPage, GuidelinePage, GuidelineVersion, ReviewTask
from guidelines.permissions import user_can_lay_notice, user_can_override, user_can_plan, user_can_withdraw
from guidelines.queries.documents import pages_with_versions
from guidelines.queries.drafts import without_plan
from guidelines.views.admin import tell_published
from guidelines.views.notices import LoneDecisionsPanel
from guidelines.views.public import guideline_page, index_page
from guidelines.viewsets import SynonymsViewSet


@hooks.register("register_admin_urls")
def admin_addresses() -> list[Any]:
    return [path("riktlinjer/", include("guidelines.admin_urls"))]


@hooks.register("before_serve_page")
def serve_version(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """Readers get the version in force, never the page."""
    if isinstance(page, GuidelinePage):
        return guideline_page(request, page)
    return index_page(request, page) if isinstance(page, GuidelineIndexPage) else None


@hooks.register("after_edit_page", order=-1)  # before those that lead elsewhere
def settle(request: HttpRequest, page: Page) -> None:
    """Saved as it was: there is no draft that readers do not see yet."""
    if isinstance(page, GuidelinePage):
        settle_draft(page, lambda one: one.draft(strict=False).sha256)


# Publishing


@hooks.register("before_publish_page")
def ask_first(request: HttpRequest, page: Page) -> HttpResponse | None:
    """The draft has been saved: now ask what kind of change it is. That page publishes."""
    if not isinstance(page, GuidelinePage):
        return None
    if page.live_revision_id is None:
        # Wagtail adds a new page as live before it asks us.
        Page.objects.filter(pk=page.pk).update(live=False, has_unpublished_changes=True)
    return redirect("guidelines_admin:publish", page.pk)


@hooks.register("after_edit_page")
def tell_of_an_approval(request: HttpRequest, page: Page) -> None:
    """What an approval led to: the version that it became, as the dialog says it, or the step that comes next."""
    if request.POST.get("workflow-action-name") != "approve":
        return
    if not isinstance(page, GuidelinePage):
        _tell_live(request, page)
        return
    version = latest_version(GuidelineVersion, page.key)
    if version is not None and version.revision_id == page.latest_revision_id:
        tell_published(request, version)
    elif (step := page.current_workflow_task) is not None:
        messages.success(request, _("Approved. The text now waits in the step “%(step)s”.") % {"step": step.name})


def _tell_live(request: HttpRequest, page: Page) -> None:
    page.refresh_from_db(fields=["live", "live_revision", "latest_revision"])
    if page.live and page.live_revision_id == page.latest_revision_id:
        see = messages.button(page.get_url(request), pgettext("version", "See it"))
        messages.success(request, _("Approved: “%(title)s” is published.") % {"title": page.title}, buttons=[see])


@hooks.register("after_edit_page")
def ask_whoever_submits(request: HttpRequest, page: Page) -> None:
    """The author knows best what kind of change it is; whoever takes the last step is asked if nobody has said it."""
    if "action-submit" not in request.POST or not isinstance(page, GuidelinePage):
        return
    if user_can_plan(request.user, page) and without_plan([page], below=False):
        text = _(
            "Say what kind of change it is, too: then it is published as you say when the last reviewer approves it."
        )
        address = reverse("guidelines_admin:publish", args=[page.pk])
        messages.info(request, text, buttons=[messages.button(address, _("Say what kind of change"))])


@hooks.register("before_bulk_action")
def refuse_in_bulk(request: HttpRequest, action_type: str, objects: Any, action: Any) -> HttpResponse | None:
    """Several pages at once: guidelines only if it has been decided how, and never out of use without a reason."""
    pages = [page for page in objects if isinstance(page, Page)]
    below = action_type == "delete" or bool(action.cleaned_form.cleaned_data.get("include_descendants"))
    if action_type == "publish":
        return _refuse_undecided(request, pages, below, action.next_url)
    if action_type in ("unpublish", "delete"):
        return _refuse_removal(request, pages, below, action.next_url)
    return None


def _refuse_undecided(request: HttpRequest, pages: list[Page], below: bool, back: str) -> HttpResponse | None:
    undecided = without_plan(pages, below=below)
    for page in undecided:
        address = reverse("guidelines_admin:publish", args=[page.pk])
        text = _("“%(title)s” has been changed. Say what kind of change it is before it is published.")
        messages.error(
            request, text % {"title": page.title}, buttons=[messages.button(address, _("Say what kind of change"))]
        )
    return redirect(back) if undecided else None


# Out of use


@hooks.register("before_delete_page")
def withdraw_instead_of_delete(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse_removal(request, [page], True, reverse("wagtailadmin_pages:edit", args=[page.pk]))


@hooks.register("before_unpublish_page")
def withdraw_instead_of_unpublish(request: HttpRequest, page: Page) -> HttpResponse | None:
    below = bool(request.POST.get("include_descendants"))
    return _refuse_removal(request, [page], below, reverse("wagtailadmin_pages:edit", args=[page.pk]))


def _refuse_removal(request: HttpRequest, pages: list[Page], below: bool, back: str) -> HttpResponse | None:
    """What has been published is withdrawn, not deleted: people may have acknowledged it."""
    kept = [found for page in pages for found in pages_with_versions(page, below=below)]
    for page in kept:
        address = reverse("guidelines_admin:withdraw", args=[page.pk])
        text = _("“%(title)s” has been published, so it is not removed but withdrawn, with a reason.")
        messages.error(
            request, text % {"title": page.title}, buttons=[messages.button(address, pgettext("verb", "Withdraw"))]
        )
    return redirect(back) if kept else None


@hooks.register("register_page_header_buttons")
def header_buttons(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    if not isinstance(page, GuidelinePage) or page.alias_of_id is not None:
        return
    if user_can_plan(user, page):
        address = reverse("guidelines_admin:publish", args=[page.pk])
        yield Button(_("Decide how to publish"), address, icon_name="upload", priority=60)
    if user_can_plan(user, page) and pages_with_versions(page, below=False):
        yield Button(_("Who has read it"), reverse("guidelines_admin:readers", args=[page.pk]), icon_name="group")
    if user_can_withdraw(user, page) and pages_with_versions(page, below=False):
        address = reverse("guidelines_admin:withdraw", args=[page.pk])
        yield Button(pgettext("verb", "Withdraw"), address, icon_name="download", priority=62)
    if user_can_lay_notice(user, page) and pages_with_versions(page, below=False):
        address = reverse("guidelines_admin:notices", args=[page.pk])
        yield Button(_("Notice or emergency stop"), address, icon_name="warning", priority=61)
    if user_can_redact(user) and pages_with_versions(page, below=False):
        address = reverse("guidelines_admin:redact", args=[page.pk])
        yield Button(_("Take out a passage"), address, icon_name="cut", priority=63)


class SeeChangesItem(ActionMenuItem):
    """What differs from what readers have, word by word, with the steps that it has to pass."""

    label = gettext_lazy("See what changes")
    name = "action-see-changes"
    icon_name = "view"

    def get_url(self, parent_context: Any) -> str:
        return reverse("guidelines_admin:publish", args=[parent_context["page"].pk])


@hooks.register("construct_page_action_menu")
def offer_what_holds(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Only what leads somewhere: what is published is withdrawn, and what others review is not published past them."""
    page = context.get("page")
    if context["view"] != "edit" or not isinstance(page, GuidelinePage):
        return
    refused = {"action-unpublish"} if page.live else set()
    if page.withdrawal is not None:
        refused.add("action-publish")
    if isinstance(page.current_workflow_task, ReviewTask) and not user_can_override(request.user):
        refused.add("action-publish")
    menu_items[:] = [item for item in menu_items if item.name not in refused]
    if page.has_unpublished_changes and page.live:
        menu_items.append(SeeChangesItem(order=90))


@hooks.register("construct_homepage_panels")
def decisions_to_confirm(request: HttpRequest, panels: list[Any]) -> None:
    """What one person did alone waits at the top of the admin's home page for a second pair of eyes."""
    panels.append(LoneDecisionsPanel())


@hooks.register("register_ledstang_care_item")
def flagged_item() -> MenuItem:
    return MenuItem(_("Flagged sections"), reverse("guidelines_admin:flagged"), icon_name="warning", order=305)


@hooks.register("register_admin_viewset")
def synonyms() -> SynonymsViewSet:
    return SynonymsViewSet()
