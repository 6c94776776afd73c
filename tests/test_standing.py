"""Standing against a brute-force reading that walks day by day, and laws that hold whatever the facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.compliance.due import Deadline, Span, Validity, add_days, add_months, joined, later, paused
from cms.compliance.enums import Cause, State
from cms.compliance.standing import (
    GRAVITY,
    Audience,
    Job,
    PersonFacts,
    Proof,
    Reading,
    Release,
    RuleFacts,
    Standing,
    combined,
    standing,
    worst,
)
from tests.campaigns import Campaign

FIRST = date(2027, 12, 15)  # the range has a year's end and a leap day
DAYS = 110
DAY = timedelta(days=1)
HORIZON = FIRST + timedelta(days=1200)


def day(offset: int) -> date:
    return FIRST + timedelta(days=offset)


# The brute-force reading: no arithmetic on spans, only one day after another


def walk_months(start: date, months: int) -> date:
    """The day in the month `months` later with the same number, or that month's last day, by walking."""
    today, passed = start, 0
    while True:
        tomorrow = today + DAY
        if passed == months and (today.day == start.day or (tomorrow.day == 1 and today.day < start.day)):
            return today
        passed += tomorrow.day == 1
        today = tomorrow


def walk_yearly(start: date, month: int, number: int, window: int) -> date:
    """The first yearly date after `start` that is more than the window away, otherwise the one after it."""
    today = start
    while True:
        tomorrow = today + DAY
        if today.month == month and (today.day == number or (tomorrow.day == 1 and today.day < number)):
            if (today - start).days > window or start > today:
                return today
            start, window = today, 0
        today = tomorrow


