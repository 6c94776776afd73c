import uuid
from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.people.enums import OrgUnitKind


class District(models.Model):
    """A piece of the map, apart from the organisation: it decides which contact routes apply."""

    wagtail_reference_index_ignore = True

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OrgUnit(models.Model):
    """A school, preschool, office, department or the city itself. Its parent depends on the date."""

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=24, choices=OrgUnitKind)
    school_unit_code = models.CharField(
        _("school unit code"),
        max_length=8,
        null=True,
        blank=True,
        unique=True,
        validators=[RegexValidator(r"^\d{8}$", _("A school unit code has eight digits."))],
        help_text=_("Eight digits. Preschools have none."),
    )
    local_code = models.CharField(_("local code"), max_length=40, null=True, blank=True, unique=True)
    opens_on = models.DateField(_("opens on"), null=True, blank=True)
    closes_on = models.DateField(_("closes on"), null=True, blank=True)
    controller = models.CharField(
        _("answerable board"),
        max_length=200,
        blank=True,
        help_text=_("The board answerable for personal data. Empty: the same as the unit above."),
    )
    district = models.ForeignKey(District, null=True, blank=True, on_delete=models.PROTECT, related_name="org_units")

    class Meta:
        verbose_name = _("org unit")
        verbose_name_plural = _("org units")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(opens_on=None) | Q(closes_on__gte=F("opens_on")),
                name="ledstang_org_unit_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def is_open_on(self, day: date) -> bool:
        """Not closed by a day. When a unit begins is said by its first placement."""
        return self.closes_on is None or day <= self.closes_on


class OrgUnitPlacement(models.Model):
    """Under which parent an org unit stands from a day on, until its next placement.

    Having no end date, placements can neither overlap nor leave a gap.
    """

    wagtail_reference_index_ignore = True

    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="placements")
    parent = models.ForeignKey(
        OrgUnit, null=True, blank=True, on_delete=models.PROTECT, related_name="child_placements"
    )
    starts_on = models.DateField(_("from"))
    recorded_at = models.DateTimeField(_("recorded at"))
    retracted_at = models.DateTimeField(_("retracted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.UniqueConstraint(
                fields=["org_unit", "starts_on"],
                condition=Q(retracted_at=None),
                name="ledstang_placement_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("org_unit")),
                name="ledstang_placement_not_under_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.org_unit} {self.starts_on}"
