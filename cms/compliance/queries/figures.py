"""How many have done what, by org unit: the one place where people become figures."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from cms.compliance.enums import State
from cms.compliance.models import Target
from cms.compliance.queries.standings import standings
from cms.compliance.standing import Standing, worst
from cms.people.models import Employment
from cms.people.queries import View, people_behind, visible_employments
from cms.people.tree import OrgTree

SOON = timedelta(days=30)


@dataclass
class Counts:
    """People by state. `required` leaves out those who are exempt; `due_soon` are those to do within 30 days."""

    done: int = 0
    expiring: int = 0
    to_do: int = 0
    overdue: int = 0
    exempt: int = 0
    due_soon: int = 0
    next_due_on: date | None = None

    @property
    def required(self) -> int:
        return self.met + self.to_do + self.overdue

    @property
    def met(self) -> int:
        return self.done + self.expiring

    @property
    def per_cent(self) -> int | None:
        """Rounded down, so that 100 means everybody. None where nobody has to."""
        return self.met * 100 // self.required if self.required else None

    def add(self, state: State, due_on: date | None, on: date) -> None:
        if state == State.NOT_REQUIRED:
            return
        setattr(self, state.value, getattr(self, state.value) + 1)
        if state == State.TO_DO and due_on is not None:
            self.due_soon += due_on <= on + SOON
            self.next_due_on = min(due_on, self.next_due_on or due_on)


@dataclass(frozen=True)
class Figures:
    """Counts of people for some org units on a day: of the whole subtree, and of the unit's own staff.

    With a target, the people by their standing with it. Without one, by the gravest of their standings: "done" is
    then who has done everything that is required. Whoever works at two places is in the counts of both, and once in
    the counts of every unit above.
    """

    on: date
    below: dict[tuple[int, int | None], Counts] = field(default_factory=dict)
    own: dict[tuple[int, int | None], Counts] = field(default_factory=dict)
    everybody: dict[int | None, Counts] = field(default_factory=dict)

    def of(self, org_unit: int, target: int | None = None) -> Counts:
        return self.below.get((org_unit, target)) or Counts()

    def together(self, target: int | None = None) -> Counts:
        """All the org units asked for, each person once."""
        return self.everybody.get(target) or Counts()

    def own_of(self, org_unit: int, target: int | None = None) -> Counts:
        return self.own.get((org_unit, target)) or Counts()


def counts_by_org_unit(
    view: View, org_units: Iterable[int], targets: Iterable[Target], on: date, known_at: datetime | None = None
) -> Figures:
    """The figures of some org units, of each target and of all of them together, as far as a view goes.

    The seam for summary tables: callers ask only here, so what is counted from standings today can be added up from
    kept counts where a view has nobody hidden in it.
    """
    wanted = frozenset(org_units) & view.org_units
    employments = visible_employments(view, on, known_at).filter(org_unit__in=view.tree.union_of_subtrees(wanted))
    return figures_of(employments, view.tree, wanted, list(targets), on, known_at)


def figures_of(
    employments: QuerySet[Employment],
    tree: OrgTree,
    wanted: frozenset[int],
    targets: list[Target],
    on: date,
    known_at: datetime | None = None,
) -> Figures:
    """The figures of some org units, from exactly these employments: what is counted can be narrowed beforehand."""
    found = standings(people_behind(employments), targets, on, known_at)
    figures = Figures(on)
    for person, places in workplaces(employments).items():
        above = {unit for place in places for unit in (place, *tree.ancestors(place))} & wanted
        counted = list(_counted(found.get(person, {}), targets))
        for target, state, due_on in counted:
            figures.everybody.setdefault(target, Counts()).add(state, due_on, on)
            for unit in above:
                figures.below.setdefault((unit, target), Counts()).add(state, due_on, on)
            for unit in places & wanted:
                figures.own.setdefault((unit, target), Counts()).add(state, due_on, on)
    return figures


def workplaces(employments: QuerySet[Employment]) -> dict[int, set[int]]:
    """Who works where: the org units of each person, merged records as the one that remains."""
    places: dict[int, set[int]] = {}
    for person, merged, unit in employments.values_list("person_id", "person__merged_into_id", "org_unit_id"):
        places.setdefault(merged or person, set()).add(unit)
    return places


def _counted(found: dict[int, Standing], targets: list[Target]) -> Iterable[tuple[int | None, State, date | None]]:
    """One person's state with each target, and then with all of them."""
    known = [(target.pk, found[target.pk]) for target in targets if target.pk in found]
    for target, one in known:
        yield target, one.state, one.due_on
    together = worst(one.state for _target, one in known)
    dues = [one.due_on for _target, one in known if one.state == together and one.due_on is not None]
    yield None, together, min(dues, default=None)


SMALLEST_GROUP = 20
COARSENESS = 5


def rough_share(tree: OrgTree, org_units: Iterable[int], targets: Iterable[Target], on: date) -> int | None:
    """Roughly how many per cent have done what they must, for those who may not see the org units themselves.

    Rounded to five, and only for groups of at least twenty; protected people are not in it.
    """
    outside = View(org_units=tree.union_of_subtrees(org_units), protected_in=frozenset(), tree=tree)
    counts = counts_by_org_unit(outside, tree.tops_of(outside.org_units), targets, on).together()
    if counts.required < SMALLEST_GROUP:
        return None
    return COARSENESS * round(counts.met * 100 / counts.required / COARSENESS)
