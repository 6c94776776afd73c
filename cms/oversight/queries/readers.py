"""Which version those who must have read: one by one and in figures, as far as an actor may see them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from cms.compliance.enums import State
from cms.compliance.models import Target
from cms.compliance.queries import known_evidence, major_asked_for, workplaces
from cms.oversight.queries.filters import Filters
from cms.oversight.queries.overview import children_in
from cms.oversight.queries.staff import StaffList, StaffRow
from cms.people.models import OrgUnit, Person
from cms.people.queries import View, records_of

NONE_READ = "ingen"  # as a version in the address: those who have read none


@dataclass(frozen=True)
class Read:
    """The latest version that somebody has stated about, and when. Whether it is enough, standing says."""

    number: str
    on: date

    @property
    def order(self) -> tuple[tuple[int, ...], date]:
        return number_order(self.number), self.on


def number_order(number: str) -> tuple[int, ...]:
    """ "2.1" as numbers: 10.0 comes after 9.1."""
    return tuple(int(part) for part in number.split(".") if part.isdecimal())


@dataclass(frozen=True)
class ReaderRow:
    """Somebody who must, and the latest version that they have read. None: none at all, or done in another way."""

    staff: StaffRow
    read: Read | None

    @property
    def version(self) -> str:
        return self.read.number if self.read else NONE_READ


@dataclass(frozen=True)
class UnitReaders:
    """How many of those who must at an org unit have read which version, in the order of the columns."""

    unit: OrgUnit
    required: int
    counts: tuple[tuple[str, int], ...]
    is_own: bool = False

    @property
    def newest(self) -> tuple[int, int] | None:
        """The latest major version, and how many have read any of its versions. None: there is none to read."""
        majors = [(number_order(version)[0], count) for version, count in self.counts if version != NONE_READ]
        latest = max((major for major, _count in majors), default=None)
        return None if latest is None else (latest, sum(count for major, count in majors if major == latest))


def units_below(view: View, org_unit: OrgUnit) -> list[OrgUnit]:
    """The org units right below one, by name: where to go on when it has too many people for one page."""
    below = children_in(view, org_unit.pk)
    known = OrgUnit.objects.in_bulk(below)
    return [known[unit] for unit in below]


class ReaderList:
    """Those who must read a target at an org unit or below it, by name, with what each has read.

    In: people whom the view shows there, as the filters narrow them; not those who are exempt. `version` narrows the
    rows further, not the figures.
    """

    def __init__(self, view: View, org_unit: OrgUnit, filters: Filters, on: date, version: str = "") -> None:
        assert filters.target is not None
        self.view, self.org_unit, self.filters, self.on, self.version = view, org_unit, filters, on, version
        self.target: Target = filters.target
        self.staff = StaffList(view, org_unit.pk, filters, on)

    @cached_property
    def everyone(self) -> list[ReaderRow]:
        rows = [row for row in self.staff.rows() if row.standing.state != State.EXEMPT]
        read = self._latest() if rows else {}
        return [ReaderRow(row, read.get(row.person.pk)) for row in rows]

    @property
    def rows(self) -> list[ReaderRow]:
        return [row for row in self.everyone if not self.version or row.version == self.version]

    def _latest(self) -> dict[int, Read]:
        """The highest version that each person has evidence of on the day, in one query."""
        records = records_of(Person.objects.filter(pk__in=self.staff.people)).values("pk")
        rows = known_evidence(self.filters.known_at).filter(
            person__in=records, target=self.target, achieved_on__lte=self.on
        )
        found: dict[int, Read] = {}
        for person, merged, number, on in rows.values_list(
            "person_id", "person__merged_into_id", "version_number", "achieved_on"
        ):
            read, known = Read(number, on), found.get(merged or person)
            if number and (known is None or read.order > known.order):
                found[merged or person] = read
        return found

    @cached_property
    def versions(self) -> list[str]:
        """What is asked for and what anybody here has read, the latest version first; last those who have read none."""
        read = {row.version for row in self.everyone} - {NONE_READ}
        asked = major_asked_for(self.target, self.on, self.filters.known_at)
        if asked is not None and asked > max((number_order(version)[0] for version in read), default=0):
            read.add(f"{asked}.0")
        return [*sorted(read, key=number_order, reverse=True), NONE_READ]

    @property
    def together(self) -> UnitReaders:
        return self._counted(self.org_unit, {row.staff.person.pk for row in self.everyone})

    @property
    def units(self) -> list[UnitReaders]:
        """The org units right below, by name, and those employed at the unit itself. None if there is only one."""
        below = children_in(self.view, self.org_unit.pk)
        if not below:
            return []
        places = workplaces(self.staff.employments)
        known = OrgUnit.objects.in_bulk(below)
        rows = [self._counted(known[unit], self._at(places, self.view.tree.subtree(unit))) for unit in below]
        own = self._counted(self.org_unit, self._at(places, {self.org_unit.pk}), is_own=True)
        return [row for row in [*rows, own] if row.required]

    def _at(self, places: dict[int, set[int]], org_units: Iterable[int]) -> set[int]:
        wanted = frozenset(org_units)
        return {person for person, where in places.items() if wanted.intersection(where)}

    def _counted(self, unit: OrgUnit, people: set[int], *, is_own: bool = False) -> UnitReaders:
        read = [row.version for row in self.everyone if row.staff.person.pk in people]
        counts = tuple((version, read.count(version)) for version in self.versions)
        return UnitReaders(unit, len(read), counts, is_own)
