"""What a certificate says, as typed values: frozen as canonical JSON at issue and never read from elsewhere.

Dates are ISO strings, extents are minutes, texts are plain unless they are called `html`. A name is the name as it
was that day. No score, no personal identity number.
"""

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, ClassVar, TypeVar

import rfc8785

from cms.certificates.enums import CertificateKind

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Whose paper it is: the city as it was at issue. `arms` is the hash of a kept picture."""

    city: str
    issuer: str
    function: str
    colour: str
    address: str
    arms: str = ""
    arms_alt: str = ""


@dataclass(frozen=True)
class UnitFacts:
    """A unit of a course as it was done. `minutes` is the planned extent."""

    title: str
    minutes: int
    done_on: str


@dataclass(frozen=True, kw_only=True)
class CommonFacts:
    """What every kind has. An empty issuer is filled in from the city's settings."""

    issuer: str = ""
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True)
class PersonalFacts(CommonFacts):
    """About one person. Without `shows_name` nothing ever tells the holder's name: so for protected people."""

    holder: str
    shows_name: bool = True


@dataclass(frozen=True, kw_only=True)
class CourseFacts(PersonalFacts):
    """Somebody has completed a course. `minutes` is the planned extent of all units."""

    kind: ClassVar[CertificateKind] = CertificateKind.COURSE

    title: str
    version: str
    version_sha256: str
    units: tuple[UnitFacts, ...]
    minutes: int
    started_on: str
    completed_on: str
    valid_until: str | None = None


@dataclass(frozen=True, kw_only=True)
class PathFacts(PersonalFacts):
    """Somebody has completed a learning path. `units` are its courses as they were done, each with its version in the
    title; `talk_on` is the day of the supervisor's talk, if one belonged to it."""

    kind: ClassVar[CertificateKind] = CertificateKind.PATH

    title: str
    version: str
    version_sha256: str
    units: tuple[UnitFacts, ...]
    minutes: int
    started_on: str
    completed_on: str
    talk_on: str | None = None


@dataclass(frozen=True, kw_only=True)
class UnitsFacts(PersonalFacts):
    """Somebody has done some units of a course by a day. `minutes` is the extent of those, `of_units` the number
    of units in the whole course."""

    kind: ClassVar[CertificateKind] = CertificateKind.UNITS

    title: str
    version: str
    version_sha256: str
    units: tuple[UnitFacts, ...]
    of_units: int
    minutes: int
    started_on: str
    as_of: str


@dataclass(frozen=True, kw_only=True)
class ReceiptFacts(PersonalFacts):
    """Somebody has stated that they have read a guideline's version. `path` leads to that version."""

    kind: ClassVar[CertificateKind] = CertificateKind.RECEIPT

    title: str
    version: str
    version_sha256: str
    statement: str
    acknowledged_on: str
    effective_on: str = ""
    decided_by: str = ""
    path: str = ""


@dataclass(frozen=True)
class TranscriptEntry:
    """Something one person holds. `label` says what it is ("Kurs"), `certificate` is a public id or empty."""

    label: str
    title: str
    version: str
    done_on: str
    valid_until: str | None = None
    minutes: int | None = None
    certificate: str = ""


@dataclass(frozen=True, kw_only=True)
class TranscriptFacts(PersonalFacts):
    """Everything one person holds, as of a day."""

    kind: ClassVar[CertificateKind] = CertificateKind.TRANSCRIPT

    as_of: str
    entries: tuple[TranscriptEntry, ...]


@dataclass(frozen=True)
class StatementRow:
    """How many people at an org unit must do something, and have. Figures only, and no way to a person."""

    title: str
    required: int
    done: int
    overdue: int
    exempt: int = 0  # not among those of whom it is required

    @property
    def to_do(self) -> int:
        return self.required - self.done - self.overdue


@dataclass(frozen=True, kw_only=True)
class StatementFacts(CommonFacts):
    """How an org unit stands, as of a day and as known at a moment. The figures are the caller's."""

    kind: ClassVar[CertificateKind] = CertificateKind.STATEMENT

    org_unit: str
    as_of: str
    known_at: str
    rows: tuple[StatementRow, ...]
    school_unit_code: str = ""
    controller: str = ""


