"""The inspecting process: reads one PDF that somebody sent, and says whether one of our seals covers every byte.

Started by `inspection` for one file and ended after it.
"""

import hashlib
import io
import re
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from cms.certificates.pdf import enclosure, frames

SEALED, ALTERED, FOREIGN, UNREADABLE = "sealed", "altered", "foreign", "unreadable"
FIELD = re.compile(rb"<(?:[0-9a-f]{2})+>")


def judge(data: bytes, chains: list[str]) -> dict[str, Any]:
    """What stands under a PDF: `sealed` (ours, intact, over the whole file), `altered`, `foreign` or `unreadable`.

    `chains` are the PEM texts of our seals. The signature must be by exactly one of their first certificates: a
    certificate that merely was issued by the same authority is not ours.
    """
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=True)
        signatures = reader.embedded_signatures
    except Exception:
        return {"outcome": _unread(data, chains)}
    ours = {_fingerprint(_certificates(chain)[0]): _certificates(chain) for chain in chains}
    mine = [one for one in signatures if _signer_of(one) in ours]
    if not mine:
        return {"outcome": FOREIGN}
    try:
        whole = len(signatures) == 1 and _is_intact(mine[0], ours[_signer_of(mine[0])], data)
    except Exception:
        whole = False
    return {"outcome": SEALED if whole else ALTERED, "seal": _signer_of(mine[0])}


def _unread(data: bytes, chains: list[str]) -> str:
    """Broken as PDF, but with the certificate of a seal of ours in it: somebody has altered it."""
    for chain in chains:
        if _certificates(chain)[0].dump().hex().encode() in data.lower():
            return ALTERED
    return UNREADABLE


def _certificates(chain: str) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for _type, _headers, der in pem.unarmor(chain.encode(), multiple=True)]


def _fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.dump()).hexdigest()


def _signer_of(signature: EmbeddedPdfSignature) -> str:
    try:
        return _fingerprint(signature.signer_cert)
    except Exception:
        return ""


def _is_intact(signature: EmbeddedPdfSignature, chain: list[x509.Certificate], data: bytes) -> bool:
    context = ValidationContext(
        trust_roots=[chain[-1]],
        other_certs=chain,
        allow_fetching=False,
        moment=signature.self_reported_timestamp,
        revocation_mode="soft-fail",
    )
    status = validate_pdf_signature(signature, context, skip_diff=True)
    return bool(
        status.intact
        and status.valid
        and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and _is_canonical(signature, data)
    )


def _is_canonical(signature: EmbeddedPdfSignature, data: bytes) -> bool:
    """The signature's own bytes are not signed: they must be written in the one way that we write them.

    Otherwise a hexadecimal digit in another case, or one in the padding, could be changed without being noticed.
    """
    start, length, resume, rest = (int(number) for number in signature.byte_range)
    field = data[start + length : resume]
    if start != 0 or resume + rest != len(data) or not FIELD.fullmatch(field):
        return False
    digits = field[1:-1]
    return not digits[2 * _der_length(digits) :].strip(b"0")


def _der_length(digits: bytes) -> int:
    """How many bytes the outermost DER structure says that it has."""
    head = bytes.fromhex(digits[:24].decode())
    if head[1] < 0x80:
        return 2 + head[1]
    count = head[1] & 0x7F
    return 2 + count + int.from_bytes(head[2 : 2 + count], "big")


def main() -> None:
    jobs, answers = enclosure.take_pipes()
    job = frames.read(jobs)
    enclosure.limit_memory(job.header["memory_mib"])
    enclosure.shut(readable=[])
    try:
        answer = judge(job.blobs["pdf"], job.header["chains"])
    except (Exception, MemoryError):
        answer = {"outcome": UNREADABLE}
    frames.write(answers, frames.Frame(answer))


if __name__ == "__main__":
    main()
