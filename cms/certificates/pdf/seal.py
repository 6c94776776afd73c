"""The organisation's seal: a private key with its certificates, loaded once and held.

The demo makes one of its own at the first run, under a CA whose key is thrown away at once. Everything about it
says that it is a demo.
"""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
DEMO_FILE = "demo-seal.p12"
DEMO_YEARS = 10


class SealUnusable(RuntimeError):
    """There is no seal, its passphrase is wrong, its parts do not belong together, or it is out of date."""


@dataclass(frozen=True)
class LoadedSeal:
    """A seal ready to sign: `chain` begins with its own certificate."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]
    is_demo: bool = False

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the certificate, as everyone computes it."""
        return hashlib.sha256(self.certificate.public_bytes(serialization.Encoding.DER)).hexdigest()

    @property
    def subject(self) -> str:
        """Its holder, as people read it: name and organisation."""
        wanted = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        found = [str(one.value) for oid in wanted for one in self.certificate.subject.get_attributes_for_oid(oid)]
        return " · ".join(found) or self.certificate.subject.rfc4514_string()

    @property
    def pem(self) -> str:
        return "".join(one.public_bytes(serialization.Encoding.PEM).decode() for one in self.chain)

    def check(self, at: datetime) -> None:
        """Raise SealUnusable unless the key fits its certificate and the certificate is valid."""
        if not isinstance(self.key, PrivateKey):
            raise SealUnusable("the seal must be an RSA or an elliptic curve key")
        if self.certificate.public_key() != self.key.public_key():
            raise SealUnusable("the key does not belong to the certificate")
        if not self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc:
            raise SealUnusable("the certificate of the seal is out of date")


# Loading

_held: dict[tuple[Any, ...], LoadedSeal] = {}


def current_seal() -> LoadedSeal:
    """The seal that the settings name. Files that have changed are read anew, so a key is rotated without a stop."""
    given: Mapping[str, str] = {
        key: str(value) for key, value in getattr(settings, "LEDSTANG_SEAL", {}).items() if value
    }
    if "pkcs12" not in given and "key" not in given:
        given = {"pkcs12": str(_demo_seal()), "demo": "yes"}
    paths = [given[name] for name in ("pkcs12", "key", "certificate") if name in given]
    try:
        stamp = (*given.items(), *(os.stat(path).st_mtime_ns for path in paths))
    except OSError as error:
        raise SealUnusable("the file of the seal cannot be read") from error
    if stamp not in _held:
        loaded = _load(given)
        loaded.check(datetime.now(UTC))
        _held[stamp] = loaded
    return _held[stamp]


def _load(given: Mapping[str, str]) -> LoadedSeal:
    passphrase = given["passphrase"].encode() if given.get("passphrase") else None
    try:
        if "pkcs12" in given:
            store = pkcs12.load_pkcs12(Path(given["pkcs12"]).read_bytes(), passphrase)
            if store.key is None or store.cert is None:
                raise SealUnusable("the file of the seal holds no key with its certificate")
            chain = (store.cert.certificate, *(other.certificate for other in store.additional_certs))
            return LoadedSeal(store.key, chain, is_demo="demo" in given)  # type: ignore[arg-type]
        key = serialization.load_pem_private_key(Path(given["key"]).read_bytes(), passphrase)
        chain = tuple(x509.load_pem_x509_certificates(Path(given["certificate"]).read_bytes()))
        return LoadedSeal(key, chain)  # type: ignore[arg-type]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SealUnusable("the seal cannot be loaded: wrong file or passphrase") from error


# The demo's own


def _demo_seal() -> Path:
    folder = getattr(settings, "LEDSTANG_SEAL_DEMO_DIR", None)
    if not getattr(settings, "LEDSTANG_DEMO", False) or folder is None:
        raise SealUnusable("no seal is configured: set LEDSTANG_SEAL_PKCS12, or LEDSTANG_SEAL_KEY and _CERTIFICATE")
    path = Path(folder) / DEMO_FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, make_demo_seal())
    return path


def _write_once(path: Path, data: bytes) -> None:
    """Of several processes at their first run, one wins and the others use its file."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    try:
        os.link(file.name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(file.name)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "DEMO, inte en riktig organisation"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def make_demo_seal(*, bits: int = 3072, now: datetime | None = None) -> bytes:
    """A PKCS#12 file with a new seal under a new CA of its own. The CA's key is not kept."""
    now = now or datetime.now(UTC)
    ca_key, key = (rsa.generate_private_key(65537, bits) for _each in range(2))
    ca_name, name = _name("Ledstång DEMO CA"), _name("Ledstång DEMO stämpel")

    def build(subject: x509.Name, public: rsa.RSAPublicKey, *, is_ca: bool) -> x509.Certificate:
        identifier = x509.SubjectKeyIdentifier.from_public_key
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=365 * DEMO_YEARS))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), critical=True)
            .add_extension(_usage(signs_certificates=is_ca), critical=True)
            .add_extension(identifier(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            .sign(ca_key, hashes.SHA256())
        )

    ca = build(ca_name, ca_key.public_key(), is_ca=True)
    certificate = build(name, key.public_key(), is_ca=False)
    return pkcs12.serialize_key_and_certificates(b"demo", key, certificate, [ca], serialization.NoEncryption())
