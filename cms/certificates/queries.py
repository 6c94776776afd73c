"""Reads over certificates: what verification tells, what one person holds, what an actor may fetch."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import pgettext

from cms.certificates.enums import CertificateKind, CertificateState, EventKind
from cms.certificates.facts import Facts, TranscriptFacts, from_json, letterhead_of
from cms.certificates.models import ALPHABET, ID_LENGTH, Certificate, CertificateEvent, CertificateFile
from cms.people.models import Employment, Person
from cms.people.queries import controllers_of, person_views_are_open, view_of, visible_employments, visible_people

NOBODYS = "0" * ID_LENGTH
# A guideline's document that has been taken back may hold what was taken out of the guideline: nobody gets it.
OPEN_GUIDELINES = Q(kind=CertificateKind.GUIDELINE, facts__is_restricted=False) & ~Q(events__kind=EventKind.REVOKED)
TYPED_AS = str.maketrans("oil", "011")


def plain_id(typed: str) -> str:
    return "".join(typed.split()).replace("-", "").lower().translate(TYPED_AS)


def read_id(typed: str) -> str:
    """A public id as people type it: capitals, spaces and dashes do not matter, nor O for 0 or l for 1.

    What cannot be an id becomes one that nothing has, so that it is looked up all the same.
    """
    text = plain_id(typed)
    if len(text) != ID_LENGTH or any(letter not in ALPHABET for letter in text):
        return NOBODYS
    return text


def find_certificate(typed: str) -> Certificate | None:
    """The certificate with an id, with what verification needs. One query for an id that nothing has."""
    found = (
        Certificate.objects.filter(public_id=read_id(typed))
        .select_related("person__merged_into", "file__seal", "superseded_by")
        .prefetch_related("events")
    )
    return found.first()


def fetchable_by(actor: Person, on: date) -> QuerySet[Certificate]:
    """The certificates whose files an actor may fetch on a day.

    In: the actor's own; those of people in the actor's scopes, once person-level views are open; statements about
    org units in the scopes; guidelines as documents, unless only some may read them. Protected people fail closed
    as everywhere.
    """
    view = view_of(actor, on)
    own = Q(person=actor) | Q(person__merged_into=actor)
    units = Q(kind=CertificateKind.STATEMENT, org_unit__in=view.org_units)
    allowed = own | units | OPEN_GUIDELINES
    if not view.is_empty and person_views_are_open():
        people = visible_people(actor, on, view).order_by().values("pk")
        allowed |= Q(person__in=people) | Q(person__merged_into__in=people)
    return Certificate.objects.filter(allowed)


def find_fetchable(typed: str, actor: Person | None, on: date) -> Certificate | None:
    """The certificate with an id if the actor may fetch its file. The same queries whether it exists or not."""
    public = Certificate.objects.filter(OPEN_GUIDELINES)
    rows = fetchable_by(actor, on) if actor is not None else public
    return rows.filter(public_id=read_id(typed)).select_related("person", "file").first()


def is_own(certificate: Certificate, actor: Person | None) -> bool:
    if actor is None or certificate.person is None:
        return False
    return actor.pk in (certificate.person_id, certificate.person.merged_into_id)


@dataclass(frozen=True)
class Verification:
    """What anybody may know about a certificate. The holder's name is not in it."""

    public_id: str
    kind: CertificateKind
    state: CertificateState
    facts: Facts
    issuer: str
    city: str
    issued_on: date
    has_expired: bool
    names_can_be_checked: bool
    file: CertificateFile | None
    event: CertificateEvent | None
    shows_reason: bool

    @property
    def tells_little(self) -> bool:
        """A statement tells anybody only that it is genuine, and its date."""
        return self.kind == CertificateKind.STATEMENT

    @property
    def entries(self) -> int:
        """How many things a transcript lists. Which they are stands in the document only."""
        return len(self.facts.entries) if isinstance(self.facts, TranscriptFacts) else 0


