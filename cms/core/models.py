"""Abstract models that the whole house stands on, and the gate of disposal."""

from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.images import get_image_model_string
from wagtail.models import Page

from cms.core.admin_forms import PageForm
from cms.core.prepared import Prepared

CITY_COLOUR = "#1f5a52"


class ImmutableRecordError(TypeError):
    """Something tried to change or remove a record of what happened."""


class Refused(ValueError):
    """The rules do not allow it; nothing was done. The text is for whoever asked, `where` is where it can be mended."""

    where: str = ""


class RecordQuerySet(models.QuerySet[Any]):
    def update(self, **kwargs: Any) -> NoReturn:
        raise ImmutableRecordError(f"{self.model.__name__} rows are never changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImmutableRecordError(f"{self.model.__name__} rows are never changed")

    def delete(self) -> NoReturn:
        raise ImmutableRecordError(f"{self.model.__name__} rows are never removed")

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class Record(models.Model):
    """A row that is written once: guarded here in Python and by a trigger in the database.

    What passes the trigger is a nullable foreign key becoming NULL, and rows named in `DisposalGate`.
    """

    wagtail_reference_index_ignore = True

    # The fields that a redaction may blank, and SQL that is true of an OLD row which the log of redactions names:
    # through the gate, an UPDATE of such a model passes only with both.
    redactable: ClassVar[tuple[str, ...]] = ()
    redaction_is_logged: ClassVar[str] = ""

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableRecordError(f"{type(self).__name__} rows are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise ImmutableRecordError(f"{type(self).__name__} rows are never removed")


class DisposalGate(models.Model):
    """A row that the running transaction may change or remove: the key to the triggers.

    Written and removed inside the transaction of a disposal or a redaction, so no other sees it.
    """

    wagtail_reference_index_ignore = True

    table_name = models.CharField(max_length=63)
    row_id = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table_name", "row_id"], name="ledstang_gate_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"


class BasePage(Page):
    """A page in the house's layout. A host gives its own with `LEDSTANG_BASE_TEMPLATE`."""

    base_form_class = PageForm

    class Meta:
        abstract = True

    def get_context(self, request: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["base_template"] = getattr(settings, "LEDSTANG_BASE_TEMPLATE", "ledstang_core/base.html")
        return context


@register_setting(icon="site")
class CitySettings(BaseSiteSetting):
    """Who stands behind the site: what header, mails and certificates say of the city."""

    city_name = models.CharField(_("name of the city"), max_length=120, blank=True)
    arms = models.ForeignKey(
        get_image_model_string(),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("arms"),
        help_text=_("The city's arms or mark, best as a PNG without background and at least 600 pixels high."),
    )
    arms_alt = models.CharField(
        _("what the arms show"),
        max_length=200,
        blank=True,
        help_text=_("Read out to those who do not see it. Empty: “The arms of” and the city's name."),
    )
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default=CITY_COLOUR,
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour is written as #1f5a52."))],
        help_text=_("For buttons, links and certificates. Where it could not be read it is made darker or lighter."),
    )
    issuer = models.CharField(
        _("issuer of certificates"),
        max_length=200,
        blank=True,
        help_text=_("The board or department that answers for them. Empty: the city."),
    )
    signatory_function = models.CharField(
        _("authorised function"),
        max_length=200,
        blank=True,
        help_text=_("The function in whose name certificates are issued, such as “Director of education”. Not a name."),
    )

    panels = [
        FieldPanel("city_name"),
        FieldPanel("arms"),
        FieldPanel("arms_alt"),
        FieldPanel("colour"),
        FieldPanel("issuer"),
        FieldPanel("signatory_function"),
    ]

    class Meta:
        verbose_name = _("the city")
        verbose_name_plural = _("the city")

    def __str__(self) -> str:
        return self.city_name

    @classmethod
    def current(cls) -> "CitySettings":
        """The settings of the default site, unsaved defaults where nobody has entered any. Never writes."""
        found: CitySettings | None = cls.objects.filter(site__is_default_site=True).select_related("arms").first()
        return found or cls()

    @classmethod
    def prepared(cls) -> "CitySettings":
        """The same for whoever issues certificates: quicker, but arms are another query."""
        return next((row.whole() for row in CITY.rows()), None) or cls()


CITY = Prepared(lambda: CitySettings.objects.filter(site__is_default_site=True).order_by("pk")[:1])
