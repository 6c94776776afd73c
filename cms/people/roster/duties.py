"""Which of a source's employments are which of those that are known, and what becomes of them.

A source rewrites its rows as it likes: one day of hiring for everything somebody has worked with, no key, a new key. So
somebody who has moved is told from somebody who was always elsewhere: history is not rewritten by a move.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cms.people.roster.facts import DutySaid
from cms.people.roster.planning import BeginDuty, KnownDuty, RetractDuty, RewriteDuty

DAY = timedelta(days=1)
Operation = BeginDuty | RewriteDuty | RetractDuty


@dataclass(frozen=True)
class Duty:
    """An employment that a source speaks of, with the org unit and role that are meant; unit 0 does not exist yet."""

    said: DutySaid
    unit: int
    role: int | None

    def is_same_job(self, known: KnownDuty) -> bool:
        is_same_role = self.said.role == known.source_role if known.source_role else self.role == known.role
        return self.unit == known.unit and is_same_role

    def is_same_start(self, known: KnownDuty) -> bool:
        return self.said.starts_on == known.first

    def is_the_same(self, known: KnownDuty) -> bool:
        return self.is_same_job(known) and self.is_same_start(known) and self.said.ends_on == known.ends_on

    def overlaps(self, known: KnownDuty) -> bool:
        ends_before = self.said.ends_on is not None and self.said.ends_on < known.first
        return not ends_before and (known.ends_on is None or known.ends_on >= self.said.starts_on)

    def begun(self, starts_on: date | None = None) -> BeginDuty:
        return BeginDuty(self.said, self.role, starts_on or self.said.starts_on, starts_on is not None)


Pair = tuple[Duty, KnownDuty]
Likeness = Callable[[Duty, KnownDuty], bool]


def paired(said: list[Duty], known: list[KnownDuty], day: date) -> tuple[list[Pair], list[Duty], list[KnownDuty]]:
    """Pairs of what is the same, what is new, and what is no longer mentioned.

    Both lists are of one person, or of one key in the source. The most alike are paired first, what is going on before
    what has ended; a key of the source's own holds whatever else has changed.
    """
    live = [row for row in known if row.is_live(day)]
    ended = [row for row in known if not row.is_live(day)]
    has_key = bool(said) and bool(said[0].said.source_id)
    steps: list[tuple[list[KnownDuty], Likeness]] = [
        (live, Duty.is_the_same),
        (ended, Duty.is_the_same),
        (live, lambda one, other: one.is_same_job(other) and one.is_same_start(other)),
        (live, lambda one, other: one.is_same_job(other) and one.overlaps(other)),
        (live, Duty.is_same_start),
        (live, lambda one, other: has_key),
        (ended, lambda one, other: one.is_same_job(other) and one.is_same_start(other)),
        (ended, lambda one, other: one.is_same_job(other) and one.overlaps(other)),
        (ended, lambda one, other: has_key and one.is_same_start(other)),
    ]
    pairs: list[Pair] = []
    rest = said
    for rows, is_like in steps:
        left = []
        for duty in rest:
            match = next((row for row in rows if is_like(duty, row)), None)
            if match is None:
                left.append(duty)
            else:
                rows.remove(match)
                pairs.append((duty, match))
        rest = left
    return pairs, rest, live


def ended(known: KnownDuty, last: date, said: DutySaid | None = None) -> Operation:
    """An employment ends after a day; one that has not begun by then never was."""
    if known.starts_on > last:
        return RetractDuty(known)
    return RewriteDuty(known, (("ends_on", last),), said)


def changes_of(duty: Duty, known: KnownDuty, day: date) -> Iterable[Operation]:
    if not duty.is_same_job(known):
        return _moved(duty, known, day)
    if known.ends_on is not None and known.ends_on < duty.said.starts_on:
        return [duty.begun()]
    return _corrected(duty, known, day)


def _start(duty: Duty, known: KnownDuty, day: date) -> date:
    """The first day of a row that stays.

    An earlier one is believed, unless the row is what somebody has moved to since. A later one only before it comes:
    a new contract for the same work does not take away that it was done.
    """
    said = duty.said
    if said.starts_on < known.starts_on:
        start = said.starts_on if known.starts_on == known.first else known.starts_on
    else:
        start = said.starts_on if known.starts_on >= day else known.starts_on
    return said.starts_on if said.ends_on is not None and said.ends_on < start else start


def _corrected(duty: Duty, known: KnownDuty, day: date) -> Iterable[Operation]:
    said, start = duty.said, _start(duty, known, day)
    wanted = {
        "starts_on": start,
        "ends_on": said.ends_on,
        "role": duty.role,
        "source_starts_on": None if known.source_starts_on is None and start == said.starts_on else said.starts_on,
    }
    changes = tuple((name, value) for name, value in wanted.items() if value != getattr(known, name))
    return [RewriteDuty(known, changes, said)] if changes else []


def _moved(duty: Duty, known: KnownDuty, day: date) -> Iterable[Operation]:
    """Another org unit or role. From the source's day if it gives a new one, otherwise from the day it is told."""
    said = duty.said
    if said.starts_on > known.starts_on and not duty.is_same_start(known):
        last = said.starts_on - DAY
        ends = [] if known.ends_on is not None and known.ends_on <= last else [ended(known, last, said)]
        return [*ends, duty.begun()]
    goes_on = said.ends_on is None or said.ends_on >= day
    if known.starts_on < day and goes_on:
        ends = [ended(known, day - DAY, said)] if known.is_live(day) else []
        return [*ends, duty.begun(max(day, said.starts_on))]
    return [RetractDuty(known), duty.begun()]
