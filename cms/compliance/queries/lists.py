"""What is overdue, by due date, a page at a time: as quick on the last page as on the first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from cms.compliance.enums import Mark, State
from cms.compliance.models import EVERYTHING, StandingStep, Target
from cms.compliance.queries.kept import kept_rows_for
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
    known: dict[int, Person] = {}
    first = None if kept is None else _kept_rows(view, wanted, targets, on, after, size + 1, kept.half_hidden)
    if kept is None or first is None:
        found = _counted(view, wanted, targets, on, None)
    else:
        found, known = first
        beside = kept.counted_beside(view)
        if beside:
            found = sorted(found + _counted(view, wanted, targets, on, beside))
    rest = [row for row in found if after is None or row > after]
    shown = rest[:size]
    ids = {row.person for row in shown}
    people = Person.objects.in_bulk(ids - known.keys()) | {pk: known[pk] for pk in ids & known.keys()}
    return OverduePage(shown, people, shown[-1] if len(rest) > size else None)


Found = tuple[list[OverdueRow], dict[int, Person]]


def _kept_rows(
    view: View,
    wanted: frozenset[int],
    targets: list[Target],
    on: date,
    after: OverdueRow | None,
    size: int,
    half_hidden: frozenset[int],
) -> Found | None:
    """The first rows after one, with their people. None: somebody is among those kept who ought not to be.

    In SQL, since a place in an order of several columns is something that the ORM cannot say. The conditions are those
    of the index `ledstang_step_overdue`.
    """
    clauses = [
        f"mark = {Mark.OVERDUE.value} AND known_to IS NULL AND NOT is_past AND weight = 1",
        f"NOT (target_ref = {EVERYTHING}) AND starts_on <= %s AND ends_on >= %s",
    ]
    params: list[Any] = [str(on), str(on)]
    if len(targets) == 1:
        clauses.append("target_ref = %s")
        params.append(targets[0].pk)
    if len(wanted) < len(view.tree.nodes):
        clauses.append(f"org_unit_id IN ({', '.join(map(str, sorted(wanted))) or 'NULL'})")
    if after is not None:
        clauses.append("(due_on, person_id, target_ref) > (%s, %s, %s)")
        params += [str(after.due_on), after.person, after.target]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT due_on, person_id, target_ref FROM {StandingStep._meta.db_table} "
            f"WHERE {' AND '.join(clauses)} ORDER BY due_on, person_id, target_ref LIMIT {size}",
            params,
        )
        found = [OverdueRow(_as_date(day), person, target) for day, person, target in cursor]
    people = Person.objects.in_bulk({row.person for row in found})
    if any(person.is_protected for person in people.values()) or half_hidden & people.keys():
        return None
    return found, people


def _as_date(day: date | str) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day


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
