"""The pages that documents are written on."""

from typing import Any

from django.utils import timezone
from django.utils.translation import pgettext

from cms.core.models import BasePage
from cms.versions.models import Withdrawal


class Withdrawable(BasePage):
    """A page whose document, found by its `key`, may be withdrawn: readers learn why, and there is no new version."""

    key: Any

    class Meta:
        abstract = True

    @property
    def withdrawal(self) -> Withdrawal | None:
        """Of today or before, or to come."""
        return Withdrawal.objects.filter(key=self.key).first()

    @property
    def status_string(self) -> str:
        """What Wagtail's lists say of it."""
        gone = self.withdrawal if self.first_published_at else None
        is_gone = gone is not None and gone.withdrawn_on <= timezone.localdate()
        return pgettext("document", "withdrawn") if is_gone else str(super().status_string)