class Walk:
    """One person, one rule, one date: everything is found by asking each day."""

    def __init__(self, person: PersonFacts, rule: RuleFacts, on: date) -> None:
        self.person, self.rule, self.on = person, rule, on

    def reading(self, today: date) -> Reading | None:
        return next((reading for reading in self.rule.readings if reading.span.has(today)), None)

    def is_required(self, today: date) -> bool:
        reading = self.reading(today)
        return reading is not None and any(
            job.span.has(today)
            and audience.span.has(today)
            and (audience.org_units is None or job.org_unit in audience.org_units)
            and (audience.kinds == frozenset() or job.kind in audience.kinds)
            and (audience.roles == frozenset() or job.role in audience.roles)
            for job in self.person.jobs
            for audience in reading.audiences
        )

    def is_paused(self, today: date) -> bool:
        return any(span.has(today) for span in (*self.person.leaves, *self.person.exemptions))

    def pushed(self, opens_on: date, due_on: date) -> date | None:
        today = opens_on
        while today <= due_on:
            due_on += DAY * self.is_paused(today)
            today += DAY
            if today > HORIZON:
                return None
        return due_on

    def agreed(self, first: date, under: Callable[[Reading], date | None]) -> date | None:
        due, before, today = None, None, first
        while today <= self.on:
            reading = self.reading(today)
            if before is None:
                due = under(reading)
            elif reading is not before:
                fair = self.pushed(today, reading.deadline.from_start(today))
                nearer = fair if due is None else due if fair is None else min(due, fair)
                due = later(under(reading), nearer)
            before, today = reading, today + DAY
        return due

    def until(self, proof: Proof, reading: Reading) -> date | None:
        by_rule = None
        if reading.validity.months is not None:
            by_rule = walk_months(proof.achieved_on, reading.validity.months)
        if reading.validity.yearly is not None:
            by_rule = walk_yearly(proof.achieved_on, *reading.validity.yearly, reading.window_days)
        known = [until for until in (by_rule, proof.valid_until) if until is not None]
        return min(known) if known else None

    def newer(self, proof: Proof) -> list[Release]:
        released = [release for release in self.rule.releases if release.effective_on <= self.on]
        old = [release.major for release in released if release.effective_on <= proof.achieved_on]
        major = max(old, default=0) if proof.major is None else proof.major
        return [release for release in released if release.major > major]

    def answer(self) -> tuple[State, date | None, date | None]:
        """State, the chain's first day, and the due date while open or the last day of validity when done."""
        if not self.is_required(self.on):
            return State.NOT_REQUIRED, None, None
        since = self.on
        while self.is_required(since - DAY):
            since -= DAY
        reading = self.reading(self.on)
        done = [proof for proof in self.person.proofs if proof.achieved_on <= self.on]
        done = [proof for proof in done if proof.instead == 0 or proof.instead in reading.alternatives]
        if reading.prior_months is not None:
            done = [proof for proof in done if not self.is_too_old(proof, since, reading.prior_months)]
        is_exempt = any(span.has(self.on) for span in self.person.exemptions)
        untils = [self.until(proof, reading) for proof in done if not self.newer(proof)]
        holding = [until for until in untils if until is None or until >= self.on]
        if holding:
            until = None if None in holding else max(holding)
            if until is None or (until - self.on).days > reading.window_days:
                return State.DONE, since, until
            return (State.EXEMPT if is_exempt else State.EXPIRING), since, until
        if is_exempt:
            return State.EXEMPT, since, None
        due = self.agreed(since, lambda r: self.pushed(since, r.deadline.from_start(since)))
        for proof in done:
            due = later(due, self.renewal(proof, since))
        return (State.OVERDUE if due is not None and due < self.on else State.TO_DO), since, due

    def is_too_old(self, proof: Proof, since: date, months: int) -> bool:
        """Whether the month's day that lies `months` before the clock's start comes after the evidence, by walking."""
        today, passed = since, 0
        while passed < months:
            today -= timedelta(days=today.day)
            passed += 1
        while today.day < since.day and (today + DAY).day != 1:
            today += DAY
        while today.day > since.day:
            today -= DAY
        return proof.achieved_on < today

    def renewal(self, proof: Proof, since: date) -> date | None:
        def under(reading: Reading) -> date | None:
            until = self.until(proof, reading)
            opens_on = until and max(until - timedelta(days=reading.window_days), since)
            return until and self.pushed(opens_on, until)

        dues = [self.pushed(max(r.effective_on, since), r.redo_by) for r in self.newer(proof)]
        dues.append(self.agreed(max(since, proof.achieved_on), under))
        return min((due for due in dues if due is not None), default=None)


# Facts made at random, small enough to meet at every edge

offsets = st.integers(0, DAYS)
on_days = st.integers(0, DAYS + 30).map(day)


@st.composite
def spans(draw: st.DrawFn, longest: int = 60) -> Span:
    start = draw(offsets)
    length = draw(st.one_of(st.none(), st.integers(0, longest)))
    return Span(day(start), None if length is None else day(start + length))


long_spans = st.builds(lambda start: Span(day(start)), st.integers(-20, 50)) | spans()
jobs = st.builds(
    Job, span=long_spans, org_unit=st.integers(1, 3), kind=st.sampled_from(["school", "preschool"]),
    role=st.sampled_from([None, 1, 2]),
)  # fmt: skip
proofs = st.builds(
    lambda offset, major, length, instead: Proof(
        day(offset), None if instead else major, None if length is None else day(offset + length), instead=instead
    ),
    st.integers(-40, DAYS), st.sampled_from([None, 1, 2, 3]), st.one_of(st.none(), st.none(), st.integers(0, 60)),
    st.sampled_from([0, 0, 0, 7]),
)  # fmt: skip


