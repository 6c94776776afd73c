"""What is overdue, by due date, a page at a time: as quick on the last page as on the first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from cms.compliance.enums import Mark, State
from cms.compliance.models import EVERYTHING, StandingStep, Target
from cms.compliance.queries.kept import Kept, holding, kept_rows_for
from cms.compliance.queries.standings import standings
from cms.people.models import Person
from cms.people.queries import View, people_behind, visible_employments


class OverdueRow(NamedTuple):
    """Ids, in the order of the list."""

    due_on: date
    person: int
    target: int

    @property
    def position(self) -> str:
        """Where it stands, as a word for an address."""
        return f"{self.due_on}.{self.person}.{self.target}"

    @classmethod
    def at(cls, position: str) -> "OverdueRow | None":
        """The row of a word from an address; None for anything else."""
        day, _dot, ids = position.partition(".")
        person, _dot, target = ids.partition(".")
        try:
            return cls(date.fromisoformat(day), min(int(person), LARGEST), min(int(target), LARGEST))
        except ValueError:
            return None


LARGEST = 2**62  # what a database takes as an id


@dataclass(frozen=True)
class OverduePage:
    """Some rows, and the last of them if there are more: the next page begins after it."""

    rows: list[OverdueRow]
    people: dict[int, Person]
    after: OverdueRow | None


def overdue_page(
    view: View,
    org_units: Iterable[int],
    targets: Iterable[Target],
    on: date,
    after: OverdueRow | None = None,
    size: int = 50,
) -> OverduePage:
    """Who is overdue with what at some org units and below, the longest overdue first.

    In: people whom the view shows there. From kept steps where these can answer, otherwise from standings.
    """
    targets = list(targets)
    tops = frozenset(org_units) & view.org_units
    wanted = tops if len(tops) == len(view.tree.nodes) else view.tree.union_of_subtrees(tops)
    kept = kept_rows_for(targets, on, None)
    found = None if kept is None else _kept_rows(kept, view, wanted, targets, after, size + 1)
    if found is None:
        found = _counted(view, wanted, targets, on, None)
    rest = [row for row in found if after is None or row > after]
    shown = rest[:size]
    people = Person.objects.in_bulk({row.person for row in shown})
    return OverduePage(shown, people, shown[-1] if len(rest) > size else None)


def _kept_rows(
    kept: Kept, view: View, wanted: frozenset[int], targets: list[Target], after: OverdueRow | None, size: int
) -> list[OverdueRow] | None:
    """The first rows after one, and all of those who are counted beside. None: somebody is kept who ought not to be."""
    steps = _steps(view, wanted, targets, kept.on)
    if after is not None:
        steps = steps.filter(_after(after))
    rows = steps.values_list("due_on", "person_id", "target_ref").order_by("due_on", "person_id", "target_ref")
    found = [OverdueRow(day, *ids) for day, *ids in rows.distinct()[:size] if day is not None]
    if any(row.person in kept.unkept for row in found):
        return None
    beside = kept.counted_beside(view)
    return sorted(found + _counted(view, wanted, targets, kept.on, beside)) if beside else found


def _steps(view: View, wanted: frozenset[int], targets: list[Target], on: date) -> QuerySet[StandingStep]:
    steps = StandingStep.objects.filter(
        holding(on), ~Q(target_ref=EVERYTHING), mark=Mark.OVERDUE, known_to=None, is_past=False, weight=1
    )
    if len(wanted) < len(view.tree.nodes):
        steps = steps.filter(org_unit__in=wanted)
    return steps.filter(target_ref=targets[0].pk) if len(targets) == 1 else steps


def _after(row: OverdueRow) -> Q:
    later = Q(person__gt=row.person) | Q(person=row.person, target_ref__gt=row.target)
    return Q(due_on__gte=row.due_on) & (Q(due_on__gt=row.due_on) | later)


def _counted(
    view: View, wanted: frozenset[int], targets: list[Target], on: date, only: frozenset[int] | None
) -> list[OverdueRow]:
    employments = visible_employments(view, on).filter(org_unit__in=wanted)
    if only is not None:
        employments = employments.filter(Q(person__in=only) | Q(person__merged_into__in=only))
    found = standings(people_behind(employments), targets, on)
    return sorted(
        OverdueRow(one.due_on, person, target)
        for person, every in found.items()
        for target, one in every.items()
        if one.state == State.OVERDUE and one.due_on is not None
    )
