"""Registers that content cites by key: legal references and contact routes."""

from datetime import date, timedelta
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cms.core.enums import Visibility
from cms.people.models import District, Person, Role
from cms.references.enums import ContactCare, ContactKind, LawCare, LegalStatus

is_key = RegexValidator(r"^[a-z0-9_]+$", _("A key has only the letters a to z, figures and underscores."))
is_phone = RegexValidator(
    r"^\+?[0-9](?:[ -]?[0-9]){1,14}$", _("A phone number has figures, spaces and hyphens, such as 08-123 45 67.")
)
REVIEW_INTERVAL = timedelta(days=365)  # facts.md 6.1: older than twelve months is stale
VERIFY_INTERVAL = timedelta(days=183)  # numbers change more often than law does
SOON = timedelta(days=30)


def _care(cases: dict[Any, Q], otherwise: Any) -> Case:
    """The first that holds, as text."""
    whens = [When(condition, then=Value(str(care))) for care, condition in cases.items()]
    return Case(*whens, default=Value(str(otherwise)), output_field=models.CharField())


class LegalReferenceQuerySet(models.QuerySet["LegalReference"]):
    def with_care(self, on: date) -> "LegalReferenceQuerySet":
        """Each with `care`, what it needs on a day: the rules of `status_on` and `is_stale`, for whole lists."""
        begins_later = Q(in_force_from__gt=on)
        coming = (
            Q(status=LegalStatus.PROPOSED)
            | Q(status=LegalStatus.ADOPTED, in_force_from=None)
            | (Q(status__in=[LegalStatus.ADOPTED, LegalStatus.IN_FORCE]) & begins_later)
        )
        cases = {
            LawCare.REPEALED: Q(status=LegalStatus.REPEALED) | Q(in_force_to__lt=on),
            LawCare.STALE: Q(reviewed_on=None) | Q(reviewed_on__lt=on - REVIEW_INTERVAL),
            LawCare.SOON: Q(reviewed_on__lt=on + SOON - REVIEW_INTERVAL) | Q(in_force_to__lte=on + SOON),
            LawCare.COMING: coming,
        }
        return self.annotate(care=_care(cases, LawCare.REVIEWED))


class ContactQuerySet(models.QuerySet["Contact"]):
    def with_care(self, on: date) -> "ContactQuerySet":
        """Each with `care`, what it needs on a day: the rules of `is_valid` and `is_unverified`, for whole lists."""
        cases = {
            ContactCare.EXPIRED: Q(valid_to__lt=on),
            ContactCare.UNVERIFIED: Q(verified_on=None) | Q(verified_on__lt=on - VERIFY_INTERVAL),
            ContactCare.SOON: Q(verified_on__lt=on + SOON - VERIFY_INTERVAL) | Q(valid_to__lte=on + SOON),
        }
        return self.annotate(care=_care(cases, ContactCare.VERIFIED))


