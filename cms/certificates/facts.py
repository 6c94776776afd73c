"""What a certificate says, as typed values: frozen as canonical JSON at issue and never read from elsewhere."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

import rfc8785

from cms.certificates.enums import CertificateKind


@dataclass(frozen=True)
class UnitFacts:
    """A unit of a course as it was done. `done_on` is an ISO date, `minutes` the planned extent."""

    title: str
    minutes: int
    done_on: str


@dataclass(frozen=True)
class CourseFacts:
    """Somebody has completed a course. Dates are ISO strings, `minutes` the planned extent of all units.

    `holder` is the name as it was, `shows_name` is False for protected people.
    """

    kind: ClassVar[CertificateKind] = CertificateKind.COURSE

    holder: str
    title: str
    version: str
    version_sha256: str
    units: tuple[UnitFacts, ...]
    minutes: int
    started_on: str
    completed_on: str
    issuer: str
    is_demo: bool
    shows_name: bool = True
    valid_until: str | None = None


Facts = CourseFacts


def as_json(facts: Facts) -> dict[str, Any]:
    """The facts as they are kept: plain JSON, the kind included."""
    data = asdict(facts)
    data["units"] = [asdict(unit) for unit in facts.units]
    return {"kind": str(facts.kind), **data}


def canonical(data: dict[str, Any]) -> bytes:
    return rfc8785.dumps(data)


def sha256(data: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()
