"""Publish a guideline: what the editor decides, and the one place where a published page becomes a version.

Whatever road a publication takes (dialog, workflow, schedule, code), Wagtail publishes the page and says so; the
receiver then calls `mint_published`. If that refuses, the transaction rolls back and readers keep what they had.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import get_active_log_context
from wagtail.models import Revision

from cms.compliance.actions import keep_target, record_release
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.queries import person_of
from cms.versions.actions import (
    AlreadyWithdrawn,
    EffectiveTooEarly,
    NoteMissing,
    PublishingError,
    mint,
    plan_publishing,
)
from cms.versions.enums import Change
from cms.versions.freezing import Draft
from cms.versions.models import PublishingPlan
from cms.versions.queries import counts, latest_version, plan_for, remarks_on
from cms.versions.videos import video_problems
from guidelines.actions.approving import FourEyes
from guidelines.enums import KIND
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.permissions import user_can_override
from guidelines.queries.approvals import authors_of_draft, review_of

TIME_TO_REDO = timedelta(days=30)


class PlanMissing(PublishingError):
    """The text has changed, and nobody has said what kind of change it is."""


class NotDecided(PublishingError):
    """A guideline without a decision cannot come into force."""


class NotProofed(PublishingError):
    """The text has something that must never be published, such as a personal identity number."""


class NotReviewed(PublishingError):
    """The page stands under a workflow, and exactly this text has not come through it."""


class OverrideRefused(PublishingError):
    """Somebody who may not go past the review tried to, or gave no reason."""


class DateMissing(PublishingError):
    """The day to have read it again lies before the day it applies from."""


@dataclass
class _Publication:
    """What only code says about a publication, and what came of it."""

    published_by: Any = None
    approved_by: Any = None
    at: datetime | None = None
    version: GuidelineVersion | None = None


_publication: ContextVar[_Publication | None] = ContextVar("guidelines_publication", default=None)


@contextmanager
def _published_so(publication: _Publication) -> Iterator[None]:
    token = _publication.set(publication)
    try:
        yield
    finally:
        _publication.reset(token)


@transaction.atomic
def publish_guideline(
    *,
    page: GuidelinePage,
    change: Change | str = Change.EDITORIAL,
    note: str = "",
    effective_on: date | None = None,
    redo_by: date | None = None,
    override_reason: str = "",
    published_by: Any = None,
    approved_by: Any = None,
    at: datetime | None = None,
) -> GuidelineVersion | None:
    """Publish the page's latest revision; None if nothing has changed or the page goes live later.

    A substantive change must be read again by `redo_by` (30 days after it applies, unless said). Raises
    UnknownTokens, NotDecided, NoteMissing, DateMissing, EffectiveTooEarly, FourEyes, NotReviewed or AlreadyWithdrawn,
    and then nothing is written. Whether the account may publish at all is asked by views, not here.
    """
    at = at or timezone.now()
    revision = page.get_latest_revision() or page.save_revision(user=published_by, clean=False)
    draft = revision.as_object()
    plan = plan_guideline(
        page=draft,
        change=change,
        note=note,
        effective_on=effective_on,
        redo_by=redo_by,
        override_reason=override_reason,
        made_by=published_by,
        at=at,
    )
    if plan is not None and not plan.override_reason and draft.go_live_at and draft.go_live_at > at:
        _check_schedule(draft, revision, published_by)
    publication = _Publication(published_by=published_by, approved_by=approved_by, at=at)
    with _published_so(publication):
        revision.publish(user=published_by, skip_permission_checks=True)
    return publication.version


@transaction.atomic
def plan_guideline(
    *,
    page: GuidelinePage,
    change: Change | str,
    note: str = "",
    effective_on: date | None = None,
    redo_by: date | None = None,
    override_reason: str = "",
    made_by: Any = None,
    at: datetime | None = None,
) -> PublishingPlan | None:
    """Decide how exactly this draft will be published, now or later; None if nothing has changed.

    Raises what `publish_guideline` does, so that what is decided can also be done, and NotProofed. Only an
    administrator may go past the review of a workflow and four eyes, with an `override_reason` that is kept.
    """
    if override_reason.strip() and not (made_by is not None and user_can_override(made_by)):
        raise OverrideRefused(_("Only an administrator may publish without the review, and says why."))
    at, draft, change = at or timezone.now(), page.draft(), Change(change)
    latest = latest_version(GuidelineVersion, page.key)
    if latest is not None and latest.sha256 == draft.sha256:
        return None
    goes_live = max(timezone.localdate(at), timezone.localdate(page.go_live_at or at))
    effective_on = effective_on or max(goes_live, latest.effective_on if latest else goes_live)
    is_read_again = change.is_major and latest is not None
    redo_by = (redo_by or effective_on + TIME_TO_REDO) if is_read_again else None
    check_plan(page, latest, change, note, effective_on, goes_live, redo_by)
    check_words(draft, timezone.localdate(at))
    return plan_publishing(
        key=page.key,
        draft=draft,
        change=change,
        note=note,
        effective_on=effective_on,
        redo_by=redo_by,
        override_reason=override_reason,
        made_by=made_by,
        at=at,
    )


def check_plan(
    page: GuidelinePage,
    latest: GuidelineVersion | None,
    change: Change,
    note: str,
    effective_on: date,
    goes_live: date,
    redo_by: date | None,
) -> None:
    """Raise what would stop the publication, before anything is decided."""
    if page.withdrawal is not None:
        raise AlreadyWithdrawn(_("This has been withdrawn and cannot be published again."))
    if change == Change.REDO_UNITS:
        raise PublishingError(_("A guideline has no units: choose an editorial or a substantive change."))
    if page.is_undecided:
        raise NotDecided(
            _("A guideline needs a decision: enter who has decided and when, or choose support material or proposal.")
        )
    if latest is None:
        return
    if change.is_major and not note.strip():
        raise NoteMissing(_("A substantive change needs a note on what has changed."))
    earliest = max(goes_live, latest.effective_on)
    if effective_on < earliest:
        raise EffectiveTooEarly(
            _("The earliest day that this version can apply from is %(day)s.") % {"day": earliest.isoformat()}
        )
    if redo_by is not None and redo_by < effective_on:
        raise DateMissing(_("The day to have read it again cannot come before the day the version applies from."))


def check_words(draft: Draft, on: date) -> None:
    """Raise NotProofed for what no reader may ever get, whoever decides about it: videos without words, too."""
    stopping = dict.fromkeys(str(remark.kind.label) for remark in remarks_on(draft, on) if remark.stops)
    stopping.update(dict.fromkeys(video_problems(draft)))
    if stopping:
        raise NotProofed(_("This has to be mended before it is published: %(what)s.") % {"what": "; ".join(stopping)})


# Where every road ends


@transaction.atomic
def mint_published(*, page: GuidelinePage, revision: Revision) -> GuidelineVersion | None:
    """Make what has just been published a version; None for what goes live later, for aliases and for no change.

    The latest plan for exactly this text decides. Raises PlanMissing if there is none.
    """
    if not page.live or page.alias_of_id is not None:
        return None
    draft, latest = page.draft(), latest_version(GuidelineVersion, page.key)
    if latest is not None and latest.sha256 == draft.sha256:
        return None
    plan = plan_for(page.key, draft, after=latest.plan_id if latest else None)
    if plan is None:
        if latest is not None and latest.content.written_sha256 == draft.written_sha256:
            return None  # only a register has changed: slots and marks show that without a new version
        raise _plan_missing(page)
    publication = _publication.get() or _Publication()
    version = _mint(page, revision, draft, latest, plan, publication)
    publication.version = version
    require_guideline(version=version)
    return version


def _plan_missing(page: GuidelinePage) -> PlanMissing:
    error = PlanMissing(
        _("“%(title)s” has been changed. Say what kind of change it is before it is published.") % {"title": page.title}
    )
    error.where = reverse("guidelines_admin:publish", args=[page.pk])
    return error


def _mint(
    page: GuidelinePage,
    revision: Revision,
    draft: Draft,
    latest: GuidelineVersion | None,
    plan: PublishingPlan,
    publication: _Publication,
) -> GuidelineVersion:
    at = publication.at or timezone.now()
    since = latest.revision_id if latest else None
    authors = authors_of_draft(page, revision, since=since)
    is_reworded = latest is None or latest.content.written_sha256 != draft.written_sha256
    publisher = publication.published_by or get_active_log_context().user
    is_second_pair = publisher is not None and publisher.pk not in authors
    approver = None
    if not plan.override_reason:
        approver = _approver(page, revision, since, authors, publisher or plan.made_by, is_reworded=is_reworded)
    second_pair = approver or (publisher if is_second_pair else None)
    publisher = publisher or approver or plan.made_by
    version = mint(
        model=GuidelineVersion,
        key=page.key,
        draft=draft,
        change=Change(plan.change),
        note=plan.change_note,
        # A scheduled publication may be late: no later version applies from a day before it could be read.
        effective_on=max(plan.effective_on, timezone.localdate(at)) if latest else plan.effective_on,
        published_by=publisher,
        approved_by=publication.approved_by or second_pair,
        revision_id=revision.pk,
        actor=person_of(publisher),
        at=at,
        page=page,
        plan=plan,
        is_restricted=page.get_view_restrictions().exists(),
        **_fields(draft),
    )
    if version is None:
        raise PublishingError(_("This version exists already."))
    if plan.override_reason:
        write_audit(
            action=AuditAction.REVIEW_OVERRIDDEN,
            actor=person_of(plan.made_by),
            object_key=str(page.key),
            details={"number": version.number, "plan": plan.pk, "reason": plan.override_reason},
            at=at,
        )
    return version


def _approver(
    page: GuidelinePage,
    revision: Revision,
    since: int | None,
    authors: Collection[Any],
    publisher: Any,
    *,
    is_reworded: bool,
) -> Any:
    """Who gave the last approval in the workflow that the page stands under; None if none is asked of these words.

    Raises NotReviewed unless exactly this text has come through it, FourEyes if an author approved any step or, where
    no step is asked and the site wants four eyes, if the publisher is an author.
    """
    review = review_of(page, revision, since=since)
    if not (is_reworded and review.is_asked):
        _check_four_eyes(publisher, authors)
        return None
    if not review.is_finished:
        error = NotReviewed(
            _("“%(title)s” has to be approved in all steps of its workflow, as it reads now, before it is published.")
            % {"title": page.title}
        )
        error.where = reverse("guidelines_admin:publish", args=[page.pk])
        raise error
    if any(one.pk in authors for one in review.approvers):
        raise FourEyes(_("Whoever has written a part of the text cannot approve it. Ask a colleague."))
    if not review.approvers:
        _check_four_eyes(publisher, authors)
    return review.approvers[-1] if review.approvers else None


def _check_schedule(page: GuidelinePage, revision: Revision, publisher: Any) -> None:
    """Refuse at once what would be refused when it goes live, and nobody is there to read why."""
    latest = latest_version(GuidelineVersion, page.key)
    is_reworded = latest is None or latest.content.written_sha256 != page.draft().written_sha256
    since = latest.revision_id if latest else None
    authors = authors_of_draft(page, revision, since=since)
    _approver(page, revision, since, authors, publisher, is_reworded=is_reworded)


def _check_four_eyes(publisher: Any, authors: Collection[Any]) -> None:
    if publisher is not None and publisher.pk in authors and getattr(settings, "LEDSTANG_FOUR_EYES", False):
        raise FourEyes(_("Whoever has written the text cannot publish it. Ask a colleague to read and publish it."))


def _fields(draft: Draft) -> dict[str, Any]:
    """What the draft froze beside its text, as the version's columns have it."""
    extra = {name: value for name, value in draft.extra.items() if name != "questions"}
    days = {name: date.fromisoformat(extra[name]) if extra[name] else None for name in ("decided_on", "review_by")}
    return {**extra, **days}


@transaction.atomic
def require_guideline(*, version: GuidelineVersion, at: datetime | None = None) -> None:
    """Let a version be required, and what was read before its major version no longer count.

    Does nothing while experts have not signed it all, unless this is a demo. Called when a version is minted, and
    again when it is reviewed later (`at`): the time to read it again then runs from that day.
    """
    if not counts(version):
        return
    target = keep_target(
        kind=KIND, key=version.key, title=version.title, path=reverse("guidelines:guideline", args=[version.key])
    )
    if version.major == 1:
        return
    first = GuidelineVersion.objects.select_related("plan").get(key=version.key, major=version.major, minor=0)
    effective_on, redo_by = first.effective_on, first.plan.redo_by if first.plan else None
    if at is not None and timezone.localdate(at) > effective_on:
        effective_on, redo_by = timezone.localdate(at), None
    redo_by = redo_by or effective_on + TIME_TO_REDO
    record_release(
        target=target,
        major=version.major,
        effective_on=effective_on,
        redo_by=max(redo_by, effective_on),
        at=at or version.published_at,
    )
