"""How many have done what, by org unit: the one place where people become figures."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from cms.compliance.enums import State
from cms.compliance.models import EVERYTHING, Target
from cms.compliance.queries.disposal import refuse_disposed
from cms.compliance.queries.kept import COLUMNS, Cell, Kept, Sheet, in_several, kept_for, next_due_on, sheet_of
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

    def plus(self, other: "Counts") -> "Counts":
        dues = [day for day in (self.next_due_on, other.next_due_on) if day is not None]
        return Counts(
            done=self.done + other.done,
            expiring=self.expiring + other.expiring,
            to_do=self.to_do + other.to_do,
            overdue=self.overdue + other.overdue,
            exempt=self.exempt + other.exempt,
            due_soon=self.due_soon + other.due_soon,
            next_due_on=min(dues, default=None),
        )

    @classmethod
    def of_cell(cls, cell: Cell) -> "Counts":
        """Kept numbers, in the order of `kept.COLUMNS`."""
        done, expiring, to_do, soon, overdue, exempt = cell
        return cls(done, expiring, to_do + soon, overdue, exempt, due_soon=soon)


@dataclass
class KeptFigures:
    """The part of figures that was added up: cells by org unit and target, and of all the org units together."""

    sheet: Sheet
    everybody: dict[int, Cell]
    alone: int | None  # the only target asked for: then everything is that one
    next_due: Callable[[int], date | None]

    def ref(self, target: int | None) -> int:
        if target is not None:
            return target
        return EVERYTHING if self.alone is None else self.alone

    def part(self, cells: dict[int, dict[int, Cell]], org_unit: int, target: int | None) -> Counts | None:
        cell = cells.get(org_unit, {}).get(self.ref(target))
        return None if cell is None else Counts.of_cell(cell)

    def together(self, target: int | None) -> Counts | None:
        cell = self.everybody.get(self.ref(target))
        if cell is None:
            return None
        counts = Counts.of_cell(cell)
        if counts.to_do and (target is None or target == self.alone):
            counts.next_due_on = self.next_due(self.ref(target))
        return counts


@dataclass(frozen=True)
class Figures:
    """Counts of people for some org units on a day: of the whole subtree, and of the unit's own staff.

    With a target, the people by their standing with it. Without one, by the gravest of their standings: "done" is
    then who has done everything that is required. Whoever works at two places is in the counts of both, and once in
    the counts of every unit above. `next_due_on` is told of all targets together, not always of each.
    """

    on: date
    below: dict[tuple[int, int | None], Counts] = field(default_factory=dict)
    own: dict[tuple[int, int | None], Counts] = field(default_factory=dict)
    everybody: dict[int | None, Counts] = field(default_factory=dict)
    kept: KeptFigures | None = None

    def of(self, org_unit: int, target: int | None = None) -> Counts:
        kept = None if self.kept is None else self.kept.part(self.kept.sheet.below, org_unit, target)
        return _sum(self.below.get((org_unit, target)), kept)

    def together(self, target: int | None = None) -> Counts:
        """All the org units asked for, each person once."""
        kept = None if self.kept is None else self.kept.together(target)
        return _sum(self.everybody.get(target), kept)

    def own_of(self, org_unit: int, target: int | None = None) -> Counts:
        kept = None if self.kept is None else self.kept.part(self.kept.sheet.own, org_unit, target)
        return _sum(self.own.get((org_unit, target)), kept)


def _sum(counted: Counts | None, kept: Counts | None) -> Counts:
    if counted is not None and kept is not None:
        return counted.plus(kept)
    return counted or kept or Counts()


def counts_by_org_unit(
    view: View, org_units: Iterable[int], targets: Iterable[Target], on: date, known_at: datetime | None = None
) -> Figures:
    """The figures of some org units, of each target and of all of them together, as far as a view goes.

    Added up from what is kept where that can be (`kept.kept_for`), otherwise counted from standings. `known_at` is
    best given as `end_of(day)`: for a moment within a day everything is counted. Raises Disposed.
    """
    refuse_disposed(on)
    targets, wanted = list(targets), frozenset(org_units) & view.org_units
    kept = kept_for(targets, on, known_at, view.tree)
    employments = visible_employments(view, on, known_at).filter(org_unit__in=view.tree.union_of_subtrees(wanted))
    if kept is None:
        return figures_of(employments, view.tree, wanted, targets, on, known_at)
    added_up = _kept_figures(kept, view.tree, wanted, targets)
    beside = kept.counted_beside(view)
    if not beside:
        return Figures(on, kept=added_up)
    protected = employments.filter(Q(person__in=beside) | Q(person__merged_into__in=beside))
    return replace(figures_of(protected, view.tree, wanted, targets, on, known_at), kept=added_up)


def _kept_figures(kept: Kept, tree: OrgTree, wanted: frozenset[int], targets: list[Target]) -> KeptFigures:
    roots = [unit for unit in wanted if wanted.isdisjoint(tree.ancestors(unit))]
    alone = targets[0].pk if len(targets) == 1 else None
    refs = [target.pk for target in targets] + ([] if alone else [EVERYTHING])
    sheet = sheet_of(kept, tree, roots, refs)
    twice = in_several(kept, tree, roots, refs)
    everybody: dict[int, Cell] = {}
    for ref in refs:
        cells = [cell for root in roots if (cell := sheet.below.get(root, {}).get(ref)) is not None]
        if cells:
            less = twice.get(ref, [0] * len(COLUMNS))
            everybody[ref] = [sum(numbers) - minus for *numbers, minus in zip(*cells, less, strict=True)]
    return KeptFigures(sheet, everybody, alone, lambda ref: next_due_on(kept, tree, roots, ref))


def figures_of(
    employments: QuerySet[Employment],
    tree: OrgTree,
    wanted: frozenset[int],
    targets: list[Target],
    on: date,
    known_at: datetime | None = None,
) -> Figures:
    """The figures of some org units, from exactly these employments: what is counted can be narrowed beforehand.

    Raises Disposed.
    """
    refuse_disposed(on)
    figures, places_of = Figures(on), workplaces(employments)
    found = standings(people_behind(employments), targets, on, known_at) if places_of else {}
    for person, places in places_of.items():
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
