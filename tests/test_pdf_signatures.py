"""The seal: what it covers, that others agree, that no changed byte is accepted, and that rotation keeps old ones."""

import io
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from cms.certificates.actions import issue_certificate, make_whole
from cms.certificates.models import Seal
from cms.certificates.pdf import inspector, seal, signing
from cms.certificates.pdf.inspection import Outcome, inspect
from cms.certificates.pdf.loops import wait_for
from cms.certificates.pdf.renderer import renderer
from cms.certificates.pdf.seal import LoadedSeal, SealUnusable, current_seal
from cms.certificates.pdf.signing import HeldSigner, sign
from tests.campaigns import Campaign
from tests.certificates.keys import curve_seal, rsa_seal, write_pem, write_store
from tests.certificates.samples import EVERY_KIND, course, job


@pytest.fixture(scope="module")
def unsigned() -> bytes:
    return renderer.render(job(EVERY_KIND["course"]))


@pytest.fixture(scope="module")
def signed(unsigned: bytes) -> bytes:
    return sign(unsigned, rsa_seal(), issuer="Exempelstaden", reason="Kursintyg")


def signature_in(pdf: bytes) -> Any:
    (found,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return found


# What it is, and that others agree


@pytest.mark.parametrize("loaded", [rsa_seal(), curve_seal()], ids=["rsa", "curve"])
def test_pyhanko_and_pdfsig_agree_that_the_seal_is_valid(unsigned: bytes, loaded: LoadedSeal, tmp_path: Path) -> None:
    pdf = sign(unsigned, loaded, issuer="Exempelstaden", reason="Kursintyg")
    signature = signature_in(pdf)
    context = ValidationContext(trust_roots=[signing._as_asn1(loaded.chain[-1])], allow_fetching=False)
    status = wait_for(async_validate_pdf_signature(signature, context))
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    path = tmp_path / "intyg.pdf"
    path.write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_seal_is_pades_b_b(signed: bytes) -> None:
    signature = signature_in(signed)
    attributes = {one["type"].native for one in signature.signer_info["signed_attrs"]}
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert "signing_certificate_v2" in attributes
    assert "message_digest" in attributes
    assert "signing_time" not in attributes  # PAdES: the time stands in /M
    assert signature.sig_object["/M"]
    assert signature.sig_object["/Name"] == "Exempelstaden"


def test_seal_certifies_and_allows_no_changes(signed: bytes) -> None:
    assert signature_in(signed).docmdp_level.value == 1


def test_seal_adds_to_the_document_and_changes_none_of_it(unsigned: bytes, signed: bytes) -> None:
    assert signed.startswith(unsigned)
    assert (
        PdfFileReader(io.BytesIO(signed)).root["/Metadata"].data
        == PdfFileReader(io.BytesIO(unsigned)).root["/Metadata"].data
    )


def test_seal_takes_little_room(unsigned: bytes, signed: bytes) -> None:
    assert len(signed) - len(unsigned) < 12_000


def test_certificates_travel_in_the_seal(signed: bytes) -> None:
    embedded = {one.dump() for one in (signature_in(signed).signer_cert, *signature_in(signed).other_embedded_certs)}
    assert embedded == {signing._as_asn1(one).dump() for one in rsa_seal().chain}


def test_signing_and_judging_work_while_a_loop_is_running(unsigned: bytes) -> None:
    async def within() -> str:
        signed = sign(unsigned, rsa_seal(), issuer="x", reason="y")
        return str(inspector.judge(signed, [rsa_seal().pem])["outcome"])

    assert wait_for(within()) == inspector.SEALED


# Loading


def test_seal_is_loaded_once_and_read_anew_when_its_file_changes(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loads = []
    original = seal._load
    monkeypatch.setattr(seal, "_load", lambda given: loads.append(1) or original(given))
    settings.LEDSTANG_SEAL = write_store(tmp_path, rsa_seal(1))
    first = [current_seal() for _each in range(5)]
    assert (len(loads), first[0].fingerprint) == (1, rsa_seal(1).fingerprint)
    write_store(tmp_path, rsa_seal(2))
    assert current_seal().fingerprint == rsa_seal(2).fingerprint
    assert len(loads) == 2


def test_key_is_not_loaded_for_each_signature(unsigned: bytes) -> None:
    sign(unsigned, rsa_seal(), issuer="x", reason="y")
    signer = signing._signers[rsa_seal().fingerprint]
    sign(unsigned, rsa_seal(), issuer="x", reason="y")
    assert signing._signers[rsa_seal().fingerprint] is signer
    assert isinstance(signer, HeldSigner)


@pytest.mark.parametrize("write", [write_pem, write_store])
def test_pem_and_pkcs12_with_a_passphrase(settings: Any, tmp_path: Path, write: Any) -> None:
    mine = curve_seal()
    settings.LEDSTANG_SEAL = write(tmp_path, mine)
    assert current_seal().fingerprint == mine.fingerprint
    settings.LEDSTANG_SEAL = {**settings.LEDSTANG_SEAL, "passphrase": "fel"}
    with pytest.raises(SealUnusable) as refused:
        current_seal()
    assert "hemlig" not in str(refused.value)


def test_key_of_another_seal_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.LEDSTANG_SEAL = write_pem(tmp_path, curve_seal())
    (tmp_path / "certificate.pem").write_text(curve_seal().pem)
    with pytest.raises(SealUnusable):
        current_seal()


@pytest.mark.parametrize("shift", [timedelta(days=-100), timedelta(days=100)])
def test_seal_out_of_date_is_refused(settings: Any, tmp_path: Path, shift: timedelta) -> None:
    settings.LEDSTANG_SEAL = write_pem(tmp_path, curve_seal(now=datetime.now(UTC) + shift))
    with pytest.raises(SealUnusable):
        current_seal()


def test_without_a_seal_nothing_is_signed_outside_the_demo(settings: Any) -> None:
    settings.LEDSTANG_SEAL, settings.LEDSTANG_DEMO = {}, False
    with pytest.raises(SealUnusable):
        current_seal()


def test_demo_makes_one_seal_and_says_that_it_is_a_demo(settings: Any, tmp_path: Path) -> None:
    settings.LEDSTANG_SEAL, settings.LEDSTANG_SEAL_DEMO_DIR = {}, tmp_path
    mine = current_seal()
    assert mine.is_demo
    assert all("DEMO" in one.subject.rfc4514_string() for one in mine.chain)
    assert (tmp_path / "demo-seal.p12").stat().st_mode & 0o077 == 0
    assert current_seal().fingerprint == mine.fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["demo-seal.p12"]


def make_dummy_stamper() -> Any:
    from pyhanko.sign.timestamps import DummyTimeStamper

    mine = rsa_seal(3)
    key = signing._as_asn1(mine.certificate)
    from asn1crypto import keys
    from cryptography.hazmat.primitives import serialization

    private = keys.PrivateKeyInfo.load(
        mine.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return DummyTimeStamper(key, private)


def test_time_stamps_have_their_place(unsigned: bytes, settings: Any) -> None:
    settings.LEDSTANG_TIMESTAMPER = "tests.test_pdf_signatures.make_dummy_stamper"
    pdf = sign(unsigned, rsa_seal(), issuer="x", reason="y")
    unsigned_attributes = signature_in(pdf).signer_info["unsigned_attrs"]
    assert "signature_time_stamp_token" in {one["type"].native for one in unsigned_attributes}
    assert inspector.judge(pdf, [rsa_seal().pem])["outcome"] == inspector.SEALED


# Judging


def test_judge_knows_ours_from_others(unsigned: bytes, signed: bytes) -> None:
    ours = [rsa_seal(1).pem]
    assert inspector.judge(signed, ours)["outcome"] == inspector.SEALED
    assert inspector.judge(signed, [rsa_seal(2).pem])["outcome"] == inspector.FOREIGN
    assert inspector.judge(unsigned, ours)["outcome"] == inspector.FOREIGN
    assert inspector.judge(b"%PDF-1.7 nonsense", ours)["outcome"] == inspector.UNREADABLE


def test_another_certificate_of_the_same_authority_is_not_ours(unsigned: bytes) -> None:
    chain = rsa_seal(1).chain
    impostor = LoadedSeal(rsa_seal(2).key, (rsa_seal(2).certificate, chain[-1]))
    forged = sign(unsigned, impostor, issuer="x", reason="y")
    assert inspector.judge(forged, [rsa_seal(1).pem])["outcome"] == inspector.FOREIGN


def test_what_is_added_after_the_seal_is_noticed(signed: bytes) -> None:
    assert inspector.judge(signed + b"\n% more", [rsa_seal().pem])["outcome"] == inspector.ALTERED


def changed(data: bytes, position: int, by: int) -> bytes:
    return data[:position] + bytes([data[position] ^ by]) + data[position + 1 :]


def hex_letters(signed: bytes) -> list[int]:
    """Where the signature's own digits are letters, which mean the same in the other case."""
    first = signed.index(b"/Contents <") + len(b"/Contents <")
    return [at for at in range(first, first + 5000) if chr(signed[at]) in "ABCDEF"]


@pytest.mark.campaign
def test_no_changed_byte_is_accepted(signed: bytes, campaign: Campaign) -> None:
    """Anywhere: in the document, in the range that the signature names, in its own digits and their padding."""
    start = signed.index(b"/ByteRange")
    digits = signed.index(b"/Contents <") + len(b"/Contents <")
    changes = [(at, 0x20) for at in campaign.random.sample(hex_letters(signed), 20)]
    changes += [(at, 1) for at in (0, 5, start, start + 12, digits - 1, digits, start - 4, len(signed) - 1)]
    while len(changes) < campaign.size(2000):
        # Every third in the signature itself, of which only parts are signed.
        at = (
            campaign.random.randrange(digits, start)
            if len(changes) % 3 == 0
            else campaign.random.randrange(len(signed))
        )
        changes.append((at, campaign.random.randrange(1, 256) if len(changes) % 2 else 1))
    chains = [rsa_seal().pem]
    accepted = [
        (position, by)
        for position, by in changes
        if inspector.judge(changed(signed, position, by), chains)["outcome"] == inspector.SEALED
    ]
    campaign.tell(
        f"{len(changes)} single-byte changes in {len(signed)} bytes of a sealed PDF, {len(accepted)} accepted"
    )
    assert accepted == []


def test_twin_without_the_check_of_its_own_bytes_a_changed_byte_is_accepted(
    signed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspector, "_is_canonical", lambda signature, chain, data: True)
    assert (
        inspector.judge(changed(signed, hex_letters(signed)[0], 0x20), [rsa_seal().pem])["outcome"] == inspector.SEALED
    )


# Rotation


@pytest.mark.django_db
def test_rotation_keeps_old_files_verifiable(settings: Any, tmp_path: Path) -> None:
    files = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        settings.LEDSTANG_SEAL = write_store(folder, rsa_seal(number))
        certificate, _created = issue_certificate(course(), source_key=f"courses:{number}", person=None)
        files.append(make_whole(certificate=certificate))
    assert [file.seal.fingerprint for file in files] == [rsa_seal(1).fingerprint, rsa_seal(2).fingerprint]
    chains = list(Seal.objects.values_list("chain", flat=True))
    for file in files:
        assert inspector.judge(file.read(), chains)["outcome"] == inspector.SEALED
        assert inspect(file.read()).outcome == Outcome.GENUINE
    assert all("PRIVATE" not in chain for chain in chains)
