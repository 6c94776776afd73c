"""Standing as steps: between two days on which something begins, ends or falls due, nothing changes.

So all days, past and to come, fit into a few rows that the calendar does not make wrong. `standing` stays the only
place that says what is true; here it is asked once for each step. `knowing` adds when it was known.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from cms.compliance.due import Span, add_days, earlier, joined
from cms.compliance.enums import Mark, State
from cms.compliance.standing import (
    Job,
    PersonFacts,
    Proof,
    Reading,
    RuleFacts,
    Standing,
    combined,
    standing,
)
from cms.people.tree import OrgHistory, OrgTree

ENDLESS = date.max
DAY = timedelta(days=1)
SOON_DAYS = 30


class Step(NamedTuple):
    """A standing that stays the same between two days, both included."""

    starts_on: date
    ends_on: date
    state: State
    due_on: date | None


class Row(NamedTuple):
    """A step at one org unit. `weight` is 1 at a workplace, and below 0 where the ways of several workplaces meet.

    Added up over a subtree the weights count each person once. `known_from` and `known_to`: days; None is always.
    """

    org_unit: int
    weight: int
    mark: int
    due_on: date | None
    starts_on: date
    ends_on: date
    known_from: date | None = None
    known_to: date | None = None


# One person and one target


def steps_of(person: PersonFacts, rules: tuple[RuleFacts, ...]) -> list[Step]:
    """All days on which a target is required of a person. Days on which it is not lie in no step."""
    if len(rules) == 1 and is_plain(person, rules[0]):
        return list(plain_steps(person, rules[0]))
    found: list[Step] = []
    edges = _edges(person, rules)
    for index, edge in enumerate(edges):
        following = edges[index + 1] if index + 1 < len(edges) else ENDLESS
        today: date | None = edge
        while today is not None and today < following:
            every = [(standing(person, rule, today), rule) for rule in rules]
            change = min((_next_change(one, rule, today) for one, rule in every), default=ENDLESS)
            until = min(change, following)
            _append(found, combined(one for one, _rule in every), today, until)
            today = until if until < ENDLESS else None
    return found


def _append(found: list[Step], one: Standing, starts_on: date, until: date) -> None:
    """Add a step up to the day before `until`, or make the last one longer."""
    if one.state == State.NOT_REQUIRED:
        return
    ends_on = ENDLESS if until == ENDLESS else add_days(until, -1)
    last = found[-1] if found else None
    if last and last.state == one.state and last.due_on == one.due_on and add_days(last.ends_on, 1) == starts_on:
        found[-1] = last._replace(ends_on=ends_on)
    else:
        found.append(Step(starts_on, ends_on, one.state, one.due_on))


def _edges(person: PersonFacts, rules: tuple[RuleFacts, ...]) -> list[date]:
    """Every day on which a fact begins to hold or ceases to: between two of them only a deadline can pass."""
    spans = [job.span for job in person.jobs]
    spans += [*person.leaves, *person.exemptions]
    days = {proof.achieved_on for proof in person.proofs}
    for rule in rules:
        spans += [reading.span for reading in rule.readings]
        spans += [audience.span for reading in rule.readings for audience in reading.audiences]
        days |= {release.effective_on for release in rule.releases}
    days |= {span.starts_on for span in spans}
    days |= {add_days(span.ends_on, 1) for span in spans if span.ends_on is not None}
    return sorted(days - {ENDLESS})


def _next_change(one: Standing, rule: RuleFacts, today: date) -> date:
    """The day after today on which a standing changes of itself."""
    if one.state == State.TO_DO and one.due_on is not None:
        return add_days(one.due_on, 1)
    if one.state == State.EXPIRING and one.valid_until is not None:
        return add_days(one.valid_until, 1)
    reading = rule.on(today)
    if one.state == State.DONE and one.valid_until is not None and reading is not None:
        return max(add_days(one.valid_until, -reading.window_days), add_days(today, 1))
    return ENDLESS


def is_plain(person: PersonFacts, rule: RuleFacts) -> bool:
    """No pause, one reading, no release, at most one piece of evidence: nine of ten are like this."""
    return (
        len(rule.readings) == 1
        and not rule.releases
        and len(person.proofs) <= 1
        and not person.leaves
        and not person.exemptions
    )


def plain_steps(person: PersonFacts, rule: RuleFacts) -> Iterator[Step]:
    """The same as `standing` finds, written out for the plain case."""
    reading = rule.readings[0]
    for chain in _chains(person.jobs, reading):
        since, ends_on = chain.starts_on, chain.ends_on or ENDLESS
        first_due = reading.deadline.from_start(since)
        proof = next((proof for proof in person.proofs if reading.admits(proof, since)), None)
        if proof is None or proof.achieved_on > ends_on:
            yield from _open(since, ends_on, first_due)
            continue
        if since < proof.achieved_on:
            yield from _open(since, add_days(proof.achieved_on, -1), first_due)
        yield from _met(max(since, proof.achieved_on), ends_on, first_due, proof, reading)


def _chains(jobs: tuple[Job, ...], reading: Reading) -> list[Span]:
    days = [
        overlap
        for audience in reading.audiences
        for job in jobs
        if audience.has(job) and (overlap := audience.span.overlap(job.span)) is not None
    ]
    return days if len(days) < 2 else joined(days)


def _met(starts_on: date, ends_on: date, first_due: date, proof: Proof, reading: Reading) -> Iterator[Step]:
    until = earlier(proof.valid_until, reading.validity.until(proof.achieved_on, reading.window_days))
    if until is None:
        yield Step(starts_on, ends_on, State.DONE, None)
        return
    opens_on = max(add_days(until, -reading.window_days), starts_on)
    if starts_on < opens_on:
        yield Step(starts_on, min(add_days(opens_on, -1), ends_on), State.DONE, None)
    if opens_on <= min(until, ends_on):
        yield Step(opens_on, min(until, ends_on), State.EXPIRING, until)
    if until < ends_on:
        yield from _open(max(add_days(until, 1), starts_on), ends_on, max(first_due, until))


def _open(starts_on: date, ends_on: date, due_on: date) -> Iterator[Step]:
    if starts_on <= due_on:
        yield Step(starts_on, min(due_on, ends_on), State.TO_DO, due_on)
    if due_on < ends_on:
        yield Step(max(starts_on, add_days(due_on, 1)), ends_on, State.OVERDUE, due_on)


# How grave a state is beside others of the same person: exempt only where exempt from all (see `standing.worst`).
OF_RANK = (State.EXEMPT, State.DONE, State.EXPIRING, State.TO_DO, State.OVERDUE)
RANKS: dict[State, int] = {state: rank for rank, state in enumerate(OF_RANK)}


def everything(by_target: Iterable[Iterable[Step]]) -> list[Step]:
    """The gravest of a person's standings, day by day."""
    begin: dict[date, list[tuple[int, date | None]]] = {}
    end: dict[date, list[tuple[int, date | None]]] = {}
    for steps in by_target:
        for starts_on, ends_on, state, due_on in steps:
            one = (RANKS[state], due_on)
            begin.setdefault(starts_on, []).append(one)
            if ends_on != ENDLESS:
                end.setdefault(ends_on + DAY, []).append(one)
    stretches: list[tuple[date, Gravest]] = []
    active: list[list[date | None]] = [[] for _rank in RANKS]  # what is due when, by rank
    for day in sorted(begin.keys() | end.keys()):
        for rank, due_on in end.get(day, ()):
            active[rank].remove(due_on)
        for rank, due_on in begin.get(day, ()):
            active[rank].append(due_on)
        now = _gravest(active)
        if not stretches or stretches[-1][1] != now:
            stretches.append((day, now))
    return list(_between(stretches))


