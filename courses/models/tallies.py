"""Counters without people: what was answered, how often. Nothing here leads to anybody, and nothing tells when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.enums import Stage

FEWEST = 5  # people behind any figure that is shown


class Tally(models.Model):
    """How many have given one answer (`slot`) to one question, in batches of at least five people.

    What has come in since the last batch lies in `waiting`, with the number of people in `people`; when the fifth has
    come, all of it is added to `shown`, and nobody ever sees the other two. So what is shown changes by five people
    at a time, and the difference between two looks tells of five as well. Every slot of a question is counted at each
    answer, so that all its rows turn together.
    """

    wagtail_reference_index_ignore = True

    stage = models.CharField(max_length=10, choices=Stage)
    subject = models.UUIDField()  # the unit, or the course that is evaluated
    sha256 = models.CharField(max_length=64)  # the frozen text that it was asked in
    question = models.CharField(max_length=40)
    slot = models.CharField(max_length=80)
    people = models.PositiveSmallIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    shown = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counter of answers")
        verbose_name_plural = _("counters of answers")
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "subject", "sha256", "question", "slot"], name="courses_tally_once"
            ),
            # Whoever counts must turn the batch over.
            models.CheckConstraint(condition=Q(people__lt=FEWEST), name="courses_tally_in_batches"),
        ]

    def __str__(self) -> str:
        return f"{self.stage} {self.question[:8]} {self.slot[:8]}"


class Slip(models.Model):
    """Something voluntary has been answered once, and cannot be again. Whose it is, and what, the hash does not tell.

    It is made with the site's secret, so that the database alone leads nowhere; it has no number and no time.
    """

    wagtail_reference_index_ignore = True

    digest = models.CharField(max_length=64, primary_key=True)

    class Meta:
        verbose_name = _("used slip")
        verbose_name_plural = _("used slips")

    def __str__(self) -> str:
        return self.digest[:8]
