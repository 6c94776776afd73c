"""What a learner does: takes part, attempts, answers, completes. Working data until evidence is deposited."""

import uuid
from collections.abc import Collection

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.core.enums import Audience
from cms.core.models import Record
from cms.people.models import Person
from courses.models.versions import CourseVersion, UnitVersion


class EnrollmentQuerySet(models.QuerySet["Enrollment"]):
    def of(self, person: Person) -> "EnrollmentQuerySet":
        """A person's own, those of records merged into theirs included."""
        return self.filter(Q(person=person) | Q(person__merged_into=person))

    def latest_of_courses(self, person: Person, course_keys: Collection[uuid.UUID]) -> "EnrollmentQuerySet":
        """All cycles of some courses, the latest last. One that is open comes last: merged records may have both."""
        rows = self.of(person).filter(course_key__in=course_keys).annotate(is_open=Q(finished_at=None))
        return rows.order_by("is_open", "cycle", "started_at", "pk")


class Enrollment(models.Model):
    """One person's cycle through one course, pinned to a version and a reading."""

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrollments")
    course_key = models.UUIDField()
    cycle = models.PositiveSmallIntegerField(default=1)
    version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="enrollments")
    audience = models.CharField(pgettext_lazy("course", "reading"), max_length=24, choices=Audience, blank=True)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        constraints = [
            models.UniqueConstraint(fields=["person", "course_key", "cycle"], name="courses_one_row_a_cycle"),
            models.UniqueConstraint(
                fields=["person", "course_key"], condition=Q(finished_at=None), name="courses_one_open_cycle"
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(finished_at__gte=F("started_at")),
                name="courses_enrollment_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.cycle})"

    @property
    def source_key(self) -> str:
        """What evidence and certificate of this cycle are written under, once."""
        return f"courses:{self.key}"


class UnitCompletion(Record):
    """A unit done in an enrollment, on a version, at a time."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="completions")
    unit_version = models.ForeignKey(UnitVersion, on_delete=models.PROTECT, related_name="completions")
    unit_key = models.UUIDField()
    completed_at = models.DateTimeField(_("completed at"))

    class Meta:
        verbose_name = _("completed unit")
        verbose_name_plural = _("completed units")
        constraints = [
            # A unit is done once on each of its texts; two posts that race leave one row.
            models.UniqueConstraint(fields=["enrollment", "unit_key", "unit_version"], name="courses_unit_done_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_version} {self.completed_at:%Y-%m-%d}"


class ScenarioCompletion(Record):
    """Somebody has played a unit's scenario to an ending. Which one, and what they chose, is kept nowhere."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="scenarios")
    unit_version = models.ForeignKey(UnitVersion, on_delete=models.PROTECT, related_name="scenarios")
    completed_at = models.DateTimeField(_("completed at"))

    class Meta:
        verbose_name = _("finished scenario")
        verbose_name_plural = _("finished scenarios")
        constraints = [
            # Two posts that race leave one row.
            models.UniqueConstraint(fields=["enrollment", "unit_version"], name="courses_scenario_once"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_version} {self.completed_at:%Y-%m-%d}"


class Move(Record):
    """In the middle of a version somebody chose to go on with the one in force, and the enrollment names that since."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="moves")
    from_version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey(CourseVersion, on_delete=models.PROTECT, related_name="+")
    moved_at = models.DateTimeField(_("moved at"))

    class Meta:
        verbose_name = _("move to a newer version")
        verbose_name_plural = _("moves to newer versions")
        constraints = [
            # Two posts that race move once.
            models.UniqueConstraint(fields=["enrollment", "to_version"], name="courses_moved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.from_version.number} → {self.to_version.number}"


class UnitCarried(Record):
    """A unit that was done on an earlier text counts on a later one too. When it was done, the completion says."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="carried")
    unit_version = models.ForeignKey(UnitVersion, on_delete=models.PROTECT, related_name="carried")
    completion = models.ForeignKey(UnitCompletion, on_delete=models.PROTECT, related_name="carried")

    class Meta:
        verbose_name = _("carried unit")
        verbose_name_plural = _("carried units")
        constraints = [
            # One completion stands behind a unit, so that its date is one.
            models.UniqueConstraint(fields=["enrollment", "unit_version"], name="courses_unit_carried_once"),
        ]

    def __str__(self) -> str:
        return str(self.unit_version)


class Attempt(models.Model):
    """One try at a unit's questions, on the version it was asked in. The learner's own: nobody else sees it."""

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="attempts")
    unit_version = models.ForeignKey(UnitVersion, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    asked = models.JSONField(default=list)  # the questions as they were asked, see `drawing.note`
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    score = models.FloatField(null=True)
    is_passed = models.BooleanField(null=True)

    class Meta:
        verbose_name = pgettext_lazy("quiz", "attempt")
        verbose_name_plural = pgettext_lazy("quiz", "attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "unit_version", "number"], name="courses_attempt_number_once"
            ),
            models.UniqueConstraint(
                fields=["enrollment", "unit_version"],
                condition=Q(submitted_at=None),
                name="courses_one_open_attempt",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=0, score__lte=1), name="courses_score_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, score=None, is_passed=None)
                | Q(submitted_at__isnull=False, score__isnull=False, is_passed__isnull=False),
                name="courses_attempt_graded_when_submitted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_version} {self.number}"


class Answer(models.Model):
    """A learner's answer to one question, saved as it is given and changed until the attempt is handed in."""

    wagtail_reference_index_ignore = True

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    question_key = models.UUIDField()
    value = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = pgettext_lazy("quiz", "answer")
        verbose_name_plural = pgettext_lazy("quiz", "answers")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "question_key"], name="courses_one_answer_a_question"),
        ]

    def __str__(self) -> str:
        return f"{self.saved_at:%Y-%m-%d %H:%M}"
