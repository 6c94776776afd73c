import uuid
from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.people.enums import ImportState, OrgUnitKind
from cms.people.models.organisation import OrgUnit
from cms.people.models.person import Person

LONGEST_WORK = timedelta(minutes=15)


class OrgUnitIdentity(models.Model):
    """What a source calls an org unit: unique by issuer and subject, as for people."""

    wagtail_reference_index_ignore = True

    org_unit = models.ForeignKey(OrgUnit, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(_("issuer"), max_length=200)
    subject = models.CharField(_("subject"), max_length=200)

    class Meta:
        verbose_name = _("identity of an org unit")
        verbose_name_plural = _("identities of org units")
        constraints = [
            # Imports find their org unit by it.
            models.UniqueConstraint("issuer", "subject", name="ledstang_unit_identity_once"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer}: {self.subject}"


class KindMapping(models.Model):
    """How a source's word for a kind of org unit is read. Without a kind the word is known, but not yet mapped."""

    wagtail_reference_index_ignore = True

    source = models.CharField(_("source"), max_length=60)
    value = models.CharField(_("value"), max_length=200)
    kind = models.CharField(_("kind"), max_length=24, choices=OrgUnitKind, blank=True)

    class Meta:
        verbose_name = _("kind mapping")
        verbose_name_plural = _("kind mappings")
        constraints = [
            models.UniqueConstraint(fields=["source", "value"], name="ledstang_kind_mapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.value}"


class RosterImport(models.Model):
    """One import of the roster: who, when, from where, what it found and what it changed. Holds no names.

    `report` and `problems` name rows of the source and keys of ours. The files are removed when it has ended.
    """

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(_("source"), max_length=60)
    is_whole = models.BooleanField(_("holds everybody"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.WAITING)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("ended at"), null=True)
    files = models.JSONField(_("files"), default=list)
    digest = models.CharField(max_length=64, blank=True)
    removes_much = models.BooleanField(default=False)
    counts = models.JSONField(_("counts"), default=dict)
    report = models.JSONField(_("report"), default=list)
    problems = models.JSONField(_("problems"), default=list)
    read_until = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("import of the roster")
        verbose_name_plural = _("imports of the roster")
        ordering = ["-created_at"]
        permissions = [
            ("import_roster", "Can import the roster"),
            ("merge_people", "Can merge person records"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_working(self) -> bool:
        return self.state in ImportState.working()

    @property
    def is_stuck(self) -> bool:
        """Waits for so long that the worker must have been killed, or is not there."""
        return self.is_working and (self.started_at or self.created_at) < timezone.now() - LONGEST_WORK
