"""Guidelines: the pages editors write, the versions readers get, and that somebody has read one."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import CommentPanel, FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import PageViewRestriction, TaskState

from cms.core.enums import Audience
from cms.core.models import BasePage, Record
from cms.core.widgets import DayInput
from cms.people.models import Person
from cms.references.blocks import content_blocks
from cms.versions.freezing import Draft, freeze, strings_in
from cms.versions.models import PublishingPlan, Version
from cms.versions.pages import Withdrawable
from guidelines.blocks import MOST_QUESTIONS, ControlQuestionBlock
from guidelines.enums import KIND, FlagReason, GuidelineKind
from guidelines.grading import Question, questions_in
from guidelines.panels import GoLivePanel
from guidelines.registry import draft_readers
from guidelines.workflow import ReviewTask as ReviewTask  # Django looks for models here


def are_several_words(value: str) -> None:
    if len([part for part in value.split(",") if part.strip()]) < 2:
        raise ValidationError(_("Write at least two, with a comma between them."))


class GuidelineIndexPage(BasePage):
    """The list of guidelines."""

    lead = RichTextField(_("lead"), blank=True, features=["bold", "link"])

    subpage_types = ["guidelines.GuidelinePage"]

    content_panels = [*BasePage.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("list of guidelines")
        verbose_name_plural = _("lists of guidelines")


class GuidelinePage(Withdrawable):
    """Where a guideline is written. Readers never see this page, only the version in force."""

    parent_page_types = ["guidelines.GuidelineIndexPage"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["key"]
    private_page_options = [PageViewRestriction.LOGIN, PageViewRestriction.GROUPS]
    preview_modes = [("", _("Everyone")), *((str(audience.value), audience.label) for audience in Audience)]

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    # The text
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("One or two sentences for lists and search results.")
    )
    body = StreamField(content_blocks(), blank=True, verbose_name=_("text"))

    # The decision: a guideline is adopted by a board or by delegation, publishing is not the decision
    kind = models.CharField(_("kind"), max_length=12, choices=GuidelineKind, default=GuidelineKind.GUIDELINE)
    decided_by = models.CharField(_("decided by"), max_length=200, blank=True)
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    decision_ref = models.CharField(_("reference of the decision"), max_length=120, blank=True)
    record_number = models.CharField(_("record number"), max_length=120, blank=True)
    owner_function = models.CharField(_("owner"), max_length=200, blank=True, help_text=_("A function, not a name."))
    replaces = models.CharField(_("replaces"), max_length=200, blank=True)
    review_by = models.DateField(_("review by"), null=True, blank=True)

    # What readers state
    statement = models.CharField(
        _("statement"),
        max_length=200,
        blank=True,
        help_text=_("What readers state when they acknowledge. Empty: “I have read the guideline”."),
    )
    questions = StreamField(
        [("question", ControlQuestionBlock())],
        blank=True,
        max_num=MOST_QUESTIONS,
        verbose_name=_("control questions"),
        help_text=_(
            "One to three, if any. Readers answer them before they acknowledge. Only that they were right is known."
        ),
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("decided_by"),
                FieldPanel("decided_on", widget=DayInput),
                FieldPanel("decision_ref"),
                FieldPanel("record_number"),
                FieldPanel("owner_function"),
                FieldPanel("replaces"),
                FieldPanel("review_by", widget=DayInput),
            ],
            heading=_("Decision"),
        ),
        MultiFieldPanel([FieldPanel("statement"), FieldPanel("questions")], heading=_("Acknowledgement")),
    ]
    # A guideline does not expire silently: it is withdrawn, with a reason.
    settings_panels = [GoLivePanel(), CommentPanel()]

    class Meta:
        verbose_name = _("guideline")
        verbose_name_plural = _("guidelines")

    def copy_all_child_relations(self, target: Any, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        """Wagtail asks every copy for its children, an alias too: a key of its own, though it shows our versions."""
        if target.key == self.key:
            target.key = uuid.uuid4()
        copied: dict[Any, Any] = super().copy_all_child_relations(target, *args, **kwargs)
        return copied

    def with_content_json(self, content: dict[str, Any]) -> Any:
        """The page as a revision has it, under this page's own key: a copied revision carries that of its source."""
        page = super().with_content_json(content)
        page.key = self.specific.key
        return page

    def save_revision(self, *args: Any, overwrite_revision: Any = None, **kwargs: Any) -> Any:
        """Autosave writes over its author's latest revision. One that was published or approved keeps its words, so
        that what comes after it is seen as a change, and whose."""
        if overwrite_revision is not None and self._is_kept(overwrite_revision):
            overwrite_revision = None
        return super().save_revision(*args, overwrite_revision=overwrite_revision, **kwargs)

    def _is_kept(self, revision: Any) -> bool:
        approved = revision.task_states.filter(status=TaskState.STATUS_APPROVED)
        return GuidelineVersion.objects.of(self.key).filter(revision_id=revision.pk).exists() or approved.exists()

    @property
    def has_workflow(self) -> bool:
        """What is withdrawn is submitted to nobody: they would approve what cannot be published."""
        return self.withdrawal is None and bool(super().has_workflow)

    def draft(self, *, strict: bool = True) -> Draft:
        """Everything that publishing would freeze. `strict` off stands unknown keys, for previews."""
        extra = self.frozen_fields()
        words = strings_in(extra.get("questions", []))
        return freeze(title=self.title or "", body=self.body, extra=extra, texts=words, strict=strict)

    def frozen_fields(self) -> dict[str, Any]:
        """What is frozen beside the text, the decision above all, as JSON-ready data."""
        dates = {name: getattr(self, name) for name in ("decided_on", "review_by")}
        return {
            **{name: getattr(self, name) or "" for name in FROZEN_WORDS},
            **{name: day.isoformat() if day else None for name, day in dates.items()},
            "statement": (self.statement or "").strip() or default_statement(),
            **({"questions": self.frozen_questions()} if self.questions else {}),
        }

    def frozen_questions(self) -> list[dict[str, Any]]:
        """The control questions under the keys that their blocks keep through all versions."""
        self.questions.get_prep_value()  # gives an id to blocks that were made in code
        return [
            {
                "key": str(question.id),
                "text": question.value["text"] or "",
                "choices": [
                    {
                        "key": str(choice.id),
                        "text": choice.value["text"] or "",
                        "is_right": bool(choice.value["is_right"]),
                    }
                    for choice in question.value["choices"].bound_blocks
                ],
            }
            for question in self.questions
        ]

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """The draft as a reader of the chosen audience would get it. Unknown keys and empty fields are stood."""
        context: dict[str, Any] = super().get_preview_context(request, mode_name)
        read = draft_readers.get(KIND).read
        draft = self.draft(strict=False)
        context["reading"] = read(draft, getattr(request, "user", None), mode_name)
        context["questions"] = questions_in(draft.extra)
        return context

    @property
    def is_undecided(self) -> bool:
        """A guideline that nobody has decided on cannot come into force."""
        return self.kind == GuidelineKind.GUIDELINE and not (self.decided_on and (self.decided_by or "").strip())


