"""Cut a version of a course with its units, in one action; and take a course out of use."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page

from cms.compliance.actions import keep_target, record_release
from cms.people.queries import person_of
from cms.versions.actions import PublishingError, mint, store_content, withdraw
from cms.versions.enums import Change
from cms.versions.models import Withdrawal
from courses.freezing import Problem, UnitDraft, how_done, pools_of
from courses.models import CoursePage, CourseVersion, UnitPage, UnitVersion
from courses.models.pages import CutPage
from courses.queries.drafts import Gathered, gather

KIND = "course"

_cutting: ContextVar[bool] = ContextVar("courses_cutting", default=False)


class PublishedAlone(PublishingError):
    """Somebody tried to publish or schedule a course page or a unit by itself."""


class CourseIncomplete(PublishingError):
    """Units lack something. `problems` names each unit and question."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class SeenOther(PublishingError):
    """The drafts say something else than what the editor was shown."""


class RedoDateMissing(PublishingError):
    """Everyone must do the course again, but not by when."""


def is_cutting() -> bool:
    """Whether pages are being published as part of a cut: the only time that they may."""
    return _cutting.get()


@contextmanager
def _cut_is_on() -> Iterator[None]:
    token = _cutting.set(True)
    try:
        yield
    finally:
        _cutting.reset(token)


@transaction.atomic
def cut_course_version(
    *,
    page: CoursePage,
    change: Change | str,
    note: str = "",
    effective_on: date | None = None,
    redo_by: date | None = None,
    units: Collection[UUID] | None = None,
    seen: str | None = None,
    published_by: Any = None,
    at: datetime | None = None,
) -> CourseVersion | None:
    """Publish the latest drafts of a course and its units as the next version; None if nothing has changed.

    `units` chooses units by key, in the pages' order; None takes all but those left out before. `seen` is the word
    for the drafts that somebody decided on (`Gathered.seen`). A substantive change must be done again by `redo_by`.
    Raises SeenOther, CourseIncomplete, RedoDateMissing or what `mint` raises, and then nothing is written.
    """
    page = CoursePage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    at = at or timezone.now()
    gathered = gather(page, units)
    if seen is not None and seen != gathered.seen:
        raise SeenOther(_("The course has been changed since you opened this page. Look through it again."))
    if not gathered.has_changed:
        return None
    if gathered.problems:
        raise CourseIncomplete(gathered.problems)
    with _cut_is_on():
        revision_id = _publish_pages(gathered, published_by)
    return mint_course_version(
        gathered=gathered,
        change=Change(change),
        note=note,
        effective_on=effective_on or timezone.localdate(at),
        redo_by=redo_by,
        published_by=published_by,
        revision_id=revision_id,
        at=at,
    )


@transaction.atomic
def mint_course_version(
    *,
    gathered: Gathered,
    change: Change,
    note: str,
    effective_on: date,
    redo_by: date | None,
    at: datetime,
    published_by: Any = None,
    revision_id: int | None = None,
) -> CourseVersion:
    """Freeze what has been gathered as the next version. Its pages are published by `cut_course_version`.

    With a day to have it redone by, changed units are redone by those who had finished too: that is a substantive
    version that keeps what has not changed. Raises RedoDateMissing or what `mint` raises.
    """
    keeps = change == Change.REDO_UNITS and redo_by is not None and gathered.latest is not None
    change = Change.SUBSTANTIVE if keeps else change
    _check_redo(gathered, change, effective_on, redo_by)
    version = _mint(gathered, change, note, effective_on, published_by, revision_id, at, keeps_unchanged=keeps)
    path = reverse("courses:course", args=[version.key])
    target = keep_target(kind=KIND, key=version.key, title=version.title, path=path)
    if version.change == Change.SUBSTANTIVE and redo_by is not None and gathered.latest is not None:
        record_release(target=target, major=version.major, effective_on=effective_on, redo_by=redo_by, at=at)
    return version


