"""What the home page gets from us: the sections of one guideline as ways in, and a field to search in all of them."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.versions.freezing import fragment_anchor
from cms.versions.models import Fragment
from guidelines.models import GuidelineVersion
from guidelines.queries.documents import at_pages, document, may_read, search_address
from guidelines.queries.readings import EVERYTHING, HEADING

PASSED = PageViewRestriction.passed_view_restrictions_session_key


@dataclass(frozen=True)
class Situation:
    """Something that may have happened, as a heading says it, and the address of what to do then."""

    text: str
    address: str


def situations_part(request: Any, page: Any) -> dict[str, Any] | None:
    """The sections of the guideline at a page, in force today. None: no such page, stopped, or not for this visitor."""
    key = at_pages([page.pk]).get(page.pk) if page is not None else None
    found = document(key) if key is not None else None
    version = found.in_force(timezone.localdate()) if found is not None and not found.is_stopped else None
    if found is None or version is None or not may_read(found, request.user, request.session.get(PASSED, ())):
        return None
    situations = situations_in(version)
    return {"situations": situations, "version": version} if situations else None


def situations_in(version: GuidelineVersion) -> list[Situation]:
    """The headings that the table of contents has, each with its address in a reading that has it."""
    home = reverse("guidelines:guideline", args=[version.key])
    headings = Fragment.objects.filter(content=version.content_id, kind=HEADING, html__startswith="<h2")
    return [
        Situation(row.text, f"{home}{f'?lasning={EVERYTHING}' if row.audiences else ''}#{fragment_anchor(row.key)}")
        for row in headings.order_by("position").only("text", "key", "audiences")
    ]


def search_part(request: Any) -> dict[str, Any] | None:
    """Where the words of the field are sent, for a host that has our addresses."""
    address = search_address(request)
    return {"address": address} if address else None