@st.composite
def people(draw: st.DrawFn) -> PersonFacts:
    some = draw(st.lists(jobs, min_size=1, max_size=2))
    if draw(st.integers(0, 2)):  # most have worked for long
        some.append(Job(Span(day(draw(st.integers(-20, 40)))), 1, "school", 1))
    if draw(st.booleans()):  # somebody who moves the day after
        last = some[-1]
        if last.span.ends_on is not None:
            some.append(Job(Span(last.span.ends_on + DAY, None), draw(st.integers(1, 3)), "school", 1))
    return PersonFacts(
        jobs=tuple(some),
        leaves=tuple(draw(st.lists(spans(20), max_size=2))),
        proofs=tuple(replace(p, id=i) for i, p in enumerate(draw(st.lists(proofs, max_size=3)))),
        exemptions=tuple(draw(st.lists(spans(20), max_size=1))),
    )


deadlines = st.builds(Deadline, days=st.integers(0, 40)) | st.builds(Deadline, on=offsets.map(day))
deadlines |= st.builds(Deadline, days=st.integers(0, 40), on=offsets.map(day))
validities = st.sampled_from([Validity(), Validity(months=1), Validity(months=2)])
validities |= st.builds(Validity, yearly=st.sampled_from([(12, 31), (1, 31), (2, 29), (3, 1)]))
EVERYBODY = (None, frozenset(), frozenset())
audiences = st.just(EVERYBODY) | st.tuples(
    st.one_of(st.none(), st.frozensets(st.integers(1, 3))),
    st.frozensets(st.sampled_from(["school", "preschool"]), max_size=1),
    st.frozensets(st.integers(1, 2), max_size=1),
)


@st.composite
def rules(draw: st.DrawFn) -> RuleFacts:
    starts = sorted(draw(st.sets(st.integers(-30, 70), min_size=1, max_size=3)))
    whom = st.just(EVERYBODY) if draw(st.integers(0, 2)) else audiences
    readings = []
    for index, start in enumerate(starts):
        end = starts[index + 1] - 1 if index + 1 < len(starts) else None
        span = Span(day(start), None if end is None else day(end))
        if draw(st.integers(0, 9)) == 0 and len(starts) > 1:
            continue  # the requirement was ended for a while
        cut = draw(st.integers(start, start + 40))  # the organisation changed inside the reading
        pieces = [Span(span.starts_on, day(cut)), Span(day(cut + 1), None)]
        parts = [Audience(overlap, *draw(whom)) for piece in pieces if (overlap := piece.overlap(span)) is not None]
        readings.append(
            Reading(
                span, tuple(parts), draw(deadlines), draw(validities), draw(st.sampled_from([0, 5, 20])),
                draw(st.sampled_from([None, None, 0, 1])), draw(st.sampled_from([frozenset(), frozenset([7])])),
            )
        )  # fmt: skip
    majors = draw(st.lists(st.tuples(offsets, st.integers(0, 30)), max_size=2))
    releases = [Release(major, day(o), day(o + d)) for major, (o, d) in enumerate(sorted(majors), start=2)]
    return RuleFacts(tuple(readings), tuple(releases))


def read(found: Standing) -> tuple[State, date | None, date | None]:
    open_or_met = found.due_on if found.state.is_open else found.valid_until
    if found.state == State.NOT_REQUIRED:
        open_or_met = None
    return found.state, found.since, open_or_met


@pytest.mark.campaign
def test_standing_is_what_walking_day_by_day_finds(campaign: Campaign):
    examples = campaign.size(10_000)

    @settings(max_examples=examples, deadline=None)
    @given(people(), rules(), on_days)
    def compare(person: PersonFacts, rule: RuleFacts, on: date) -> None:
        expected = Walk(person, rule, on).answer()
        found = read(standing(person, rule, on))
        if expected[0] == State.EXEMPT:
            assert found[:2] == expected[:2]
        else:
            assert found == expected

    compare()
    campaign.tell(f"{examples} people, rules and dates: standing = walking day by day")


# Laws


def gravity(person: PersonFacts, rule: RuleFacts, on: date) -> int:
    return GRAVITY.index(standing(person, rule, on).state)


law = settings(max_examples=250, deadline=None)


