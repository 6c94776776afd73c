"""Guidelines: the pages editors write, the versions readers get, and that somebody has read one."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField

from cms.core.models import BasePage, Record
from cms.people.models import Person
from cms.references.blocks import content_blocks
from cms.versions.models import Version
from guidelines.enums import GuidelineKind


class GuidelineIndexPage(BasePage):
    """The list of guidelines."""

    lead = RichTextField(_("lead"), blank=True, features=["bold", "link"])

    subpage_types = ["guidelines.GuidelinePage"]

    content_panels = [*BasePage.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("list of guidelines")
        verbose_name_plural = _("lists of guidelines")


class GuidelinePage(BasePage):
    """Where a guideline is written. Readers never see this page, only the version in force."""

    parent_page_types = ["guidelines.GuidelineIndexPage"]
    subpage_types: list[str] = []
    exclude_fields_in_copy = ["key"]

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
        help_text=_("What readers state when they acknowledge. Empty: “I have taken part of the guideline”."),
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("kind"),
                FieldPanel("decided_by"),
                FieldPanel("decided_on"),
                FieldPanel("decision_ref"),
                FieldPanel("record_number"),
                FieldPanel("owner_function"),
                FieldPanel("replaces"),
                FieldPanel("review_by"),
            ],
            heading=_("Decision"),
        ),
        FieldPanel("statement"),
    ]

    class Meta:
        verbose_name = _("guideline")
        verbose_name_plural = _("guidelines")


class GuidelineVersion(Version):
    """A guideline as it was published under a number."""

    page = models.ForeignKey(GuidelinePage, null=True, on_delete=models.SET_NULL, related_name="versions")
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


class Acknowledgement(Record):
    """A person states that they have taken part of a version. Never cleared."""

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
