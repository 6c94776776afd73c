"""The plan of an import: what a source says against what is known, on a day."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import Any

from cms.people.enums import OrgUnitKind, Protection
from cms.people.roster.duties import DAY, Duty, Operation, changes_of, ended, paired
from cms.people.roster.facts import DutySaid, PersonSaid, Place, Problem, Said, UnitSaid
from cms.people.roster.leaves import changes_of_leaves
from cms.people.roster.planning import (
    BeginDuty,
    BeginLeave,
    BeginPerson,
    BeginUnit,
    ChangePerson,
    Changes,
    ChangeUnit,
    Known,
    KnownDuty,
    KnownPerson,
    KnownUnit,
    LinkPerson,
    LinkUnit,
    PlaceUnit,
    Plan,
    RetractDuty,
    RetractLeave,
    RewriteDuty,
    RewriteLeave,
)
from cms.people.roster.vocabularies import GRAVITY, folded, kind_of

NEW = 0  # the id of what does not exist yet


def compare(said: Said, known: Known, day: date) -> Plan:
    """What an import on a day would write. Pure, and nothing to write once it has been written."""
    comparison = _Comparison(said, known, day)
    comparison.units()
    comparison.people()
    comparison.duties()
    comparison.leaves()
    return comparison.plan()


def _with_own_keys(said: Said) -> Said:
    """Staff may be said to work at a school unit code: the same as the source's own key for that unit."""
    codes = {unit.school_unit_code: unit.subject for unit in said.units if unit.school_unit_code}
    duties = (replace(duty, unit=codes[duty.unit]) if duty.unit in codes else duty for duty in said.duties)
    return replace(said, duties=tuple(duties)) if codes else said


