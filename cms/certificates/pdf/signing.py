"""Put the organisation's seal on a PDF: PAdES B-B, certifying, no changes allowed afterwards.

pyHanko's own signer would load and check the key for each signature; this one holds it. The seam for time stamps is
`timestamper`: a later setting turns B-B into B-T and the rest stays as it is.
"""

import io
from typing import Any

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from django.conf import settings
from django.utils.module_loading import import_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cms.certificates.pdf.loops import wait_for
from cms.certificates.pdf.seal import LoadedSeal

FIELD = "Stampel"
DIGEST = "sha256"
ROOM = 1536  # bytes of a signature beside its certificates: attributes, digest, the signature itself
ROOM_FOR_TIMESTAMP = 8192


class HeldSigner(Signer):
    """Signs with a key that stays loaded."""

    def __init__(self, seal: LoadedSeal) -> None:
        certificates = [_as_asn1(one) for one in seal.chain]
        registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(certificates[1:])
        super().__init__(signing_cert=certificates[0], cert_registry=registry)
        self._key = seal.key
        self.bytes_reserved = 2 * (sum(len(one.dump()) for one in certificates) + ROOM)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class QuietWriter(IncrementalPdfFileWriter):
    """Adds the signature and nothing else: pyHanko's writer would rewrite the document's metadata."""

    def _update_meta(self) -> None:
        pass


def _as_asn1(certificate: Any) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


_signers: dict[str, HeldSigner] = {}


def _signer_of(seal: LoadedSeal) -> HeldSigner:
    if seal.fingerprint not in _signers:
        _signers[seal.fingerprint] = HeldSigner(seal)
    return _signers[seal.fingerprint]


def timestamper() -> Any:
    """What stamps the time on signatures: a pyHanko TimeStamper made by `LEDSTANG_TIMESTAMPER()`, or None."""
    path = getattr(settings, "LEDSTANG_TIMESTAMPER", "")
    return import_string(path)() if path else None


def sign(pdf: bytes, seal: LoadedSeal, *, issuer: str, reason: str) -> bytes:
    """The same PDF with a signature by the seal over every byte of it."""
    signer, stamper = _signer_of(seal), timestamper()
    metadata = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        name=issuer,
        reason=reason,
    )
    field = SigFieldSpec(FIELD, readable_field_name=reason)
    pdf_signer = PdfSigner(metadata, signer, timestamper=stamper, new_field_spec=field)
    reserved = signer.bytes_reserved + (2 * ROOM_FOR_TIMESTAMP if stamper is not None else 0)
    output = wait_for(pdf_signer.async_sign_pdf(QuietWriter(io.BytesIO(pdf)), bytes_reserved=reserved))
    signed: bytes = output.getvalue()
    return signed
