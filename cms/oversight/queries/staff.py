"""People and where they stand, as far as an actor may see them: the list of an org unit, a few people at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import chain

from django.db.models import Q, QuerySet

from cms.compliance.enums import CountedAs, State
from cms.compliance.models import Evidence, Target
from cms.compliance.queries import OverdueRow, overdue_page, required_targets, standings
from cms.compliance.standing import Standing, worst
from cms.oversight.queries.filters import SOON, SOON_DAYS, Filters, employments_shown
from cms.oversight.spilling import merged
from cms.people.models import Employment, Person
from cms.people.names import swedish_order
from cms.people.queries import View, people_behind, records_of

NOTHING = Standing(State.NOT_REQUIRED)
PEOPLE_AT_A_TIME = 500
in_swedish = lru_cache(maxsize=100_000)(swedish_order)


@dataclass(frozen=True, slots=True)
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


class StaffList:
    """What is required of those employed at an org unit or below it, in alphabetical or due-date order.

    In: people whom the view shows at one of these org units, as the filters narrow them. With a state or a target, only
    rows that have it. However long the list is, few people are in memory at a time.
    """

    def __init__(self, view: View, org_unit: int, filters: Filters, on: date) -> None:
        self.view, self.filters, self.on = view, filters, on
        self.org_units = view.tree.subtree(org_unit) & view.org_units
        targets = [filters.target] if filters.target else required_targets(on)
        self.targets = sorted(targets, key=lambda target: in_swedish(target.title))

    @property
    def employments(self) -> QuerySet[Employment]:
        return employments_shown(self.view, self.org_units, self.filters, self.on)

    @cached_property
    def people(self) -> list[int]:
        """Everybody who could be in the list, by name."""
        rows = people_behind(self.employments).order_by().values_list("pk", "family_name", "given_name")
        named = [((in_swedish(family), in_swedish(given), pk), pk) for pk, family, given in rows.iterator()]
        named.sort()
        return [pk for _name, pk in named]

    @property
    def size(self) -> int:
        """How many pairs of person and target have to be looked at."""
        return people_behind(self.employments).count() * max(1, len(self.targets))

    @property
    def goes_on_anywhere(self) -> bool:
        """Whether the list can be read from any row on, however long it is: what is overdue today, by due date."""
        wanted = self.filters.state == State.OVERDUE and self.filters.order == "due"
        return wanted and not (self.filters.is_past or self.filters.narrows_people)

    def overdue_after(self, after: OverdueRow | None, size: int) -> tuple[list[StaffRow], OverdueRow | None]:
        """Some rows after one, and the last of them if there are more. Only where it `goes_on_anywhere`."""
        page = overdue_page(self.view, self.org_units, self.targets, self.on, after, size)
        rows = {(row.person.pk, row.target.pk): row for row in self._some(list(page.people)) if row.target}
        return [rows[one.person, one.target] for one in page.rows if (one.person, one.target) in rows], page.after

    def rows(self) -> Iterator[StaffRow]:
        """The whole list in its order."""
        some = (self._some(self.people[start : start + PEOPLE_AT_A_TIME]) for start in self._starts())
        if self.filters.order == "due":
            return merged(some, key=_by_due)
        return chain.from_iterable(some)

    def _starts(self) -> range:
        return range(0, len(self.people), PEOPLE_AT_A_TIME)

    def _some(self, people: list[int]) -> list[StaffRow]:
        """The rows of some people, who are asked for again: what may be shown may have changed since the list began."""
        some = Person.objects.filter(pk__in=people)
        employments = self.employments.filter(Q(person__in=people) | Q(person__merged_into__in=people))
        places = _places(employments)
        found = standings(some, self.targets, self.on, self.filters.known_at)
        versions = _versions(some, self.targets)
        known = {person.pk: person for person in some}
        rows: list[StaffRow] = []
        for pk in people:
            if pk in places:
                rows += self._rows_of(known[pk], places[pk], found.get(pk, {}), versions)
        return rows

    def _rows_of(
        self, person: Person, places: tuple[str, str], mine: dict[int, Standing], versions: dict[int, str]
    ) -> list[StaffRow]:
        rows = [
            StaffRow(person, *places, target, mine[target.pk], versions.get(mine[target.pk].proof or 0, ""))
            for target in self.targets
            if target.pk in mine and mine[target.pk].state != State.NOT_REQUIRED
        ] or [StaffRow(person, *places, None, NOTHING)]
        if self.filters.state in CountedAs.values:
            wanted = CountedAs(self.filters.state).states
            together = worst(row.standing.state for row in rows)
            return [row for row in rows if row.standing.state in wanted] if together in wanted else []
        return [row for row in rows if _has(row, self.filters, self.on)]


def _has(row: StaffRow, filters: Filters, on: date) -> bool:
    if filters.state == SOON:
        until = row.standing.valid_until
        return row.standing.state in (State.DONE, State.EXPIRING) and until is not None and until <= on + SOON_DAYS
    if filters.state:
        return row.standing.state == filters.state
    return row.target is not None or filters.target is None


def _by_due(row: StaffRow) -> tuple[object, ...]:
    name = (in_swedish(row.person.family_name), in_swedish(row.person.given_name), row.person.pk)
    return (row.day or date.max, *name, in_swedish(row.target.title) if row.target else ("", ""))


def _places(employments: QuerySet[Employment]) -> dict[int, tuple[str, str]]:
    """The workplaces and roles of each person, as words."""
    places: dict[int, tuple[set[str], set[str]]] = {}
    for person, merged_into, unit, role in employments.values_list(
        "person_id", "person__merged_into_id", "org_unit__name", "role__name"
    ):
        units, roles = places.setdefault(merged_into or person, (set(), set()))
        units.add(unit)
        roles.update([role] if role else [])
    return {person: (_listed(units), _listed(roles)) for person, (units, roles) in places.items()}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=in_swedish))


def _versions(people: QuerySet[Person], targets: list[Target]) -> dict[int, str]:
    """The version number of each piece of evidence."""
    records = records_of(people).values("pk")
    rows = Evidence.objects.filter(person__in=records, target__in=[target.pk for target in targets])
    return dict(rows.values_list("pk", "version_number"))
