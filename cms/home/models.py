from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField

from cms.core.models import BasePage


class HomePage(BasePage):
    """The first page of the reference site: what this is, and where to go."""

    lead = RichTextField(_("lead"), blank=True, features=["bold", "link"])

    max_count = 1

    content_panels = [*BasePage.content_panels, FieldPanel("lead")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class PlainPage(BasePage):
    """A page of running text, such as the accessibility statement or the page on personal data."""

    body = RichTextField(_("text"), features=["h2", "h3", "bold", "italic", "ol", "ul", "link"])

    subpage_types: list[str] = []

    content_panels = [*BasePage.content_panels, FieldPanel("body")]

    class Meta:
        verbose_name = _("plain page")
        verbose_name_plural = _("plain pages")
