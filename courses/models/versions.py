from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.core.models import Record, RecordQuerySet
from cms.core.readings import is_for
from cms.versions.models import Content, Version
from courses.enums import Cover, Rule
from courses.models.pages import CoursePage
from courses.needing import Needs, needs


class CourseVersion(Version):
    """A course as it was cut, with its units, under a number."""

    page = models.ForeignKey(CoursePage, null=True, on_delete=models.SET_NULL, related_name="versions")
    summary = models.TextField(blank=True)
    for_whom = models.CharField(max_length=300, blank=True)
    cover = models.CharField(max_length=10, choices=Cover, blank=True)
    pass_mark = models.PositiveSmallIntegerField()
    needs_order = models.BooleanField(default=False)
    minutes = models.PositiveSmallIntegerField()
    audiences = models.JSONField(default=list)  # every audience that any part of it is written for
    # Whoever had completed the major version before redoes only the units that have changed.
    keeps_unchanged = models.BooleanField(default=False)

    class Meta(Version.Meta):
        verbose_name = _("course version")
        verbose_name_plural = _("course versions")
        constraints = [*Version.Meta.constraints]


class UnitVersionQuerySet(RecordQuerySet):
    def standing(self) -> "UnitVersionQuerySet":
        """Those that have not been withdrawn."""
        return self.filter(withdrawal=None)


class UnitVersion(Record):
    """A unit in a course version: `unit_key` is the same through all versions, text and questions lie in `content`."""

    course_version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="units")
    unit_key = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=255)
    goal = models.CharField(max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField()
    audiences = models.JSONField(default=list)
    question_audiences = models.JSONField(default=list)  # one list of audiences for each question
    pools = models.JSONField(default=list)  # what is drawn from the bank: how many, and the audiences of each question
    has_scenario = models.BooleanField(default=False)
    scenario_audiences = models.JSONField(default=list)
    rule = models.CharField(max_length=12, choices=Rule, blank=True)
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="unit_versions")
    sha256 = models.CharField(max_length=64)
    must_redo = models.BooleanField(default=False)

    objects = UnitVersionQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("unit version")
        verbose_name_plural = _("unit versions")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["course_version", "unit_key"], name="courses_unit_once_a_version"),
            models.UniqueConstraint(fields=["course_version", "position"], name="courses_unit_position"),
        ]
        # Completions and attempts are found by the unit through all versions.
        indexes = [models.Index(fields=["unit_key"], name="courses_unit_versions_of")]

    def __str__(self) -> str:
        return self.title

    @property
    def decision(self) -> dict[str, str] | None:
        """The decision of the city that it rests on, as it was frozen: `by`, `on`, `reference`."""
        decision: dict[str, str] | None = self.content.parts["extra"].get("decision")
        return decision

    def question_count(self, audience: str | None) -> int:
        """How many questions one reading has."""
        drawn: int = sum(min(pool["count"], _for(pool["audiences"], audience)) for pool in self.pools)
        return _for(self.question_audiences, audience) + drawn

    def shows_scenario(self, audience: str | None) -> bool:
        """Whether one reading has the scenario."""
        return self.has_scenario and is_for(self.scenario_audiences, audience)

    def needs(self, audience: str | None) -> Needs:
        """What it takes to complete the unit in one reading."""
        return needs(self.rule, self.question_count(audience) > 0, self.shows_scenario(audience))


class UnitWithdrawal(Record):
    """A unit's text is taken out of use at once, in a version where it stands: nobody is asked for it any more."""

    unit_version = models.OneToOneField(UnitVersion, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(_("reason"), max_length=300)
    withdrawn_at = models.DateTimeField(_("withdrawn at"))
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_by_name = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("withdrawn unit")
        verbose_name_plural = _("withdrawn units")

    def __str__(self) -> str:
        return str(self.unit_version)


def _for(readings: Iterable[list[str]], audience: str | None) -> int:
    return sum(1 for audiences in readings if is_for(audiences, audience))
