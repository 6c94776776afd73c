import uuid
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.people.enums import MANUAL
from cms.people.models.organisation import OrgUnit
from cms.people.models.person import Person


class Role(models.Model):
    """What someone is employed as, in the house's own words."""

    wagtail_reference_index_ignore = True

    key = models.SlugField(_("key"), unique=True)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoleMapping(models.Model):
    """How a source's word for a role is read. An unknown word is kept and reported, never a crash."""

    wagtail_reference_index_ignore = True

    source = models.CharField(_("source"), max_length=60)
    value = models.CharField(_("value"), max_length=200)
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="mappings")

    class Meta:
        verbose_name = _("role mapping")
        verbose_name_plural = _("role mappings")
        constraints = [
            models.UniqueConstraint(fields=["source", "value"], name="ledstang_role_mapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"


class KnownQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Rows with `recorded_at` and `retracted_at`: what was believed at a moment can be asked again."""

    def known_at(self, known_at: datetime | None = None) -> "KnownQuerySet":
        if known_at is None:
            return self.filter(retracted_at=None)
        return self.filter(recorded_at__lte=known_at).filter(Q(retracted_at=None) | Q(retracted_at__gt=known_at))

    def on(self, day: date) -> "KnownQuerySet":
        return self.filter(starts_on__lte=day).filter(Q(ends_on=None) | Q(ends_on__gte=day))


class Employment(models.Model):
    """A person works at an org unit in a role between two dates (both included); several at once are fine.

    A change is a new row that retracts the old one, so a report can be computed as it was known.
    """

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="employments")
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="employments")
    role = models.ForeignKey(Role, null=True, blank=True, on_delete=models.PROTECT, related_name="employments")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    # Who says so, and in the source's own words: its key for the employment, the first day and the role that it gives.
    # A source that tells one day of hiring for all of somebody's work does not rewrite where they worked before.
    source = models.CharField(_("source"), max_length=60)
    source_id = models.CharField(_("key in the source"), max_length=200, blank=True)
    source_starts_on = models.DateField(_("first day in the source"), null=True, blank=True)
    source_role = models.CharField(_("role in the source"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    retracted_at = models.DateTimeField(_("retracted at"), null=True, blank=True)

    objects = KnownQuerySet.as_manager()

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        constraints = [
            # One current row for each employment; older readings of it are retracted.
            models.UniqueConstraint(
                fields=["key"], condition=Q(retracted_at=None), name="ledstang_employment_current_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="ledstang_employment_dates_in_order",
            ),
        ]
        # Who worked where on a day: every list of people asks it.
        indexes = [
            models.Index(fields=["org_unit", "starts_on", "ends_on"], name="ledstang_employment_at_unit"),
            models.Index(fields=["person", "starts_on"], name="ledstang_employment_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.org_unit}, {self.role}"

    def rewritten(self, at: datetime, **changes: Any) -> "Employment":
        """The same employment as an unsaved row that says something else from a moment on."""
        kept = {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}
        kept |= {"id": None, "recorded_at": at, "retracted_at": None}
        newer = Employment(**kept)
        for name, value in changes.items():
            setattr(newer, name, value)
        return newer


class Leave(models.Model):
    """A person is away between two dates. Dates only, never a cause."""

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="leaves")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    # Who says so: an import ends only what its own source has told of.
    source = models.CharField(_("source"), max_length=60, default=MANUAL)
    recorded_at = models.DateTimeField(_("recorded at"))
    retracted_at = models.DateTimeField(_("retracted at"), null=True, blank=True)

    objects = KnownQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave")
        verbose_name_plural = _("leaves")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(retracted_at=None), name="ledstang_leave_current_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="ledstang_leave_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on or ''}"
