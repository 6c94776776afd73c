from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.home.views import faults
from cms.versions.permissions import user_edits_pages


class FaultsMenuItem(MenuItem):
    """To whoever writes pages: which of them, the view decides, so that the menu asks nothing of its own."""

    def is_shown(self, request: HttpRequest) -> bool:
        return user_edits_pages(request.user)


@hooks.register("register_admin_urls")
def fault_urls() -> list[URLPattern]:
    return [
        path("brister/", faults.FaultsView.as_view(), name="ledstang_faults"),
        path("brister/<uuid:key>/klar/", faults.SettleView.as_view(), name="ledstang_settle_fault"),
    ]


@hooks.register("register_ledstang_care_item")
def faults_item() -> MenuItem:
    return FaultsMenuItem(_("Reported faults"), reverse("ledstang_faults"), icon_name="mail", order=330)
