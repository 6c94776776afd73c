"""The pipeline: facts → HTML → PDF → signature → a file written once. Rendered by whoever comes first, kept once."""

import logging

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from cms.certificates import kept
from cms.certificates.enums import CertificateKind
from cms.certificates.models import Certificate, CertificateFile, Seal, file_path
from cms.certificates.pdf.document import LANGUAGE, compose
from cms.certificates.pdf.renderer import renderer
from cms.certificates.pdf.seal import LoadedSeal, current_seal
from cms.core.storage import private_storage

logger = logging.getLogger(__name__)


def make_file(certificate: Certificate) -> CertificateFile:
    """The file of a certificate, made if there is none. Two that race make two, and the first one kept is the file.

    Holds no transaction while it renders. Raises whatever stops it, and then the certificate is still being prepared.
    """
    found: CertificateFile | None = CertificateFile.objects.filter(certificate=certificate).first()
    if found is not None:
        return found
    seal = current_seal()
    unsigned = renderer.render(compose(certificate))
    with translation.override(LANGUAGE):
        reason = CertificateKind(certificate.kind).label
    issuer = certificate.facts["letterhead"]["issuer"] or certificate.facts["letterhead"]["city"]
    from cms.certificates.pdf.signing import sign  # pyHanko takes a second to load, and few processes seal

    pdf = sign(unsigned, seal, issuer=issuer or _("Ledstång"), reason=str(reason))
    row = CertificateFile(
        certificate=certificate,
        sha256=kept.digest(pdf),
        size=len(pdf),
        seal=register_seal(seal),
        created_at=timezone.now(),
    )
    row.file = file_path(row, "")
    kept.keep(private_storage(), row.file.name, pdf)
    CertificateFile.objects.bulk_create([row], ignore_conflicts=True)
    return CertificateFile.objects.get(certificate=certificate)


def try_to_make(certificate_id: int) -> CertificateFile | None:
    """The same, but whatever fails is logged and the certificate stays in preparation."""
    certificate = Certificate.objects.get(pk=certificate_id)
    try:
        return make_file(certificate)
    except Exception:
        logger.exception("certificate %s has no file yet", certificate.public_id)
        return None


def register_seal(seal: LoadedSeal) -> Seal:
    """The register's row for a seal, made when it signs for the first time. Public certificates only."""
    Seal.objects.bulk_create(
        [
            Seal(
                fingerprint=seal.fingerprint,
                subject=seal.subject[:300],
                not_before=seal.certificate.not_valid_before_utc,
                not_after=seal.certificate.not_valid_after_utc,
                is_demo=seal.is_demo,
                chain=seal.pem,
                first_used_at=timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )
    return Seal.objects.get(fingerprint=seal.fingerprint)