class _Comparison:
    """One comparison, step by step: org units first, then people, then who works where."""

    def __init__(self, said: Said, known: Known, day: date) -> None:
        self.said, self.known, self.day = _with_own_keys(said), known, day
        self.problems = list(said.problems)
        self.by_subject = {unit.subject: unit for unit in known.units if unit.subject is not None}
        self.by_code = {code: unit for unit in known.units for code in (unit.local_code, unit.school_unit_code) if code}
        self.unit_ids: dict[str, int] = {subject: unit.id for subject, unit in self.by_subject.items()}
        self.parts = Plan()
        self.aliases: dict[tuple[str, str], str] = {}
        self.unknown_roles: set[str] = set()
        self.unknown_kinds: set[str] = set()

    def plan(self) -> Plan:
        return replace(
            self.parts,
            unknown_roles=tuple(sorted(self.unknown_roles)),
            unknown_kinds=tuple(sorted(self.unknown_kinds)),
            problems=tuple(self.problems),
        )

    def _note(self, place: Place, code: str, value: str = "", *, is_error: bool = False, column: str = "") -> None:
        self.problems.append(Problem(replace(place, column=column or place.column), code, value, is_error))

    # Org units

    def units(self) -> None:
        begin, change, link = [], [], []
        starts = self._first_days()
        for unit in self.said.units:
            known = self._known_unit(unit)
            district = self._district(unit)
            if known is None:
                kind = self._kind(unit) or OrgUnitKind.OTHER
                self.unit_ids[unit.subject] = NEW
                begin.append(BeginUnit(unit, kind, district, unit.opens_on or starts.get(unit.subject, self.day)))
                continue
            self.unit_ids[unit.subject] = known.id
            if known.subject is None:
                link.append(LinkUnit(known.id, unit.subject))
            changes = self._unit_changes(unit, known, district)
            if changes:
                change.append(ChangeUnit(known.id, changes, unit))
        self.parts = replace(
            self.parts,
            begin_units=tuple(begin),
            change_units=(*change, *self._closed()),
            link_units=tuple(link),
            place_units=tuple(self._placements({row.said.subject: row.starts_on for row in begin})),
        )

    def _known_unit(self, unit: UnitSaid) -> KnownUnit | None:
        """By this source's own key, otherwise a unit with the same code that the source has not spoken of."""
        found = self.by_subject.get(unit.subject)
        if found is not None:
            return found
        for code in (unit.local_code, unit.school_unit_code):
            found = self.by_code.get(code or "")
            if found is not None and found.subject is None:
                return found
        return None

    def _kind(self, unit: UnitSaid) -> OrgUnitKind | None:
        if not unit.kind_words:
            return None
        kind = kind_of(unit.kind_words, self.known.kinds)
        if kind is None:
            for word in unit.kind_words:
                self.unknown_kinds.add(word)
                self._note(unit.place, "unknown_kind", word, column="Enhetstyp")
        return kind

    def _district(self, unit: UnitSaid) -> int | None:
        if not unit.district:
            return None
        found = self.known.districts.get(folded(unit.district))
        if found is None:
            self._note(unit.place, "unknown_district", unit.district, column="Stadsdelsområde")
        return found

    def _unit_changes(self, unit: UnitSaid, known: KnownUnit, district: int | None) -> Changes:
        wanted = {
            "name": unit.name,
            "kind": self._kind(unit),
            "school_unit_code": unit.school_unit_code,
            "local_code": unit.local_code,
            "controller": unit.controller,
            "district": district,
            "opens_on": unit.opens_on,
        }
        changes: list[tuple[str, Any]] = [(name, value) for name, value in wanted.items() if value is not None]
        if unit.closes_on != known.closes_on:
            changes.append(("closes_on", unit.closes_on))
        self._check_codes(unit, known)
        return tuple((name, value) for name, value in changes if value != getattr(known, name))

    def _check_codes(self, unit: UnitSaid, known: KnownUnit) -> None:
        for column, code in (("Enhetskod", unit.local_code), ("Skolenhetskod", unit.school_unit_code)):
            owner = self.by_code.get(code or "")
            if owner is not None and owner.id != known.id:
                self._note(unit.place, "code_taken", code or "", is_error=True, column=column)

    def _closed(self) -> list[ChangeUnit]:
        """Units that the source no longer mentions close the day before, if they are open."""
        last = self.day - DAY
        named = {unit.subject for unit in self.said.units}
        return [
            ChangeUnit(unit.id, (("closes_on", max(last, unit.opens_on or last)),), None)
            for subject, unit in self.by_subject.items()
            if subject in self.said.gone_units or (self.said.whole_units and subject not in named)
            if unit.closes_on is None or unit.closes_on > last
        ]

    def _first_days(self) -> dict[str, date]:
        """When somebody first works at or below each unit: a unit that nobody has told the age of is as old as that."""
        parents = {unit.subject: unit.parent for unit in self.said.units}
        first: dict[str, date] = {}
        for duty in self.said.duties:
            subject: str | None = duty.unit
            seen: set[str] = set()
            while subject is not None and subject not in seen:
                if first.get(subject, date.max) <= duty.starts_on:
                    break
                first[subject] = duty.starts_on
                seen.add(subject)
                subject = parents.get(subject)
        return first

    def _placements(self, begun: dict[str, date]) -> list[PlaceUnit]:
        parents: dict[str | int, str | int | None] = {unit.id: unit.parent for unit in self.known.units}
        wanted = []
        for unit in self.said.units:
            at = self.unit_ids[unit.subject] or unit.subject
            above = self._parent(unit)
            if unit.subject in begun or (unit.parent is not None and parents.get(at) != above):
                parents[at] = above
                wanted.append(PlaceUnit(unit.subject, unit.parent or None, begun.get(unit.subject, self.day)))
        self._find_circles(parents)
        return wanted

    def _parent(self, unit: UnitSaid) -> str | int | None:
        if not unit.parent:
            return None
        if unit.parent not in self.unit_ids:
            known = self.by_code.get(unit.parent)
            if known is None:
                self._note(unit.place, "unknown_parent", unit.parent, is_error=True, column="Överordnad enhet")
                return None
            self.unit_ids[unit.parent] = known.id
        return self.unit_ids[unit.parent] or unit.parent

    def _find_circles(self, parents: dict[str | int, str | int | None]) -> None:
        for unit in self.said.units:
            at: str | int | None = self.unit_ids[unit.subject] or unit.subject
            start, seen = at, set()
            while at is not None and at not in seen:
                seen.add(at)
                at = parents.get(at)
            if at is not None and at == start:
                self._note(unit.place, "circle", unit.subject, is_error=True, column="Överordnad enhet")

    # People

    def people(self) -> None:
        known = {person.id: person for person in self.known.people}
        self.person_ids: dict[str, int] = {
            subject: person
            for (issuer, subject), person in self.known.identities.items()
            if issuer == self.known.source
        }
        begin, change, link = [], [], []
        for said in self.said.people:
            found = self._identified(said)
            if found is None:
                begin.append(BeginPerson(said))
            elif found in known:
                changes = self._person_changes(said, known[found])
                if changes:
                    change.append(ChangePerson(found, changes, said))
            self.person_ids[said.subject] = NEW if found is None else found
            names = [(self.known.source, said.subject), *self._own_aliases(said)]
            link += [LinkPerson(said.subject, found, name) for name in names if name not in self.known.identities]
        self.parts = replace(
            self.parts, begin_people=tuple(begin), change_people=tuple(change), link_people=tuple(link)
        )

    def _identified(self, said: PersonSaid) -> int | None:
        """Who somebody is, by any of the identities given. Never by name or address."""
        for identity in ((self.known.source, said.subject), *said.aliases):
            if identity in self.known.identities:
                return self.known.identities[identity]
        return None

    def _own_aliases(self, said: PersonSaid) -> list[tuple[str, str]]:
        """Other identities, but for those that the source has given to somebody else already."""
        taken = [alias for alias in said.aliases if self.aliases.setdefault(alias, said.subject) != said.subject]
        if taken:
            self._note(said.place, "alias_twice")
        return [alias for alias in said.aliases if alias not in taken]

    def _person_changes(self, said: PersonSaid, known: KnownPerson) -> Changes:
        """Protection is only ever raised by an import: lifting it is for somebody to decide."""
        wanted = {"given_name": said.given_name, "family_name": said.family_name, "email": said.email}
        changes = [
            (name, value) for name, value in wanted.items() if value is not None and value != getattr(known, name)
        ]
        if said.protection is None or said.protection == known.protection:
            return tuple(changes)
        if said.protection == Protection.NONE:
            self._note(said.place, "still_protected")
            return tuple(changes)
        known_gravity = GRAVITY.index(Protection(known.protection)) if known.protection in GRAVITY else len(GRAVITY)
        if GRAVITY.index(said.protection) > known_gravity:
            changes.append(("protection", said.protection))
        return tuple(changes)

    # Who works where

    def duties(self) -> None:
        said: dict[str | int, list[Duty]] = defaultdict(list)
        for duty in self.said.duties:
            found = self._duty(duty)
            if found is not None:
                said[self._group(duty.source_id, self.person_ids[duty.person], duty.person)].append(found)
        known: dict[str | int, list[KnownDuty]] = defaultdict(list)
        for row in self.known.duties:
            known[self._group(row.source_id, row.person, "")].append(row)
        operations: list[Operation] = []
        unchanged = 0
        for group in {**said, **known}:
            pairs, begun, silent = paired(said.get(group, []), known.get(group, []), self.day)
            for pair in pairs:
                changes = list(changes_of(*pair, self.day))
                operations += changes
                unchanged += not changes
            operations += [duty.begun() for duty in begun]
            follows = {duty.said.starts_on - DAY for duty in said.get(group, [])}
            silent = [
                row for row in silent if row.ends_on not in follows
            ]  # what goes over into a new one ends by itself
            operations += [ended(row, self.day - DAY) for row in silent if self._has_ended(row)]
        self._sort(operations, unchanged)

    def _sort(self, operations: list[Operation], unchanged: int) -> None:
        self.parts = replace(
            self.parts,
            begin_duties=tuple(row for row in operations if isinstance(row, BeginDuty)),
            rewrite_duties=tuple(row for row in operations if isinstance(row, RewriteDuty)),
            retract_duties=tuple(row for row in operations if isinstance(row, RetractDuty)),
            unchanged=unchanged,
            live_before=sum(row.is_live(self.day) for row in self.known.duties),
        )

    def leaves(self) -> None:
        operations = changes_of_leaves(self.said, self.known, self.person_ids, self.day)
        self.parts = replace(
            self.parts,
            begin_leaves=tuple(row for row in operations if isinstance(row, BeginLeave)),
            rewrite_leaves=tuple(row for row in operations if isinstance(row, RewriteLeave)),
            retract_leaves=tuple(row for row in operations if isinstance(row, RetractLeave)),
        )

    def _group(self, source_id: str, person: int, subject: str) -> str | int:
        """What belongs together: the source's own key for an employment, otherwise a person's employments."""
        return f"id:{source_id}" if source_id else (person or f"new:{subject}")

    def _duty(self, duty: DutySaid) -> Duty | None:
        if duty.person not in self.person_ids:
            self._note(duty.place, "unknown_person")
            return None
        unit = self._unit_of(duty)
        if unit is None:
            self._note(duty.place, "unknown_unit", duty.unit, is_error=self.said.is_strict, column="Enhetskod")
            return None
        role = self.known.roles.get(folded(duty.role))
        if duty.role and role is None and folded(duty.role) not in self.known.roles:
            if duty.role not in self.unknown_roles:
                self._note(duty.place, "unknown_role", duty.role, column="Befattning")
            self.unknown_roles.add(duty.role)
        return Duty(duty, unit, role)

    def _unit_of(self, duty: DutySaid) -> int | None:
        """A unit by the source's key or by a code. One that a whole list of units leaves out is not there."""
        if self.said.whole_units and duty.unit not in {unit.subject for unit in self.said.units}:
            return None
        if duty.unit not in self.unit_ids and duty.unit in self.by_code:
            self.unit_ids[duty.unit] = self.by_code[duty.unit].id
        return self.unit_ids.get(duty.unit)

    def _has_ended(self, row: KnownDuty) -> bool:
        if self.said.whole_duties or row.source_id in self.said.gone_duties:
            return True
        gone = self.said.gone_people
        return any(self.person_ids.get(subject) == row.person for subject in gone)