FROZEN_WORDS = ("kind", "summary", "decided_by", "decision_ref", "record_number", "owner_function", "replaces")


def default_statement() -> str:
    """In the site's language, whatever language the editor has chosen for the admin."""
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("I have read the guideline")


class GuidelineVersion(Version):
    """A guideline as it was published under a number."""

    page = models.ForeignKey(GuidelinePage, null=True, on_delete=models.SET_NULL, related_name="versions")
    plan = models.OneToOneField(PublishingPlan, null=True, on_delete=models.PROTECT, related_name="+")
    is_restricted = models.BooleanField(default=False)  # to some readers only, as the page was when published
    kind = models.CharField(_("kind"), max_length=12, choices=GuidelineKind)
    summary = models.TextField(blank=True)
    statement = models.CharField(max_length=200)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_on = models.DateField(null=True)
    decision_ref = models.CharField(max_length=120, blank=True)
    record_number = models.CharField(max_length=120, blank=True)
    owner_function = models.CharField(max_length=200, blank=True)
    replaces = models.CharField(max_length=200, blank=True)
    review_by = models.DateField(null=True)

    class Meta(Version.Meta):
        verbose_name = _("guideline version")
        verbose_name_plural = _("guideline versions")
        constraints = [
            *Version.Meta.constraints,
            # A substantive version of a guideline without a decision cannot come into force.
            models.CheckConstraint(
                condition=~models.Q(kind=GuidelineKind.GUIDELINE, change="substantive")
                | (models.Q(decided_on__isnull=False) & ~models.Q(decided_by="")),
                name="guidelines_version_is_decided",
            ),
        ]

    @property
    def questions(self) -> tuple[Question, ...]:
        """What readers answer before they acknowledge."""
        return questions_in(self.content.parts["extra"])


