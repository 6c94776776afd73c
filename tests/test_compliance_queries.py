"""From rows to standings: what the bulk loader sees, when it was known, and how many queries it takes."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.compliance.actions import (
    VersionRef,
    end_exemption,
    grant_exemption,
    record_evidence,
    record_release,
    set_rule,
    void_evidence,
)
from cms.compliance.enums import EvidenceKind, ExemptionReason, State, VoidReason
from cms.compliance.models import Target
from cms.compliance.queries import people_required, required_targets, standings, training_of
from cms.compliance.registry import Progress, TargetKind, target_kinds
from cms.people.actions import end_employment, merge_people, move_person, place_org_unit
from cms.people.enums import OrgUnitKind
from cms.people.models import Employment, OrgUnit, Person
from cms.versions.models import Withdrawal
from tests.cast import Cast, City
from tests.factories import (
    EmploymentFactory,
    LeaveFactory,
    OrgUnitFactory,
    PersonFactory,
    RequirementFactory,
    TargetFactory,
    moment,
)

ON = date(2026, 3, 1)
EFFECTIVE = date(2026, 1, 1)


def require(target: Target, **how: Any) -> Any:
    how.setdefault("due_days", 30)
    how.setdefault("effective_on", EFFECTIVE)
    how.setdefault("at", moment(how["effective_on"]))
    requirement = how.pop("requirement", None) or RequirementFactory(target=target)
    return set_rule(requirement=requirement, **how)


def prove(person: Person, target: Target, on: date = date(2026, 2, 1), major: int | None = 1, **how: Any) -> Any:
    version = VersionRef(f"{major}.0", major, "0" * 64) if major else None
    how.setdefault("at", moment(on))
    evidence, _created = record_evidence(
        source_key=str(uuid.uuid4()), person=person, target=target, kind=EvidenceKind.COMPLETED, version=version,
        achieved_at=moment(on), **how,
    )  # fmt: skip
    return evidence


def state_of(person: Person, target: Target, on: date = ON, **known: Any) -> State:
    found = standings(Person.objects.filter(pk=person.pk), [target], on, **known)
    one = found.get(person.pk, {}).get(target.pk)
    return one.state if one else State.NOT_REQUIRED


@pytest.fixture
def target(db: None) -> Target:
    return TargetFactory()


@pytest.fixture
def colleague(city: City) -> Person:
    person = PersonFactory()
    EmploymentFactory(person=person, org_unit=city.almskolan, role=city.roles["larare"])
    return person


# Audience


def test_rule_falls_on_subtree_kind_and_role(city: City, cast: Cast, target: Target):
    require(
        target,
        org_units=[city.schools],
        org_unit_kinds=[OrgUnitKind.COMPULSORY_SCHOOL],
        roles=[city.roles["larare"]],
    )
    assert set(people_required(target, ON)) == {cast.learner.person, cast.second_learner.person}
    assert state_of(cast.learner.person, target) == State.OVERDUE
    assert state_of(cast.head.person, target) == State.NOT_REQUIRED
    assert state_of(cast.former_employee.person, target) == State.NOT_REQUIRED


def test_rule_without_limits_falls_on_everybody_employed(city: City, cast: Cast, target: Target):
    require(target)
    employed = {member.person for member in cast if member.name not in ("outsider", "former_employee")}
    assert set(people_required(target, ON)) == employed


def test_rule_does_not_fall_on_a_school_before_it_moved_into_the_subtree(city: City, colleague: Person, target: Target):
    require(target, org_units=[city.preschools], due_days=30)
    place_org_unit(org_unit=city.almskolan, parent=city.preschools, starts_on=date(2026, 2, 20))
    assert state_of(colleague, target, date(2026, 2, 19)) == State.NOT_REQUIRED
    found = standings(Person.objects.filter(pk=colleague.pk), [target], ON)[colleague.pk][target.pk]
    assert (found.state, found.since, found.due_on) == (State.TO_DO, date(2026, 2, 20), date(2026, 3, 22))


def test_closed_org_unit_is_no_longer_in_the_subtree(city: City, colleague: Person, target: Target):
    require(target, org_units=[city.schools])
    OrgUnit.objects.filter(pk=city.almskolan.pk).update(closes_on=date(2026, 2, 15))
    assert state_of(colleague, target, date(2026, 2, 15)) == State.OVERDUE
    assert state_of(colleague, target, date(2026, 2, 16)) == State.NOT_REQUIRED


def test_later_rule_applies_from_its_day_and_an_ended_one_asks_nothing(colleague: Person, target: Target):
    first = require(target, due_days=10)
    require(target, requirement=first.requirement, effective_on=date(2026, 2, 1), is_ended=True, due_days=None)
    require(target, requirement=first.requirement, effective_on=date(2026, 2, 20), due_days=20)
    assert state_of(colleague, target, date(2026, 1, 31)) == State.OVERDUE
    assert state_of(colleague, target, date(2026, 2, 1)) == State.NOT_REQUIRED
    assert state_of(colleague, target, ON) == State.TO_DO


def test_of_two_rules_from_one_day_the_one_recorded_last_applies(colleague: Person, target: Target):
    first = require(target, due_days=10)
    again = {"requirement": first.requirement, "due_days": 300, "at": moment(date(2026, 2, 25))}
    require(target, **again)
    assert state_of(colleague, target) == State.TO_DO
    assert state_of(colleague, target, known_at=moment(date(2026, 2, 24))) == State.OVERDUE


def test_withdrawn_target_asks_nothing_from_that_day(colleague: Person, target: Target):
    require(target, due_days=10)
    Withdrawal.objects.create(kind=target.kind, key=target.key, withdrawn_on=date(2026, 2, 20), reason="Ersatt")
    assert state_of(colleague, target, date(2026, 2, 19)) == State.OVERDUE
    assert state_of(colleague, target, date(2026, 2, 20)) == State.NOT_REQUIRED
    assert not people_required(target, ON).exists()


def test_target_said_to_be_withdrawn_without_a_date_asks_nothing_from_today(colleague: Person, target: Target):
    require(target, due_days=10)
    Target.objects.update(is_withdrawn=True)
    assert state_of(colleague, Target.objects.get(), timezone.localdate()) == State.NOT_REQUIRED
    assert state_of(colleague, Target.objects.get(), ON) == State.OVERDUE


# Evidence, exemptions and what was known


def test_evidence_counts_wherever_it_was_earned(city: City, colleague: Person, target: Target):
    require(target)
    prove(colleague, target, date(2024, 1, 10))
    move_person(employment=colleague.employments.get(), org_unit=city.bokskolan, on=date(2026, 2, 1))
    assert state_of(colleague, target) == State.DONE


def test_void_evidence_counts_only_as_long_as_nobody_knew(colleague: Person, target: Target):
    require(target)
    evidence = prove(colleague, target)
    void_evidence(evidence=evidence, reason=VoidReason.WRONG_PERSON, actor=None, at=moment(date(2026, 2, 20)))
    assert state_of(colleague, target) == State.OVERDUE
    assert state_of(colleague, target, known_at=moment(date(2026, 2, 19))) == State.DONE


def test_late_import_does_not_change_what_was_known(colleague: Person, target: Target):
    require(target)
    prove(colleague, target, date(2026, 1, 10), at=moment(date(2026, 4, 1)))
    assert state_of(colleague, target) == State.DONE
    assert state_of(colleague, target, known_at=moment(ON)) == State.OVERDUE


def test_retracted_employment_counts_only_as_known_then(colleague: Person, target: Target):
    require(target)
    end_employment(employment=colleague.employments.get(), ends_on=date(2026, 1, 31), at=moment(date(2026, 3, 10)))
    assert state_of(colleague, target) == State.NOT_REQUIRED
    assert state_of(colleague, target, known_at=moment(date(2026, 3, 9))) == State.OVERDUE


def test_release_asks_again_and_the_old_evidence_stays(colleague: Person, target: Target):
    require(target)
    prove(colleague, target)
    record_release(target=target, major=2, effective_on=date(2026, 2, 20), redo_by=date(2026, 3, 10), at=moment(ON))
    assert state_of(colleague, target) == State.TO_DO
    assert state_of(colleague, target, date(2026, 3, 11)) == State.OVERDUE
    prove(colleague, target, date(2026, 3, 12), major=2)
    assert state_of(colleague, target, date(2026, 3, 12)) == State.DONE
    assert colleague.evidence.count() == 2


def test_exemption_holds_until_the_day_before_it_is_ended(colleague: Person, target: Target):
    require(target)
    exemption = grant_exemption(
        person=colleague, target=target, reason=ExemptionReason.OTHER_DUTIES, starts_on=date(2026, 1, 5),
        until=date(2026, 12, 31), actor=None, at=moment(date(2026, 1, 5)),
    )  # fmt: skip
    assert state_of(colleague, target) == State.EXEMPT
    end_exemption(exemption=exemption, ended_on=ON, actor=None, at=moment(ON))
    assert state_of(colleague, target, ON - timedelta(days=1)) == State.EXEMPT
    assert state_of(colleague, target) == State.TO_DO  # the clock stood still meanwhile
    assert state_of(colleague, target, known_at=moment(ON - timedelta(days=1))) == State.EXEMPT


def test_leave_pauses(colleague: Person, target: Target):
    require(target)
    LeaveFactory(person=colleague, starts_on=date(2026, 1, 10), ends_on=date(2026, 2, 28))
    assert state_of(colleague, target) == State.TO_DO


def test_what_was_written_for_a_merged_record_counts_for_the_one_that_remains(
    city: City, colleague: Person, target: Target
):
    require(target, org_units=[city.preschools], due_days=10)
    middle, duplicate = PersonFactory(), PersonFactory()
    EmploymentFactory(person=duplicate, org_unit=city.asken, role=city.roles["forskollarare"])
    prove(duplicate, target)
    merge_people(duplicate=duplicate, into=middle, actor=None)
    merge_people(duplicate=middle, into=colleague, actor=None)
    assert state_of(colleague, target) == State.DONE
    assert list(people_required(target, ON)) == [colleague]


def test_strictest_of_two_requirements_holds(city: City, colleague: Person, target: Target):
    require(target, due_days=300)
    require(target, org_units=[city.schools], due_days=10)
    assert state_of(colleague, target) == State.OVERDUE


# Queries


def test_number_of_queries_does_not_grow(city: City, cast: Cast):
    def measure() -> int:
        targets = required_targets(ON)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            standings(Person.objects.all(), targets, ON)
        return len(captured)

    for _number in range(2):
        require(TargetFactory(), org_units=[city.schools], roles=[city.roles["larare"]])
    before = measure()
    for number in range(12):
        target = TargetFactory()
        require(target, org_units=[city.schools, city.preschools])
        school = OrgUnitFactory(parent=city.schools, placed_on=date(2026, 1, 1 + number))
        person = EmploymentFactory(org_unit=school).person
        prove(person, target)
    assert measure() == before


# Min utbildning


class FakePlugin:
    """A kind that knows of progress without tables."""

    def __init__(self) -> None:
        self.known: dict[int, Progress] = {}
        self.asked = 0

    def progress(self, person: Person, targets: list[Target], on: date) -> dict[int, Progress]:
        self.asked += 1
        return {target.pk: self.known[target.pk] for target in targets if target.pk in self.known}


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> FakePlugin:
    fake = FakePlugin()
    kinds = dict(target_kinds._entries)
    monkeypatch.setattr(target_kinds, "_entries", kinds)
    kinds["fake"] = TargetKind("fake", "Övning", "har gjort", fake.progress)
    return fake


def test_training_puts_the_next_action_first(colleague: Person, plugin: FakePlugin):
    late, soon, done, begun, other = (TargetFactory(kind="fake", title=title) for title in "CBADE")
    require(late, due_days=10)
    require(soon, due_days=90)
    require(done)
    prove(colleague, done)
    plugin.known = {
        late.pk: Progress("Fortsätt", "/c/", done=1, total=3, minutes_left=20, is_started=True),
        begun.pk: Progress("Fortsätt", "/d/", done=1, total=3, minutes_left=10, is_started=True),
        other.pk: Progress("Börja", "/e/"),
    }
    training = training_of(colleague, ON)
    assert [item.target for item in training.asked] == [late, soon, begun]
    assert training.next.progress.action == "Fortsätt"
    assert [item.target for item in training.done] == [done]
    assert training.done[0].evidence.version_number == "1.0"
    assert (training.minutes_left, training.met, training.required) == (20, 1, 3)
    assert plugin.asked == 1


def test_course_taken_of_ones_own_accord_is_told_to_oneself(colleague: Person, plugin: FakePlugin):
    course = TargetFactory(kind="fake")
    prove(colleague, course)
    plugin.known = {course.pk: Progress("Läs igen", "/c/", done=3, total=3, is_started=True)}
    training = training_of(colleague, ON)
    assert [item.target for item in training.done] == [course]
    assert training.asked == []


def test_target_whose_plugin_is_gone_keeps_its_address(colleague: Person):
    gone = TargetFactory(kind="nobody knows")
    require(gone)
    item = training_of(colleague, ON).next
    assert (item.kind, item.progress, item.url) == (None, None, gone.path)


def test_queries_of_training_do_not_grow(colleague: Person, plugin: FakePlugin):
    def measure() -> int:
        with CaptureQueriesContext(connection) as captured:
            training_of(colleague, ON)
        return len(captured)

    first = TargetFactory(kind="fake")
    require(first)
    prove(colleague, first)
    before = measure()
    for _number in range(8):
        target = TargetFactory(kind="fake")
        require(target)
        prove(colleague, target)
    assert measure() == before


def test_employment_of_a_stranger_is_never_in(city: City, target: Target):
    require(target, org_units=[city.schools])
    assert not Employment.objects.filter(org_unit=city.cedern).exists()
    assert not people_required(target, ON).filter(employments__org_unit=city.asken).exists()
