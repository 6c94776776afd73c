"""Seals for tests: made once, of each kind that an organisation may bring."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from cms.certificates.pdf.seal import LoadedSeal, make_demo_seal

PASSPHRASE = b"hemlig fras"


@lru_cache
def rsa_store(number: int = 1) -> bytes:
    """A PKCS#12 file without passphrase; each number is another seal."""
    return make_demo_seal(bits=2048)


@lru_cache
def rsa_seal(number: int = 1) -> LoadedSeal:
    store = pkcs12.load_pkcs12(rsa_store(number), None)
    assert store.key is not None
    assert store.cert is not None
    chain = (store.cert.certificate, *(other.certificate for other in store.additional_certs))
    return LoadedSeal(store.key, chain)  # type: ignore[arg-type]


def curve_seal(*, now: datetime | None = None, days: int = 30) -> LoadedSeal:
    """A seal on the curve P-256 that signs its own certificate."""
    now = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Exempelstaden")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return LoadedSeal(key, (certificate,))


def write_pem(folder: Path, seal: LoadedSeal, passphrase: bytes | None = PASSPHRASE) -> dict[str, str]:
    """A seal as PEM files, and the settings that name them."""
    hidden = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    key.write_bytes(seal.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden))
    certificate.write_text(seal.pem)
    return {"key": str(key), "certificate": str(certificate), "passphrase": (passphrase or b"").decode()}


def write_store(folder: Path, seal: LoadedSeal, passphrase: bytes = PASSPHRASE) -> dict[str, str]:
    """A seal as PKCS#12, and the settings that name it."""
    path = folder / "seal.p12"
    data = pkcs12.serialize_key_and_certificates(
        b"seal", seal.key, seal.certificate, list(seal.chain[1:]), serialization.BestAvailableEncryption(passphrase)
    )
    path.write_bytes(data)
    return {"pkcs12": str(path), "passphrase": passphrase.decode()}