class Acknowledgement(Record):
    """A person states that they have read a version. Never cleared."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acknowledgements")
    version = models.ForeignKey(GuidelineVersion, on_delete=models.PROTECT, related_name="acknowledgements")
    sha256 = models.CharField(max_length=64)
    statement = models.CharField(max_length=200)
    acknowledged_at = models.DateTimeField(_("acknowledged at"))

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [
            models.UniqueConstraint(fields=["person", "version"], name="guidelines_acknowledged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.acknowledged_at:%Y-%m-%d}"


class SectionFlag(models.Model):
    """How many readers have flagged a section for a reason. Nothing about who or when.

    `section_sha256` is over the section's exact text, so a mended section starts anew.
    """

    wagtail_reference_index_ignore = True

    section_sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=10, choices=FlagReason)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("flagged section")
        verbose_name_plural = _("flagged sections")
        constraints = [
            models.UniqueConstraint(fields=["section_sha256", "reason"], name="guidelines_flag_counted_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.count}"


class SearchSection(models.Model):
    """A section of a version in the search index: made when it is published, and made anew by `rebuild_search`.

    `key` is that of the fragment it begins with, empty for what stands before the first heading. Bits of `readings`
    name the audiences for whom anything stands in it.
    """

    wagtail_reference_index_ignore = True

    version = models.ForeignKey(GuidelineVersion, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, blank=True)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=400)
    readings = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("section in the search index")
        verbose_name_plural = _("sections in the search index")
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="guidelines_search_section_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.position}"


class SearchTerm(models.Model):
    """A word's key (`core.stems`) in a section, how much it weighs there, and in which readings it stands."""

    wagtail_reference_index_ignore = True

    section = models.ForeignKey(SearchSection, on_delete=models.CASCADE, related_name="terms")
    term = models.CharField(max_length=64)
    weight = models.PositiveSmallIntegerField()
    readings = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("word in the search index")
        verbose_name_plural = _("words in the search index")
        constraints = [
            models.UniqueConstraint(fields=["section", "term"], name="guidelines_search_term_once"),
        ]
        # Searching looks for words, at their beginning and within; then which sections they stand in.
        indexes = [models.Index(fields=["term", "section", "weight", "readings"], name="guidelines_search_term_in")]

    def __str__(self) -> str:
        return self.term


class Synonyms(models.Model):
    """Words that a search takes for each other, kept by editors."""

    words = models.CharField(
        _("words"),
        max_length=400,
        validators=[are_several_words],
        help_text=_("With commas between them. An entry may be several words: bortgift, gifta sig mot sin vilja."),
    )

    class Meta:
        verbose_name = _("words that mean the same")
        verbose_name_plural = _("words that mean the same")
        ordering = ["words"]

    def __str__(self) -> str:
        return self.words

    @property
    def phrases(self) -> list[str]:
        return [phrase for part in self.words.split(",") if (phrase := part.strip())]