Gravest = tuple[int, date | None] | None  # rank, first day by which something of that rank is due


def _gravest(active: list[list[date | None]]) -> Gravest:
    for rank in range(len(active) - 1, -1, -1):
        if active[rank]:
            return rank, min(filter(None, active[rank]), default=None)
    return None


def _between(stretches: list[tuple[date, Gravest]]) -> Iterator[Step]:
    """Steps from the days on which they begin. What nothing is required on lies in no step."""
    for index, (day, now) in enumerate(stretches):
        if now is not None:
            ends_on = stretches[index + 1][0] - DAY if index + 1 < len(stretches) else ENDLESS
            yield Step(day, ends_on, OF_RANK[now[0]], now[1])


# Where


Place = tuple[int, int]  # org unit, weight


def places_of(jobs: tuple[Job, ...], history: OrgHistory) -> dict[Place, list[Span]]:
    """Where somebody works and when; and, for those with several workplaces, where the ways of these meet."""
    if len(jobs) == 1:
        return {(jobs[0].org_unit, 1): [jobs[0].span]}
    found: dict[Place, list[Span]] = {}
    for span, units in _togetherness(jobs):
        for unit in units:
            found.setdefault((unit, 1), []).append(span)
        if len(units) > 1:
            for piece, tree in _trees(span, history):
                for unit, times in meetings(tree, units).items():
                    found.setdefault((unit, -times), []).append(piece)
    return {place: joined(spans) for place, spans in found.items()}


