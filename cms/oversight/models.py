"""Files that are made for one recipient, and what has been disclosed to the public."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.compliance.models import Requirement, Target
from cms.core.models import Record
from cms.core.storage import private_storage
from cms.oversight.enums import FileFormat, LineDecision, SecrecyGround
from cms.people.models import OrgUnit, Person

KEPT_FOR = timedelta(days=7)


def no_filters() -> dict[str, Any]:
    return {}


class ExportFileQuerySet(models.QuerySet["ExportFile"]):
    def kept(self, now: datetime | None = None) -> "ExportFileQuerySet":
        return self.filter(created_at__gt=(now or timezone.now()) - KEPT_FOR)

    def too_old(self, now: datetime | None = None) -> "ExportFileQuerySet":
        return self.filter(created_at__lte=(now or timezone.now()) - KEPT_FOR)

    def waiting(self, now: datetime | None = None) -> "ExportFileQuerySet":
        """Not made yet, and in nobody's hands: new ones, and those whose worker has died."""
        free = Q(leased_until=None) | Q(leased_until__lt=now or timezone.now())
        return self.filter(free, made_at=None)


class ExportFile(models.Model):
    """A long list that is made beside the web, for the one who asked, and removed after a week.

    `seal` tells whom the list was made without; if that has changed when it is fetched, it is made anew.
    """

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="export_files")
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    filters = models.JSONField(_("filters"), default=no_filters)
    file_format = models.CharField(_("format"), max_length=4, choices=FileFormat)
    created_at = models.DateTimeField(_("asked for at"))
    leased_until = models.DateTimeField(null=True)
    people_done = models.PositiveIntegerField(default=0)
    people_total = models.PositiveIntegerField(default=0)
    rows = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(_("made at"), null=True)
    seal = models.CharField(max_length=64, blank=True)
    file = models.FileField(storage=private_storage, upload_to="exports", max_length=200, blank=True)

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.CheckConstraint(condition=Q(made_at=None) | ~Q(file=""), name="ledstang_export_made_with_file"),
        ]
        # Somebody's own, newest first; and those to be removed.
        indexes = [models.Index(fields=["requested_by", "-created_at"], name="ledstang_export_of_person")]

    def __str__(self) -> str:
        return f"{self.file_format} {self.created_at:%Y-%m-%d}"

    @property
    def is_made(self) -> bool:
        return self.made_at is not None

    @property
    def removed_at(self) -> datetime:
        return self.created_at + KEPT_FOR


class AwaitedRule(models.Model):
    """A rule that falls on so many that it is counted beside the web. It applies when the worker has written it."""

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requirement = models.ForeignKey(Requirement, null=True, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    rule = models.JSONField(_("rule"))
    people = models.PositiveIntegerField(_("people"))
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(_("asked for at"))
    leased_until = models.DateTimeField(null=True)
    written_at = models.DateTimeField(_("written at"), null=True)
    is_refused = models.BooleanField(_("refused"), default=False)

    class Meta:
        verbose_name = _("awaited rule")
        verbose_name_plural = _("awaited rules")
        constraints = [
            # The page of one that is written leads to its requirement.
            models.CheckConstraint(
                condition=Q(written_at=None) | Q(requirement__isnull=False), name="ledstang_written_rule_has_place"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_stuck(self) -> bool:
        """Nobody is at it any more."""
        return self.leased_until is not None and self.leased_until < timezone.now()


class Disclosure(models.Model):
    """A request for a public record: who is in the list, as of when, and what is decided about each line.

    Nobody has to say who they are to ask for a public record, so there is no place for a name: `reference` is the
    request's number in the register.
    """

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("record number of the request"), max_length=100)
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")
    filters = models.JSONField(_("filters"), default=no_filters)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return self.reference


class DisclosureLine(models.Model):
    """One line of what was asked for, and what is decided about it. Holds no names: they are read when needed."""

    wagtail_reference_index_ignore = True

    disclosure = models.ForeignKey(Disclosure, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="disclosure_lines")
    target = models.ForeignKey(Target, null=True, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=10, choices=LineDecision, default=LineDecision.PENDING)
    ground = models.CharField(_("ground"), max_length=12, choices=SecrecyGround, blank=True)

    class Meta:
        verbose_name = _("line of a disclosure")
        verbose_name_plural = _("lines of disclosures")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["disclosure", "number"], name="ledstang_disclosure_line_once"),
            # What is held back is held back for a reason.
            models.CheckConstraint(
                condition=~Q(decision__in=["mask", "withhold"]) | ~Q(ground=""), name="ledstang_secrecy_has_ground"
            ),
            # And what there is a reason to hold back is not released.
            models.CheckConstraint(
                condition=Q(decision__in=["mask", "withhold"]) | Q(ground=""), name="ledstang_ground_holds_back"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.disclosure_id}: {self.number}"


class DisclosureRelease(Record):
    """What left the house: by whom, when, to which request, and the file as it was."""

    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="release")
    released_at = models.DateTimeField(_("released at"))
    released_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    lines = models.PositiveIntegerField(_("lines released"))
    masked = models.PositiveIntegerField(_("without name"))
    withheld = models.PositiveIntegerField(_("lines withheld"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to="disclosures", max_length=200)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")

    def __str__(self) -> str:
        return str(self.disclosure)
