"""People and where they stand, as far as an actor may see them: the list of an org unit, and one person's page."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import QuerySet

from cms.compliance.enums import State
from cms.compliance.models import Evidence, Exemption, Target
from cms.compliance.queries import required_targets, standings
from cms.compliance.registry import TargetKind, target_kinds
from cms.compliance.standing import Standing
from cms.oversight.queries.overview import Filters
from cms.people.models import Employment, Person
from cms.people.names import swedish_order
from cms.people.queries import View, people_behind, records_of, visible_employments

NOTHING = Standing(State.NOT_REQUIRED)


@dataclass(frozen=True)
class StaffRow:
    """One person and one target; `target` None: nothing is required of the person."""

    person: Person
    workplaces: str
    roles: str
    target: Target | None
    standing: Standing
    version: str = ""

    @property
    def day(self) -> date | None:
        """The day that matters next: when it is due, or how long it holds."""
        return self.standing.due_on or self.standing.valid_until


def staff_rows(view: View, org_unit: int, filters: Filters, on: date) -> list[StaffRow]:
    """What is required of those employed at an org unit or below it, in alphabetical or due-date order.

    In: people whom the view shows at one of these org units. With a state or a target, only rows that have it.
    """
    employments = visible_employments(view, on).filter(org_unit__in=view.tree.subtree(org_unit) & view.org_units)
    people = people_behind(employments)
    targets = [filters.target] if filters.target else required_targets(on)
    found = standings(people, targets, on)
    places = _places(employments)
    versions = _versions(people, targets)
    rows: list[StaffRow] = []
    for person in people:
        workplaces, roles = places.get(person.pk, ("", ""))
        mine = found.get(person.pk, {})
        rows += [
            StaffRow(person, workplaces, roles, target, mine[target.pk], versions.get(mine[target.pk].proof or 0, ""))
            for target in targets
            if target.pk in mine and mine[target.pk].state != State.NOT_REQUIRED
        ] or [StaffRow(person, workplaces, roles, None, NOTHING)]
    wanted = [row for row in rows if _has(row, filters)]
    return sorted(wanted, key=_by_due if filters.order == "due" else _by_name)


def _has(row: StaffRow, filters: Filters) -> bool:
    if filters.state:
        return row.standing.state == filters.state
    return row.target is not None or filters.target is None


def _by_name(row: StaffRow) -> tuple[object, ...]:
    name = (swedish_order(row.person.family_name), swedish_order(row.person.given_name), row.person.pk)
    return (*name, swedish_order(row.target.title) if row.target else ("", ""))


def _by_due(row: StaffRow) -> tuple[object, ...]:
    return (row.day or date.max, *_by_name(row))


def _places(employments: QuerySet[Employment]) -> dict[int, tuple[str, str]]:
    """The workplaces and roles of each person, as words."""
    places: dict[int, tuple[set[str], set[str]]] = {}
    for person, merged, unit, role in employments.values_list(
        "person_id", "person__merged_into_id", "org_unit__name", "role__name"
    ):
        units, roles = places.setdefault(merged or person, (set(), set()))
        units.add(unit)
        roles.update([role] if role else [])
    return {person: (_listed(units), _listed(roles)) for person, (units, roles) in places.items()}


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names, key=swedish_order))


def _versions(people: QuerySet[Person], targets: list[Target]) -> dict[int, str]:
    """The version number of each piece of evidence."""
    records = records_of(people).values("pk")
    rows = Evidence.objects.filter(person__in=records, target__in=[target.pk for target in targets])
    return dict(rows.values_list("pk", "version_number"))


@dataclass(frozen=True)
class Requirement:
    """One target that is required of a person, with the evidence there is of it, newest first."""

    target: Target
    standing: Standing
    kind: TargetKind | None
    evidence: list[Evidence]
    exemption: Exemption | None


@dataclass(frozen=True)
class PersonPage:
    """What a head or HR sees of one person: what is required, and what counts towards it. Nothing else."""

    person: Person
    employments: list[Employment]
    requirements: list[Requirement]


def person_page(view: View, key: uuid.UUID, on: date) -> PersonPage | None:
    """A person whom the view shows. None for everybody else, without a difference.

    Only workplaces within the view are told, and only targets that are required: a course taken of one's own accord
    is one's own.
    """
    employments = visible_employments(view, on)
    person = people_behind(employments).filter(key=key).first()
    if person is None:
        return None
    one = Person.objects.filter(pk=person.pk)
    targets = required_targets(on)
    mine = standings(one, targets, on).get(person.pk, {})
    required = [target for target in targets if target.pk in mine and mine[target.pk].state != State.NOT_REQUIRED]
    records = records_of(one).values("pk")
    evidence = _by_target(
        Evidence.objects.filter(person__in=records, target__in=required, achieved_on__lte=on)
        .select_related("void", "recorded_by")
        .order_by("-achieved_at", "-pk")
    )
    exemptions = _by_target(
        Exemption.objects.filter(person__in=records, target__in=required, starts_on__lte=on, until__gte=on, end=None)
    )
    return PersonPage(
        person=person,
        employments=list(employments.filter(person__in=records).select_related("org_unit", "role").order_by("pk")),
        requirements=[
            Requirement(
                target=target,
                standing=mine[target.pk],
                kind=target_kinds.find(target.kind),
                evidence=evidence.get(target.pk, []),
                exemption=next(iter(exemptions.get(target.pk, [])), None),
            )
            for target in required
        ],
    )


Row = TypeVar("Row", Evidence, Exemption)


def _by_target(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.target_id, []).append(row)
    return found
