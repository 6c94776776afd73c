"""When steps were known: facts that were recorded late leave rows of what had been believed until then.

Two days belong together: a question about a day is asked with what was known on that day or later. A fact that was
recorded before the first day it changes has therefore always been known to whoever asks, and needs no row of its own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from cms.compliance.due import Span, add_days
from cms.compliance.enums import Mark, State
from cms.compliance.steps import ENDLESS, MARKS, Place, Row, Step, everything, rows_of

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Known(Generic[Fact]):
    """A fact and the days on which it was believed. `until` None: it still is."""

    fact: Fact
    since: date
    until: date | None = None

    def at(self, day: date | None) -> bool:
        """Whether it was believed at the end of a day; None: whether it is now."""
        if day is None:
            return self.until is None
        return self.since <= day and (self.until is None or day <= self.until)

    def turning_days(self, changes_from: date) -> Iterator[date]:
        """The days on which what is believed of earlier days changes. `changes_from`: the first day it is about."""
        if self.until is not None and self.until < self.since:
            return
        if self.since > changes_from:
            yield self.since
        if self.until is not None:
            yield add_days(self.until, 1)


def versions(turning_days: Iterable[date]) -> list[tuple[date, date | None]]:
    """The times between turning days: first day, and the last day as of which facts are to be read (None: now)."""
    days = sorted(set(turning_days))
    firsts = [date.min, *days]
    lasts = [*(add_days(day, -1) for day in days), None]
    return list(zip(firsts, lasts, strict=True))


def through_time(every: list[tuple[date, list[Row]]]) -> list[Row]:
    """Rows as they were read at one turning day after another, as rows that say when they were known."""
    if len(every) == 1:
        return every[0][1]
    live, gone = every[0][1], []
    for day, rows in every[1:]:
        live, closed = _renewed(live, rows, day)
        gone += closed
    return live + gone


def _renewed(old: list[Row], new: list[Row], day: date) -> tuple[list[Row], list[Row]]:
    """What holds from a turning day on, and what was believed before it of earlier days and is no longer."""
    if not old:
        return [row._replace(known_from=day) if row.starts_on < day else row for row in new], []
    before = add_days(day, -1)
    by_content: dict[tuple[int, int, int, date | None], list[Row]] = {}
    for row in old:
        by_content.setdefault(row[:4], []).append(row)
    agreed: dict[Row, list[Span]] = {}
    live: list[Row] = []
    for row in new:
        pieces: list[Piece] = []
        cursor, last = row.starts_on, min(row.ends_on, before)
        for same in sorted(by_content.get(row[:4], ()), key=lambda one: one.starts_on):
            starts_on, ends_on = max(same.starts_on, cursor), min(same.ends_on, last)
            if starts_on <= ends_on:
                pieces += _gap(cursor, starts_on, day)
                pieces.append((starts_on, ends_on, same.known_from))
                agreed.setdefault(same, []).append(Span(starts_on, ends_on))
                cursor = add_days(ends_on, 1)
        pieces += _gap(cursor, add_days(last, 1), day)
        live += [row._replace(starts_on=a, ends_on=b, known_from=k) for a, b, k in _to_the_end(pieces, row, day)]
    gone: list[Row] = []
    for row in old:
        kept = sorted(agreed.get(row, []), key=lambda one: one.starts_on)
        for piece in _without(Span(row.starts_on, min(row.ends_on, before)), kept):
            ends_on = piece.ends_on or ENDLESS
            gone.append(row._replace(starts_on=piece.starts_on, ends_on=ends_on, known_to=before))
    return live, gone


Piece = tuple[date, date, date | None]  # first day, last day, known from


def _gap(cursor: date, following: date, day: date) -> list[Piece]:
    """The days between two pieces, which are known only from a turning day on."""
    return [(cursor, add_days(following, -1), day)] if cursor < following else []


def _to_the_end(pieces: list[Piece], row: Row, day: date) -> list[Piece]:
    """The pieces of a row, joined where they were known since the same day. What lies ahead joins the last."""
    if row.ends_on >= day:
        pieces.append((max(row.starts_on, day), row.ends_on, pieces[-1][2] if pieces else None))
    whole: list[Piece] = []
    for starts_on, ends_on, known in pieces:
        if whole and whole[-1][2] == known and add_days(whole[-1][1], 1) == starts_on:
            whole[-1] = (whole[-1][0], ends_on, known)
        else:
            whole.append((starts_on, ends_on, known))
    return whole


def _without(span: Span, others: list[Span]) -> Iterator[Span]:
    """The pieces of a span that lie in none of the others, which are in order and apart."""
    assert span.ends_on is not None
    cursor = span.starts_on
    for other in others:
        if cursor < other.starts_on:
            yield Span(cursor, add_days(other.starts_on, -1))
        cursor = add_days(other.ends_on or ENDLESS, 1)
    if cursor <= span.ends_on:
        yield Span(cursor, span.ends_on)


STATES = {mark: state for state, mark in MARKS.items()} | {Mark.TO_DO.value: State.TO_DO, Mark.SOON.value: State.TO_DO}


def everything_rows(by_target: dict[int, list[Row]]) -> list[Row]:
    """The rows of all targets together: at each place the gravest standing, as it was known."""
    turning = {row.known_from for rows in by_target.values() for row in rows if row.known_from is not None}
    turning |= {add_days(row.known_to, 1) for rows in by_target.values() for row in rows if row.known_to is not None}
    places: dict[Place, list[list[Believed]]] = {}
    for rows in by_target.values():
        here: dict[Place, list[Believed]] = {}
        for org_unit, weight, mark, due_on, starts_on, ends_on, known_from, known_to in rows:
            step = Step(starts_on, ends_on, STATES[mark], due_on)
            here.setdefault((org_unit, weight), []).append((known_from or date.min, known_to or ENDLESS, step))
        for place, steps in here.items():
            places.setdefault(place, []).append(steps)
    every = []
    for first, _last in versions(turning):
        found: list[Row] = []
        for place, several in places.items():
            known = ([step for since, until, step in steps if since <= first <= until] for steps in several)
            found += rows_of(everything(known), {place: ALWAYS})
        every.append((first, found))
    return through_time(every)


Believed = tuple[date, date, Step]  # known from, known to
ALWAYS = [Span(date.min)]
