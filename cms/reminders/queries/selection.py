"""Whom a head or HR can remind by hand: those of a workplace who have something left."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cms.compliance.enums import CountedAs, State
from cms.compliance.models import Target
from cms.compliance.standing import worst
from cms.people.models import Person
from cms.people.names import swedish_order
from cms.people.queries import View, people_behind, visible_employments
from cms.reminders.enums import Rule
from cms.reminders.queries.logs import reminded_on
from cms.reminders.queries.readers import readers_of
from cms.reminders.queries.rehearsal import why_not
from cms.reminders.saying import Matter, by_hand

MOST_PEOPLE = 500


@dataclass(frozen=True)
class Candidate:
    """Somebody with something left, and what. `why_not` is empty, `reminded`, `away`, `protected` or `no_address`."""

    person: Person
    titles: list[str]
    why_not: str = ""


@dataclass(frozen=True)
class Selection:
    """The people of a workplace who match, by name. `is_too_large`: choose a smaller part first."""

    candidates: list[Candidate]
    is_too_large: bool = False

    @property
    def ready(self) -> list[Candidate]:
        return [one for one in self.candidates if not one.why_not]

    @property
    def left_out(self) -> list[Candidate]:
        return [one for one in self.candidates if one.why_not]


def state_of(matter: Matter, on: date) -> State:
    if matter.opening == Rule.EXPIRING:
        return State.EXPIRING
    return State.OVERDUE if matter.due_on < on else State.TO_DO


def _in_state(matters: list[Matter], state: str, on: date) -> list[Matter]:
    """The matters that a list narrowed to a state is about. Some states are the person's: then all or none."""
    if state in CountedAs.values:
        return matters if worst(state_of(one, on) for one in matters) in CountedAs(state).states else []
    return [one for one in matters if not state or state_of(one, on) == state]


def select_people(view: View, org_unit: int, target: Target | None, state: str, on: date, **where: Any) -> Selection:
    """Those whom the view shows at an org unit or below it and who have something left: of a target, in a state.

    `where` narrows the employments: by role, kind of workplace, district.
    """
    inside = visible_employments(view, on).filter(org_unit__in=view.tree.subtree(org_unit) & view.org_units, **where)
    people = people_behind(inside)
    if people.count() > MOST_PEOPLE:
        return Selection([], is_too_large=True)
    reminded = reminded_on(people, on)
    titles = dict(Target.objects.values_list("pk", "title"))
    known = people.in_bulk()
    found = []
    for pk, reader in readers_of(people, on).items():
        some = _in_state([one for one in reader.matters if target is None or one.target == target.pk], state, on)
        if some:
            why = why_not(known[pk]) or ("reminded" if pk in reminded else "" if by_hand(reader, on) else "away")
            found.append(Candidate(known[pk], [titles[matter.target] for matter in some], why))
    return Selection(sorted(found, key=_by_name))


def _by_name(one: Candidate) -> tuple[object, ...]:
    return swedish_order(one.person.family_name), swedish_order(one.person.given_name), one.person.pk
