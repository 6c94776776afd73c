from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from cms.versions.pages import Withdrawable
from cms.versions.permissions import user_can_sign, user_edits_pages
from cms.versions.views import ReviewView, StaleView


class ReviewsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_sign(request.user)


class StaleMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_edits_pages(request.user)


@hooks.register("register_admin_urls")
def review_addresses() -> list[Any]:
    return [
        path("granskning/", ReviewView.as_view(), name="ledstang_reviews"),
        path("inaktuella-hanvisningar/", StaleView.as_view(), name="ledstang_stale"),
    ]


@hooks.register("register_ledstang_care_item")
def stale_item() -> MenuItem:
    return StaleMenuItem(_("Stale citations"), reverse("ledstang_stale"), icon_name="link", order=315)


@hooks.register("register_ledstang_care_item")
def reviews_item() -> MenuItem:
    return ReviewsMenuItem(_("Expert review"), reverse("ledstang_reviews"), icon_name="check", order=310)


@hooks.register("register_permissions")
def own_permissions() -> QuerySet[Permission]:
    """So that the rights to sign and to redact can be given to a group in the admin."""
    codenames = ("add_reviewsignature", "add_redaction")
    return Permission.objects.filter(content_type__app_label="ledstang_versions", codename__in=codenames)


@hooks.register("before_edit_page")
def say_that_it_is_withdrawn(request: HttpRequest, page: Page) -> None:
    """Above the form, before somebody writes what cannot be published."""
    gone = page.withdrawal if request.method == "GET" and isinstance(page, Withdrawable) else None
    if gone is not None:
        text = _("“%(title)s” is withdrawn from %(day)s and cannot be published again.")
        messages.warning(request, text % {"title": page.title, "day": gone.withdrawn_on.isoformat()})
