"""Figures added up from what is kept, instead of counted from standings: the same numbers, for a whole city at once.

Kept are only people whose personal data are not protected; those who are protected and seen by the actor are counted
from their standings beside. Whenever anything does not fit, nothing kept is used.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from cms.compliance.enums import Mark
from cms.compliance.models import EVERYTHING, StandingStep, SummaryRow, SummaryState, Target
from cms.compliance.queries.believed import end_of, rule_book
from cms.people.enums import Protection
from cms.people.models import Person
from cms.people.queries import View, org_tree
from cms.people.tree import OrgTree

MARK_COLUMNS = {
    Mark.DONE.value: "done",
    Mark.EXPIRING.value: "expiring",
    Mark.TO_DO.value: "to_do",
    Mark.SOON.value: "soon",
    Mark.OVERDUE.value: "overdue",
    Mark.EXEMPT.value: "exempt",
}
COLUMNS = tuple(MARK_COLUMNS.values())
PLACE_OF = {mark: index for index, mark in enumerate(MARK_COLUMNS)}
LONGEST_LAG = timedelta(days=62)  # after that, adding up the steps anew is quicker
Cell = Sequence[int]  # one number for each column
Cells = dict[int, dict[int, Cell]]  # by org unit and target


def holding(on: date) -> Q:
    return Q(starts_on__lte=on, ends_on__gte=on)


def known_on(day: date | None) -> Q:
    """Steps that were believed at the end of a day; None: that are now."""
    if day is None:
        return Q(known_to=None)
    return (Q(known_from=None) | Q(known_from__lte=day)) & (Q(known_to=None) | Q(known_to__gte=day))


def summed(steps: QuerySet[StandingStep], on: date) -> Iterator[tuple[int, int, int, int, int]]:
    """Org unit, target, weight, mark and how many rows, of the steps that hold on a day."""
    columns = ("org_unit_id", "target_ref", "weight", "mark")
    counted = steps.filter(holding(on)).values(*columns).order_by().annotate(n=Count("*"))
    with raw_rows(counted.values_list(*columns, "n")) as rows:
        yield from rows


@dataclass(frozen=True)
class Kept:
    """That kept figures may be used for a question, and how it reads on them."""

    state: SummaryState
    on: date
    known_on: date | None
    half_hidden: frozenset[int]  # people who are not protected themselves, but in a record that was merged into theirs

    @cached_property
    def unkept(self) -> frozenset[int]:
        """All protected people: counted from their standings, or not at all."""
        root = Coalesce("merged_into_id", "pk")
        return frozenset(_protected().values_list(root, flat=True))

    def counted_beside(self, view: View) -> frozenset[int]:
        """Protected people of whom the view may show something."""
        return self.unkept if view.protected_in else self.half_hidden

    @property
    def is_summed(self) -> bool:
        return self.known_on is None and self.state.kept_on <= self.on <= self.state.kept_on + LONGEST_LAG


def kept_for(targets: list[Target], on: date, known_at: datetime | None, tree: OrgTree | None = None) -> Kept | None:
    """Whether what is kept can be added up to answer. None: it must be counted from standings.

    It cannot when rows could not (`kept_rows_for`), or if somebody is in it who ought not to be.
    """
    kept = kept_rows_for(targets, on, known_at, tree)
    steps = StandingStep.objects.filter(person=Coalesce(OuterRef("merged_into_id"), OuterRef("pk")))
    return None if kept is None or _protected().filter(Exists(steps)).exists() else kept


def kept_rows_for(
    targets: list[Target], on: date, known_at: datetime | None, tree: OrgTree | None = None
) -> Kept | None:
    """Whether rows of what is kept can answer, for who then looks whether somebody protected is in them.

    They cannot: while none are kept; for some targets of many, since the gravest of those is not kept; for a moment
    within a day, or a day ahead of what was known; in a tree that was known otherwise then.
    """
    state, half_hidden = _state()
    if state is None or any(target.is_withdrawn and target.withdrawn_on is None for target in targets):
        return None
    asked = {target.pk for target in targets}
    if len(asked) != 1 and not asked >= rule_book(state.rules).required_by(on):
        return None
    day = None if known_at is None else timezone.localdate(known_at)
    if day is not None and (known_at != end_of(day) or day < on or (tree and tree.nodes != org_tree(on).nodes)):
        return None
    return Kept(state, on, day, half_hidden)


def _protected() -> QuerySet[Person]:
    protected: QuerySet[Person] = Person.objects.exclude(protection=Protection.NONE)
    return protected


def _state() -> tuple[SummaryState | None, frozenset[int]]:
    """The state of what is kept, and who is half hidden: every question asks for both, in one statement."""
    states, people = SummaryState._meta.db_table, Person._meta.db_table
    rows: list[Any] = list(
        SummaryState.objects.raw(
            f"SELECT state.*, person.merged_into_id AS half_hidden FROM {states} state LEFT JOIN {people} person "
            f"ON NOT (person.protection = '{Protection.NONE.value}') AND person.merged_into_id IS NOT NULL"
        )
    )
    return (rows[0] if rows else None), frozenset(row.half_hidden for row in rows if row.half_hidden)


@dataclass
class Sheet:
    """Cells of the org units' own staff, and of whole subtrees."""

    own: Cells = field(default_factory=dict)
    below: Cells = field(default_factory=dict)


