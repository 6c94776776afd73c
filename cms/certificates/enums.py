from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CertificateKind(TextChoices):
    COURSE = "course", _("Course certificate")
    PATH = "path", _("Certificate of a learning path")
    UNITS = "units", _("Certificate of units done so far")
    RECEIPT = "receipt", _("Guideline receipt")
    TRANSCRIPT = "transcript", _("Transcript")
    STATEMENT = "statement", _("Statement for an org unit")
    GUIDELINE = "guideline", _("Guideline as a document")
    POSTER = "poster", _("Contact routes to put up")

    @property
    def is_personal(self) -> bool:
        """Whether it is about what one person has done."""
        return self not in (CertificateKind.STATEMENT, CertificateKind.GUIDELINE, CertificateKind.POSTER)


class CertificateState(TextChoices):
    VALID = "valid", pgettext_lazy("certificate", "Valid")
    REVOKED = "revoked", pgettext_lazy("certificate", "Revoked")
    SUPERSEDED = "superseded", pgettext_lazy("certificate", "Superseded")


class EventKind(TextChoices):
    ISSUED = "issued", pgettext_lazy("certificate", "Issued")
    REVOKED = "revoked", pgettext_lazy("certificate", "Revoked")
    SUPERSEDED = "superseded", pgettext_lazy("certificate", "Superseded")


class RevocationReason(TextChoices):
    NOT_DONE = "not_done", _("What it certifies was not done")
    WRONG_PERSON = "wrong_person", _("Issued to the wrong person")
    WRONG_FACTS = "wrong_facts", _("The facts were wrong")
    ISSUED_TWICE = "issued_twice", _("Issued twice")


class CorrectionReason(TextChoices):
    """Why a certificate was replaced by another."""

    NAME_CHANGED = "name_changed", _("The name has changed")
    CORRECTED = "corrected", _("The facts have been corrected")


class SampleContent(TextChoices):
    """What a document is tried out with."""

    USUAL = "usual", pgettext_lazy("sample", "Usual")
    LONG = "long", pgettext_lazy("sample", "300 letters of name and a long title")
    MANY = "many", pgettext_lazy("sample", "60 units or rows")
    ARABIC = "arabic", pgettext_lazy("sample", "Arabic name")
    HEBREW = "hebrew", pgettext_lazy("sample", "Hebrew name")
    THAI = "thai", pgettext_lazy("sample", "Thai name")
    NAMELESS = "nameless", pgettext_lazy("sample", "Without a name (protected)")


REASONS = [*RevocationReason.choices, *CorrectionReason.choices]