@dataclass(frozen=True)
class SectionFacts:
    """A piece of a document: frozen HTML with its slots filled for a reader without an account."""

    html: str


@dataclass(frozen=True)
class EmbeddedFile:
    """A file that travels inside the PDF: `sha256` names its bytes among the kept assets."""

    sha256: str
    name: str
    description: str


@dataclass(frozen=True, kw_only=True)
class GuidelineFacts(CommonFacts):
    """A version of a guideline as a document. `label` says what it is ("Riktlinje"), `path` leads to the version.

    Only one that is not `is_restricted` can be fetched by everyone who has its number.
    """

    kind: ClassVar[CertificateKind] = CertificateKind.GUIDELINE

    label: str
    title: str
    version: str
    version_sha256: str
    effective_on: str
    published_on: str
    path: str
    sections: tuple[SectionFacts, ...]
    summary: str = ""
    reading: str = ""
    change_note: str = ""
    decided_by: str = ""
    decided_on: str = ""
    decision_ref: str = ""
    record_number: str = ""
    owner_function: str = ""
    replaces: str = ""
    review_by: str = ""
    notice: str = ""
    is_restricted: bool = False
    embedded: tuple[EmbeddedFile, ...] = ()


@dataclass(frozen=True)
class RouteFacts:
    """A contact route as it is put up: under which list, its name, and how it is reached."""

    list: str
    name: str
    phone: str = ""
    web: str = ""
    hours: str = ""
    ages: str = ""


@dataclass(frozen=True, kw_only=True)
class PosterFacts(CommonFacts):
    """The contact routes of a district that anybody may see, to put up on a wall. `path` leads to those of today."""

    kind: ClassVar[CertificateKind] = CertificateKind.POSTER

    title: str
    path: str
    routes: tuple[RouteFacts, ...]


Facts = (
    CourseFacts
    | PathFacts
    | UnitsFacts
    | ReceiptFacts
    | TranscriptFacts
    | StatementFacts
    | GuidelineFacts
    | PosterFacts
)
AnyFacts = TypeVar("AnyFacts", bound=CommonFacts)
KINDS: dict[str, type[Facts]] = {
    str(model.kind): model
    for model in (
        CourseFacts, PathFacts, UnitsFacts, ReceiptFacts, TranscriptFacts, StatementFacts, GuidelineFacts, PosterFacts,
    )
}  # fmt: skip
PARTS: dict[str, type[Any]] = {
    "units": UnitFacts,
    "entries": TranscriptEntry,
    "rows": StatementRow,
    "sections": SectionFacts,
    "embedded": EmbeddedFile,
    "routes": RouteFacts,
}


def without_name(facts: AnyFacts) -> AnyFacts:
    """The same facts about somebody who is not named."""
    if isinstance(facts, PersonalFacts):
        return replace(facts, holder="", shows_name=False)
    return facts


def _plain(value: Any) -> Any:
    """Lists for tuples, so that what is hashed is what the database gives back."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def as_json(facts: Facts, letterhead: Letterhead | None = None) -> dict[str, Any]:
    """The facts as they are kept: plain JSON, with the kind and the letterhead."""
    head = {"letterhead": asdict(letterhead)} if letterhead is not None else {}
    return {"kind": str(facts.kind), "schema": SCHEMA, **head, **_plain(asdict(facts))}


def from_json(data: dict[str, Any]) -> Facts:
    """The typed facts again. Keys that this version of the house does not know are left out."""
    model = KINDS[data["kind"]]
    return model(**{field.name: _read(field.name, data[field.name]) for field in fields(model) if field.name in data})


def _read(name: str, value: Any) -> Any:
    part = PARTS.get(name)
    return tuple(part(**item) for item in value) if part is not None else value


def letterhead_of(data: dict[str, Any]) -> Letterhead:
    return Letterhead(**data["letterhead"])


def canonical(data: dict[str, Any]) -> bytes:
    return rfc8785.dumps(data)


def sha256(data: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(data)).hexdigest()
