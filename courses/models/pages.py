"""Where courses are written. Learners never see these pages, only frozen versions."""

import uuid
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.http import HttpRequest  # noqa: TID251 a page tells how it is reached
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import CommentPanel, FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable
from wagtail.url_routing import RouteResult

from cms.core.enums import Audience
from cms.core.models import BasePage
from cms.core.widgets import DayInput
from cms.references.blocks import content_blocks
from cms.versions.pages import Withdrawable
from courses.admin_forms import CoverSelect, UnitPageForm
from courses.blocks import unit_blocks
from courses.enums import Cover, Rule
from courses.models.fields import AudiencesField, TagField
from courses.models.questions import AbstractChoice, AbstractQuestion
from courses.models.scenarios import WithScenario
from courses.panels import CourseUnitsPanel
from courses.registry import previews


class PreviewedPage(BasePage):
    """A page whose preview is rendered like what learners get, by a view that has registered for it.

    What a course is can be read by everyone, so these pages offer no privacy settings that would not hold.
    """

    private_page_options: list[str] = []

    class Meta:
        abstract = True

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        return previews.get(self._meta.model_name or "").render(request, self, mode_name)


class CourseIndexPage(PreviewedPage):
    """The list of courses."""

    lead = RichTextField(_("lead"), blank=True, features=["bold", "link"])

    subpage_types = ["courses.CoursePage", "courses.LearningPathPage"]

    content_panels = [*BasePage.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("list of courses")
        verbose_name_plural = _("lists of courses")


class CutPage(PreviewedPage):
    """A page that is only published with its course, when a version is cut.

    `key` names what is written through all revisions; a copy is another thing, gets new keys and starts as a draft.
    """

    exclude_fields_in_copy = ["key"]
    settings_panels = [CommentPanel()]

    class Meta:
        abstract = True

    @property
    def has_workflow(self) -> bool:
        """Units are not approved one by one: whoever may publish the course cuts a version."""
        return False

    def get_workflow(self) -> None:
        return

    def copy_all_child_relations(
        self, target: Any, exclude: list[str] | None = None, commit: bool = False, append: bool = False
    ) -> dict[Any, Any]:
        target.live = False
        target.has_unpublished_changes = True
        if target.key == self.key:
            target.key = uuid.uuid4()
        copied: dict[Any, Any] = super().copy_all_child_relations(target, exclude, commit, append)
        target.renew_keys()
        return copied

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """The page as a revision has it. A revision that was made on the page this is a copy of gets new keys."""
        page = super().with_content_json(content)
        page.key = self.specific.key
        if content.get("translation_key") not in (None, str(self.translation_key)):
            page.renew_keys()
        return page

    def renew_keys(self) -> None:
        """New keys for the parts, the same each time: they derive from the page's own."""


class CoursePage(Withdrawable, CutPage):
    """Where a course is written: what it is, for whom, and what counts as passed. Its units are child pages."""

    parent_page_types = ["courses.CourseIndexPage"]
    subpage_types = ["courses.UnitPage"]
    page_description = _("Units with text, questions and scenarios, and a certificate when all are done.")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    # What it is
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("One or two sentences for the list of courses and search results.")
    )
    for_whom = models.CharField(
        _("for whom"), max_length=300, blank=True, help_text=_("Such as: teachers in years 7 to 9.")
    )
    cover = models.CharField(
        pgettext_lazy("course", "drawing"),
        max_length=10,
        choices=Cover,
        blank=True,
        help_text=_("It stands over the course in the list and on its page, in the colours of the city."),
    )
    body = StreamField(
        content_blocks(),
        blank=True,
        verbose_name=_("about the course"),
        help_text=_("Everyone can read this before they start, without signing in."),
    )

    # What counts
    pass_mark = models.PositiveSmallIntegerField(
        _("pass mark, per cent"),
        default=80,
        validators=[MaxValueValidator(100)],
        help_text=_("How much of a unit's questions must be right. There is no limit to the number of attempts."),
    )
    needs_order = models.BooleanField(
        _("units in order"),
        default=False,
        help_text=_("A unit opens when the one before is done. Leave it off unless the order is necessary."),
    )

    preview_modes = [("", _("What everyone sees before the start"))]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("for_whom"),
        CourseUnitsPanel(heading=pgettext_lazy("courses", "Units")),
        FieldPanel("body"),
        FieldPanel("cover", widget=CoverSelect),
        MultiFieldPanel([FieldPanel("pass_mark"), FieldPanel("needs_order")], heading=_("What counts")),
    ]

    class Meta:
        verbose_name = pgettext_lazy("page", "course")
        verbose_name_plural = pgettext_lazy("page", "courses")

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """A course that is withdrawn keeps its address, which says why."""
        if not self.live and not path_components and self.versions.exists():
            return RouteResult(self)
        found: RouteResult = super().route(request, path_components)
        return found


