"""The plan of the city written into the roster: districts, org units, roles, people, employments and scopes."""

from dataclasses import dataclass
from datetime import date, timedelta

from cms.people.actions import (
    enter_oversight_terms,
    give_scope,
    move_person,
    place_org_unit,
    record_employment,
    record_leave,
)
from cms.people.enums import OrgUnitKind, Right
from cms.people.models import District, Identity, OrgUnit, Person, Role, RoleMapping
from demo.city import DISTRICTS, ROLE_WORDS, ROLES, UNITS, Staff
from demo.clock import moment
from demo.names import plain

FOUNDED = date(2015, 1, 1)
EMPLOYER = "exempelstaden:anställningsnummer"
HEADS = ("rektor", "enhetschef")


@dataclass(frozen=True)
class Roster:
    """The city as it lies in the database."""

    districts: dict[str, District]
    org_units: dict[str, OrgUnit]
    roles: dict[str, Role]
    people: dict[int, Person]


def found_city() -> Roster:
    """Districts, org units and roles, before anyone works there."""
    districts = {name: District.objects.create(key=plain(name), name=name) for name in DISTRICTS}
    roles = {key: Role.objects.create(key=key, name=name) for key, name in ROLES.items()}
    RoleMapping.objects.bulk_create(
        RoleMapping(source=source, value=value, role=roles[key] if key else None)
        for source, words in ROLE_WORDS.items()
        for value, key in words.items()
    )
    org_units: dict[str, OrgUnit] = {}
    for number, unit in enumerate(UNITS, start=1):
        org_units[unit.key] = OrgUnit.objects.create(
            key=unit.uuid,
            name=unit.name,
            kind=unit.kind,
            school_unit_code=unit.school_unit_code,
            local_code=f"ENH-{number:03}",
            opens_on=FOUNDED,
            controller=unit.controller,
            district=districts[unit.district] if unit.district else None,
        )
        parent = org_units[unit.parent] if unit.parent else None
        place_org_unit(org_unit=org_units[unit.key], parent=parent, starts_on=FOUNDED, at=moment(FOUNDED))
    return Roster(districts, org_units, roles, {})


def employ(roster: Roster, staff: tuple[Staff, ...]) -> None:
    """Everyone on the staff, with what they work with and since when."""
    people = [
        Person(
            key=member.uuid,
            given_name=member.given_name,
            family_name=member.family_name,
            email=member.email,
            protection=member.protection,
        )
        for member in staff
    ]
    Person.objects.bulk_create(people)
    roster.people.update(zip((member.number for member in staff), people, strict=True))
    Identity.objects.bulk_create(
        Identity(person=person, issuer=EMPLOYER, subject=f"E{10000 + member.number}")
        for member, person in zip(staff, people, strict=True)
    )
    for member in staff:
        _record_work(roster, member)


def _record_work(roster: Roster, member: Staff) -> None:
    person = roster.people[member.number]
    for job in member.jobs:
        employment = record_employment(
            person=person,
            org_unit=roster.org_units[job.unit],
            role=roster.roles[job.role],
            starts_on=job.starts_on,
            ends_on=job.ends_on,
            source=EMPLOYER,
            at=moment(job.starts_on),
        )
        if member.moves_to:
            unit, on = member.moves_to
            move_person(employment=employment, org_unit=roster.org_units[unit], on=on, at=moment(on))
    if member.leave:
        starts_on, ends_on = member.leave
        record_leave(person=person, starts_on=starts_on, ends_on=ends_on, at=moment(starts_on - timedelta(days=14)))


def give_scopes(roster: Roster, staff: tuple[Staff, ...]) -> None:
    """Each head sees the own org unit, HR the whole city, and one function also those whose data are protected."""
    for member in staff:
        job = member.jobs[0]
        if job.role in HEADS and roster.org_units[job.unit].kind != OrgUnitKind.CITY:
            _scope(roster, member, job.unit, Right.HEAD)
        if job.role == "hr_specialist":
            _scope(roster, member, "staden", Right.HR)
        if member.account == "skydd":
            _scope(roster, member, "staden", Right.HR)
            _scope(roster, member, "staden", Right.VIEW_PROTECTED)


def _scope(roster: Roster, member: Staff, unit: str, right: Right) -> None:
    give_scope(
        person=roster.people[member.number],
        org_unit=roster.org_units[unit],
        right=right,
        starts_on=member.jobs[0].starts_on,
    )


def open_follow_up(actor: Person, informed_on: date) -> None:
    """The made-up terms on which heads and HR may see who has done what."""
    enter_oversight_terms(
        purpose="Se att alla har läst riktlinjen och gått de kurser som krävs, och stödja enheter som behöver tid. "
        "Uppgifterna används inte för att bedöma enskilda, för lön eller för kontroll. Påhittat för exempelstaden.",
        staff_informed_on=informed_on,
        consultation_ref=f"Förhandlingsprotokoll {informed_on.year}/14 (påhittat)",
        actor=actor,
    )
