"""Where courses are written. Learners never see these pages, only frozen versions."""

import uuid

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable

from cms.core.enums import Audience
from cms.core.models import BasePage
from cms.references.blocks import content_blocks
from courses.enums import QuestionKind


def audience_list() -> list[str]:
    return []


class CourseIndexPage(BasePage):
    """The list of courses."""

    lead = RichTextField(_("lead"), blank=True, features=["bold", "link"])

    subpage_types = ["courses.CoursePage"]

    content_panels = [*BasePage.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("list of courses")
        verbose_name_plural = _("lists of courses")


class CoursePage(BasePage):
    """Where a course is written: what it is, for whom, and what counts as passed. Its units are child pages."""

    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.UnitPage"]
    exclude_fields_in_copy = ["key"]

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences for the list."))
    for_whom = models.CharField(_("for whom"), max_length=300, blank=True)
    body = StreamField(content_blocks(), blank=True, verbose_name=_("about the course"))
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, per cent"),
        default=80,
        validators=[MaxValueValidator(100)],
        help_text=_("How much of a unit's questions must be right."),
    )
    needs_order = models.BooleanField(
        _("units in order"), default=False, help_text=_("A unit opens when the one before is done.")
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("for_whom"),
        FieldPanel("body"),
        FieldPanel("pass_mark"),
        FieldPanel("needs_order"),
    ]

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")


class UnitPage(BasePage):
    """Where a unit is written: text, then its questions."""

    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["key"]

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    goal = models.CharField(_("goal"), max_length=300, blank=True)
    minutes = models.PositiveSmallIntegerField(_("planned minutes"), default=10)
    body = StreamField(content_blocks(), blank=True, verbose_name=_("text"))

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("goal"),
        FieldPanel("minutes"),
        FieldPanel("body"),
        InlinePanel("questions", heading=_("Questions"), label=_("Question")),
    ]

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")


class Question(Orderable, ClusterableModel):
    """A question of a unit. `key` names it through all revisions; primary keys change and are never referred to."""

    page = ParentalKey(UnitPage, on_delete=models.CASCADE, related_name="questions")
    key = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(_("kind"), max_length=12, choices=QuestionKind, default=QuestionKind.SINGLE)
    text = models.TextField(_("question"))
    feedback = models.TextField(
        _("feedback"), blank=True, help_text=_("Shown after the answer, whatever it was: why it is so.")
    )
    is_true = models.BooleanField(
        _("the statement is true"), default=False, help_text=_("Only for true-or-false questions.")
    )
    audiences = models.JSONField(_("only for"), default=audience_list, blank=True)

    panels = [
        FieldPanel("key"),
        FieldPanel("kind"),
        FieldPanel("text"),
        FieldPanel("is_true"),
        FieldPanel("feedback"),
        FieldPanel("audiences"),
        InlinePanel("choices", heading=_("Choices"), label=_("Choice")),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("question")
        verbose_name_plural = _("questions")

    def __str__(self) -> str:
        return self.text

    @staticmethod
    def audience_choices() -> list[tuple[str, str]]:
        return list(Audience.choices)


class Choice(Orderable):
    """A choice of a question, with the feedback that explains it."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")
    key = models.UUIDField(default=uuid.uuid4)
    text = models.CharField(_("choice"), max_length=500)
    is_correct = models.BooleanField(_("right"), default=False)
    feedback = models.TextField(_("feedback"), blank=True)

    panels = [FieldPanel("key"), FieldPanel("text"), FieldPanel("is_correct"), FieldPanel("feedback")]

    class Meta(Orderable.Meta):
        verbose_name = _("choice")
        verbose_name_plural = _("choices")

    def __str__(self) -> str:
        return self.text
