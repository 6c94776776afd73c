"""The inspecting process: reads one PDF that somebody sent, and says whether one of our seals covers every byte.

Started by `inspection` for one file and ended after it.
"""

import hashlib
import io
import re
from typing import Any

from asn1crypto import algos, cms, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from cms.certificates.pdf import enclosure, frames
from cms.certificates.pdf.loops import wait_for

SEALED, ALTERED, FOREIGN, UNREADABLE = "sealed", "altered", "foreign", "unreadable"
DIGEST = "sha256"
FIELD = re.compile(rb"<(?:[0-9A-F]{2})+>")


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
    status = wait_for(async_validate_pdf_signature(signature, context, skip_diff=True))
    return bool(
        status.intact
        and status.valid
        and status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        and _is_canonical(signature, chain, data)
    )


def _is_canonical(signature: EmbeddedPdfSignature, chain: list[x509.Certificate], data: bytes) -> bool:
    """The signature's own bytes are only partly signed: they must be exactly those that we would write.

    Otherwise a hexadecimal digit in another case, one in the padding or one in a certificate that travels along
    could be changed without being noticed.
    """
    start, length, resume, rest = (int(number) for number in signature.byte_range)
    field = data[start + length : resume]
    if start != 0 or resume + rest != len(data) or not FIELD.fullmatch(field):
        return False
    expected = _as_we_write_it(signature.signer_info, chain)
    given = bytes.fromhex(field[1:-1].decode())
    return given == expected.ljust(len(given), b"\0")


def _as_we_write_it(given: cms.SignerInfo, chain: list[x509.Certificate]) -> bytes:
    """The structure of a seal, made from our own certificates and from what is signed in the given one."""
    digest = algos.DigestAlgorithm({"algorithm": DIGEST})
    kind = "rsa" if chain[0].public_key.algorithm == "rsa" else "ecdsa"
    signer = {"issuer": chain[0].issuer, "serial_number": chain[0].serial_number}
    info: dict[str, Any] = {
        "version": "v1",
        "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(signer)}),
        "digest_algorithm": digest,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": f"{DIGEST}_{kind}"}),
        "signed_attrs": given["signed_attrs"],
        "signature": given["signature"].native,
    }
    if given["unsigned_attrs"].native:
        info["unsigned_attrs"] = given["unsigned_attrs"]  # a time stamp
    content = {
        "version": "v1",
        "digest_algorithms": cms.DigestAlgorithms((digest,)),
        "encap_content_info": {"content_type": "data"},
        "certificates": [cms.CertificateChoices(name="certificate", value=one) for one in chain],
        "signer_infos": [cms.SignerInfo(info)],
    }
    written: bytes = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)}).dump()
    return written


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