@law
@given(people(), rules(), on_days, proofs)
def test_more_evidence_never_makes_it_worse(person: PersonFacts, rule: RuleFacts, on: date, proof: Proof):
    more = replace(person, proofs=(*person.proofs, proof))
    assert gravity(more, rule, on) <= gravity(person, rule, on)


@law
@given(people(), rules(), on_days, spans())
def test_more_leave_never_makes_it_worse(person: PersonFacts, rule: RuleFacts, on: date, leave: Span):
    more = replace(person, leaves=(*person.leaves, leave))
    assert gravity(more, rule, on) <= gravity(person, rule, on)


@law
@given(people(), rules(), on_days)
def test_what_happens_later_does_not_change_today(person: PersonFacts, rule: RuleFacts, on: date):
    known = replace(person, proofs=tuple(p for p in person.proofs if p.achieved_on <= on))
    ruled = replace(rule, releases=tuple(r for r in rule.releases if r.effective_on <= on))
    assert standing(known, ruled, on) == standing(person, rule, on)


@law
@given(people(), rules(), on_days, offsets.map(day))
def test_a_new_row_for_the_same_job_changes_nothing(person: PersonFacts, rule: RuleFacts, on: date, cut: date):
    job = person.jobs[0]
    if not (job.span.has(cut) and job.span.has(cut + DAY)):
        return
    halves = (replace(job, span=Span(job.span.starts_on, cut)), replace(job, span=Span(cut + DAY, job.span.ends_on)))
    assert standing(replace(person, jobs=(*halves, *person.jobs[1:])), rule, on) == standing(person, rule, on)


@law
@given(people(), rules(), on_days, st.randoms())
def test_the_order_of_rows_does_not_matter(person: PersonFacts, rule: RuleFacts, on: date, random):
    shuffled = {
        name: random.sample(getattr(person, name), len(getattr(person, name))) for name in PersonFacts.__slots__
    }
    mixed = PersonFacts(**{name: tuple(rows) for name, rows in shuffled.items()})
    assert read(standing(mixed, rule, on)) == read(standing(person, rule, on))


@law
@given(people(), rules(), on_days)
def test_a_rule_written_once_more_resets_nothing(person: PersonFacts, rule: RuleFacts, on: date):
    if not rule.readings:
        return
    last = rule.readings[-1]
    cut = add_days(last.span.starts_on, 7)
    again = [
        replace(
            last,
            span=piece,
            audiences=tuple(replace(a, span=o) for a in last.audiences if (o := a.span.overlap(piece)) is not None),
        )
        for piece in (Span(last.span.starts_on, cut), Span(cut + DAY, last.span.ends_on))
    ]
    rewritten = replace(rule, readings=(*rule.readings[:-1], *again))
    assert standing(person, rewritten, on) == standing(person, rule, on)


@law
@given(st.lists(st.tuples(offsets, st.integers(0, 30)), max_size=5), offsets.map(day), st.integers(0, 40))
def test_pausing_adds_each_day_of_pause_once(rows: list[tuple[int, int]], opens_on: date, days: int):
    pauses = [Span(day(start), day(start + length)) for start, length in rows]
    due = opens_on + timedelta(days=days)
    moved = paused(opens_on, due, joined(pauses))
    away = sum(any(p.has(opens_on + timedelta(days=n)) for p in pauses) for n in range((moved - opens_on).days + 1))
    assert (moved - due).days == away
    assert not any(pause.has(moved) for pause in pauses)


@given(st.dates(date(1990, 1, 1), date(2060, 12, 31)), st.integers(0, 60))
def test_months_are_counted_as_by_walking(start: date, months: int):
    assert add_months(start, months) == walk_months(start, months)


# By name: the cases that people ask about

SCHOOL = Job(Span(date(2026, 2, 1)), 1, "school", 1)


