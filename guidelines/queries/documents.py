"""Guidelines as documents: all versions under one key, whoever may read them, where they are found."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, F, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms.people.models import Person
from cms.versions.enums import NoticeTone
from cms.versions.models import Notice, Withdrawal
from cms.versions.queries import in_force, in_force_among, version_numbered
from guidelines.enums import KIND
from guidelines.models import GuidelineIndexPage, GuidelinePage, GuidelineVersion
from guidelines.permissions import user_can_read


@dataclass(frozen=True)
class Document:
    """A guideline through all its versions, the newest first."""

    key: UUID
    versions: tuple[GuidelineVersion, ...]
    withdrawal: Withdrawal | None
    page_path: str | None
    notices: tuple[Notice, ...] = ()

    @property
    def is_stopped(self) -> bool:
        """Somebody has stopped it in an emergency: the notice is shown instead of the text."""
        return any(notice.tone == NoticeTone.STOP for notice in self.notices)

    @property
    def latest(self) -> GuidelineVersion:
        return self.versions[0]

    def is_withdrawn(self, on: date) -> bool:
        return self.withdrawal is not None and self.withdrawal.withdrawn_on <= on

    def in_force(self, on: date) -> GuidelineVersion | None:
        return None if self.is_withdrawn(on) else in_force_among(self.versions, on)

    def is_under_review(self, on: date) -> bool:
        """The day by which it was to be reviewed has passed, and no newer version is on its way."""
        current = self.in_force(on)
        return current == self.latest and current.review_by is not None and current.review_by < on

    def numbered(self, major: int, minor: int) -> GuidelineVersion | None:
        return next((v for v in self.versions if (v.major, v.minor) == (major, minor)), None)

    def shown_as(self, public_id: str) -> GuidelineVersion | None:
        """The version that a page was made for, by what the page sends back. Only one of this very guideline."""
        return next((v for v in self.versions if str(v.public_id) == public_id), None)

    def coming(self, on: date) -> GuidelineVersion | None:
        """The next version that will apply, if one has been published ahead."""
        days = [version.effective_on for version in self.versions if version.effective_on > on]
        return in_force_among(self.versions, min(days)) if days else None

    def ended_on(self, version: GuidelineVersion) -> date | None:
        """The day from which another version, or none, applied instead."""
        later = [v.effective_on for v in self.versions if (v.major, v.minor) > (version.major, version.minor)]
        if self.withdrawal is not None:
            later.append(self.withdrawal.withdrawn_on)
        return min(later, default=None)


def document(key: UUID) -> Document | None:
    """A guideline by its key, in one query, and one each for its withdrawal and its notices, if there are any.

    None if nothing was ever published.
    """
    rows = GuidelineVersion.objects.of(key).latest_first()
    versions = tuple(
        rows.annotate(
            page_path=F("page__path"),
            has_withdrawal=Exists(Withdrawal.objects.filter(key=OuterRef("key"))),
            has_notices=Exists(Notice.objects.standing().filter(key=OuterRef("key"))),
        )
    )
    if not versions:
        return None
    withdrawal = Withdrawal.objects.filter(key=key).first() if versions[0].has_withdrawal else None
    paths = (version.page_path for version in versions if version.page_path)
    notices = tuple(Notice.objects.standing().filter(key=key)) if versions[0].has_notices else ()
    return Document(key, versions, withdrawal, next(paths, None), notices)


def address(version: GuidelineVersion) -> str:
    """The permanent address of a version."""
    return reverse("guidelines:version", args=[version.key, version.major, version.minor])


def resolve(key: UUID) -> GuidelineVersion | None:
    return in_force(GuidelineVersion, key, timezone.localdate())


def at_pages(ids: Collection[int]) -> dict[int, UUID]:
    """The keys of the guidelines that are written at some pages."""
    return dict(GuidelinePage.objects.filter(pk__in=ids, alias_of=None).values_list("pk", "key"))


# Who may read


def restrictions_on(paths: Iterable[str | None]) -> dict[str, list[PageViewRestriction]]:
    """Wagtail's view restrictions of pages, those of the pages above included, by path: at most two queries for all."""
    wanted = {path for path in paths if path}
    above = {path[:end] for path in wanted for end in range(Page.steplen, len(path) + 1, Page.steplen)}
    rows = PageViewRestriction.objects.filter(page__path__in=above).select_related("page").prefetch_related("groups")
    found = list(rows) if above else []
    return {path: [one for one in found if path.startswith(one.page.path)] for path in wanted}


def user_may_read(user: Any, path: str | None, passed: Collection[int] = (), *, is_orphan: bool = False) -> bool:
    """Whether an account may read what lies at a path of the page tree; None if the page is gone."""
    restrictions = restrictions_on([path]).get(path or "", [])
    return user_can_read(user, restrictions, passed=passed, is_orphan=is_orphan)


def restricted_orphans(keys: Iterable[UUID]) -> set[UUID]:
    """Which guidelines whose pages are gone are not for everybody: those of which some version was not.

    `keys` are of guidelines without a page. Nothing is asked if there are none.
    """
    gone = set(keys)
    rows = GuidelineVersion.objects.filter(key__in=gone, is_restricted=True).values_list("key", flat=True)
    return set(rows) if gone else set()


def may_read(document: Document, user: Any, passed: Collection[int] = ()) -> bool:
    orphan = document.page_path is None and any(version.is_restricted for version in document.versions)
    return user_may_read(user, document.page_path, passed, is_orphan=orphan)


