"""Learning paths: named sequences of courses, how they were published, and the talks that belong to them."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, PageChooserPanel
from wagtail.models import Orderable

from cms.core.models import BasePage, Record
from cms.people.models import Person
from cms.versions.models import Version
from courses.models.pages import CoursePage, PreviewedPage


class LearningPathPage(PreviewedPage):
    """Where a learning path is written: its courses in order, and whether a supervisor's talk belongs to it.

    It is published with Wagtail's own button. What people meet is the version that this mints.
    """

    page_description = _("Courses that belong together, in order, with a certificate of their own.")
    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["key"]

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("One or two sentences: what the path leads to, and for whom it is worth.")
    )
    for_whom = models.CharField(
        _("for whom"), max_length=300, blank=True, help_text=_("Such as: social workers who work with young people.")
    )
    needs_talk = models.BooleanField(
        _("a supervisor's talk belongs to it"),
        default=False,
        help_text=_(
            "The head writes down that the talk was held, and which day. Nothing of what was said, nothing of cases."
        ),
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("for_whom"),
        InlinePanel("steps", min_num=1, heading=_("Courses"), label=pgettext_lazy("path", "Course")),
        FieldPanel("needs_talk"),
    ]
    promote_panels = [FieldPanel("slug")]

    class Meta:
        verbose_name = _("learning path")
        verbose_name_plural = _("learning paths")


class LearningPathStep(Orderable):
    """A course of a learning path as it is written."""

    page = ParentalKey(LearningPathPage, on_delete=models.CASCADE, related_name="steps")
    course = models.ForeignKey(
        CoursePage, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("path", "course")
    )
    is_required = models.BooleanField(
        pgettext_lazy("path", "required"),
        default=True,
        help_text=_("Untick for a course that one may take besides. It stands on the certificate if it is done."),
    )

    panels = [FieldRowPanel([PageChooserPanel("course"), FieldPanel("is_required")])]

    class Meta(Orderable.Meta):
        verbose_name = _("course of a learning path")
        verbose_name_plural = _("courses of learning paths")

    def __str__(self) -> str:
        return str(self.course) if self.course_id else ""

    def clean(self) -> None:
        super().clean()
        if self.course_id and not self.course.versions.exists():
            raise ValidationError({"course": _("The course has not been published yet.")})


class LearningPathVersion(Version):
    """A learning path as it was published, under a number. A later one takes nothing away from those who are done."""

    page = models.ForeignKey(LearningPathPage, null=True, on_delete=models.SET_NULL, related_name="versions")
    summary = models.TextField(blank=True)
    for_whom = models.CharField(max_length=300, blank=True)
    needs_talk = models.BooleanField(default=False)

    class Meta(Version.Meta):
        verbose_name = _("learning path version")
        verbose_name_plural = _("learning path versions")
        constraints = [*Version.Meta.constraints]


class LearningPathCourse(Record):
    """A course in a version of a learning path. Which version of the course is taken, the course decides."""

    path_version = models.ForeignKey(LearningPathVersion, on_delete=models.PROTECT, related_name="courses")
    course_key = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=255)
    is_required = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("course in a learning path version")
        verbose_name_plural = _("courses in learning path versions")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["path_version", "course_key"], name="courses_path_course_once"),
            models.UniqueConstraint(fields=["path_version", "position"], name="courses_path_course_position"),
        ]
        # Whoever finishes a course is asked which paths it is part of.
        indexes = [models.Index(fields=["course_key"], name="courses_paths_with")]

    def __str__(self) -> str:
        return self.title


class SignOff(Record):
    """A supervisor's talk was held: with whom, for which path, on which day, and who says so. Nothing else."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    path_key = models.UUIDField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="sign_offs")
    held_on = models.DateField(_("held on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("supervisor's talk")
        verbose_name_plural = _("supervisor's talks")
        indexes = [models.Index(fields=["person", "path_key"], name="courses_talks_of")]

    def __str__(self) -> str:
        return f"{self.path_key} {self.held_on}"


class SignOffVoid(Record):
    """A talk that was written down by mistake."""

    sign_off = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="void")
    voided_at = models.DateTimeField()
    voided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("supervisor's talk taken back")
        verbose_name_plural = _("supervisor's talks taken back")

    def __str__(self) -> str:
        return f"{self.voided_at:%Y-%m-%d}"