def rule_of(*, since: date = date(2025, 1, 1), releases: tuple[Release, ...] = (), **how: object) -> RuleFacts:
    how.setdefault("deadline", Deadline(days=90))
    return RuleFacts((Reading(Span(since), (Audience(Span(since)),), **how),), releases)


def test_the_example_of_the_rule_in_words():
    """Employed 2026-02-01, within 90 days, every other year: done by 2026-05-02, next time 2028-05-02."""
    rule = rule_of(validity=Validity(months=24))
    assert standing(PersonFacts((SCHOOL,)), rule, date(2026, 2, 1)).due_on == date(2026, 5, 2)
    done = PersonFacts((SCHOOL,), proofs=(Proof(date(2026, 5, 2)),))
    assert standing(done, rule, date(2026, 5, 3)).valid_until == date(2028, 5, 2)
    assert standing(done, rule, date(2028, 5, 2)).state == State.EXPIRING
    assert standing(done, rule, date(2028, 5, 3)).state == State.OVERDUE


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(9999, 12, 1), 5, date.max),
    ],
)
def test_month_ends_and_leap_days(start: date, months: int, end: date):
    assert add_months(start, months) == end


@pytest.mark.parametrize(
    ("achieved_on", "until"),
    [
        (date(2026, 3, 1), date(2026, 10, 1)),
        (date(2026, 7, 2), date(2026, 10, 1)),
        (date(2026, 7, 3), date(2027, 10, 1)),
        (date(2026, 10, 1), date(2027, 10, 1)),
        (date(2026, 10, 2), date(2027, 10, 1)),
    ],
)
def test_yearly_date_with_a_window_of_ninety_days(achieved_on: date, until: date):
    assert Validity(yearly=(10, 1)).until(achieved_on, 90) == until


def test_yearly_on_the_leap_day_is_the_last_of_february_in_common_years():
    yearly = Validity(yearly=(2, 29))
    assert yearly.until(date(2026, 6, 1), 30) == date(2027, 2, 28)
    assert yearly.until(date(2027, 6, 1), 30) == date(2028, 2, 29)


def test_moving_the_day_after_keeps_the_clock_and_a_gap_starts_a_new_one():
    first = Job(Span(date(2026, 1, 1), date(2026, 3, 14)), 1)
    moved = PersonFacts((first, Job(Span(date(2026, 3, 15)), 2)))
    gap = PersonFacts((first, Job(Span(date(2026, 3, 16)), 2)))
    on = date(2026, 4, 10)
    assert standing(moved, rule_of(), on) == Standing(
        State.OVERDUE, since=date(2026, 1, 1), due_on=date(2026, 4, 1), cause=Cause.FIRST
    )
    assert standing(gap, rule_of(), on).due_on == date(2026, 6, 14)


def test_nothing_is_due_counted_from_before_the_rule():
    old_hand = PersonFacts((Job(Span(date(2010, 1, 1)), 1),))
    assert standing(old_hand, rule_of(since=date(2026, 9, 1)), date(2026, 9, 2)).due_on == date(2026, 11, 30)


def test_leave_pauses_and_open_leave_has_no_due_date():
    on = date(2026, 6, 1)
    away = PersonFacts((SCHOOL,), leaves=(Span(date(2026, 3, 1), date(2026, 3, 31)),))
    assert standing(away, rule_of(), on).due_on == date(2026, 6, 2)
    gone = PersonFacts((SCHOOL,), leaves=(Span(date(2026, 3, 1)),))
    found = standing(gone, rule_of(), on)
    assert (found.state, found.due_on, found.is_paused) == (State.TO_DO, None, True)


def test_what_was_overdue_before_the_leave_stays_overdue():
    away = PersonFacts((SCHOOL,), leaves=(Span(date(2026, 5, 3)),))
    assert standing(away, rule_of(), date(2026, 6, 1)).state == State.OVERDUE