class UnitPage(WithScenario, CutPage):  # type: ignore[django-manager-missing]
    """Where a unit is written: text, then its questions, then its scenario."""

    parent_page_types = ["courses.CoursePage"]
    subpage_types: list[str] = []
    base_form_class = UnitPageForm
    questions: Any  # its children, through `Question.page`
    draws: Any  # those through `QuestionDraw.page`
    steps: Any  # those through `ScenarioStep.page`

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    goal = models.CharField(
        pgettext_lazy("course", "goal"),
        max_length=300,
        blank=True,
        help_text=_("What one can do afterwards, in one sentence."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("planned minutes"),
        default=10,
        validators=[MinValueValidator(1)],
        help_text=_("Reading and questions together. Learners see it, and it stands on the certificate."),
    )
    audiences = AudiencesField(
        _("unit only for"),
        help_text=_("Leave empty for a unit that everyone should do. Others neither see it nor have to do it."),
    )
    body = StreamField(
        unit_blocks(),
        blank=True,
        verbose_name=pgettext_lazy("course", "text"),
        help_text=_("What is read before the questions."),
    )

    rule = models.CharField(
        _("done when"),
        max_length=12,
        choices=Rule,
        blank=True,
        help_text=_("Leave empty for what is usual: questions passed, scenario finished, otherwise marked as read."),
    )

    # What it rests on
    is_proposal = models.BooleanField(
        _("rests on a decision of the city"),
        default=False,
        help_text=_("What it teaches is a political proposal: it is shown only where the city has decided on it."),
    )
    decided_by = models.CharField(pgettext_lazy("unit", "decided by"), max_length=200, blank=True)
    decided_on = models.DateField(pgettext_lazy("unit", "decided on"), null=True, blank=True)
    decision_ref = models.CharField(pgettext_lazy("unit", "reference of the decision"), max_length=200, blank=True)

    preview_modes = [
        ("", _("As the learner sees it")),
        *((str(audience.value), audience.label) for audience in Audience),
        ("right", _("After right answers")),
        ("wrong", _("After wrong answers")),
    ]
    content_panels = [
        *BasePage.content_panels,
        FieldPanel("goal"),
        FieldRowPanel([FieldPanel("minutes"), FieldPanel("audiences")]),
        FieldPanel("body"),
        InlinePanel(
            "questions",
            heading=_("Questions"),
            label=pgettext_lazy("quiz", "Question"),
            help_text=_("A unit without questions is done when the learner marks it as read."),
        ),
        InlinePanel(
            "draws",
            heading=_("Questions from the bank"),
            label=pgettext_lazy("quiz", "Draw"),
            help_text=_("Asked after the questions above. Which ones differs between people and attempts."),
        ),
        WithScenario.scenario_panel,
        FieldPanel("rule"),
        MultiFieldPanel(
            [
                FieldPanel("is_proposal"),
                FieldPanel("decided_by"),
                FieldRowPanel([FieldPanel("decided_on", widget=DayInput), FieldPanel("decision_ref")]),
            ],
            heading=_("What it rests on"),
            classname="collapsed",
        ),
    ]
    promote_panels = [FieldPanel("slug")]

    class Meta:
        verbose_name = pgettext_lazy("course", "unit")
        verbose_name_plural = pgettext_lazy("course", "units")

    @property
    def waits_for_decision(self) -> bool:
        """A proposal that the city has not decided on: it can be part of no version."""
        return bool(self.is_proposal) and self.decision is None

    @property
    def decision(self) -> dict[str, str] | None:
        """The decision of the city that it rests on, where one has been entered."""
        if not (self.is_proposal and self.decided_by and self.decided_on):
            return None
        day = self.decided_on.isoformat()
        return {"by": self.decided_by, "on": day, "reference": self.decision_ref or ""}

    def renew_keys(self) -> None:
        questions = list(self.questions.all())
        for question in questions:
            question.key = uuid.uuid5(self.key, str(question.key))
            choices = list(question.choices.all())
            for choice in choices:
                choice.key = uuid.uuid5(self.key, str(choice.key))
            question.choices = choices
        self.questions = questions
        steps = list(self.steps.all())
        for step in steps:
            step.key = uuid.uuid5(self.key, str(step.key))
            choices = list(step.choices.all())
            for choice in choices:
                choice.key = uuid.uuid5(self.key, str(choice.key))
            step.choices = choices
        self.steps = steps


class Question(Orderable, AbstractQuestion):
    """A question of a unit."""

    page = ParentalKey(UnitPage, on_delete=models.CASCADE, related_name="questions")

    class Meta(Orderable.Meta):
        verbose_name = pgettext_lazy("quiz", "question")
        verbose_name_plural = pgettext_lazy("quiz", "questions")


class Choice(AbstractChoice):
    """A choice of a question, with the feedback that explains it."""

    question = ParentalKey(Question, on_delete=models.CASCADE, related_name="choices")

    class Meta(Orderable.Meta):
        verbose_name = pgettext_lazy("quiz", "choice")
        verbose_name_plural = pgettext_lazy("quiz", "choices")


class QuestionDraw(Orderable):
    """Questions of the bank that a unit asks besides its own: so many of those with a tag, others at each attempt."""

    page = ParentalKey(UnitPage, on_delete=models.CASCADE, related_name="draws")
    tag = TagField(
        pgettext_lazy("quiz", "tag"), max_length=100, help_text=_("Questions of the bank that have it are drawn from.")
    )
    count = models.PositiveSmallIntegerField(
        _("how many to ask"),
        default=2,
        validators=[MinValueValidator(1)],
        help_text=_("Each attempt asks so many of them, as long as there are others that were not asked before."),
    )

    panels = [FieldRowPanel([FieldPanel("tag"), FieldPanel("count")])]

    class Meta(Orderable.Meta):
        verbose_name = pgettext_lazy("quiz", "draw from the bank")
        verbose_name_plural = pgettext_lazy("quiz", "draws from the bank")

    def __str__(self) -> str:
        return f"{self.count} × {self.tag}"
