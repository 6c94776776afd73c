"""When guidelines are to be looked over anew, and who is told."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cms.people.models import OutboxMessage, Person
from cms.versions.models import Withdrawal
from guidelines.models import GuidelineVersion

DAYS_BEFORE = (60, 30, 0)


@dataclass(frozen=True)
class DueReview:
    """A guideline whose latest version is to be reviewed, and how many days before that its owners are told now."""

    version: GuidelineVersion
    days_before: int


def reviews_due(on: date) -> list[DueReview]:
    """The guidelines in use whose owners should have been told by a day: a run that was missed is made up for."""
    later = GuidelineVersion.objects.filter(key=OuterRef("key")).filter(
        Q(major__gt=OuterRef("major")) | Q(major=OuterRef("major"), minor__gt=OuterRef("minor"))
    )
    rows = GuidelineVersion.objects.filter(review_by__lte=on + timedelta(days=max(DAYS_BEFORE))).exclude(Exists(later))
    rows = rows.exclude(Exists(Withdrawal.objects.filter(key=OuterRef("key"))))
    return [
        DueReview(version, min(days for days in DAYS_BEFORE if version.review_by - on <= timedelta(days=days)))
        for version in rows.select_related("page__owner", "plan").order_by("review_by", "pk")
    ]


def owners_of(version: GuidelineVersion) -> list[Person]:
    """Who answers for a guideline here: whoever made the page, decided how it was published, and published it.

    Out: accounts that are closed, and those with no person behind them.
    """
    users = {version.published_by_id}
    users |= {version.page.owner_id} if version.page else set()
    users |= {version.plan.made_by_id} if version.plan else set()
    return list(Person.objects.filter(user__in=users - {None}, user__is_active=True).order_by("pk"))


def is_still_due(key: UUID, review_by: date) -> bool:
    """Whether the latest version of a guideline in use is still to be reviewed by that day."""
    if Withdrawal.objects.filter(key=key).exists():
        return False
    latest = GuidelineVersion.objects.of(key).latest_first().first()
    return latest is not None and latest.review_by == review_by


# The mail


def review_subject(payload: dict[str, Any]) -> str:
    if payload["days"] > 0:
        return _("%(title)s is to be reviewed by %(day)s") % payload
    return _("%(title)s should have been reviewed by %(day)s") % payload


def prepare_review(message: OutboxMessage) -> dict[str, Any] | None:
    """Nothing to say any more when a new version has come meanwhile."""
    payload: dict[str, Any] = message.payload
    return payload if is_still_due(UUID(payload["key"]), date.fromisoformat(payload["day"])) else None