def test_evidence_from_before_the_employment_counts():
    knows = PersonFacts((SCHOOL,), proofs=(Proof(date(2024, 1, 1)),))
    assert standing(knows, rule_of(), date(2026, 2, 1)).state == State.DONE


def test_a_substantive_release_asks_again_by_a_day():
    release = Release(2, date(2026, 9, 1), date(2026, 10, 1))
    read_first = PersonFacts((SCHOOL,), proofs=(Proof(date(2026, 3, 1), major=1),))
    rule = rule_of(releases=(release,))
    states = {on: standing(read_first, rule, on) for on in (date(2026, 8, 31), date(2026, 9, 1), date(2026, 10, 2))}
    assert [found.state for found in states.values()] == [State.DONE, State.TO_DO, State.OVERDUE]
    assert states[date(2026, 9, 1)].due_on == date(2026, 10, 1)
    assert states[date(2026, 9, 1)].cause == Cause.NEW_VERSION


def test_a_later_release_does_not_put_off_an_earlier_one():
    releases = (Release(2, date(2026, 9, 1), date(2026, 10, 1)), Release(3, date(2026, 9, 20), date(2026, 12, 1)))
    read_first = PersonFacts((SCHOOL,), proofs=(Proof(date(2026, 3, 1), major=1),))
    assert standing(read_first, rule_of(releases=releases), date(2026, 9, 25)).due_on == date(2026, 10, 1)


def test_a_newcomer_with_old_evidence_has_as_long_as_one_without():
    release = Release(2, date(2026, 1, 10), date(2026, 2, 10))
    newcomer = PersonFacts((SCHOOL,), proofs=(Proof(date(2025, 3, 1), major=1),))
    assert standing(newcomer, rule_of(releases=(release,)), date(2026, 3, 1)).due_on == date(2026, 5, 2)


def changed(before: Reading, after: Reading) -> RuleFacts:
    return RuleFacts((before, after))


def reading(first: date, last: date | None, **how: object) -> Reading:
    return Reading(Span(first, last), (Audience(Span(first, last)),), **how)


def test_a_shortened_deadline_gives_fair_warning_and_keeps_what_is_overdue():
    rule = changed(
        reading(date(2025, 1, 1), date(2026, 2, 10), deadline=Deadline(days=90)),
        reading(date(2026, 2, 11), None, deadline=Deadline(days=30)),
    )
    assert standing(PersonFacts((SCHOOL,)), rule, date(2026, 2, 11)).due_on == date(2026, 3, 13)
    overdue = PersonFacts((Job(Span(date(2025, 6, 1)), 1),))
    assert standing(overdue, rule, date(2026, 2, 11)).due_on == date(2025, 8, 30)


def test_validity_added_later_does_not_make_anybody_overdue_that_day():
    rule = changed(
        reading(date(2020, 1, 1), date(2026, 2, 28), deadline=Deadline(days=30)),
        reading(date(2026, 3, 1), None, deadline=Deadline(days=30), validity=Validity(months=24)),
    )
    trained = PersonFacts((Job(Span(date(2019, 1, 1)), 1),), proofs=(Proof(date(2020, 5, 1)),))
    found = standing(trained, rule, date(2026, 3, 1))
    assert (found.state, found.due_on) == (State.TO_DO, date(2026, 3, 31))


def test_validity_known_when_it_was_done_gives_no_extra_time():
    rule = changed(
        reading(date(2020, 1, 1), date(2026, 2, 28), deadline=Deadline(days=30)),
        reading(date(2026, 3, 1), None, deadline=Deadline(days=400), validity=Validity(months=1)),
    )
    trained = PersonFacts((Job(Span(date(2019, 1, 1)), 1),), proofs=(Proof(date(2026, 3, 5)),))
    assert standing(trained, rule, date(2026, 4, 6)).state == State.OVERDUE


