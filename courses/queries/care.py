"""What waits for those who write courses: drafts that no version teaches yet."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import ngettext
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.core.registry import Care
from cms.versions.models import Withdrawal
from courses.models import CoursePage, CourseVersion, UnitPage


def courses_waiting(user: Any, on: date) -> Iterator[Care]:
    """Of the courses in use that an account may edit. The dialog is for those who may publish; others get the page."""
    policy = policy_registry.get_by_type(Page)
    withdrawn = Withdrawal.objects.filter(withdrawn_on__lte=on).values("key")
    editable = policy.instances_user_has_permission_for(user, "change").values("pk")
    courses = CoursePage.objects.filter(pk__in=editable, alias_of=None).exclude(key__in=withdrawn)
    versions = CourseVersion.objects.filter(key=OuterRef("key"))
    rows = list(courses.annotate(is_published=Exists(versions)).order_by("title"))
    if not rows:
        return
    publishable = policy.instances_user_has_permission_for(user, "publish").values("pk")
    may_cut = set(CoursePage.objects.filter(pk__in=publishable).values_list("pk", flat=True))
    units = UnitPage.objects.filter(has_unpublished_changes=True, alias_of=None)
    # What waits for the city's decision can be in no version: nobody here can do anything about it.
    changed = {unit.path[: -Page.steplen] for unit in units.defer("body") if not unit.waits_for_decision}
    new = [page for page in rows if not page.is_published]
    edited = [page for page in rows if page.is_published and (page.has_unpublished_changes or page.path in changed)]
    if edited:
        words = ngettext(
            "%(count)s course has changes that learners do not see yet",
            "%(count)s courses have changes that learners do not see yet",
            len(edited),
        )
        yield Care(words % {"count": len(edited)}, places=[_place(page, may_cut) for page in edited])
    if new:
        words = ngettext(
            "%(count)s course has never been published", "%(count)s courses have never been published", len(new)
        )
        yield Care(words % {"count": len(new)}, places=[_place(page, may_cut) for page in new])


def _place(page: CoursePage, may_cut: set[int]) -> tuple[str, str]:
    route = "courses_cut" if page.pk in may_cut else "wagtailadmin_pages:edit"
    return page.draft_title or page.title, reverse(route, args=[page.pk])