def verification_of(certificate: Certificate, on: date, issued_on: date) -> Verification:
    facts, letterhead = from_json(certificate.facts), letterhead_of(certificate.facts)
    events = {event.kind: event for event in certificate.events.all()}
    return Verification(
        public_id=certificate.public_id,
        kind=CertificateKind(certificate.kind),
        state=certificate.state,
        facts=facts,
        issuer=facts.issuer or letterhead.issuer or letterhead.city,
        city=letterhead.city,
        issued_on=issued_on,
        has_expired=certificate.has_expired(on),
        names_can_be_checked=CertificateKind(certificate.kind).is_personal,
        file=getattr(certificate, "file", None),
        event=events.get(EventKind.REVOKED) or events.get(EventKind.SUPERSEDED),
        shows_reason=not is_protected(certificate),
    )


def is_protected(certificate: Certificate) -> bool:
    """Whether its holder has protected data now, or had them when it was issued."""
    person = certificate.person
    if person is not None and (person.is_protected or (person.merged_into and person.merged_into.is_protected)):
        return True
    return CertificateKind(certificate.kind).is_personal and not certificate.facts.get("shows_name", False)


def name_to_check(certificate: Certificate) -> str:
    """The name that a typed one is compared with: none for protected people."""
    facts: dict[str, Any] = certificate.facts
    return "" if is_protected(certificate) else str(facts.get("holder", ""))


def certificates_of(person: Person) -> list[Certificate]:
    """What one person holds, newest first, with state and file, in two queries."""
    held = Certificate.objects.filter(Q(person=person) | Q(person__merged_into=person))
    held = held.select_related("file", "superseded_by").prefetch_related("events")
    return list(held.order_by("-issued_at", "-pk"))


def boards_answering(certificates: Iterable[Certificate], actor: Person, on: date) -> dict[int, str]:
    """The boards answerable for the personal data that each certificate holds, by its primary key.

    They are those of the holder's workplaces on the day, as far as the actor may see them; a statement names its own.
    """
    certificates, view = list(certificates), view_of(actor, on)
    own = Q(person=actor) | Q(person__merged_into=actor)
    holders = [certificate.person_id for certificate in certificates if certificate.person_id]
    shown = Employment.objects.known_at().on(on).filter(Q(pk__in=visible_employments(view, on).values("pk")) | own)
    records = Person.objects.filter(pk__in=holders)
    roots = {pk: merged or pk for pk, merged in records.values_list("pk", "merged_into_id")}
    places: dict[int, set[int]] = {}
    rows = shown.filter(Q(person__in=roots.values()) | Q(person__merged_into__in=roots.values()))
    for person, merged, org_unit in rows.values_list("person_id", "person__merged_into_id", "org_unit_id"):
        places.setdefault(merged or person, set()).add(org_unit)
    boards = controllers_of(set().union(*places.values()), view.tree)
    found = {}
    for certificate in certificates:
        named = {boards[unit] for unit in places.get(roots.get(certificate.person_id or 0, 0), ())}
        found[certificate.pk] = ", ".join(sorted(named - {""})) or str(certificate.facts.get("controller", ""))
    return found


def manifest_row(certificate: Certificate | None, name: str, boards: str = "") -> list[str]:
    """A bundle's line about a certificate, or its headings for None."""
    if certificate is None:
        return [
            str(title)
            for title in (
                pgettext("certificate", "File"),
                pgettext("certificate", "Number"),
                pgettext("certificate", "Kind"),
                pgettext("certificate", "Holder"),
                pgettext("certificate", "Title"),
                pgettext("certificate", "Version"),
                pgettext("certificate", "Issued on"),
                pgettext("certificate", "State"),
                pgettext("certificate", "Answerable for the personal data"),
            )
        ]
    facts = certificate.facts
    return [
        name or str(pgettext("certificate", "is being prepared")),
        certificate.public_id,
        str(CertificateKind(certificate.kind).label),
        str(facts.get("holder", "")),
        str(facts.get("title", facts.get("org_unit", ""))),
        str(facts.get("version", "")),
        timezone.localdate(certificate.issued_at).isoformat(),
        str(certificate.state.label),
        boards,
    ]


def ended_lately() -> list[CertificateEvent]:
    """The certificates last revoked or replaced, newest first, in one query. Names nobody."""
    rows = CertificateEvent.objects.exclude(kind=EventKind.ISSUED).select_related("certificate")
    return list(rows.order_by("-at", "-pk")[:50])
