from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

from cms.core.models import BasePage


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

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("lead"),
        MultiFieldPanel(
            [
                FieldPanel("urgent_title"),
                FieldPanel("urgent_text"),
                FieldPanel("urgent_page"),
                FieldPanel("urgent_anchor"),
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
    """A page of running text, such as the accessibility statement or the page on personal data."""

    subpage_types: list[str] = []

    body = RichTextField(
        pgettext_lazy("home page", "text"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link"]
    )

    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")
