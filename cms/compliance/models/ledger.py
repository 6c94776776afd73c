"""Who must do what by when, and the ledger of what was done. Standing is computed, never kept."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.compliance.enums import EvidenceKind, ExemptionReason, VoidReason
from cms.core.models import Record
from cms.core.storage import private_storage
from cms.people.models import OrgUnit, Person, Role


def kind_list() -> list[str]:
    return []


class Target(models.Model):
    """The ground's handle on something that can be required: a guideline, a course, another plugin's kind."""

    wagtail_reference_index_ignore = True

    kind = models.CharField(_("kind"), max_length=40)
    key = models.UUIDField(_("key"))
    title = models.CharField(_("title"), max_length=255)
    path = models.CharField(_("address"), max_length=255, blank=True)
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="ledstang_target_once")]

    def __str__(self) -> str:
        return self.title


class TargetRelease(Record):
    """A version from which earlier evidence no longer counts, and by when it must be done again."""

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="releases")
    major = models.PositiveSmallIntegerField(_("major version"))
    effective_on = models.DateField(_("in force from"))
    redo_by = models.DateField(_("to be done again by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("release of a target")
        verbose_name_plural = _("releases of targets")
        constraints = [
            models.UniqueConstraint(fields=["target", "major"], name="ledstang_release_once"),
            models.CheckConstraint(condition=Q(redo_by__gte=F("effective_on")), name="ledstang_release_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.major}"


class Requirement(models.Model):
    """Somebody must do a target. What exactly, from when, for whom: its rules."""

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="requirements")
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RequirementRule(Record):
    """How a requirement reads from a day on. A change is a new rule; the latest by a day applies that day.

    Of two with the same first day, the one recorded last applies.
    """

    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="rules")
    effective_on = models.DateField(_("applies from"))
    is_ended = models.BooleanField(_("ends the requirement"), default=False)
    org_unit_kinds = models.JSONField(_("kinds of workplace"), default=kind_list, blank=True)
    due_days = models.PositiveSmallIntegerField(_("days from employment"), null=True, blank=True)
    due_on = models.DateField(_("done by"), null=True, blank=True)
    validity_months = models.PositiveSmallIntegerField(_("valid for months"), null=True, blank=True)
    yearly_month = models.PositiveSmallIntegerField(_("yearly, month"), null=True, blank=True)
    yearly_day = models.PositiveSmallIntegerField(_("yearly, day"), null=True, blank=True)
    window_days = models.PositiveSmallIntegerField(_("days before expiry when it can be renewed"), default=90)
    prior_months = models.PositiveSmallIntegerField(_("age of prior learning in months"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("requirement rule")
        verbose_name_plural = _("requirement rules")
        constraints = [
            models.UniqueConstraint(
                fields=["requirement", "effective_on", "recorded_at"], name="ledstang_rule_once_a_day"
            ),
            # A rule that does not end says when it is due: in days, by a date, or by a date with days for newcomers.
            models.CheckConstraint(
                condition=Q(is_ended=True) | Q(due_days__isnull=False) | Q(due_on__isnull=False),
                name="ledstang_rule_has_a_due",
            ),
            models.CheckConstraint(condition=Q(window_days__lte=365), name="ledstang_rule_window_in_a_year"),
            models.CheckConstraint(
                condition=Q(validity_months=None) | Q(validity_months__range=(1, 600)),
                name="ledstang_rule_validity_in_reason",
            ),
            models.CheckConstraint(
                condition=Q(yearly_month=None, yearly_day=None)
                | Q(yearly_month__range=(1, 12), yearly_day__range=(1, 31), validity_months=None),
                name="ledstang_rule_one_validity",
            ),
            models.CheckConstraint(
                condition=Q(prior_months=None) | Q(prior_months__lte=600), name="ledstang_rule_prior_in_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement} {self.effective_on}"


class RuleOrgUnit(Record):
    """A subtree of the organisation that a rule applies to. None at all: everywhere."""

    rule = models.ForeignKey(RequirementRule, on_delete=models.PROTECT, related_name="org_unit_rows")
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "org_unit"], name="ledstang_rule_unit_once")]

    def __str__(self) -> str:
        return str(self.org_unit)


class RuleRole(Record):
    """A role that a rule applies to. None at all: every role."""

    rule = models.ForeignKey(RequirementRule, on_delete=models.PROTECT, related_name="role_rows")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "role"], name="ledstang_rule_role_once")]

    def __str__(self) -> str:
        return str(self.role)


class RuleTarget(Record):
    """Another target that meets a rule as well. None at all: only the requirement's own."""

    rule = models.ForeignKey(RequirementRule, on_delete=models.PROTECT, related_name="target_rows")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "target"], name="ledstang_rule_target_once")]

    def __str__(self) -> str:
        return str(self.target)


class Evidence(Record):
    """Append-only proof that a person met a target, on a version, at a time. No score, no org unit."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source_key = models.CharField(_("source"), max_length=200, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="evidence")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(_("kind"), max_length=14, choices=EvidenceKind)
    version_number = models.CharField(_("version"), max_length=12, blank=True)
    version_major = models.PositiveSmallIntegerField(null=True)
    version_sha256 = models.CharField(max_length=64, blank=True)
    achieved_at = models.DateTimeField(_("done at"))
    achieved_on = models.DateField(_("done on"))
    valid_until = models.DateField(_("valid until"), null=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="evidence_recorded")
    document = models.FileField(
        _("document"), storage=private_storage, upload_to="evidence", max_length=200, blank=True
    )

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        # Standing asks for a person's evidence of a target; reports for a target's evidence.
        indexes = [
            models.Index(fields=["person", "target", "achieved_on"], name="ledstang_evidence_of_person"),
            models.Index(fields=["target", "achieved_on"], name="ledstang_evidence_of_target"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("achieved_on")),
                name="ledstang_evidence_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.version_number} {self.achieved_on}"


class EvidenceVoid(Record):
    """A mistake taken back by a row of its own: the evidence stays and no longer counts."""

    evidence = models.OneToOneField(Evidence, on_delete=models.PROTECT, related_name="void")
    reason = models.CharField(_("reason"), max_length=20, choices=VoidReason)
    voided_at = models.DateTimeField(_("voided at"))
    voided_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("void")
        verbose_name_plural = _("voids")

    def __str__(self) -> str:
        return self.get_reason_display()


class Exemption(Record):
    """A person need not do a target for a time. The reason comes from a closed list."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="exemptions")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="exemptions")
    reason = models.CharField(_("reason"), max_length=20, choices=ExemptionReason)
    starts_on = models.DateField(_("from"))
    until = models.DateField(_("until"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("exemption")
        verbose_name_plural = _("exemptions")
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("starts_on")), name="ledstang_exemption_dates_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.until}"


class ExemptionEnd(Record):
    """An exemption taken back before its time."""

    exemption = models.OneToOneField(Exemption, on_delete=models.PROTECT, related_name="end")
    ended_on = models.DateField(_("ended on"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("end of an exemption")
        verbose_name_plural = _("ends of exemptions")

    def __str__(self) -> str:
        return str(self.ended_on)