def test_leave_from_before_the_clock_started_does_not_count():
    release = Release(2, date(2026, 1, 1), date(2026, 3, 1))
    rule = rule_of(deadline=Deadline(days=0), releases=(release,))
    away = (Span(date(2026, 1, 5), date(2026, 1, 20)),)
    newcomer = PersonFacts((SCHOOL,), leaves=away, proofs=(Proof(date(2025, 3, 1), major=1),))
    assert standing(newcomer, rule, date(2026, 2, 1)).due_on == date(2026, 3, 1)


def test_a_fixed_date_gives_those_who_come_later_their_days():
    rule = rule_of(deadline=Deadline(days=30, on=date(2026, 6, 30)))
    assert standing(PersonFacts((SCHOOL,)), rule, date(2026, 3, 1)).due_on == date(2026, 6, 30)
    late = PersonFacts((Job(Span(date(2026, 8, 10)), 1),))
    assert standing(late, rule, date(2026, 8, 10)).due_on == date(2026, 9, 9)


def test_exemption_covers_what_is_open_and_leaves_what_is_done():
    let_off = (Span(date(2026, 3, 1), date(2026, 12, 31)),)
    on = date(2026, 7, 1)
    found = standing(PersonFacts((SCHOOL,), exemptions=let_off), rule_of(), on)
    assert (found.state, found.due_on, found.exempt_until) == (State.EXEMPT, None, date(2026, 12, 31))
    done = PersonFacts((SCHOOL,), proofs=(Proof(date(2026, 2, 2)),), exemptions=let_off)
    assert standing(done, rule_of(), on).state == State.DONE


def test_a_rule_that_is_ended_asks_nothing():
    rule = RuleFacts((reading(date(2025, 1, 1), date(2026, 3, 31), deadline=Deadline(days=1)),))
    assert standing(PersonFacts((SCHOOL,)), rule, date(2026, 4, 1)).state == State.NOT_REQUIRED
    knows = PersonFacts((SCHOOL,), proofs=(Proof(date(2026, 2, 2), id=7),))
    assert standing(knows, rule, date(2026, 4, 1)) == Standing(State.NOT_REQUIRED, done_on=date(2026, 2, 2), proof=7)


# Several requirements, several targets


def test_the_strictest_requirement_of_a_target_is_binding():
    early, late = (Standing(State.TO_DO, due_on=date(2026, 5, d), since=date(2026, 1, d)) for d in (1, 9))
    done = Standing(State.DONE, done_on=date(2026, 1, 1))
    assert combined([late, done, early]).due_on == date(2026, 5, 1)
    assert combined([late, Standing(State.OVERDUE, due_on=date(2026, 4, 1))]).state == State.OVERDUE
    assert combined([done, Standing(State.NOT_REQUIRED)]).state == State.DONE
    assert combined([done, Standing(State.EXEMPT)]).state == State.EXEMPT
    assert combined([Standing(State.TO_DO), early]).due_on == date(2026, 5, 1)
    assert combined([]).state == State.NOT_REQUIRED


def test_a_person_is_exempt_only_if_exempt_from_everything():
    assert worst([State.EXEMPT, State.NOT_REQUIRED]) == State.EXEMPT
    assert worst([State.EXEMPT, State.DONE]) == State.DONE
    assert worst([State.EXEMPT, State.OVERDUE, State.TO_DO]) == State.OVERDUE
    assert worst([State.NOT_REQUIRED]) == State.NOT_REQUIRED


def test_the_test_can_tell_a_wrong_clock(monkeypatch: pytest.MonkeyPatch):
    """The twin: with pauses ignored, walking and standing disagree."""
    away = PersonFacts((SCHOOL,), leaves=(Span(date(2026, 3, 1), date(2026, 3, 31)),))
    monkeypatch.setattr("cms.compliance.standing.paused", lambda opens_on, due_on, pauses: due_on)
    on = date(2026, 6, 1)
    assert read(standing(away, rule_of(), on)) != Walk(away, rule_of(), on).answer()
