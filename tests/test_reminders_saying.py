"""What is due to be said, against a diary that is kept day by day; and the quiet days of Sweden."""

from datetime import date, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cms.compliance.due import Span
from cms.reminders import saying
from cms.reminders.enums import Rule
from cms.reminders.quiet import easter, holidays, is_quiet
from cms.reminders.saying import (
    Cadence,
    Digest,
    Matter,
    Reader,
    as_heard,
    by_hand,
    digest_for,
    escalates_on,
    heard_before,
    latest_step,
)
from tests.campaigns import Campaign

FIRST = date(2026, 11, 30)  # a Monday; Christmas and New Year lie in the range
DAYS = 75
CADENCE = Cadence()
DAY = timedelta(days=1)

# Quiet days


def butcher(year: int) -> date:
    """Easter by another road: the anonymous algorithm as Butcher's Ecclesiastical Calendar has it."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def test_easter():
    assert {year for year in range(1900, 2300) if easter(year) != butcher(year)} == set()
    assert [easter(year) for year in (2026, 2038, 2285)] == [date(2026, 4, 5), date(2038, 4, 25), date(2285, 3, 22)]


def test_quiet_days_of_a_year():
    assert sorted(holidays(2026)) == [
        date(2026, month, day)
        for month, day in (
            *((1, 1), (1, 6), (4, 3), (4, 5), (4, 6), (5, 1), (5, 14), (5, 24), (6, 6), (6, 19), (6, 20), (10, 31)),
            *((12, 24), (12, 25), (12, 26), (12, 31)),
        )
    ]
    saturday, ascension, monday = date(2026, 11, 28), date(2026, 5, 14), date(2026, 11, 30)
    assert [is_quiet(day) for day in (saturday, ascension, monday)] == [True, True, False]
    assert not is_quiet(saturday, weekends=False)
    assert not is_quiet(ascension, public_holidays=False)
    assert is_quiet(monday, more=frozenset([monday]))


# Steps


def matter(due: int, begins: int = 0, target: int = 1, opening: Rule = Rule.ASSIGNED) -> Matter:
    return Matter(target, FIRST + due * DAY, FIRST + begins * DAY, opening)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (-1, None), (0, (0, Rule.ASSIGNED)), (29, (0, Rule.ASSIGNED)), (30, (30, Rule.DUE_SOON)),
        (53, (53, Rule.DUE_SOON)), (60, (60, Rule.DUE_SOON)), (61, (61, Rule.OVERDUE)), (67, (61, Rule.OVERDUE)),
        (68, (68, Rule.OVERDUE)), (600, (600, Rule.OVERDUE)),
    ],
)  # fmt: skip
def test_steps_of_something_due_in_sixty_days(on: int, expected: tuple[int, Rule] | None):
    step = latest_step(matter(60), FIRST + on * DAY, CADENCE)
    assert (((step.on - FIRST).days, step.rule) if step else None) == expected


def test_what_comes_up_late_is_not_told_of_days_before_it():
    assert latest_step(matter(5, begins=3), FIRST + 4 * DAY, CADENCE).rule == Rule.ASSIGNED
    assert latest_step(matter(-40, begins=3), FIRST + 3 * DAY, CADENCE).rule == Rule.OVERDUE
    renewal = matter(60, opening=Rule.EXPIRING)
    assert {latest_step(renewal, FIRST + day * DAY, CADENCE).rule for day in (0, 30, 60)} == {Rule.EXPIRING}


# A diary: one day after another


@st.composite
def lives(draw):
    """A reader's matters with the day each is done (or never), leave, and days on which the command does not run."""
    days = st.integers(-40, DAYS)
    matters = [
        (
            Matter(
                target,
                FIRST + due * DAY,
                FIRST + min(begins, due) * DAY,
                draw(st.sampled_from([Rule.ASSIGNED, Rule.EXPIRING])),
            ),
            done,
        )
        for target, (due, begins, done) in enumerate(
            draw(st.lists(st.tuples(days, days, st.one_of(st.none(), st.integers(0, DAYS))), max_size=4))
        )
    ]
    leaves = tuple(
        Span(FIRST + start * DAY, None if length is None else FIRST + (start + length) * DAY)
        for start, length in draw(st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 30))), max_size=2))
    )
    return matters, leaves, draw(st.sets(st.integers(0, DAYS), max_size=30))


