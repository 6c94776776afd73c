import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.core.models import Record
from cms.people.enums import Protection, Right
from cms.people.models.organisation import OrgUnit


class PersonQuerySet(models.QuerySet["Person"]):
    def unprotected(self) -> "PersonQuerySet":
        return self.filter(protection=Protection.NONE)

    def current(self) -> "PersonQuerySet":
        """Without those that were merged into another record."""
        return self.filter(merged_into=None)

    def in_alphabetical_order(self) -> "PersonQuerySet":
        return self.order_by("family_name", "given_name", "pk")


class Person(models.Model):
    """A human in the roster, or just a signed-in visitor, with or without an account.

    Everything people do hangs on Person. No personal identity number anywhere.
    """

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="ledstang_person",
        verbose_name=_("account"),
    )
    given_name = models.CharField(_("given name"), max_length=300, blank=True)
    family_name = models.CharField(_("family name"), max_length=300, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    protection = models.CharField(_("protection"), max_length=24, choices=Protection, default=Protection.NONE)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="ledstang_person_not_into_itself"),
        ]
        indexes = [
            # Lists of people, by name.
            models.Index(fields=["family_name", "given_name"], name="ledstang_person_by_name"),
            # Every figure asks who must not be in it.
            models.Index(
                fields=["merged_into"], condition=~Q(protection=Protection.NONE), name="ledstang_person_protected"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or str(_("Person without a name"))

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def is_protected(self) -> bool:
        return self.protection != Protection.NONE


class Identity(models.Model):
    """Who a login or an import says that a person is: unique by issuer and subject, never by name."""

    wagtail_reference_index_ignore = True

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(_("issuer"), max_length=200)
    subject = models.CharField(_("subject"), max_length=200)

    class Meta:
        verbose_name = _("identity")
        verbose_name_plural = _("identities")
        constraints = [
            # Imports find their person by it, logins too.
            models.UniqueConstraint(fields=["issuer", "subject"], name="ledstang_identity_once"),
        ]

    def __str__(self) -> str:
        return self.issuer


class ScopeQuerySet(models.QuerySet["Scope"]):
    def held_on(self, on: date) -> "ScopeQuerySet":
        return self.filter(starts_on__lte=on).filter(Q(ends_on=None) | Q(ends_on__gte=on))


class Scope(models.Model):
    """A person's right over a subtree of the organisation, between two dates (both included)."""

    wagtail_reference_index_ignore = True

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="scopes")
    org_unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="scopes")
    right = models.CharField(pgettext_lazy("scope", "right"), max_length=20, choices=Right)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = ScopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")
        constraints = [
            models.UniqueConstraint(fields=["person", "org_unit", "right", "starts_on"], name="ledstang_scope_once"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="ledstang_scope_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_right_display()}: {self.org_unit}"


class OversightTerms(Record):
    """Why people are followed up, since when staff know, and the union consultation: the key to person-level views."""

    purpose = models.TextField(_("purpose"))
    staff_informed_on = models.DateField(_("staff informed on"))
    consultation_ref = models.CharField(_("reference of the union consultation"), max_length=200)
    entered_at = models.DateTimeField(_("entered at"), auto_now_add=True)
    entered_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("terms of follow-up")
        verbose_name_plural = _("terms of follow-up")

    def __str__(self) -> str:
        return self.consultation_ref

    def clean(self) -> None:
        self.purpose = self.purpose.strip()

    @classmethod
    def latest(cls) -> Any:
        return cls.objects.order_by("-pk").first()
