"""Steps say on each day what standing says, and at each time what was known of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.compliance import knowing
from cms.compliance.due import Deadline, Span
from cms.compliance.enums import State
from cms.compliance.knowing import Known, through_time, versions
from cms.compliance.standing import Audience, Job, PersonFacts, Reading, RuleFacts, combined, standing, worst
from cms.compliance.steps import (
    ENDLESS,
    Row,
    Step,
    everything,
    is_plain,
    meetings,
    places_of,
    plain_steps,
    rows_of,
    steps_of,
)
from cms.people.tree import Node, OrgHistory, OrgTree
from tests.campaigns import Campaign
from tests.test_standing import DAYS, day, jobs, offsets, people, proofs, rules

WHOLE_TIME = [day(offset) for offset in range(-45, DAYS + 60)]


def at(steps: list[Step], on: date) -> tuple[State, date | None]:
    found = [step for step in steps if step.starts_on <= on <= step.ends_on]
    assert len(found) <= 1
    return (found[0].state, found[0].due_on) if found else (State.NOT_REQUIRED, None)


def said(person: PersonFacts, several: tuple[RuleFacts, ...], on: date) -> tuple[State, date | None]:
    one = combined(standing(person, rule, on) for rule in several)
    return one.state, one.due_on if one.state != State.NOT_REQUIRED else None


@pytest.mark.campaign
def test_steps_say_on_each_day_what_standing_says(campaign: Campaign):
    examples = campaign.size(800)
    plain = 0

    @settings(max_examples=examples, deadline=None)
    @given(people(), st.lists(rules(), min_size=1, max_size=2).map(tuple))
    def compare(person: PersonFacts, several: tuple[RuleFacts, ...]) -> None:
        nonlocal plain
        found = steps_of(person, several)
        plain += len(several) == 1 and is_plain(person, several[0])
        for on in WHOLE_TIME:
            assert at(found, on) == said(person, several, on), on

    compare()
    assert plain
    campaign.tell(f"{examples} people, each day: steps = standing")


@settings(max_examples=60, deadline=None)
@given(people(), rules(), st.lists(proofs, max_size=1).map(tuple))
def test_the_plain_case_is_written_out_right(person: PersonFacts, rule: RuleFacts, done: tuple):
    bare = PersonFacts(jobs=person.jobs, proofs=done)
    for reading in rule.readings:
        alone = RuleFacts((reading,))
        found = list(plain_steps(bare, alone))
        for on in WHOLE_TIME:
            assert at(found, on) == said(bare, (alone,), on), on


@settings(max_examples=40, deadline=None)
@given(people(), st.lists(rules(), min_size=2, max_size=3).map(tuple))
def test_everything_is_the_gravest_of_all(person: PersonFacts, several: tuple[RuleFacts, ...]):
    found = everything([steps_of(person, (rule,)) for rule in several])
    for on in WHOLE_TIME[::3]:
        every = [said(person, (rule,), on) for rule in several]
        state = worst(one for one, _due in every)
        due = min((due for one, due in every if one == state and due), default=None)
        assert at(found, on) == (state, due if state != State.NOT_REQUIRED else None)


# Where: units 1 (above all) to 6, of which 2 moves and 6 is in no tree

PARENTS = [{1: None, 2: 1, 3: 1, 4: 2, 5: 2}, {1: None, 2: 3, 3: 1, 4: 2, 5: 2}]
TREES = [OrgTree.of(Node(unit, f"Enhet {unit}", "office", above) for unit, above in tree.items()) for tree in PARENTS]
HISTORY = OrgHistory(((date.min, TREES[0]), (day(50), TREES[1])))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(lambda job, unit: Job(job.span, unit), jobs, st.integers(1, 6)), min_size=1, max_size=4))
def test_weights_count_each_person_once_in_every_subtree(some: list[Job]):
    places = places_of(tuple(some), HISTORY)
    for on in WHOLE_TIME[::2]:
        tree = TREES[on >= day(50)]
        units = {job.org_unit for job in some if job.span.has(on)}
        now = {place for place, spans in places.items() if any(span.has(on) for span in spans)}
        assert {unit for unit, weight in now if weight > 0} == units
        for unit in tree.nodes:
            below = tree.subtree(unit)
            assert sum(weight for place, weight in now if place in below) == bool(units & below)


def test_three_ways_meet_twice():
    assert meetings(TREES[0], [4, 5, 3]) == {2: 1, 1: 1} or meetings(TREES[0], [4, 5, 3]) == {1: 1, 2: 1}
    assert meetings(TREES[0], [2, 4]) == {2: 1}
    assert meetings(TREES[0], [6, 4]) == {}


# When it was known


@st.composite
def known(draw: st.DrawFn, facts: st.SearchStrategy) -> Known:
    since = day(draw(st.integers(-45, DAYS)))
    until = draw(st.one_of(st.none(), st.none(), st.integers(0, 40)))
    return Known(draw(facts), since, None if until is None else since + timedelta(days=until - 1))


def rows_at(facts: list[list[Known]], rule: RuleFacts, last: date | None) -> list[Row]:
    some_jobs, some_proofs, some_leaves = ([one.fact for one in kind if one.at(last)] for kind in facts)
    person = PersonFacts(jobs=tuple(some_jobs), proofs=tuple(some_proofs), leaves=tuple(some_leaves))
    return rows_of(steps_of(person, (rule,)), places_of(person.jobs, HISTORY))


def believed(rows: list[Row], on: date, known_on: date | None) -> list[tuple]:
    return sorted(
        (
            row[:4]
            for row in rows
            if row.starts_on <= on <= row.ends_on
            and (row.known_to is None if known_on is None else row.known_to is None or known_on <= row.known_to)
            and (known_on is None or row.known_from is None or row.known_from <= known_on)
        ),
        key=str,
    )


def history_of(facts: list[list[Known]], rule: RuleFacts) -> list[Row]:
    turning = {
        turn
        for kind, first in zip(
            facts,
            (lambda job: job.span.starts_on, lambda proof: proof.achieved_on, lambda leave: date.min),
            strict=True,
        )
        for one in kind
        for turn in one.turning_days(first(one.fact))
    }
    return through_time([(first, rows_at(facts, rule, last)) for first, last in versions(turning)])


@pytest.mark.campaign
def test_rows_say_what_was_known_on_each_day(campaign: Campaign):
    examples = campaign.size(600)

    @settings(max_examples=examples, deadline=None)
    @given(
        st.lists(known(jobs), min_size=1, max_size=3), st.lists(known(proofs), max_size=2),
        st.lists(known(st.builds(lambda o, n: Span(day(o), day(o + n)), offsets, st.integers(0, 20))), max_size=1),
        rules(), st.lists(st.integers(-45, DAYS + 40).map(day), min_size=3, max_size=3),
    )  # fmt: skip
    def compare(some_jobs, some_proofs, some_leaves, rule, known_days) -> None:
        facts = [some_jobs, some_proofs, some_leaves]
        found = history_of(facts, rule)
        for known_on in (None, *known_days):
            alone = rows_at(facts, rule, known_on)
            for on in WHOLE_TIME[::4]:
                if known_on is None or on <= known_on:
                    assert believed(found, on, known_on) == believed(alone, on, None), (on, known_on)

    compare()
    campaign.tell(f"{examples} people with late facts: rows = standing as it was known")


def test_what_is_recorded_in_time_needs_no_row_of_its_own():
    done = Row(1, 1, 1, None, day(5), ENDLESS)
    assert list(Known(done, day(3)).turning_days(day(3))) == []
    assert list(Known(done, day(4)).turning_days(day(3))) == [day(4)]
    assert list(Known(done, day(4), day(3)).turning_days(day(1))) == []
    late = through_time([(date.min, []), (day(9), [done])])
    assert late == [done._replace(known_from=day(9))]


def test_the_comparison_can_fail(monkeypatch: pytest.MonkeyPatch):
    """The twin: a reading that forgets what was believed before is found."""
    monkeypatch.setattr(knowing, "_without", lambda span, others: iter(()))
    job = Known(Job(Span(day(0)), 1), day(0))
    gone = Known(Job(Span(day(0)), 2), day(0), day(20))
    facts = [[job, gone], [], []]
    always = RuleFacts((Reading(Span(day(0)), (Audience(Span(day(0))),), Deadline(days=10)),))
    found = history_of(facts, always)
    assert believed(found, day(5), day(10)) != believed(rows_at(facts, always, day(10)), day(5), None)