def _togetherness(jobs: tuple[Job, ...]) -> Iterator[tuple[Span, frozenset[int]]]:
    """The workplaces of each stretch of days between two changes."""
    days = {job.span.starts_on for job in jobs}
    days |= {add_days(job.span.ends_on, 1) for job in jobs if job.span.ends_on is not None}
    edges = sorted(days)
    for index, day in enumerate(edges):
        units = frozenset(job.org_unit for job in jobs if job.span.has(day))
        if units:
            ends_on = add_days(edges[index + 1], -1) if index + 1 < len(edges) else None
            yield Span(day, ends_on), units


def _trees(span: Span, history: OrgHistory) -> Iterator[tuple[Span, OrgTree]]:
    for index, (starts_on, tree) in enumerate(history.trees):
        following = history.trees[index + 1][0] if index + 1 < len(history.trees) else None
        piece = span.overlap(Span(starts_on, None if following is None else add_days(following, -1)))
        if piece is not None:
            yield piece, tree


def meetings(tree: OrgTree, units: Iterable[int]) -> dict[int, int]:
    """The org units where the ways up from some workplaces meet, and how many ways do.

    With k workplaces there are k - 1 meetings, so over any subtree workplaces less meetings are 1, or 0 outside.
    Units that are not in the tree count nowhere and meet nobody.
    """
    arrived: set[int] = set()
    found: dict[int, int] = {}
    for unit in sorted(unit for unit in units if unit in tree.nodes):
        for above in (unit, *tree.ancestors(unit)):
            if above in arrived:
                found[above] = found.get(above, 0) + 1
                break
            arrived.add(above)
    return found


def rows_of(steps: Iterable[Step], places: dict[Place, list[Span]]) -> list[Row]:
    """Steps at the places where somebody works, what is due soon apart from what has time."""
    where = [(*place, span.starts_on, span.ends_on or ENDLESS) for place, spans in places.items() for span in spans]
    return [
        Row(org_unit, weight, mark, step.due_on, max(starts_on, since), min(ends_on, until))
        for step in steps
        for starts_on, ends_on, mark in _marked(step)
        for org_unit, weight, since, until in where
        if starts_on <= until and since <= ends_on
    ]


MARKS = {
    State.DONE: Mark.DONE.value,
    State.EXPIRING: Mark.EXPIRING.value,
    State.EXEMPT: Mark.EXEMPT.value,
    State.OVERDUE: Mark.OVERDUE.value,
}


def _marked(step: Step) -> Iterator[tuple[date, date, int]]:
    if step.state != State.TO_DO:
        yield step.starts_on, step.ends_on, MARKS[step.state]
        return
    soon = ENDLESS if step.due_on is None else add_days(step.due_on, -SOON_DAYS)
    if step.starts_on < soon:
        yield step.starts_on, min(step.ends_on, add_days(soon, -1)) if soon != ENDLESS else step.ends_on, Mark.TO_DO
    if soon <= step.ends_on and soon != ENDLESS:
        yield max(step.starts_on, soon), step.ends_on, Mark.SOON
