"""What is due to be said to whom on a day: values in, values out, no database and no clock.

A *matter* is something that a person still has to do. It has *steps*: days on which it should be mentioned. On a day
the latest step that has been reached counts, and it is said unless the matter has been mentioned on that day or later.
So a run that is late, or that a weekend held up, says everything once, in one digest, and one that is run again says
nothing more. When a deadline moves the steps move with it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from cms.compliance.due import Span
from cms.reminders.enums import Rule

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cadence:
    """When a matter is mentioned: days before it is due, every so many days after it, and when the head hears of it."""

    days_before: tuple[int, ...] = (30, 7, 0)
    overdue_every: int = 7
    escalate_after: int = 14


@dataclass(frozen=True, slots=True)
class Matter:
    """Something left to do. `begins_on` is the day on which it came up: required, a new version, the window opened.

    `opening` is the rule that says so on that day; it also tells renewals from what is done the first time.
    """

    target: int
    due_on: date
    begins_on: date
    opening: Rule = Rule.ASSIGNED


@dataclass(frozen=True, slots=True)
class Step:
    """A day on which a matter is mentioned, and the rule that says so."""

    on: date
    rule: Rule


@dataclass(frozen=True, slots=True)
class Said:
    """A matter in a digest. `step` is None where it is only listed with the others: nothing new about it."""

    matter: Matter
    step: Step | None

    @property
    def is_news(self) -> bool:
        return self.step is not None

    @property
    def rule(self) -> Rule:
        return self.step.rule if self.step else Rule.LISTED


@dataclass(frozen=True, slots=True)
class Escalation:
    """What a head is told of somebody: the matter has been overdue for long."""

    person: int
    matter: Matter
    on: date


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one person is told on one day, in one mail: the own matters, and for heads those of the staff."""

    said: tuple[Said, ...] = ()
    escalations: tuple[Escalation, ...] = ()

    @property
    def news(self) -> tuple[Said, ...]:
        return tuple(one for one in self.said if one.is_news)

    @property
    def targets(self) -> set[int]:
        """Everything that it speaks of."""
        return {one.matter.target for one in self.said} | {one.matter.target for one in self.escalations}

    def __bool__(self) -> bool:
        return bool(self.news or self.escalations)


@dataclass(frozen=True, slots=True)
class Reader:
    """One who may be reminded: matters, leave, and when each was last mentioned; for heads what the staff has left.

    `heard_on` is by target, `told_on` by person and target of the staff.
    """

    matters: tuple[Matter, ...] = ()
    leaves: tuple[Span, ...] = ()
    heard_on: dict[int, date] = field(default_factory=dict)
    staff: tuple[tuple[int, Matter], ...] = ()
    told_on: dict[tuple[int, int], date] = field(default_factory=dict)
    last_digest_on: date | None = None

    def is_away(self, on: date) -> bool:
        return any(leave.has(on) for leave in self.leaves)


def latest_step(matter: Matter, on: date, cadence: Cadence) -> Step | None:
    """The last day up to `on` on which the matter should be mentioned. None: not yet."""
    return max(_steps(matter, on, cadence), key=lambda step: step.on, default=None)


def _steps(matter: Matter, on: date, cadence: Cadence) -> Iterator[Step]:
    """The steps up to a day; of those after the deadline only the last. What comes before the beginning is out."""
    if matter.begins_on > on:
        return
    yield Step(matter.begins_on, Rule.OVERDUE if matter.begins_on > matter.due_on else matter.opening)
    soon = Rule.EXPIRING if matter.opening == Rule.EXPIRING else Rule.DUE_SOON
    for days in cadence.days_before:
        day = matter.due_on - days * DAY
        if matter.begins_on < day <= on:
            yield Step(day, soon)
    first_late = max(matter.due_on + DAY, matter.begins_on)
    if first_late <= on:
        yield Step(
            first_late + (on - first_late).days // cadence.overdue_every * cadence.overdue_every * DAY, Rule.OVERDUE
        )


def escalates_on(matter: Matter, cadence: Cadence) -> date:
    """The day on which the head hears of it."""
    return max(matter.due_on, matter.begins_on) + cadence.escalate_after * DAY


def digest_for(reader: Reader, on: date, cadence: Cadence) -> Digest:
    """What is said to one person on a day; empty if nothing is new, on leave, or when something was said that day.

    Whether the day is quiet is asked beforehand, once for all.
    """
    if reader.is_away(on) or (reader.last_digest_on is not None and reader.last_digest_on >= on):
        return Digest()
    said = tuple(
        Said(matter, step if step and _is_news(step.on, reader.heard_on.get(matter.target)) else None)
        for matter in sorted(reader.matters, key=lambda matter: (matter.due_on, matter.target))
        for step in [latest_step(matter, on, cadence)]
    )
    escalations = tuple(
        Escalation(person, matter, escalates_on(matter, cadence))
        for person, matter in reader.staff
        if escalates_on(matter, cadence) <= on
        and _is_news(escalates_on(matter, cadence), reader.told_on.get((person, matter.target)))
    )
    return Digest(said, escalations) if any(one.is_news for one in said) or escalations else Digest()


def _is_news(step_on: date, mentioned_on: date | None) -> bool:
    return mentioned_on is None or mentioned_on < step_on


def by_hand(reader: Reader, on: date) -> Digest:
    """What somebody is told when a head or HR asks for it: everything that is left. Nothing on leave."""
    if reader.is_away(on):
        return Digest()
    matters = sorted(reader.matters, key=lambda matter: (matter.due_on, matter.target))
    return Digest(tuple(Said(matter, Step(on, Rule.BY_HAND)) for matter in matters))


# Rehearsing a day to come


def heard_before(reader: Reader, first_run: date, on: date, is_quiet: Callable[[date], bool]) -> date | None:
    """The last day before `on`, from the next run, on which the reader will have been told what there was to tell.

    None: no run comes before, or the reader is away on all of them.
    """
    days = ((on - DAY * back) for back in range(1, (on - first_run).days + 1))
    return next((day for day in days if not is_quiet(day) and not reader.is_away(day)), None)


def as_heard(reader: Reader, until: date | None) -> Reader:
    """The same reader as if everything that was to be said up to a day had been said, and nobody had done anything."""
    if until is None:
        return reader
    return Reader(
        matters=reader.matters,
        leaves=reader.leaves,
        heard_on={matter.target: _later(until, reader.heard_on.get(matter.target)) for matter in reader.matters},
        staff=reader.staff,
        told_on={
            (person, matter.target): _later(until, reader.told_on.get((person, matter.target)))
            for person, matter in reader.staff
        },
        last_digest_on=reader.last_digest_on,
    )


def _later(one: date, other: date | None) -> date:
    return one if other is None else max(one, other)


def most_pressing(said: Iterable[Said]) -> Said | None:
    """What a subject line tells of: news first, then the earliest day."""
    return min(said, key=lambda one: (not one.is_news, one.matter.due_on, one.matter.target), default=None)