def sheet_of(kept: Kept, tree: OrgTree, roots: list[int], targets: Iterable[int]) -> Sheet:
    """Kept figures of some org units and all below them. `roots` do not lie in one another's subtrees."""
    wanted = tree.union_of_subtrees(roots)
    where = Q() if len(wanted) == len(tree.nodes) else Q(org_unit__in=wanted)
    refs = set(targets)
    if len(refs) == 1:
        where &= Q(target_ref__in=refs)
    own, less = _cells(kept, where)
    own = {unit: cells for unit, cells in own.items() if unit in wanted}
    below = dict(own)
    for unit, cells in less.items():
        if unit in wanted:
            below[unit] = _sums([below.get(unit, {}), cells])
    for root in roots:
        _add_up(tree, root, below)
    return Sheet(own, below)


def _sums(several: list[dict[int, Cell]]) -> dict[int, Cell]:
    """Cells of one target added to one another. What is only in one place is taken as it is."""
    found: dict[int, list[Cell]] = {}
    for cells in several:
        for target, cell in cells.items():
            found.setdefault(target, []).append(cell)
    return {
        target: some[0] if len(some) == 1 else [sum(column) for column in zip(*some, strict=True)]
        for target, some in found.items()
    }


def _add_up(tree: OrgTree, root: int, cells: Cells) -> None:
    """Add to each unit's cells those of the units right below it, from the lowest up."""
    order, waiting = [], [root]
    while waiting:
        unit = waiting.pop()
        order.append(unit)
        waiting.extend(tree.children.get(unit, ()))
    for unit in reversed(order):
        below = [cells[child] for child in tree.children.get(unit, ()) if child in cells]
        if below:
            cells[unit] = _sums([cells.get(unit, {}), *below])


def _cells(kept: Kept, where: Q) -> tuple[Cells, Cells]:
    """Own staff, and what meets at a unit and is to be taken from its subtree, on the day asked about."""
    known = StandingStep.objects.filter(where, known_on(kept.known_on))
    if kept.known_on is not None:  # two questions: what still holds lies in another index than what does no longer
        believed = StandingStep.objects.filter(where, Q(known_from=None) | Q(known_from__lte=kept.known_on))
        still, then = believed.filter(known_to=None), believed.filter(known_to__gte=kept.known_on)
        return _gathered((summed(still, kept.on), 1), (summed(then, kept.on), 1))
    if not kept.is_summed:
        return _gathered((summed(known, kept.on), 1))
    columns = ("org_unit_id", "target_ref", "is_place", *COLUMNS)
    own: Cells = {}
    less: Cells = {}
    with raw_rows(SummaryRow.objects.filter(where).values_list(*columns)) as rows:
        for row in rows:
            (own if row[2] else less).setdefault(row[0], {})[row[1]] = row[3:]
    since = kept.state.kept_on
    if since < kept.on:
        began = summed(known.filter(starts_on__gt=since), kept.on)
        ended = summed(known.filter(ends_on__lt=kept.on), since)
        for have, change in zip((own, less), _gathered((began, 1), (ended, -1)), strict=True):
            for unit, cells in change.items():
                have[unit] = _sums([have.get(unit, {}), cells])
    return own, less


def _gathered(*parts: tuple[Iterable[tuple[int, int, int, int, int]], int]) -> tuple[Cells, Cells]:
    own: dict[int, dict[int, list[int]]] = {}
    less: dict[int, dict[int, list[int]]] = {}
    for rows, sign in parts:
        for unit, target, weight, mark, n in rows:
            row = (own if weight > 0 else less).setdefault(unit, {})
            cell = row.get(target)
            if cell is None:
                cell = row[target] = [0] * len(COLUMNS)
            cell[PLACE_OF[mark]] += sign * n * weight
    return own, less  # type: ignore[return-value]


@contextmanager
def raw_rows(rows: QuerySet[Any, Any]) -> Iterator[Iterable[tuple[Any, ...]]]:
    """A query's rows as the database gives them: tens of thousands of numbers need no conversion."""
    try:
        sql, params = rows.order_by().query.sql_with_params()
    except EmptyResultSet:  # no org unit is asked about, such as one on a day before it opened
        yield ()
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        yield cursor


def in_several(kept: Kept, tree: OrgTree, roots: list[int], targets: Iterable[int]) -> dict[int, list[int]]:
    """What the sum of several subtrees counts too often: people who work in more than one of them."""
    found: dict[int, list[int]] = {}
    if len(roots) < 2:
        return found
    root_of = {unit: root for root in roots for unit in tree.subtree(root)}
    steps = StandingStep.objects.filter(known_on(kept.known_on), holding(kept.on), weight__gt=0)
    places = steps.filter(target_ref=EVERYTHING, org_unit__in=root_of)
    in_roots: dict[int, set[int]] = {}
    for person, unit in places.values_list("person_id", "org_unit_id").iterator():
        in_roots.setdefault(person, set()).add(root_of[unit])
    several = {person: len(some) - 1 for person, some in in_roots.items() if len(some) > 1}
    rows = steps.filter(person__in=several, org_unit__in=root_of, target_ref__in=list(targets))
    for person, target, mark in rows.values_list("person_id", "target_ref", "mark").distinct():
        found.setdefault(target, [0] * len(COLUMNS))[PLACE_OF[mark]] += several[person]
    return found


def next_due_on(kept: Kept, tree: OrgTree, roots: list[int], target: int) -> date | None:
    """The first day by which somebody has to be done."""
    steps = StandingStep.objects.filter(
        known_on(kept.known_on), holding(kept.on), target_ref=target, mark__in=(Mark.TO_DO, Mark.SOON),
        org_unit__in=tree.union_of_subtrees(roots), weight__gt=0,
    )  # fmt: skip
    halves = [steps.filter(known_to=None)]
    if kept.known_on is not None:
        halves.append(steps.filter(known_to__gte=kept.known_on))
    firsts = [half.aggregate(first=Min("due_on"))["first"] for half in halves]
    return min((first for first in firsts if first is not None), default=None)