def may_read_any(contents: list[int], person: Person | None) -> bool:
    """Whether somebody may read a text that any of the frozen contents stands in, for the files it cites."""
    user = person.user if person is not None and person.user is not None else AnonymousUser()
    rows = GuidelineVersion.objects.filter(content__in=contents).values_list("page__path", "key").distinct()
    restrictions = restrictions_on(path for path, _key in rows)
    orphans = restricted_orphans(key for path, key in rows if path is None)
    return any(user_can_read(user, restrictions.get(path or "", []), is_orphan=key in orphans) for path, key in rows)


# Lists


def in_force_by_key(keys: Collection[UUID], on: date) -> dict[UUID, GuidelineVersion]:
    """The version in force of many guidelines on a day, in one query. What has been withdrawn is out."""
    withdrawn = Withdrawal.objects.filter(key=OuterRef("key"), withdrawn_on__lte=on)
    rows = GuidelineVersion.objects.filter(key__in=keys, effective_on__lte=on).exclude(Exists(withdrawn))
    versions: dict[UUID, list[GuidelineVersion]] = {}
    for version in rows:
        versions.setdefault(version.key, []).append(version)
    found = {key: in_force_among(of_one, on) for key, of_one in versions.items()}
    return {key: version for key, version in found.items() if version is not None}


def current_contents() -> Mapping[int, str]:
    """The frozen texts that readers get now or will get, with a name for each."""
    today = timezone.localdate()
    withdrawn = Withdrawal.objects.filter(key=OuterRef("key"), withdrawn_on__lte=today)
    rows = list(GuidelineVersion.objects.exclude(Exists(withdrawn)).order_by("title", "major", "minor"))
    current = in_force_by_key({row.key for row in rows}, today)
    return {row.content_id: str(row) for row in rows if row.is_pending(today) or current.get(row.key) == row}


def numbered(key: UUID, number: str) -> GuidelineVersion | None:
    """A version by its number, such as 2.1, if it has been in force."""
    major, _dot, minor = number.partition(".")
    version = version_numbered(GuidelineVersion, key, int(major), int(minor))
    return version if version is not None and not version.is_pending(timezone.localdate()) else None


def quotable() -> list[GuidelineVersion]:
    """Versions that apply or have applied, by document, the newest first. Out: withdrawn, or not for all to read."""
    today = timezone.localdate()
    withdrawn = Withdrawal.objects.filter(key=OuterRef("key"), withdrawn_on__lte=today)
    applied = GuidelineVersion.objects.filter(effective_on__lte=today).exclude(Exists(withdrawn))
    rows = list(applied.annotate(path=F("page__path")).order_by("title", "key", "-major", "-minor"))
    restricted = restrictions_on(row.path for row in rows)
    closed = {row.key for row in rows if row.is_restricted or restricted.get(row.path or "")}
    return [row for row in rows if row.key not in closed]


def index_address(request: Any) -> str | None:
    """Where guidelines are listed, if such a page is published. Looked up once a request."""
    if not hasattr(request, "_ledstang_guidelines"):
        page = GuidelineIndexPage.objects.live().first()
        request._ledstang_guidelines = page.get_url(request) if page else None
    found: str | None = request._ledstang_guidelines
    return found


def search_address(request: Any) -> str | None:
    """Where guidelines are searched, for a host that has our addresses."""
    try:
        return reverse("guidelines:search")
    except NoReverseMatch:
        return None


def other_guidelines(key: UUID) -> list[tuple[str, str]]:
    """The guidelines in force that could apply instead of one, as key and title."""
    today = timezone.localdate()
    keys = set(GuidelineVersion.objects.exclude(key=key).values_list("key", flat=True))
    found = in_force_by_key(keys, today)
    return sorted(((str(key), version.title) for key, version in found.items()), key=lambda pair: pair[1])


def pages_with_versions(page: Page, *, below: bool) -> list[GuidelinePage]:
    """The guideline pages at a page, or at and `below` it, that have been published as versions."""
    pages = GuidelinePage.objects.descendant_of(page, inclusive=True)
    if not below:
        pages = pages.filter(pk=page.pk)
    return list(pages.filter(Exists(GuidelineVersion.objects.filter(page=OuterRef("pk")))).order_by("path"))


# What one person did alone

SECOND_LOOK_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Lone:
    """An emergency stop or a withdrawal that nobody else has looked at yet."""

    title: str
    page_id: int | None
    by: Any
    since: datetime
    notice: Notice | None = None
    withdrawal: Withdrawal | None = None

    @property
    def look_by(self) -> datetime:
        return self.since + SECOND_LOOK_WITHIN


def lone_decisions(since: date) -> list[Lone]:
    """Stops that stand, and withdrawals from a day on, that wait for a second pair of eyes, the oldest first."""
    stops = Notice.objects.standing().filter(kind=KIND, tone=NoticeTone.STOP, second_look=None)
    withdrawals = Withdrawal.objects.filter(kind=KIND, second_look=None, withdrawn_on__gte=since)
    found = [*stops, *withdrawals]
    latest: dict[UUID, GuidelineVersion] = {}
    for version in GuidelineVersion.objects.filter(key__in=[one.key for one in found]).order_by("major", "minor"):
        latest[version.key] = version
    rows = [_lone(one, latest[one.key]) for one in found if one.key in latest]
    return sorted(rows, key=lambda row: row.since)


def _lone(one: Notice | Withdrawal, version: GuidelineVersion) -> Lone:
    if isinstance(one, Notice):
        return Lone(version.title, version.page_id, one.laid_by_id, one.laid_at, notice=one)
    since = timezone.make_aware(datetime.combine(one.withdrawn_on, time(23, 59)))  # only the day of it is kept
    return Lone(version.title, version.page_id, one.withdrawn_by_id, since, withdrawal=one)
