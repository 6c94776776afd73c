"""What is overdue, by due date, a page at a time: as quick on the last page as on the first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from cms.compliance.enums import Mark, State
from cms.compliance.models import EVERYTHING, StandingStep, Target
from cms.compliance.queries.kept import holding, kept_for
from cms.compliance.queries.standings import standings
from cms.people.models import Person
from cms.people.queries import View, people_behind, visible_employments


class OverdueRow(NamedTuple):
    """Ids, in the order of the list."""

    due_on: date
    person: int
    target: int


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
    kept = kept_for(targets, on, None)
    if kept is None:
        found = _counted(view, wanted, targets, on, None)
    else:
        steps = _steps(view, wanted, targets, on)
        if after is not None:
            steps = steps.filter(_after(after))
        rows = steps.values_list("due_on", "person_id", "target_ref").order_by("due_on", "person_id", "target_ref")
        found = [OverdueRow(day, *ids) for day, *ids in rows.distinct()[: size + 1] if day is not None]
        beside = set(kept.counted_beside(view).values_list("pk", flat=True))
        if beside:
            found = sorted(found + _counted(view, wanted, targets, on, beside))
    rest = [row for row in found if after is None or row > after]
    shown = rest[:size]
    people = Person.objects.in_bulk({row.person for row in shown})
    return OverduePage(shown, people, shown[-1] if len(rest) > size else None)


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
    view: View, wanted: frozenset[int], targets: list[Target], on: date, only: set[int] | None
) -> list[OverdueRow]:
    employments = visible_employments(view, on).filter(org_unit__in=wanted)
    if only is not None:
        employments = employments.filter(person__in=only)
    found = standings(people_behind(employments), targets, on)
    return sorted(
        OverdueRow(one.due_on, person, target)
        for person, every in found.items()
        for target, one in every.items()
        if one.state == State.OVERDUE and one.due_on is not None
    )
