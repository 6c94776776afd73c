"""Working data that the city may dispose of."""

from datetime import date, datetime, time
from typing import Any

from django.db.models.functions import Coalesce
from django.utils import timezone

from courses.models import Attempt


def old_attempts(before: date) -> dict[Any, dict[int, int]]:
    """Attempts, and with them answers, in courses completed before a day. That a unit is done stays."""
    midnight = datetime.combine(before, time(), tzinfo=timezone.get_default_timezone())
    attempts = Attempt.objects.filter(enrollment__finished_at__lt=midnight)
    who = Coalesce("enrollment__person__merged_into", "enrollment__person")
    return {Attempt: dict(attempts.values_list("pk", who))}
