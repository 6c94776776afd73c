"""What has been disposed of, by which decision, and how much of it there was."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.core.models import Record
from cms.people.models import OrgUnit, Person


class DisposalRun(Record):
    """One disposal: by which rule and decision, of what was older than which day, and how much of what there was.

    It is the only way evidence ends. A dry run is kept too: it shows what was foreseen.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    months = models.PositiveSmallIntegerField(_("months"))
    decision = models.CharField(_("reference of the decision"), max_length=200)
    before = models.DateField(_("older than"))
    is_dry_run = models.BooleanField(_("dry run"))
    is_ledger = models.BooleanField(_("of the ledger"))
    counts = models.JSONField(_("counts"))
    run_at = models.DateTimeField(_("run at"))
    run_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("disposal")
        verbose_name_plural = _("disposals")
        constraints = [
            models.CheckConstraint(condition=~Q(decision=""), name="ledstang_disposal_has_decision"),
            models.CheckConstraint(condition=Q(months__gte=1), name="ledstang_disposal_keeps_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.before}"


class Tombstone(Record):
    """How many rows of a table a disposal took, by org unit and month. Tells nothing of anybody."""

    run = models.ForeignKey(DisposalRun, on_delete=models.PROTECT, related_name="tombstones")
    what = models.CharField(_("what"), max_length=80)
    org_unit = models.ForeignKey(OrgUnit, null=True, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(_("month"))
    count = models.PositiveIntegerField(_("count"))

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        constraints = [
            models.UniqueConstraint(fields=["run", "what", "org_unit", "month"], name="ledstang_tombstone_once")
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.month:%Y-%m}"
