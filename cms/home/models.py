import uuid
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.core.models import BasePage, CitySettings
from cms.core.widgets import DayInput
from cms.home.blocks import FaultBlock
from cms.home.enums import Conformity

LONGEST_REPORT = 2000


class HomePage(BasePage):
    """The first page of the reference site: what this is, and where to go."""

    max_count = 1

    lead = RichTextField(pgettext_lazy("home page", "lead"), blank=True, features=["bold", "link"])

    # What to do when something has happened
    urgent_title = models.CharField(
        pgettext_lazy("home page", "heading"),
        max_length=120,
        blank=True,
        help_text=_("Empty: “A child has told you – what do you do now?”"),
    )
    urgent_text = RichTextField(pgettext_lazy("home page", "text"), blank=True, features=["bold", "ol", "ul"])
    urgent_page = models.ForeignKey(
        Page,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=pgettext_lazy("home page", "page"),
        help_text=_("The guideline that says what to do."),
    )
    urgent_anchor = models.SlugField(
        pgettext_lazy("home page", "section"),
        blank=True,
        allow_unicode=True,
        help_text=_("The part of the page's address after #, to lead straight to the steps."),
    )

    situations_page = models.ForeignKey(
        Page,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("what may have happened"),
        help_text=_("A guideline or support material. The home page leads to each of its headings."),
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel(
            [
                FieldPanel("urgent_title"),
                FieldPanel("urgent_text"),
                FieldPanel("urgent_page"),
                FieldPanel("urgent_anchor"),
                FieldPanel("situations_page"),
            ],
            heading=_("When something has happened"),
        ),
    ]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["urgent_url"] = self.urgent_url(request)
        return context

    def urgent_url(self, request: Any) -> str:
        """The address of the steps, or nothing while the page is not published."""
        page = self.urgent_page
        url = page.get_url(request) if page is not None and page.live else None
        return f"{url}#{self.urgent_anchor}" if url and self.urgent_anchor else url or ""


class PlainPage(BasePage):
    """A page of running text, such as the one on personal data."""

    subpage_types: list[str] = []

    body = RichTextField(
        pgettext_lazy("home page", "text"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link"]
    )

    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")


class AccessibilityPage(BasePage):
    """The accessibility statement: the template says what the law wants said, the fields what the city knows."""

    max_count = 1
    subpage_types: list[str] = []

    organisation = models.CharField(
        _("who stands behind the site"), max_length=200, blank=True, help_text=_("Empty: the name of the city.")
    )
    conformity = models.CharField(
        _("how accessible the site is"), max_length=10, choices=Conformity, default=Conformity.PARTIAL
    )
    lead = RichTextField(pgettext_lazy("home page", "lead"), blank=True, features=["bold", "link"])
    faults = StreamField(
        [("fault", FaultBlock())],
        blank=True,
        verbose_name=_("what is not accessible yet"),
        help_text=_("Everything that you know of, each with its reason."),
    )
    tested = RichTextField(_("how the site has been tested"), blank=True, features=["bold", "link", "ul"])
    tested_on = models.DateField(_("last tested on"), null=True, blank=True)
    updated_on = models.DateField(_("statement last updated on"), null=True, blank=True)
    email = models.EmailField(_("e-mail of whoever answers"), blank=True)
    phone = models.CharField(_("telephone of whoever answers"), max_length=40, blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel(
            [FieldPanel("organisation"), FieldPanel("email"), FieldPanel("phone")], heading=_("Who answers")
        ),
        FieldPanel("conformity"),
        FieldPanel("faults"),
        MultiFieldPanel(
            [
                FieldPanel("tested"),
                FieldPanel("tested_on", widget=DayInput),
                FieldPanel("updated_on", widget=DayInput),
            ],
            heading=_("How it was tested"),
        ),
    ]

    class Meta:
        verbose_name = _("accessibility statement")
        verbose_name_plural = _("accessibility statements")

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["organisation"] = self.organisation or CitySettings.current().city_name
        return context


class FaultReportQuerySet(models.QuerySet["FaultReport"]):
    def waiting(self) -> "FaultReportQuerySet":
        """Nobody has dealt with them, the oldest first."""
        return self.filter(settled_at=None).order_by("created_at", "pk")

    def settled(self) -> "FaultReportQuerySet":
        return self.exclude(settled_at=None).order_by("-settled_at", "-pk")


class FaultReport(models.Model):
    """What somebody has told of something that they could not use. Nothing about who, unless they want an answer.

    Not a record of what anybody has done: it is removed some time after it was dealt with.
    """

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    page = models.CharField(_("which page"), max_length=300, blank=True)
    text = models.TextField(_("what did not work"), max_length=LONGEST_REPORT)
    email = models.EmailField(_("e-mail for an answer"), blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = FaultReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported fault")
        verbose_name_plural = _("reported faults")
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="ledstang_fault_says_something"),
            models.CheckConstraint(
                condition=models.Q(settled_at=None) | models.Q(settled_at__gte=models.F("created_at")),
                name="ledstang_fault_settled_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d}"
