from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest  # noqa: TID251 keeps what it found with the request
from django.urls import reverse
from django.utils.translation import ngettext
from wagtail.models import Page

from cms.core.registry import Care
from cms.home.models import AccessibilityPage, FaultReport, PlainPage
from cms.home.permissions import user_can_see_faults


def about_page(request: HttpRequest, slug: str) -> str | None:
    """The address of a page about the site, at its top, if it is published. One query a request for all."""
    if not hasattr(request, "_ledstang_about"):
        pages = Page.objects.live().type(PlainPage, AccessibilityPage).filter(depth=3)
        request._ledstang_about = {page.slug: page.get_url(request) for page in pages}  # type: ignore[attr-defined]
    found: str | None = request._ledstang_about.get(slug)  # type: ignore[attr-defined]
    return found


def statement_page() -> AccessibilityPage | None:
    """The site's accessibility statement, published or not."""
    found: AccessibilityPage | None = AccessibilityPage.objects.first()
    return found


def faults_waiting(user: Any, on: date) -> Iterator[Care]:
    """Reports of what somebody could not use, for those who keep the accessibility statement."""
    if not user_can_see_faults(user, statement_page()):
        return
    count = FaultReport.objects.waiting().count()
    if count:
        words = ngettext(
            "%(count)s report of a fault in accessibility waits for an answer",
            "%(count)s reports of faults in accessibility wait for an answer",
            count,
        )
        yield Care(words % {"count": count}, reverse("ledstang_faults"))
