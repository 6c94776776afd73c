"""The frame of the course pages in Wagtail's admin: where one is, and the ways back, as on Wagtail's own pages."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.models import Page

from courses.models import CourseIndexPage


def framed(
    request: HttpRequest, template: str, page: Page, title: str, icon: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """What is done with `page`, under it in the breadcrumbs."""
    name = page.get_admin_display_title()
    crumbs = [*WagtailAdminTemplateMixin.breadcrumbs_items, *_crumbs(page), {"url": "", "label": title}]
    frame = {
        "page": page,
        "page_title": title,
        "header_title": f"{title}: {name}",
        "header_icon": icon,
        "breadcrumbs_items": crumbs,
    }
    return render(request, template, {**context, **frame}, status=status)


def _crumbs(page: Page) -> Iterator[dict[str, Any]]:
    """A list is explored; a course stands in one, and is edited."""
    parent = page if isinstance(page, CourseIndexPage) else page.get_parent()
    yield {"url": reverse("wagtailadmin_explore", args=[parent.pk]), "label": parent.get_admin_display_title()}
    if parent is not page:
        edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
        yield {"url": edit, "label": page.get_admin_display_title()}
