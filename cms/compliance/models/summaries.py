"""What is kept for speed: rebuilt from the ledger and compared with it, never the truth."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.compliance.enums import Mark
from cms.people.models import OrgUnit, Person

EVERYTHING = 0


class SummaryState(models.Model):
    """Whether summaries are kept. `kept_on` is the day that `SummaryRow` tells of; `rules` is new when a rule is."""

    wagtail_reference_index_ignore = True

    kept_on = models.DateField()
    rules = models.UUIDField(default=uuid.uuid4)
    built_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.kept_on)


class StandingStep(models.Model):
    """What one person's standing with one target is between two days, at one org unit: a row of `compliance.steps`.

    Only of people whose personal data are not protected. `target_ref` is a target's id, or EVERYTHING.
    """

    wagtail_reference_index_ignore = True

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    target_ref = models.BigIntegerField()
    org_unit = models.ForeignKey(
        OrgUnit, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    weight = models.SmallIntegerField()
    mark = models.SmallIntegerField(choices=Mark)
    due_on = models.DateField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    known_from = models.DateField(null=True)
    known_to = models.DateField(null=True)
    is_past = models.BooleanField()

    class Meta:
        verbose_name = _("kept standing")
        verbose_name_plural = _("kept standings")
        indexes = [
            # A person's steps are replaced when a fact about them is new.
            models.Index(fields=["person", "target_ref"], name="ledstang_step_of_person"),
            # The figures of a day, and the lists of an org unit.
            models.Index(
                fields=["org_unit", "target_ref", "weight", "mark", "starts_on", "ends_on", "known_from"],
                condition=Q(known_to=None),
                name="ledstang_step_at_unit",
            ),
            # What was believed before.
            models.Index(fields=["known_to"], condition=Q(known_to__isnull=False), name="ledstang_step_believed"),
            # What began and what ended between two days.
            models.Index(fields=["starts_on"], name="ledstang_step_starts"),
            models.Index(fields=["ends_on"], name="ledstang_step_ends"),
            # Lists of what is overdue, by due date, a page at a time.
            models.Index(
                fields=["due_on", "person", "target_ref"],
                condition=Q(mark=Mark.OVERDUE, known_to=None, is_past=False, weight=1) & ~Q(target_ref=EVERYTHING),
                name="ledstang_step_overdue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_mark_display()} {self.starts_on}"


class SummaryRow(models.Model):
    """How many people an org unit itself has in each state with a target on the kept day.

    `is_place` False: those to take away where the ways of several workplaces meet, so that sums over subtrees count
    each person once.
    """

    wagtail_reference_index_ignore = True

    org_unit = models.ForeignKey(
        OrgUnit, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    target_ref = models.BigIntegerField()
    is_place = models.BooleanField()
    done = models.IntegerField(default=0)
    expiring = models.IntegerField(default=0)
    to_do = models.IntegerField(default=0)
    soon = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)
    exempt = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org_unit", "target_ref", "is_place"], name="ledstang_summary_once")
        ]

    def __str__(self) -> str:
        return f"{self.org_unit_id} {self.target_ref}"
