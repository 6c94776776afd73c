"""What a question is, whether it is written in a unit or kept in the bank."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from modelcluster.contrib.taggit import ClusterTaggableManager
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from taggit.models import TaggedItemBase
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable
from wagtail.search import index

from courses.admin_forms import BankItemForm
from courses.enums import Credit, QuestionKind
from courses.models.fields import AudiencesField, KeyField
from courses.panels import KeyPanel, only_for

CHOSEN = (QuestionKind.SINGLE, QuestionKind.MULTIPLE)
ROWS = (QuestionKind.MATCH, QuestionKind.ORDER)
WRITTEN = (QuestionKind.NUMERIC, QuestionKind.SHORT)


class AbstractQuestion(ClusterableModel):
    """A question. `key` names it through all revisions; primary keys change and are never referred to."""

    choices: Any  # its children, through their `question`

    key = KeyField()
    kind = models.CharField(
        pgettext_lazy("quiz", "kind"), max_length=12, choices=QuestionKind, default=QuestionKind.SINGLE
    )
    text = models.TextField(
        pgettext_lazy("quiz", "question"),
        help_text=_("Law and contacts can be cited by key, as in texts: {{lag:orosanmalan}}."),
    )
    is_true = models.BooleanField(
        _("the statement is"),
        null=True,
        blank=True,
        choices=[(True, pgettext_lazy("quiz", "True")), (False, pgettext_lazy("quiz", "False"))],
        help_text=_("Only for true-or-false questions, which have no choices of their own."),
    )
    credit = models.CharField(
        _("points"),
        max_length=8,
        choices=Credit,
        default=Credit.WHOLE,
        help_text=_("Only for several right choices, pairs and order. Wrong choices are deducted."),
    )
    is_shuffled = models.BooleanField(
        _("shuffle the choices"),
        default=False,
        help_text=_("Another order for each person and attempt. What is to be put in order is always shuffled."),
    )
    tolerance = models.DecimalField(
        _("how far off is still right"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Only for numbers. With 7 as the right one and 1 here, everything from 6 to 8 is right."),
    )
    suffix = models.CharField(
        _("unit of the number"), max_length=20, blank=True, help_text=_("Only for numbers. Such as: weeks, years, %.")
    )
    feedback = models.TextField(
        pgettext_lazy("quiz", "why"),
        blank=True,
        help_text=_("Shown after the answers are handed in, right or wrong: why it is so."),
    )
    read_again = models.CharField(
        _("heading to read again"),
        max_length=200,
        blank=True,
        help_text=_("A heading of the unit's text, word for word. Whoever answers wrong gets a link to it."),
    )
    audiences = AudiencesField(_("question only for"))

    panels = [
        KeyPanel(),
        FieldPanel("kind"),
        FieldPanel("text"),
        FieldPanel("is_true", classname=only_for(QuestionKind.TRUE_FALSE)),
        InlinePanel(
            "choices",
            heading=pgettext_lazy("quiz", "Choices"),
            label=pgettext_lazy("quiz", "Choice"),
            classname=only_for(*CHOSEN, *ROWS, *WRITTEN),
            help_text=_(
                "Choices: at least two, the right ones ticked. Pairs: one row each, with what belongs to it. Order: "
                "the steps as they should come. Number or words: each right answer, ticked, and usual mistakes, not."
            ),
        ),
        FieldPanel("credit", classname=only_for(QuestionKind.MULTIPLE, *ROWS)),
        FieldPanel("is_shuffled", classname=only_for(*CHOSEN, QuestionKind.MATCH)),
        FieldRowPanel([FieldPanel("tolerance"), FieldPanel("suffix")], classname=only_for(QuestionKind.NUMERIC)),
        FieldPanel("feedback"),
        FieldPanel("read_again"),
        FieldPanel("audiences"),
    ]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text or ""


class AbstractChoice(Orderable):
    """A choice, a row of pairs, a step, or an answer that one can write; with the feedback that explains it."""

    key = KeyField()
    text = models.CharField(pgettext_lazy("quiz", "choice"), max_length=500)
    match = models.CharField(
        pgettext_lazy("quiz", "belongs together with"),
        max_length=120,
        blank=True,
        help_text=_("Only for pairs: what is to be chosen for this row. Several rows may have the same."),
    )
    is_correct = models.BooleanField(pgettext_lazy("quiz", "this is right"), default=False)
    feedback = models.TextField(
        pgettext_lazy("quiz", "feedback"), blank=True, help_text=_("Shown afterwards to those who chose this.")
    )

    panels = [
        KeyPanel(),
        FieldPanel("text"),
        FieldPanel("match", classname=only_for(QuestionKind.MATCH)),
        FieldPanel("is_correct", classname=only_for(*CHOSEN, *WRITTEN)),
        FieldPanel("feedback"),
    ]

    class Meta(Orderable.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.text or ""


# The bank


class QuestionBankTag(TaggedItemBase):
    """A word that a question of the bank is found by."""

    content_object = ParentalKey("courses.QuestionBankItem", on_delete=models.CASCADE, related_name="tagged_items")


class QuestionBankItem(index.Indexed, AbstractQuestion):
    """A question that several units can draw. A version freezes it as it is then; later edits wait for the next one."""

    base_form_class = BankItemForm
    tags = ClusterTaggableManager(
        through=QuestionBankTag,
        blank=True,
        verbose_name=pgettext_lazy("quiz", "tags"),
        help_text=_("A unit draws among the questions that have a tag."),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    panels = [*AbstractQuestion.panels, FieldPanel("tags")]
    search_fields = [index.SearchField("text"), index.AutocompleteField("text"), index.FilterField("kind")]

    class Meta:
        verbose_name = _("question of the bank")
        verbose_name_plural = _("question bank")
        constraints = [models.UniqueConstraint(fields=["key"], name="courses_bank_key_once")]


class QuestionBankChoice(AbstractChoice):
    """A choice of a question of the bank."""

    question = ParentalKey(QuestionBankItem, on_delete=models.CASCADE, related_name="choices")

    class Meta(AbstractChoice.Meta):
        verbose_name = pgettext_lazy("quiz", "choice")
        verbose_name_plural = pgettext_lazy("quiz", "choices")
