"""Writing down what a source says: a plan in one transaction, with as few statements as there can be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from cms.people.actions.logs import write_audit
from cms.people.actions.telling import tell_roster_changed
from cms.people.enums import AuditAction, Protection
from cms.people.models import (
    AuditEntry,
    Employment,
    Identity,
    KindMapping,
    Leave,
    OrgUnit,
    OrgUnitIdentity,
    OrgUnitPlacement,
    Person,
    RoleMapping,
)
from cms.people.queries.roster import known_roster
from cms.people.roster.comparing import compare
from cms.people.roster.facts import Progress, RosterSource, Said, silent
from cms.people.roster.planning import Changes, Plan

BATCH = 1000
ALIAS_ISSUERS = ("eppn",)
Thing = TypeVar("Thing")


class ImportRefused(Exception):
    """An import writes nothing: the source has errors, would remove much, or says something else than was confirmed."""

    def __init__(self, reason: str, plan: Plan) -> None:
        super().__init__(reason)
        self.reason, self.plan = reason, plan


def plan_import(*, source: RosterSource, said: Said, day: date | None = None) -> Plan:
    """What an import would write now. Writes nothing."""
    return compare(said, known_roster(source, ALIAS_ISSUERS), day or timezone.localdate())


@transaction.atomic
def import_roster(
    *,
    source: RosterSource,
    said: Said,
    actor: Person | None,
    day: date | None = None,
    accepts_removals: bool = False,
    expected: str | None = None,
    progress: Progress = silent,
) -> Plan:
    """Write what a source says, all or nothing, and tell the apps above once.

    Raises ImportRefused: `errors`; `removes_much` unless that is accepted; `changed` if it is not what is expected.
    """
    plan = plan_import(source=source, said=said, day=day)
    if plan.errors:
        raise ImportRefused("errors", plan)
    if plan.removes_much and not accepts_removals:
        raise ImportRefused("removes_much", plan)
    if expected is not None and plan.digest != expected:
        raise ImportRefused("changed", plan)
    _Writer(source, plan, actor, day or timezone.localdate(), timezone.now(), progress).write()
    return plan


def batches(things: Sequence[Thing] | Iterable[Thing]) -> Iterator[list[Thing]]:
    listed = list(things)
    for start in range(0, len(listed), BATCH):
        yield listed[start : start + BATCH]


@dataclass
class _Writer:
    """Writes one plan. Org units and people first, since employments name them."""

    source: RosterSource
    plan: Plan
    actor: Person | None
    day: date
    at: datetime
    progress: Progress

    def write(self) -> None:
        issuer = self.source.name
        self.units: dict[str, int] = dict(
            OrgUnitIdentity.objects.filter(issuer=issuer).values_list("subject", "org_unit_id")
        )
        self.people: dict[str, int] = dict(Identity.objects.filter(issuer=issuer).values_list("subject", "person_id"))
        self.told_people: set[int] = set()
        self.told_units: set[int] = set()
        self._write_units()
        self._write_people()
        self._write_duties()
        self._write_leaves()
        self._keep_words()
        if self.plan.is_empty:
            return
        write_audit(
            action=AuditAction.ROSTER_IMPORTED,
            actor=self.actor,
            object_key=issuer[:100],
            details=self.plan.counts(),
            at=self.at,
        )
        tell_roster_changed(people=self.told_people, org_units=self.told_units)

    # Org units

    def _write_units(self) -> None:
        made = OrgUnit.objects.bulk_create(
            [
                OrgUnit(
                    name=row.said.name,
                    kind=row.kind,
                    school_unit_code=row.said.school_unit_code,
                    local_code=row.said.local_code,
                    controller=row.said.controller or "",
                    district_id=row.district,
                    opens_on=row.said.opens_on,
                    closes_on=row.said.closes_on,
                )
                for row in self.plan.begin_units
            ],
            batch_size=BATCH,
        )
        links = [(row.said.subject, unit.pk) for row, unit in zip(self.plan.begin_units, made, strict=True)]
        links += [(row.subject, row.unit) for row in self.plan.link_units]
        self.units |= dict(links)
        OrgUnitIdentity.objects.bulk_create(
            OrgUnitIdentity(org_unit_id=unit, issuer=self.source.name, subject=subject) for subject, unit in links
        )
        self.told_units.update(unit.pk for unit in made)
        self._change(OrgUnit, [(row.unit, row.changes) for row in self.plan.change_units], self.told_units)
        self._place()

    def _unit(self, subject: str) -> int:
        """The unit that a source means: by its own key for it, otherwise by a code of ours."""
        if subject not in self.units:
            found = OrgUnit.objects.filter(local_code=subject) | OrgUnit.objects.filter(school_unit_code=subject)
            self.units[subject] = found.values_list("pk", flat=True)[0]
        return self.units[subject]

    def _place(self) -> None:
        """Where units stand from a day on. What was placed the same day is corrected."""
        rows = [
            OrgUnitPlacement(
                org_unit_id=self._unit(row.subject),
                parent_id=self._unit(row.parent) if row.parent else None,
                starts_on=row.starts_on,
                recorded_at=self.at,
            )
            for row in self.plan.place_units
        ]
        moved = [row.org_unit_id for row in rows if row.starts_on == self.day]
        current = OrgUnitPlacement.objects.filter(starts_on=self.day, retracted_at=None)
        current.filter(org_unit__in=moved).update(retracted_at=self.at)
        OrgUnitPlacement.objects.bulk_create(rows, batch_size=BATCH)
        self.told_units.update(row.org_unit_id for row in rows)

    # People

    def _write_people(self) -> None:
        begun = self.plan.begin_people
        for number, rows in enumerate(batches(begun)):
            self.progress("people", number * BATCH, len(begun))
            made = Person.objects.bulk_create(
                Person(
                    given_name=row.said.given_name or "",
                    family_name=row.said.family_name or "",
                    email=row.said.email or "",
                    protection=row.said.protection or Protection.NONE,
                )
                for row in rows
            )
            self.people |= {row.said.subject: person.pk for row, person in zip(rows, made, strict=True)}
        changed = self.plan.change_people
        self._change(Person, [(row.person, row.changes) for row in changed], self.told_people)
        links = self.plan.link_people
        self.people |= {row.subject: row.person for row in links if row.person is not None}
        Identity.objects.bulk_create(
            [
                Identity(person_id=self.people[row.subject], issuer=row.identity[0], subject=row.identity[1])
                for row in links
            ],
            batch_size=BATCH,
        )
        self._protect([row.person for row in changed if "protection" in dict(row.changes)])

    def _protect(self, people: list[int]) -> None:
        """Protection holds for the record that somebody has been merged into, too."""
        for person in Person.objects.filter(pk__in=people).select_related("merged_into"):
            if person.merged_into is not None and not person.merged_into.is_protected:
                Person.objects.filter(pk=person.merged_into.pk).update(protection=person.protection)
                self.told_people.add(person.merged_into.pk)
        AuditEntry.objects.bulk_create(
            AuditEntry(action=AuditAction.PROTECTION_CHANGED, actor=self.actor, subject_id=person, at=self.at)
            for person in people
        )

    def _change(self, model: Any, changes: list[tuple[int, Changes]], told: set[int]) -> None:
        """Rows with the same fields to change are written together."""
        by_fields: dict[tuple[str, ...], list[Any]] = defaultdict(list)
        wanted = dict(changes)
        for keys in batches(wanted):
            for row in model.objects.filter(pk__in=keys):
                for name, value in wanted[row.pk]:
                    setattr(row, f"{name}_id" if name == "district" else name, value)
                by_fields[tuple(sorted(name for name, _value in wanted[row.pk]))].append(row)
        for fields, rows in by_fields.items():
            model.objects.bulk_update(rows, list(fields), batch_size=200)
        told.update(wanted)

    # Employments

    def _write_duties(self) -> None:
        plan = self.plan
        replaced = [*(row.duty for row in plan.rewrite_duties), *(row.duty for row in plan.retract_duties)]
        self.told_people.update(duty.person for duty in replaced)
        newer: list[Employment] = []
        for rows in batches(plan.rewrite_duties):
            found = Employment.objects.in_bulk([row.duty.id for row in rows])
            newer += [
                found[row.duty.id].rewritten(self.at, **_columns(row.changes, row.said.role if row.said else None))
                for row in rows
            ]
        for keys in batches(duty.id for duty in replaced):
            Employment.objects.filter(pk__in=keys).update(retracted_at=self.at)
        Employment.objects.bulk_create(newer, batch_size=BATCH)
        for number, begun in enumerate(batches(plan.begin_duties)):
            self.progress("employments", number * BATCH, len(plan.begin_duties))
            made = Employment.objects.bulk_create(
                Employment(
                    person_id=self.people[row.said.person],
                    org_unit_id=self._unit(row.said.unit),
                    role_id=row.role,
                    starts_on=row.starts_on,
                    ends_on=row.said.ends_on,
                    source=self.source.name,
                    source_id=row.said.source_id,
                    source_starts_on=row.said.starts_on,
                    source_role=row.said.role,
                    recorded_at=self.at,
                )
                for row in begun
            )
            self.told_people.update(row.person_id for row in made)

    def _write_leaves(self) -> None:
        plan, source = self.plan, self.source.name
        replaced = [*(row.leave for row in plan.rewrite_leaves), *(row.leave for row in plan.retract_leaves)]
        old = {
            leave.pk: leave
            for keys in batches(leave.id for leave in replaced)
            for leave in Leave.objects.filter(pk__in=keys)
        }
        for keys in batches(old):
            Leave.objects.filter(pk__in=keys).update(retracted_at=self.at)
        newer = [
            Leave(
                key=old[row.leave.id].key,
                person_id=row.leave.person,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                source=source,
                recorded_at=self.at,
            )
            for row in plan.rewrite_leaves
        ]
        newer += [
            Leave(
                person_id=self.people[row.said.person],
                starts_on=row.said.starts_on,
                ends_on=row.said.ends_on,
                source=source,
                recorded_at=self.at,
            )
            for row in plan.begin_leaves
        ]
        made = Leave.objects.bulk_create(newer, batch_size=BATCH)
        self.told_people.update(row.person_id for row in made)
        self.told_people.update(leave.person for leave in replaced)

    def _keep_words(self) -> None:
        """Words that nobody has mapped wait on the page of mappings."""
        vocabulary = self.source.vocabulary
        roles = [RoleMapping(source=vocabulary, value=word) for word in self.plan.unknown_roles]
        RoleMapping.objects.bulk_create(roles, ignore_conflicts=True)
        kinds = [KindMapping(source=vocabulary, value=word) for word in self.plan.unknown_kinds]
        KindMapping.objects.bulk_create(kinds, ignore_conflicts=True)


def _columns(changes: Changes, source_role: str | None) -> dict[str, Any]:
    """Changes as the columns of an employment. The source's word for the role comes along."""
    columns = {f"{name}_id" if name == "role" else name: value for name, value in changes}
    return {**columns, "source_role": source_role} if source_role and "role_id" in columns else columns
