"""Certificates: facts frozen at issue, a file written once, and what has happened since."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.certificates.enums import CertificateKind, CertificateState, EventKind, RevocationReason
from cms.core.models import Record
from cms.core.storage import private_storage
from cms.people.models import Person

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


class Certificate(Record):
    """A frozen document about what somebody has done. Its facts are never changed; a correction supersedes."""

    public_id = models.CharField(max_length=26, unique=True, default=new_public_id, editable=False)
    source_key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12, choices=CertificateKind)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="certificates")
    facts = models.JSONField()
    facts_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField(_("issued at"))
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

    def __str__(self) -> str:
        return self.public_id

    @property
    def state(self) -> CertificateState:
        if any(event.kind == EventKind.REVOKED for event in self.events.all()):
            return CertificateState.REVOKED
        if hasattr(self, "superseded_by"):
            return CertificateState.SUPERSEDED
        return CertificateState.VALID


class CertificateFile(Record):
    """The PDF of a certificate, written once under its hash, never rendered again."""

    certificate = models.OneToOneField(Certificate, on_delete=models.PROTECT, related_name="file")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(storage=private_storage, upload_to=file_path, max_length=120)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("certificate file")
        verbose_name_plural = _("certificate files")

    def __str__(self) -> str:
        return self.sha256[:12]


class CertificateEvent(Record):
    """Something that happened to a certificate, with reason and actor."""

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind)
    reason = models.CharField(max_length=20, choices=RevocationReason, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("certificate event")
        verbose_name_plural = _("certificate events")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=EventKind.REVOKED) | ~Q(reason=""), name="ledstang_revocation_has_reason"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