def _check_redo(gathered: Gathered, change: Change, effective_on: date, redo_by: date | None) -> None:
    if change != Change.SUBSTANTIVE or gathered.latest is None:
        return
    if redo_by is None:
        raise RedoDateMissing(_("Say by which day everyone must have done the course again."))
    if redo_by < effective_on:
        raise RedoDateMissing(_("The day to have done it again cannot come before the day the version applies from."))


def _mint(
    gathered: Gathered,
    change: Change,
    note: str,
    effective_on: date,
    published_by: Any,
    revision_id: int | None,
    at: datetime,
    **fields: Any,
) -> CourseVersion:
    course = gathered.course
    version = mint(
        model=CourseVersion,
        key=course.page.key,
        draft=course.draft,
        change=change,
        note=note,
        effective_on=effective_on,
        published_by=published_by,
        revision_id=revision_id,
        actor=person_of(published_by),
        at=at,
        page=course.page,
        summary=course.page.summary or "",
        for_whom=course.page.for_whom or "",
        cover=course.page.cover or "",
        pass_mark=course.draft.extra["pass_mark"],
        needs_order=course.draft.extra["needs_order"],
        minutes=sum(unit.minutes for unit in course.units),
        audiences=course.audiences,
        **fields,
    )
    if version is None:
        raise PublishingError(_("This version exists already."))
    redone = gathered.changed_keys if change != Change.EDITORIAL and gathered.latest is not None else frozenset()
    UnitVersion.objects.bulk_create(
        _unit_version(version, unit, position, must_redo=unit.key in redone)
        for position, unit in enumerate(course.units, start=1)
    )
    return version


def _unit_version(version: CourseVersion, unit: UnitDraft, position: int, *, must_redo: bool) -> UnitVersion:
    return UnitVersion(
        course_version=version,
        unit_key=unit.key,
        position=position,
        title=unit.page.title,
        goal=unit.page.goal or "",
        minutes=unit.minutes,
        audiences=unit.audiences,
        question_audiences=[question["audiences"] for question in unit.questions],
        pools=pools_of(unit),
        **how_done(unit),
        content=store_content(unit.draft),
        sha256=unit.draft.sha256,
        must_redo=must_redo,
    )


# Pages


def _publish_pages(gathered: Gathered, user: Any) -> int | None:
    """Publish every page that is part of the cut as it was frozen. Returns the course's revision."""
    for page in UnitPage.objects.filter(pk__in=[page.pk for page in gathered.left_out], live=True):
        UnpublishPageAction(page, user=user).execute(skip_permission_checks=True)
    for unit in gathered.course.units:
        _publish(unit.page, user)
    return _publish(gathered.course.page, user)


def _publish(page: CutPage, user: Any) -> int | None:
    """`page` is the latest draft. What is live already stays as it is."""
    if page.live and not page.has_unpublished_changes:
        return page.live_revision_id  # type: ignore[no-any-return]
    revision = page.get_latest_revision() if page.has_unpublished_changes else None
    if revision is None:
        revision = page.save_revision(user=user, changed=False, clean=False)
    action = PublishPageRevisionAction(revision, user=user, changed=page.has_unpublished_changes)
    action.object.go_live_at = action.object.expire_at = None
    action.execute(skip_permission_checks=True)
    return revision.pk  # type: ignore[no-any-return]


@transaction.atomic
def withdraw_course(
    *,
    page: CoursePage,
    reason: str,
    on: date | None = None,
    successor: UUID | None = None,
    withdrawn_by: Any = None,
) -> Withdrawal:
    """Take a course out of use from a day on. Versions, answers, evidence and certificates remain.

    Raises PublishingError without a reason, AlreadyWithdrawn the second time.
    """
    withdrawal = withdraw(
        kind=KIND,
        key=page.key,
        on=on or timezone.localdate(),
        reason=reason,
        successor=successor,
        withdrawn_by=withdrawn_by,
        actor=person_of(withdrawn_by),
    )
    keep_target(
        kind=KIND,
        key=page.key,
        title=page.title,
        path=reverse("courses:course", args=[page.key]),
        is_withdrawn=True,
    )
    for live in Page.objects.descendant_of(page, inclusive=True).live().specific():
        UnpublishPageAction(live, user=withdrawn_by).execute(skip_permission_checks=True)
    return withdrawal
