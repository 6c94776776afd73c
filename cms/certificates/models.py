"""Certificates: facts frozen at issue, a file written once, and what has happened since."""

import secrets
import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from cms.certificates import kept
from cms.certificates.enums import REASONS, CertificateKind, CertificateState, EventKind
from cms.core.models import Record
from cms.core.storage import private_storage
from cms.people.models import OrgUnit, Person

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter looks like a digit
ID_LENGTH = 26  # 26 × 5 bits ≥ 128 bits


def new_public_id() -> str:
    """128 random bits as 26 characters that can be read aloud and typed."""
    number = secrets.randbits(128)
    letters = []
    for _position in range(ID_LENGTH):
        number, index = divmod(number, 32)
        letters.append(ALPHABET[index])
    return "".join(reversed(letters))


def file_path(file: "CertificateFile", filename: str) -> str:
    return f"certificates/{file.sha256[:2]}/{file.sha256}.pdf"


def asset_path(asset: "CertificateAsset", filename: str) -> str:
    return f"certificates/assets/{asset.sha256[:2]}/{asset.sha256}"


class Certificate(Record):
    """A frozen document about what somebody has done. Its facts are never changed; a correction supersedes."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    source_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=CertificateKind)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="certificates")
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField(_("issued at"))
    org_unit = models.ForeignKey(OrgUnit, null=True, on_delete=models.SET_NULL, related_name="certificates")
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        # "Min utbildning" lists a person's certificates, newest first.
        indexes = [models.Index(fields=["person", "-issued_at"], name="ledstang_certificates_of")]
        constraints = [
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(supersedes=F("pk")), name="ledstang_certificate_not_itself"
            )
        ]
        permissions = [("correct_certificate", _("Can revoke and correct certificates"))]

    def __str__(self) -> str:
        return self.public_id

    @property
    def state(self) -> CertificateState:
        if any(event.kind == EventKind.REVOKED for event in self.events.all()):
            return CertificateState.REVOKED
        if hasattr(self, "superseded_by"):
            return CertificateState.SUPERSEDED
        return CertificateState.VALID

    @property
    def file_name(self) -> str:
        """What its PDF is called where somebody saves it: a statement says of which org unit it is."""
        of = slugify(self.facts.get("org_unit", ""))[:60] if self.kind == CertificateKind.STATEMENT else ""
        return f"sammanstallning-{of}-{self.public_id}.pdf" if of else f"intyg-{self.public_id}.pdf"

    def has_expired(self, on: date) -> bool:
        """Whether the last day that stands on it has passed; most have none."""
        valid_until: str | None = self.facts.get("valid_until")
        return valid_until is not None and valid_until < on.isoformat()


class CertificateAsset(Record):
    """A picture or an embedded file that certificates show, kept by hash: changing the original changes none."""

    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(storage=private_storage, upload_to=asset_path, max_length=120)
    media_type = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("certificate asset")
        verbose_name_plural = _("certificate assets")

    def __str__(self) -> str:
        return self.sha256[:12]

    def read(self) -> bytes:
        """The bytes, checked against their hash. Raises kept.FileDamaged."""
        return kept.fetch(private_storage(), str(self.file.name), self.sha256)


class Seal(Record):
    """A seal certificate that has signed something here: the public half only, kept so that old files verify."""

    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    subject = models.CharField(_("holder"), max_length=300)
    not_before = models.DateTimeField(_("valid from"))
    not_after = models.DateTimeField(_("valid to"))
    is_demo = models.BooleanField(_("demo"), default=False)
    chain = models.TextField(_("certificates, PEM"))
    first_used_at = models.DateTimeField(_("first used"))

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["-first_used_at", "-pk"]

    def __str__(self) -> str:
        return self.fingerprint[:16]


class CertificateFile(Record):
    """The PDF of a certificate, written once under its hash, never rendered again."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="file")
    # Whoever uploads a PDF asks by its hash.
    sha256 = models.CharField(max_length=64, unique=True)
    file = models.FileField(storage=private_storage, upload_to=file_path, max_length=120)
    size = models.PositiveIntegerField()
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="files")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("certificate file")
        verbose_name_plural = _("certificate files")

    def __str__(self) -> str:
        return self.sha256[:12]

    def read(self) -> bytes:
        """The bytes, checked against their hash. Raises kept.FileDamaged."""
        return kept.fetch(private_storage(), str(self.file.name), self.sha256)


class CertificateEvent(Record):
    """Something that happened to a certificate, with reason and actor."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind)
    reason = models.CharField(max_length=20, choices=REASONS, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("certificate event")
        verbose_name_plural = _("certificate events")
        ordering = ["at", "pk"]
        constraints = [
            # A certificate ends once, also when two administrators press at the same time.
            models.UniqueConstraint(
                fields=["certificate"], condition=~Q(kind=EventKind.ISSUED), name="ledstang_certificate_ends_once"
            ),
            models.UniqueConstraint(
                fields=["certificate"], condition=Q(kind=EventKind.ISSUED), name="ledstang_certificate_issued_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.ISSUED) | ~Q(reason=""), name="ledstang_certificate_event_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class CertificateBundle(models.Model):
    """A set of certificates that somebody wants as one ZIP. Who may have which is asked when it is fetched."""

    wagtail_reference_index_ignore = True

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="certificate_bundles")
    title = models.CharField(_("title"), max_length=200)
    certificate_ids = models.JSONField(_("certificates"), default=list)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("bundle of certificates")
        verbose_name_plural = _("bundles of certificates")

    def __str__(self) -> str:
        return self.title