class Diary:
    """The command as it runs each day, and what it has noted."""

    def __init__(self, matters, leaves, *, as_head: bool = False) -> None:
        self.matters, self.leaves, self.as_head = matters, leaves, as_head
        self.heard: dict[int, date] = {}
        self.told: dict[tuple[int, int], date] = {}
        self.last: date | None = None
        self.sent: list[tuple[date, Digest]] = []

    def reader(self, on: date) -> Reader:
        left = tuple(m for m, done in self.matters if m.begins_on <= on and (done is None or FIRST + done * DAY > on))
        if self.as_head:
            staff = tuple((7, one) for one in left)
            return Reader((), self.leaves, {}, staff, dict(self.told), self.last)
        return Reader(left, self.leaves, dict(self.heard), last_digest_on=self.last)

    def run(self, on: date) -> None:
        digest = Digest() if is_quiet(on) else digest_for(self.reader(on), on, CADENCE)
        if digest:
            self.sent.append((on, digest))
            self.last = on
            self.heard |= {one.matter.target: on for one in digest.said}
            self.told |= {(one.person, one.matter.target): on for one in digest.escalations}


def check_diary(diary: Diary, missed: set[int]) -> None:
    """The laws, asked of each day by itself."""
    for day in range(DAYS):
        on = FIRST + day * DAY
        if day not in missed:
            diary.run(on)
            diary.run(on)  # twice
    on_days = [on for on, _digest in diary.sent]
    assert len(set(on_days)) == len(on_days), "two on a day"
    runs = {FIRST + day * DAY for day in range(DAYS) if day not in missed and not is_quiet(FIRST + day * DAY)}
    open_days = sorted(day for day in runs if not any(leave.has(day) for leave in diary.leaves))
    assert set(on_days) <= set(open_days)
    for one, done in diary.matters:
        left = [day for day in open_days if one.begins_on <= day and (done is None or day < FIRST + done * DAY)]
        wanted = {day for day in left if is_new_step(one, day, left)}
        got = {on for on, digest in diary.sent for said in digest.news if said.matter == one}
        late = {day for day in left if day >= escalates_on(one, CADENCE)}
        told = [on for on, digest in diary.sent for said in digest.escalations if said.matter == one]
        assert got == (set() if diary.as_head else wanted)
        assert told == ([min(late)] if diary.as_head and late else [])


def is_new_step(one: Matter, day: date, days: list[date]) -> bool:
    """Whether a step lies after the last of the days before, by walking."""
    before = max((other for other in days if other < day), default=None)
    walked = day
    while before is None or walked > before:
        if walked == one.begins_on or (walked > one.begins_on and is_step(one, walked)):
            return True
        if walked < one.begins_on:
            return False
        walked -= DAY
    return False


def is_step(one: Matter, day: date) -> bool:
    left = (one.due_on - day).days
    return left in CADENCE.days_before or (left < 0 and (-left - 1) % CADENCE.overdue_every == 0)


def walk_lives(times: int) -> None:
    @settings(max_examples=times, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(lives())
    def each(life) -> None:
        matters, leaves, missed = life
        for as_head in (False, True):
            check_diary(Diary(matters, leaves, as_head=as_head), missed)

    each()


def test_each_step_is_said_once_and_nobody_hears_twice_a_day(campaign: Campaign):
    walk_lives(campaign.size(1500))
    campaign.tell(f"{campaign.size(1500)} diaries of {DAYS} days with leave, quiet days and missed runs")


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("_is_news", lambda step_on, mentioned_on: True),
        ("escalates_on", lambda matter, cadence: matter.due_on + cadence.escalate_after * DAY - DAY),
    ],
)
def test_twin_a_wrong_rule_is_found(monkeypatch: pytest.MonkeyPatch, name: str, broken):
    monkeypatch.setattr(saying, name, broken)
    with pytest.raises(AssertionError):
        walk_lives(100)


def test_twin_without_leave_is_found(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Reader, "is_away", lambda reader, on: False)
    with pytest.raises(AssertionError):
        walk_lives(100)


# Rehearsal


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(lives(), st.integers(0, 30), st.integers(0, 40))
def test_rehearsed_day_is_the_day_as_it_comes(life, today: int, ahead: int):
    matters, leaves, _missed = life
    diary = Diary([(one, None) for one, _done in matters], leaves)
    for day in range(today):
        diary.run(FIRST + day * DAY)
    run, on = FIRST + today * DAY, FIRST + (today + ahead) * DAY
    reader = diary.reader(on)
    rehearsed = digest_for(as_heard(reader, heard_before(reader, run, on, is_quiet)), on, CADENCE)
    for day in range(today, today + ahead + 1):
        diary.run(FIRST + day * DAY)
    sent = dict(diary.sent).get(on)
    if not is_quiet(on):
        assert list(rehearsed.news) == (list(sent.news) if sent else [])


def test_by_hand_tells_all_that_is_left_but_not_to_those_on_leave():
    reader = Reader((matter(60), matter(-3, target=2)))
    assert [one.matter.target for one in by_hand(reader, FIRST).news] == [2, 1]
    away = Reader((matter(60),), leaves=(Span(FIRST, None),))
    assert not by_hand(away, FIRST)
