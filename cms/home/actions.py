"""Somebody tells of something they could not use; whoever keeps the statement deals with it; then it is removed."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cms.home.models import FaultReport

DAYS_KEPT = 90


@transaction.atomic
def report_fault(*, text: str, page: str = "", email: str = "") -> FaultReport:
    """Keep what somebody tells. Who it is is not asked; an e-mail address only for an answer."""
    return FaultReport.objects.create(text=text, page=page, email=email)


@transaction.atomic
def settle_fault(*, report: FaultReport) -> bool:
    """Mark as dealt with. False if it was already: the day stands."""
    return bool(FaultReport.objects.waiting().filter(pk=report.pk).update(settled_at=timezone.now()))


def days_kept() -> int:
    """How long after it was dealt with."""
    days: int = getattr(settings, "LEDSTANG_FAULTS_KEPT_DAYS", DAYS_KEPT)
    return days


@transaction.atomic
def remove_settled_faults() -> int:
    """Remove what was dealt with more than the city's term ago. What nobody has dealt with waits. Returns how many."""
    before = timezone.now() - timedelta(days=days_kept())
    removed, _each = FaultReport.objects.settled().filter(settled_at__lt=before).delete()
    return removed
