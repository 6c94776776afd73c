from django.http import HttpRequest  # noqa: TID251 keeps what it found with the request
from wagtail.models import Page

from cms.home.models import AccessibilityPage, PlainPage


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
