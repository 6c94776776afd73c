"""Calendar arithmetic for deadlines: whole days and calendar months, no clock, no time zone, no database.

Months and years are counted as Swedish law counts statutory time (lag 1930:173, 1 §): the period ends on the day of
the month that has the same number as the day it runs from; where the last month lacks that day, on its last day.
The law's second section, on weekends and holidays, is not used: it moves what must be done with an authority, and a
deadline for training may be any day.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `starts_on` to `ends_on`, both included. No end: still going on."""

    starts_on: date
    ends_on: date | None = None

    def has(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def overlap(self, other: "Span") -> "Span | None":
        """The days that lie in both."""
        starts_on = max(self.starts_on, other.starts_on)
        ends_on = earlier(self.ends_on, other.ends_on)
        return None if ends_on is not None and ends_on < starts_on else Span(starts_on, ends_on)


def add_days(day: date, days: int) -> date:
    """The day `days` later, or earlier if negative; the calendar's last or first day if it would end there."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return date.max if days > 0 else date.min


def clamped(year: int, month: int, day: int) -> date:
    """A day of a month, or the month's last day where it has no such day: 29 February becomes 28 in common years."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def add_months(day: date, months: int) -> date:
    """The day with the same number `months` later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return clamped(year, month + 1, day.day) if year <= date.max.year else date.max


@dataclass(frozen=True, slots=True)
class Validity:
    """How long what somebody did holds: a number of calendar months, or until a yearly date. Neither: for ever."""

    months: int | None = None
    yearly: tuple[int, int] | None = None  # month, day

    def until(self, achieved_on: date, window_days: int) -> date | None:
        """The last day on which something done on a day holds.

        With a yearly date, what is done inside the window before a date holds until the date after it: that is
        what the window is for. What is done earlier in the year holds until the nearest date.
        """
        if self.months is not None:
            return add_months(achieved_on, self.months)
        if self.yearly is None:
            return None
        nearest = self._yearly_from(achieved_on.year, achieved_on)
        if add_days(achieved_on, window_days) < nearest:
            return nearest
        return self._yearly_from(nearest.year + 1, nearest)

    def _yearly_from(self, year: int, earliest: date) -> date:
        month, day = self.yearly  # type: ignore[misc]
        if year >= date.max.year:
            return date.max
        this_year = clamped(year, month, day)
        return this_year if this_year >= earliest else clamped(year + 1, month, day)


@dataclass(frozen=True, slots=True)
class Deadline:
    """How a rule says when something must be done: days from a start, a date, or both, the later of them.

    With both, the date is for those who were there in time, and the days are for those who come after it.
    """

    days: int | None = None
    on: date | None = None

    def from_start(self, start: date) -> date:
        """The last day, for someone on whom the rule falls from `start`. Never before that day."""
        due = start if self.days is None else add_days(start, self.days)
        return due if self.on is None else max(due, self.on)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans as disjoint ones in order; those that overlap, or follow one another the day after, become one."""
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: span.starts_on):
        last = whole[-1] if whole else None
        if last is None or (last.ends_on is not None and add_days(last.ends_on, 1) < span.starts_on):
            whole.append(span)
        elif last.ends_on is not None and (span.ends_on is None or span.ends_on > last.ends_on):
            whole[-1] = Span(last.starts_on, span.ends_on)
    return whole


def paused(opens_on: date, due_on: date, pauses: Iterable[Span]) -> date | None:
    """A deadline moved on by each day of pause from the day its clock opened. None: the pause has no end.

    `pauses` are disjoint and in order, as `joined` makes them.
    """
    for pause in pauses:
        starts_on = max(pause.starts_on, opens_on)
        if pause.ends_on is not None and pause.ends_on < starts_on:
            continue
        if starts_on > due_on:
            break
        if pause.ends_on is None:
            return None
        due_on = add_days(due_on, (pause.ends_on - starts_on + timedelta(days=1)).days)
    return due_on


def later(one: date | None, other: date | None) -> date | None:
    """The later of two deadlines; None is never, and never is the latest."""
    return None if one is None or other is None else max(one, other)


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two deadlines; None is never."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
