from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.compliance.actions import keep_target
from cms.compliance.models import Target
from cms.people.queries import person_of
from cms.versions.actions import PublishingError, withdraw
from cms.versions.models import Withdrawal
from cms.versions.queries import latest_version
from guidelines.actions.indexing import index_guideline
from guidelines.enums import KIND
from guidelines.models import GuidelinePage, GuidelineVersion


@transaction.atomic
def withdraw_guideline(
    *,
    key: UUID,
    reason: str,
    on: date | None = None,
    successor: UUID | None = None,
    withdrawn_by: Any = None,
    at: datetime | None = None,
) -> Withdrawal:
    """Take a guideline out of use from a day on, today at the earliest. Versions and what people did remain.

    Raises PublishingError without a reason, for a day that has passed and for what was never published;
    AlreadyWithdrawn the second time.
    """
    today = timezone.localdate(at or timezone.now())
    on = on or today
    latest = latest_version(GuidelineVersion, key)
    if latest is None:
        raise PublishingError(_("This has never been published, so there is nothing to withdraw."))
    if on < today:
        raise PublishingError(_("A guideline can be withdrawn from today at the earliest."))
    withdrawal = withdraw(
        kind=KIND,
        key=key,
        on=on,
        reason=reason,
        successor=successor,
        withdrawn_by=withdrawn_by,
        actor=person_of(withdrawn_by),
    )
    _end_review(key, withdrawn_by)
    index_guideline(key=key)
    if Target.objects.filter(kind=KIND, key=key).exists():
        path = reverse("guidelines:guideline", args=[key])
        keep_target(kind=KIND, key=key, title=latest.title, path=path, is_withdrawn=True)
    return withdrawal


def _end_review(key: UUID, by: Any) -> None:
    """A draft that waits for approval cannot be published any more: nobody is asked to approve it."""
    for page in GuidelinePage.objects.filter(key=key, alias_of=None):
        review = page.current_workflow_state
        if review is not None:
            review.cancel(user=by)
