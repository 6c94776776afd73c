"""What waits for those who write guidelines: reviews that are due, drafts, marks of experts, what readers flag."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page, WorkflowState
from wagtail.permissions import policy_registry

from cms.core.registry import Care
from cms.versions.models import Withdrawal
from cms.versions.permissions import user_can_sign
from cms.versions.queries import waiting_for_review
from guidelines.enums import KIND
from guidelines.models import GuidelinePage
from guidelines.queries.documents import in_force_by_key
from guidelines.queries.flags import flagged_in
from guidelines.queries.reviews import reviews_due


def guidelines_waiting(user: Any, on: date) -> Iterator[Care]:
    """Of the guidelines in use that an account may edit."""
    editable = policy_registry.get_by_type(Page).instances_user_has_permission_for(user, "change")
    withdrawn = Withdrawal.objects.filter(kind=KIND, withdrawn_on__lte=on).values("key")
    pages = list(
        GuidelinePage.objects.filter(pk__in=editable.values("pk"), alias_of=None)
        .exclude(key__in=withdrawn)
        .order_by("title")
    )
    if not pages:
        return
    yield from _reviews({page.pk for page in pages}, on)
    yield from _drafts(pages)
    yield from _marks(user, pages, on)
    yield from _flags(pages, on)


def _place(title: str, page_id: int) -> tuple[str, str]:
    return title, reverse("wagtailadmin_pages:edit", args=[page_id])


def _reviews(mine: Collection[int], on: date) -> Iterator[Care]:
    due = [one.version for one in reviews_due(on) if one.version.page_id in mine]
    late = [version for version in due if version.review_by and version.review_by < on]
    soon = [version for version in due if version not in late]
    if late:
        words = ngettext(
            "%(count)s guideline should have been reviewed by now",
            "%(count)s guidelines should have been reviewed by now",
            len(late),
        )
        yield Care(words % {"count": len(late)}, places=[_by_day(version) for version in late], is_late=True)
    if soon:
        words = ngettext(
            "%(count)s guideline is to be reviewed within 60 days",
            "%(count)s guidelines are to be reviewed within 60 days",
            len(soon),
        )
        yield Care(words % {"count": len(soon)}, places=[_by_day(version) for version in soon])


def _by_day(version: Any) -> tuple[str, str]:
    words = {"title": version.title, "day": version.review_by.isoformat()}
    return _place(_("%(title)s, by %(day)s") % words, version.page_id)


def _drafts(pages: Collection[GuidelinePage]) -> Iterator[Care]:
    """Out: those that have been submitted. They wait for somebody else, whom another line tells of them."""
    submitted = set(
        WorkflowState.objects.filter(
            status=WorkflowState.STATUS_IN_PROGRESS, base_content_type=ContentType.objects.get_for_model(Page)
        ).values_list("object_id", flat=True)
    )
    drafts = [page for page in pages if page.has_unpublished_changes and str(page.pk) not in submitted]
    if drafts:
        words = ngettext(
            "%(count)s guideline has changes that readers do not see yet",
            "%(count)s guidelines have changes that readers do not see yet",
            len(drafts),
        )
        places = [_place(page.draft_title or page.title, page.pk) for page in drafts]
        yield Care(words % {"count": len(drafts)}, places=places)


def _marks(user: Any, pages: Collection[GuidelinePage], on: date) -> Iterator[Care]:
    """Open marks of experts; whoever may sign has the list of them instead."""
    if user_can_sign(user):
        return
    at = {page.key: page.pk for page in pages}
    versions = {version.content_id: version for version in in_force_by_key(at, on).values()}
    waiting = waiting_for_review({content: str(version) for content, version in versions.items()})
    count = len({one.mark.fragment.sha256 for one in waiting})  # a section may wait for several experts
    if count:
        words = ngettext(
            "%(count)s section is published before an expert has reviewed it",
            "%(count)s sections are published before an expert has reviewed them",
            count,
        )
        marked = {document for one in waiting for document in one.documents}
        places = [_place(str(one), at[one.key]) for one in versions.values() if str(one) in marked]
        yield Care(words % {"count": count}, places=places)


def _flags(pages: Collection[GuidelinePage], on: date) -> Iterator[Care]:
    count = len(flagged_in(pages, on))
    if count:
        words = ngettext(
            "%(count)s section has been flagged by readers", "%(count)s sections have been flagged by readers", count
        )
        yield Care(words % {"count": count}, reverse("guidelines_admin:flagged"))
