"""What Wagtail itself keeps that waits for somebody."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import ngettext
from wagtail.models import TaskState

from cms.core.registry import Care

TO_MODERATE = "#awaiting-review-section"  # Wagtail's own list, further down on the same page


def tasks_waiting(user: Any, on: date) -> Iterator[Care]:
    """Texts that others have sent to this account for review or approval."""
    count = TaskState.objects.reviewable_by(user).count()
    if count:
        words = ngettext("%(count)s text waits for your approval", "%(count)s texts wait for your approval", count)
        yield Care(words % {"count": count}, TO_MODERATE)