def ages_in_words(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return gettext("%(low)s to %(high)s years") % {"low": low, "high": high}
    if low is not None:
        return gettext("from %(low)s years") % {"low": low}
    return gettext("up to %(high)s years") % {"high": high} if high is not None else ""


class LegalReference(models.Model):
    """A paragraph of law under a key, so that no text writes its number by hand."""

    key = models.SlugField(
        _("key"),
        unique=True,
        validators=[is_key],
        help_text=_("Text cites it by this: {{lag:orosanmalan}}. It stays the same when the law is renumbered."),
    )
    title = models.CharField(_("title"), max_length=200)
    citation = models.CharField(
        pgettext_lazy("law", "citation"), max_length=200, help_text=_("Chapter, paragraph and statute.")
    )
    summary = models.TextField(
        _("summary"), blank=True, help_text=_("In plain words. Readers of frozen texts are told when it changes.")
    )
    source_url = models.URLField(_("source"), blank=True)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    in_force_to = models.DateField(_("in force to"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=LegalStatus, default=LegalStatus.IN_FORCE)
    reviewed_on = models.DateField(
        _("reviewed on"), null=True, blank=True, help_text=_("Older than twelve months counts as not reviewed.")
    )
    reviewed_by = models.CharField(_("reviewed by"), max_length=120, blank=True, help_text=_("A function, not a name."))

    objects = LegalReferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal reference")
        verbose_name_plural = _("legal references")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_to=None) | Q(in_force_from=None) | Q(in_force_to__gte=F("in_force_from")),
                name="ledstang_legal_dates_in_order",
                violation_error_message=_("The last day cannot come before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.citation})"

    def status_on(self, on: date) -> LegalStatus:
        """The status that holds on a day: dates tell more than what somebody once chose in a list."""
        status = LegalStatus(self.status)
        if self.in_force_to is not None and on > self.in_force_to:
            return LegalStatus.REPEALED
        if status == LegalStatus.IN_FORCE and self.in_force_from is not None and on < self.in_force_from:
            return LegalStatus.ADOPTED
        if status == LegalStatus.ADOPTED and self.in_force_from is not None and on >= self.in_force_from:
            return LegalStatus.IN_FORCE
        return status

    def is_in_force(self, on: date) -> bool:
        return self.status_on(on) == LegalStatus.IN_FORCE

    def is_stale(self, on: date) -> bool:
        """Not reviewed for twelve months, or never."""
        return self.reviewed_on is None or on - self.reviewed_on > REVIEW_INTERVAL


class Contact(models.Model):
    """A way to reach help, for a district or the whole city, with the day it was last verified."""

    key = models.SlugField(
        _("key"),
        validators=[is_key],
        help_text=_("Text cites it by this: {{kontakt:socialjour}}. The same in every district."),
    )
    kind = models.CharField(_("list"), max_length=20, choices=ContactKind)
    name = models.CharField(_("name"), max_length=200)
    district = models.ForeignKey(
        District,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contacts",
        verbose_name=_("district"),
        help_text=_("Empty: the whole city."),
    )
    age_from = models.PositiveSmallIntegerField(_("from age"), null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(_("to age"), null=True, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True, validators=[is_phone])
    url = models.URLField(_("web address"), blank=True)
    hours = models.CharField(_("opening hours"), max_length=200, blank=True)
    visibility = models.CharField(
        _("visible to"),
        max_length=12,
        choices=Visibility,
        default=Visibility.SIGNED_IN,
        help_text=_("Holds at the next request, in every text that has been published, old versions too."),
    )
    roles = models.ManyToManyField(
        Role,
        blank=True,
        related_name="+",
        verbose_name=_("roles"),
        help_text=_("Who sees it, when it is visible to certain roles only."),
    )
    valid_to = models.DateField(
        pgettext_lazy("contact", "valid to"),
        null=True,
        blank=True,
        help_text=_("After this day readers get 112 and 114 14 instead."),
    )
    verified_on = models.DateField(
        _("verified on"), null=True, blank=True, help_text=_("The day somebody last called or looked.")
    )
    verified_by = models.ForeignKey(
        Person, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact route")
        verbose_name_plural = _("contact routes")
        ordering = ["kind", "name", "district__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(district=None),
                name="ledstang_contact_once_for_the_city",
                violation_error_message=_("There is a contact route with this key for the whole city already."),
            ),
            models.UniqueConstraint(
                fields=["key", "district"],
                name="ledstang_contact_once_a_district",
                violation_error_message=_("There is a contact route with this key in this district already."),
            ),
            models.CheckConstraint(
                condition=~Q(phone="") | ~Q(url=""),
                name="ledstang_contact_can_be_reached",
                violation_error_message=_("Enter a phone number or a web address."),
            ),
            models.CheckConstraint(
                condition=Q(age_from=None) | Q(age_to=None) | Q(age_to__gte=F("age_from")),
                name="ledstang_contact_ages_in_order",
                violation_error_message=_("The upper age cannot be below the lower."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.district}" if self.district else self.name

    @property
    def ages(self) -> str:
        """For whom it is, in words; nothing when it is for all."""
        return ages_in_words(self.age_from, self.age_to)

    def is_valid(self, on: date) -> bool:
        return self.valid_to is None or on <= self.valid_to

    def is_unverified(self, on: date) -> bool:
        """Nobody has called or looked for half a year, or ever."""
        return self.verified_on is None or on - self.verified_on > VERIFY_INTERVAL


class GlossaryTerm(models.Model):
    """A word that readers may not know, explained where a text first uses it."""

    term = models.CharField(
        pgettext_lazy("glossary", "word"),
        max_length=80,
        unique=True,
        help_text=_("In any form: vårdnadshavare is also found as vårdnadshavaren. It may be several words."),
    )
    explanation = models.CharField(
        _("explanation"),
        max_length=300,
        help_text=_("One sentence in plain words. It can be changed at any time: published texts do not hold it."),
    )

    class Meta:
        verbose_name = _("glossary term")
        verbose_name_plural = _("glossary terms")
        ordering = ["term"]

    def __str__(self) -> str:
        return self.term
