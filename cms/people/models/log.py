import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.core.models import Record
from cms.people.enums import AuditAction, MailOutcome
from cms.people.models.organisation import OrgUnit
from cms.people.models.person import Person


class AuditEntry(Record):
    """Who did what, to whom or at which org unit, when. `details` holds keys and counts, never names."""

    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="audit_entries_made")
    action = models.CharField(_("action"), max_length=40, choices=AuditAction)
    subject = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="audit_entries_about")
    org_unit = models.ForeignKey(OrgUnit, null=True, on_delete=models.SET_NULL, related_name="audit_entries")
    object_key = models.CharField(_("object"), max_length=100, blank=True)
    details = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        # "Mina uppgifter" lists what was done about a person, newest first.
        indexes = [
            models.Index(fields=["subject", "-at"], name="ledstang_audit_of_subject"),
            models.Index(fields=["org_unit", "-at"], name="ledstang_audit_of_org_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class OutboxMessage(models.Model):
    """A mail that is owed to somebody, written in the transaction that caused it, sent at most once."""

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source_key = models.CharField(_("source"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=40)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="outbox")
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created at"))
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Set right before the mail server gets it: whoever finds it set and unsettled cannot know if the mail went out.
    handed_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=MailOutcome, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(settled_at=None, outcome="")
                | (models.Q(settled_at__isnull=False) & ~models.Q(outcome="")),
                name="ledstang_outbox_settled_with_outcome",
            ),
        ]
        # The sender asks for what is still owed, oldest first.
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(settled_at=None), name="ledstang_outbox_unsent")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d}"
