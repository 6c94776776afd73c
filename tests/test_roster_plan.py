"""The plan of an import: a pure comparison, held to its laws on rosters that nobody would think of."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.people.enums import OrgUnitKind, Protection
from cms.people.roster.columns import looks_like_personal_number
from cms.people.roster.comparing import compare
from cms.people.roster.facts import DutySaid, LeaveSaid, PersonSaid, Place, Said, UnitSaid
from cms.people.roster.planning import Known, KnownDuty, KnownLeave, KnownPerson, KnownUnit, Plan
from cms.people.roster.vocabularies import kind_of, protection_of

TODAY, DAY, SOMEWHERE = date(2026, 11, 27), timedelta(days=1), Place("Personal", 2)
UNITS, ROLES = ["a", "b", "c"], ["Lärare", "Rektor"]
PEOPLE = ["p1", "p2"]


def known_city(duties: tuple[KnownDuty, ...] = ()) -> Known:
    return Known(
        source="hr",
        units=tuple(
            KnownUnit(n, code, "office", None, subject=code, local_code=code) for n, code in enumerate(UNITS, 1)
        ),
        people=tuple(KnownPerson(n, "X", subject, "", "none") for n, subject in enumerate(PEOPLE, 1)),
        identities={("hr", subject): n for n, subject in enumerate(PEOPLE, 1)},
        duties=duties,
        roles={"lärare": 1, "rektor": 2},
    )


def told(*duties: DutySaid, whole: bool = True) -> Said:
    return Said(
        people=tuple(PersonSaid(subject, SOMEWHERE, "X", subject) for subject in PEOPLE),
        duties=duties,
        whole_duties=whole,
    )


def duty(person="p1", unit="a", role="Lärare", starts_on=date(2020, 1, 1), ends_on=None, source_id="") -> DutySaid:
    return DutySaid(person, unit, role, starts_on, SOMEWHERE, ends_on, source_id)


def written(known: Known, plan: Plan) -> Known:
    """What is known once a plan has been written: the reading of `actions.roster`, in memory."""
    gone = {row.duty.id for row in (*plan.rewrite_duties, *plan.retract_duties)}
    duties = [row for row in known.duties if row.id not in gone]
    number = max((row.id for row in known.duties), default=0)
    for row in plan.rewrite_duties:
        number += 1
        word = {"source_role": row.said.role} if row.said and "role" in dict(row.changes) else {}
        duties.append(replace(row.duty, id=number, **dict(row.changes), **word))
    for row in plan.begin_duties:
        number += 1
        said = row.said
        duties.append(
            KnownDuty(
                number, known.identities["hr", said.person], UNITS.index(said.unit) + 1, row.role, row.starts_on,
                said.ends_on, said.source_id, said.starts_on, said.role,
            )
        )  # fmt: skip
    return replace(known, duties=tuple(duties), leaves=written_leaves(known, plan))


def written_leaves(known: Known, plan: Plan) -> tuple[KnownLeave, ...]:
    gone = {row.leave.id for row in (*plan.rewrite_leaves, *plan.retract_leaves)}
    leaves = [row for row in known.leaves if row.id not in gone]
    number = max((row.id for row in known.leaves), default=0)
    for row in plan.rewrite_leaves:
        number += 1
        leaves.append(KnownLeave(number, row.leave.person, row.starts_on, row.ends_on))
    for begun in plan.begin_leaves:
        number += 1
        said = begun.said
        leaves.append(KnownLeave(number, known.identities["hr", said.person], said.starts_on, said.ends_on))
    return tuple(leaves)


days = st.integers(-900, 60).map(lambda n: TODAY + n * DAY)


@st.composite
def rosters(draw) -> Said:
    has_keys = draw(st.booleans())
    found = {}
    for _number in range(draw(st.integers(0, 5))):
        start = draw(days)
        end = draw(st.none() | st.integers(0, 500).map(lambda n, start=start: start + n * DAY))
        key = f"d{draw(st.integers(0, 3))}" if has_keys else ""
        one = duty(
            draw(st.sampled_from(PEOPLE)), draw(st.sampled_from(UNITS)), draw(st.sampled_from(ROLES)), start, end, key
        )
        if key:
            one = replace(one, person=PEOPLE[int(key[1]) % 2])
        found.setdefault(key or (one.person, one.unit, one.role, one.starts_on), one)
    return told(*found.values())


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(st.lists(rosters(), min_size=1, max_size=4))
def test_what_was_imported_once_changes_nothing_the_next_time(history):
    known, day = known_city(), TODAY
    for said in history:
        plan = compare(said, known, day)
        before = known
        known = written(known, plan)
        again = compare(said, known, day)
        assert again.is_empty, again
        assert all(row.ends_on is None or row.ends_on >= row.starts_on for row in known.duties)
        # What goes on is exactly what the source says goes on, in the source's place and role.
        # What goes over into something else ends the day before that, even if the source no longer mentions it.
        passing = {(one.person, one.starts_on - DAY) for one in said.duties}
        live = sorted(
            (row.person, row.unit, row.role)
            for row in known.duties
            if row.is_live(day) and (PEOPLE[row.person - 1], row.ends_on) not in passing
        )
        wanted = sorted(
            (PEOPLE.index(one.person) + 1, UNITS.index(one.unit) + 1, ROLES.index(one.role) + 1)
            for one in said.duties
            if (one.ends_on is None or one.ends_on >= day) and (one.person, one.ends_on) not in passing
        )
        assert live == wanted
        # Nothing that was worked before today disappears because a source has stopped mentioning it.
        mentioned = {id(row.duty) for row in plan.rewrite_duties if row.said is not None}
        for row in before.duties:
            if row.starts_on < day and id(row) not in mentioned and row not in {r.duty for r in plan.retract_duties}:
                assert any(
                    (one.person, one.unit, one.starts_on) == (row.person, row.unit, row.starts_on)
                    for one in known.duties
                )
        day += 30 * DAY


spans = st.tuples(days, st.none() | st.integers(0, 300)).map(
    lambda span: (span[0], None if span[1] is None else span[0] + span[1] * DAY)
)
leaves = st.lists(st.tuples(st.sampled_from(PEOPLE), spans), max_size=4, unique=True).map(
    lambda found: tuple(LeaveSaid(person, *span, SOMEWHERE) for person, span in found)
)


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(st.lists(leaves, min_size=1, max_size=4))
def test_leave_goes_on_as_it_is_told_and_what_has_been_stays(history):
    known, day = known_city(), TODAY
    for told_of in history:
        said = replace(told(), leaves=told_of, whole_leaves=True)
        plan, before = compare(said, known, day), known
        known = written(known, plan)
        assert compare(said, known, day).is_empty
        assert compare(told(), known, day).is_empty, "no column, no news"
        wanted = {
            (PEOPLE.index(one.person) + 1, one.starts_on, one.ends_on)
            for one in told_of
            if one.ends_on is None or one.ends_on >= day
        }
        rows = {(row.person, row.starts_on, row.ends_on) for row in known.leaves}
        assert {row for row in rows if row[2] is None or row[2] >= day} == wanted
        mentioned = {row.leave.id for row in plan.rewrite_leaves if row.said is not None}
        for row in before.leaves:
            if row.starts_on < day and row.id not in mentioned:
                assert (row.person, row.starts_on) in {(person, start) for person, start, _end in rows}
        day += 30 * DAY


def test_a_source_that_tells_one_day_of_hiring_does_not_rewrite_a_move():
    known = written(known_city(), compare(told(duty()), known_city(), TODAY))
    known = written(known, compare(told(duty(unit="b")), known, TODAY))
    spans = sorted((row.unit, row.starts_on, row.ends_on) for row in known.duties)
    assert spans == [(1, date(2020, 1, 1), TODAY - DAY), (2, TODAY, None)]
    back = written(known, compare(told(duty(unit="a")), known, TODAY + 10 * DAY))
    assert sorted((row.unit, row.starts_on) for row in back.duties) == [
        (1, date(2020, 1, 1)),
        (1, TODAY + 10 * DAY),
        (2, TODAY),
    ]


@pytest.mark.parametrize("source_id", ["", "d1"])
def test_a_new_contract_for_the_same_work_does_not_take_the_old_one_away(source_id):
    first = told(duty(source_id=source_id, starts_on=date(2024, 1, 1), ends_on=date(2024, 6, 30)))
    known = written(known_city(), compare(first, known_city(), TODAY))
    plan = compare(told(duty(source_id=source_id, starts_on=date(2026, 8, 1))), known, TODAY)
    assert (len(plan.begin_duties), plan.rewrite_duties, plan.retract_duties) == (1, (), ())


@pytest.mark.parametrize("source_id", ["", "d1"])
def test_a_move_that_is_told_ahead_leaves_no_gap(source_id):
    known = written(known_city(), compare(told(duty(source_id=source_id)), known_city(), TODAY))
    ahead = told(duty(unit="b", starts_on=TODAY + 5 * DAY, source_id=source_id))
    if not source_id:  # whoever has no key for it tells both until the day has come
        ahead = replace(ahead, duties=(duty(ends_on=TODAY + 4 * DAY), *ahead.duties))
    for later in (0, 1, 6):
        known = written(known, compare(ahead, known, TODAY + later * DAY))
    spans = sorted((row.unit, row.starts_on, row.ends_on) for row in known.duties)
    assert spans == [(1, date(2020, 1, 1), TODAY + 4 * DAY), (2, TODAY + 5 * DAY, None)]


def test_whoever_is_no_longer_mentioned_ends_yesterday_and_comes_back_without_a_gap():
    known = written(known_city(), compare(told(duty()), known_city(), TODAY))
    gone = compare(told(), known, TODAY)
    assert [dict(row.changes) for row in gone.rewrite_duties] == [{"ends_on": TODAY - DAY}]
    assert compare(told(whole=False), known, TODAY).is_empty
    back = written(written(known, gone), compare(told(duty()), written(known, gone), TODAY + DAY))
    assert [(row.starts_on, row.ends_on) for row in back.duties] == [(date(2020, 1, 1), None)]


def test_a_file_that_was_cut_off_is_noticed():
    many = [duty(unit=unit, role=role, starts_on=TODAY - n * DAY) for unit in UNITS for role in ROLES for n in range(9)]
    known = written(known_city(), compare(told(*many), known_city(), TODAY))
    assert compare(told(*many[:30]), known, TODAY + DAY).removes_much
    assert not compare(told(*many[:50]), known, TODAY + DAY).removes_much


def test_a_unit_is_as_old_as_the_employments_below_it():
    units = (
        UnitSaid("top", "Staden", SOMEWHERE, ("Kommun",), parent=""),
        UnitSaid("s", "Skolan", SOMEWHERE, ("Grundskola", "FTH"), parent="top"),
        UnitSaid("x", "Tornet", SOMEWHERE, ("Rymdstation",), parent="top"),
    )
    said = replace(told(duty(unit="s", starts_on=date(2011, 8, 15))), units=units)
    plan = compare(said, replace(known_city(), units=()), TODAY)
    assert {row.said.subject: (row.kind, row.starts_on) for row in plan.begin_units} == {
        "top": (OrgUnitKind.CITY, date(2011, 8, 15)),
        "s": (OrgUnitKind.COMPULSORY_SCHOOL, date(2011, 8, 15)),
        "x": (OrgUnitKind.OTHER, TODAY),
    }
    assert plan.unknown_kinds == ("Rymdstation",)
    assert [problem.code for problem in plan.problems] == ["unknown_kind"]


def test_units_close_when_they_are_no_longer_in_the_whole_list_and_circles_are_refused():
    units = tuple(UnitSaid(code, code, SOMEWHERE, parent="" if code == "a" else "a") for code in ("a", "b"))
    plan = compare(Said(units=units, whole_units=True), known_city(), TODAY)
    assert [(row.unit, row.changes) for row in plan.change_units] == [(3, (("closes_on", TODAY - DAY),))]
    assert [(row.subject, row.parent) for row in plan.place_units] == [("b", "a")]
    circle = tuple(UnitSaid(code, code, SOMEWHERE, parent=above) for code, above in (("a", "b"), ("b", "a")))
    assert {problem.code for problem in compare(Said(units=circle), known_city(), TODAY).errors} == {"circle"}


def test_an_import_raises_protection_and_never_lifts_it():
    marked = replace(known_city(), people=(KnownPerson(1, "X", "p1", "", Protection.CONFIDENTIAL),))
    for word, changes in (
        ("Ingen", []),
        ("Skyddad folkbokföring", [(("protection", Protection.PROTECTED_REGISTRATION),)]),
        ("Fingerad", []),
    ):
        said = Said(people=(PersonSaid("p1", SOMEWHERE, "X", "p1", protection=protection_of(word)),))
        assert [row.changes for row in compare(said, marked, TODAY).change_people] == changes
    open_one = Said(people=(PersonSaid("p1", SOMEWHERE, "X", "p1", protection=protection_of("Fingerad")),))
    assert dict(compare(open_one, known_city(), TODAY).change_people[0].changes) == {"protection": Protection.UNKNOWN}


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["FS"], OrgUnitKind.PRESCHOOL),
        (["FKLASS", "FTH", "GR"], OrgUnitKind.COMPULSORY_SCHOOL),
        (["GRS"], OrgUnitKind.COMPULSORY_SCHOOL),
        (["GRAN"], OrgUnitKind.COMPULSORY_SCHOOL),
        (["GYS", "GY"], OrgUnitKind.UPPER_SECONDARY),
        (["GYAN"], OrgUnitKind.UPPER_SECONDARY),
        (["FS", "GR"], OrgUnitKind.COMPULSORY_SCHOOL),
        (["Skola"], None),
    ],
)
def test_two_vocabularies_of_school_forms_mean_the_same(words, kind):
    assert kind_of(words, {}) == kind
    assert kind_of(["Skola"], {"skola": "office"}) == OrgUnitKind.OFFICE


def test_personal_identity_numbers_are_told_from_employment_numbers():
    assert looks_like_personal_number("19811218-9876")
    assert looks_like_personal_number("8112189876")
    assert looks_like_personal_number("19811218-9875"), "a slip of the pen is still somebody's number"
    assert looks_like_personal_number("811218-9875")
    assert not looks_like_personal_number("8112189875")
    assert not looks_like_personal_number("E10001")
