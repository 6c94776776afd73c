from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.core.views import render_page
from cms.home.models import AccessibilityPage
from cms.home.views import faults
from cms.home.viewsets import FoundPagesViewSet

TOP = 3  # the depth of the pages right below the home page


class FaultsMenuItem(MenuItem):
    """To whoever may edit the statement: told from the rights that Wagtail has loaded for its own menu."""

    def is_shown(self, request: HttpRequest) -> bool:
        if request.user.is_superuser:
            return True
        rights = policy_registry.get_by_type(Page).get_cached_permissions_for_user(request.user)
        return any(right.permission.codename == "change_page" and _reaches(right.page) for right in rights)


def _reaches(page: Page) -> bool:
    """Whether the statement is the page or lies right below it, as pages about the site do."""
    return bool(page.depth < TOP or page.specific_class is AccessibilityPage)


@hooks.register("before_serve_page")
def first_steps(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> HttpResponse | None:
    """A site that has just been installed says what to do next, where Wagtail would bid welcome."""
    return render_page(request, "ledstang_home/first_steps.html", {}) if type(page) is Page else None


@hooks.register("register_admin_urls")
def fault_urls() -> list[URLPattern]:
    return [
        path("brister/", faults.FaultsView.as_view(), name="ledstang_faults"),
        path("brister/<uuid:key>/klar/", faults.SettleView.as_view(), name="ledstang_settle_fault"),
    ]


@hooks.register("register_admin_viewset", order=1)  # after Wagtail's own, in its place
def found_pages() -> FoundPagesViewSet:
    return FoundPagesViewSet()


@hooks.register("register_ledstang_care_item")
def faults_item() -> MenuItem:
    return FaultsMenuItem(_("Reported faults"), reverse("ledstang_faults"), icon_name="mail", order=330)
