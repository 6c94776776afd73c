"""Small organisations made at random, and a reading of them that shares nothing with the house's own queries.

The reading asks each day and each row in Python; standing is read by `tests.test_standing.Walk`.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from django.utils import timezone

from cms.compliance.due import Deadline, Span, Validity
from cms.compliance.enums import EvidenceKind, ExemptionReason, State, VoidReason
from cms.compliance.models import (
    Evidence,
    EvidenceVoid,
    Exemption,
    ExemptionEnd,
    Requirement,
    RequirementRule,
    RuleOrgUnit,
    RuleRole,
    RuleTarget,
    Target,
    TargetRelease,
)
from cms.compliance.standing import GRAVITY, PersonFacts, Proof, Reading, Release, RuleFacts
from cms.people.enums import OrgUnitKind, Protection, Right
from cms.people.models import Employment, Leave, OrgUnit, OrgUnitPlacement, Person, Role, Scope
from cms.versions.models import Withdrawal
from tests.factories import UserFactory, moment
from tests.test_standing import Walk

DAY = timedelta(days=1)
DEPTH = 130  # days of history
KINDS = [OrgUnitKind.PRESCHOOL, OrgUnitKind.COMPULSORY_SCHOOL, OrgUnitKind.OFFICE]


@dataclass
class Organisation:
    """What was made, for the test to ask about."""

    random: Random
    today: date = field(default_factory=timezone.localdate)
    units: list[OrgUnit] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    actor: Any = None

    def day(self, nearest: int = 0, farthest: int = DEPTH) -> date:
        return self.today - timedelta(days=self.random.randint(nearest, farthest))

    def recorded(self, day: date) -> Any:
        """When a fact about a day was written down: mostly that day, sometimes long after."""
        late = self.random.choice([0, 0, 0, self.random.randint(1, 60)])
        return moment(min(day + timedelta(days=late), max(self.today, day)))

    def span(self) -> tuple[date, date | None]:
        start = self.day(-10)
        return start, self.random.choice([None, None, start + timedelta(days=self.random.randint(0, 90))])


def found(random: Random) -> Organisation:
    made = Organisation(random)
    _units(made)
    made.roles = [Role.objects.create(key=f"roll-{n}-{uuid.uuid4().hex[:6]}", name=f"Roll {n}") for n in range(3)]
    _people(made)
    _targets(made)
    _evidence(made)
    _actor(made)
    return made


def _units(made: Organisation) -> None:
    """A tree in which some units move, some close, and some moves were taken back."""
    rnd = made.random
    for number in range(rnd.randint(4, 9)):
        unit = OrgUnit.objects.create(name=f"Enhet {number:02}", kind=rnd.choice(KINDS), controller=f"Nämnd {number}")
        parent = rnd.choice(made.units) if made.units else None
        on = made.today - timedelta(days=2 * DEPTH)
        _place(unit, parent, on, moment(on))
        made.units.append(unit)
    for unit in rnd.sample(made.units[1:], min(3, len(made.units) - 1)):
        other = rnd.choice(made.units[: made.units.index(unit)])  # only to an earlier one: never in a circle
        on = made.day(-5)
        _place(unit, other, on, made.recorded(on), is_retracted=rnd.random() < 0.3)
    if rnd.random() < 0.4:
        OrgUnit.objects.filter(pk=rnd.choice(made.units[1:]).pk).update(closes_on=made.day(-5))


def _place(unit: OrgUnit, parent: OrgUnit | None, on: date, at: Any, *, is_retracted: bool = False) -> None:
    OrgUnitPlacement.objects.create(
        org_unit=unit, parent=parent, starts_on=on, recorded_at=at, retracted_at=at if is_retracted else None
    )


def _people(made: Organisation) -> None:
    rnd = made.random
    for number in range(rnd.randint(6, 14)):
        protection = rnd.choice([Protection.NONE] * 5 + [Protection.CONFIDENTIAL, Protection.UNKNOWN])
        person = Person.objects.create(family_name=f"P{number:02}", given_name="X", protection=protection)
        made.people.append(person)
        for _job in range(rnd.choice([1, 1, 1, 2, 3])):
            _employ(made, person)
        if rnd.random() < 0.3:
            start, end = made.span()
            Leave.objects.create(person=person, starts_on=start, ends_on=end, recorded_at=made.recorded(start))
    if len(made.people) > 7:
        into, duplicate = rnd.sample(made.people, 2)
        Person.objects.filter(pk=duplicate.pk).update(merged_into=into)


def _employ(made: Organisation, person: Person) -> None:
    rnd = made.random
    start, end = made.span()
    row = {"person": person, "role": rnd.choice([*made.roles, None]), "source": "prov"}
    recorded_at = made.recorded(start)
    retracted_at = recorded_at + timedelta(days=rnd.randint(0, 30)) if rnd.random() < 0.15 else None
    Employment.objects.create(
        **row, org_unit=rnd.choice(made.units), starts_on=start, ends_on=end, recorded_at=recorded_at,
        retracted_at=retracted_at,
    )  # fmt: skip
    if end is not None and rnd.random() < 0.6:  # moves the day after
        Employment.objects.create(
            **row, org_unit=rnd.choice(made.units), starts_on=end + DAY, recorded_at=made.recorded(end + DAY)
        )


def _targets(made: Organisation) -> None:
    rnd = made.random
    for number in range(rnd.randint(1, 3)):
        target = Target.objects.create(kind="course", key=uuid.uuid4(), title=f"Mål {number}")
        made.targets.append(target)
        for _requirement in range(rnd.choice([1, 1, 2])):
            requirement = Requirement.objects.create(target=target, name=f"Krav {number}")
            for day in sorted({made.day() for _rule in range(rnd.choice([1, 1, 2, 3]))}):
                _rule_from(made, requirement, day)
        if rnd.random() < 0.4:
            day = made.day()
            TargetRelease.objects.create(
                target=target, major=2, effective_on=day, redo_by=day + timedelta(days=rnd.randint(0, 60)),
                recorded_at=made.recorded(day),
            )  # fmt: skip
        if rnd.random() < 0.1:
            Withdrawal.objects.create(kind="course", key=target.key, withdrawn_on=made.day(-5), reason="Prov")


def _rule_from(made: Organisation, requirement: Requirement, day: date) -> None:
    rnd = made.random
    validity: dict[str, Any] = rnd.choice(
        [{}, {}, {"validity_months": rnd.randint(1, 3)}, {"yearly_month": rnd.randint(1, 12), "yearly_day": 31}]
    )
    due: dict[str, Any] = rnd.choice(
        [{"due_days": rnd.randint(0, 60)}, {"due_on": made.day(-40)}, {"due_days": 20, "due_on": made.day()}]
    )
    rule = RequirementRule.objects.create(
        requirement=requirement, effective_on=day, recorded_at=made.recorded(day), is_ended=rnd.random() < 0.1,
        org_unit_kinds=rnd.choice([[], [], [str(rnd.choice(KINDS))]]), window_days=rnd.choice([0, 20, 90]),
        prior_months=rnd.choice([None, None, None, 0, 2]), **due, **validity,
    )  # fmt: skip
    for unit in rnd.sample(made.units, rnd.choice([0, 0, 1, 2])):
        RuleOrgUnit.objects.create(rule=rule, org_unit=unit)
    for role in rnd.sample(made.roles, rnd.choice([0, 0, 1])):
        RuleRole.objects.create(rule=rule, role=role)
    for other in rnd.sample(made.targets[:-1], min(len(made.targets) - 1, rnd.choice([0, 0, 1]))):
        RuleTarget.objects.create(rule=rule, target=other)


def _evidence(made: Organisation) -> None:
    rnd = made.random
    for person in made.people:
        for target in made.targets:
            for _time in range(rnd.choice([0, 1, 1, 2])):
                day = made.day(0, DEPTH + 60)
                evidence = Evidence.objects.create(
                    source_key=str(uuid.uuid4()), person=person, target=target, kind=EvidenceKind.COMPLETED,
                    version_major=rnd.choice([1, 1, 2, None]), achieved_at=moment(day), achieved_on=day,
                    valid_until=rnd.choice([None, None, day + timedelta(days=rnd.randint(0, 90))]),
                    recorded_at=made.recorded(day),
                )  # fmt: skip
                if rnd.random() < 0.15:
                    voided_at = moment(min(made.today, made.day(0, 60) if rnd.random() < 0.5 else made.today), 13)
                    EvidenceVoid.objects.create(
                        evidence=evidence, reason=VoidReason.NOT_DONE, voided_at=max(voided_at, evidence.recorded_at)
                    )
            if rnd.random() < 0.15:
                _exempt(made, person, target)


def _exempt(made: Organisation, person: Person, target: Target) -> None:
    start = made.day(-5)
    exemption = Exemption.objects.create(
        person=person, target=target, reason=ExemptionReason.OTHER_WAY, starts_on=start,
        until=start + timedelta(days=made.random.randint(0, 90)), recorded_at=made.recorded(start),
    )  # fmt: skip
    if made.random.random() < 0.3:
        ExemptionEnd.objects.create(exemption=exemption, ended_on=made.day(-5), recorded_at=made.recorded(start))


def _actor(made: Organisation) -> None:
    """Somebody with scopes here and there, some of which have ended, and sometimes the right to see protected."""
    made.actor = Person.objects.create(family_name="Aktör", given_name="X", user=UserFactory())
    rnd = made.random
    scopes = [(rnd.choice([Right.HEAD, Right.HR]), rnd.choice(made.units)) for _n in range(rnd.randint(1, 2))]
    scopes += [(Right.VIEW_PROTECTED, rnd.choice(made.units)) for _n in range(rnd.choice([0, 0, 1]))]
    if rnd.random() < 0.3:
        scopes.append((Right.HR, made.units[0]))
    for right, unit in dict.fromkeys(scopes):
        ends_on = rnd.choice([None, None, None, made.today - DAY])
        Scope.objects.create(
            person=made.actor, org_unit=unit, right=right, starts_on=made.today - timedelta(days=9), ends_on=ends_on
        )


# The reading


class RowWalk(Walk):
    """A walk for which the organisation and the jobs are asked anew each day."""

    def __init__(self, reading: "BruteForce", person: Person, requirement: Requirement, on: date) -> None:
        facts, rule = reading.facts(person, requirement.target_id), reading.rule(requirement)
        super().__init__(facts, rule, on)
        self.brute, self.root, self.requirement = reading, person, requirement

    def is_required(self, today: date) -> bool:
        row = self.brute.rule_row(self.requirement, today)
        return row is not None and any(
            job.starts_on <= today
            and (job.ends_on is None or today <= job.ends_on)
            and self.brute.rule_falls_on(row, job, today)
            for job in self.brute.jobs[self.root.pk]
        )

    def reading(self, today: date) -> Reading | None:
        row = self.brute.rule_row(self.requirement, today)
        return None if row is None else self.brute.readings[row.pk]


class BruteForce:
    """All rows in memory, and every question answered by looping over them."""

    def __init__(self, made: Organisation, on: date | None = None, known_on: date | None = None) -> None:
        self.made, self.today, self.known_on = made, on or made.today, known_on
        self.scopes = list(made.actor.scopes.all())
        self.units = {unit.pk: unit for unit in OrgUnit.objects.all()}
        placements = OrgUnitPlacement.objects.order_by("starts_on", "recorded_at", "pk")
        self.placed_now = [row for row in placements if row.retracted_at is None]
        self.placed_then = [row for row in placements if self.was_known(row)]
        self.people = {person.pk: person for person in Person.objects.all()}
        self.jobs: dict[int, list[Employment]] = {pk: [] for pk in self.people}
        for job in Employment.objects.all():
            if self.was_known(job):
                self.jobs[self.root(job.person_id)].append(job)
        rules = RequirementRule.objects.order_by("effective_on", "recorded_at", "pk")
        self.rules = [rule for rule in rules if self.was_written(rule.recorded_at)]
        self.rule_units = list(RuleOrgUnit.objects.all())
        self.rule_roles = list(RuleRole.objects.all())
        self.readings = {rule.pk: self._reading(rule) for rule in self.rules}
        self.withdrawn = {row.key: row.withdrawn_on for row in Withdrawal.objects.all()}
        self.parent = cache(self._parent)
        self.standing = cache(self._standing)
        self.shown = cache(self._shown)
        self.lies_in = cache(self._lies_in)

    def was_written(self, at: Any) -> bool:
        return self.known_on is None or timezone.localdate(at) <= self.known_on

    def was_known(self, row: Any) -> bool:
        if self.known_on is None:
            return row.retracted_at is None
        is_taken_back = row.retracted_at is not None and timezone.localdate(row.retracted_at) <= self.known_on
        return self.was_written(row.recorded_at) and not is_taken_back

    def root(self, person: int) -> int:
        return self.people[person].merged_into_id or person

    def _parent(self, unit: int, today: date, then: bool = False) -> int | None:
        """The unit above, of those that are open. A closed or unplaced one stands nowhere: -1. `then`: as known."""
        placements = self.placed_then if then else self.placed_now
        placed = [row for row in placements if row.org_unit_id == unit and row.starts_on <= today]
        closes_on = self.units[unit].closes_on
        if not placed or (closes_on is not None and closes_on < today):
            return -1
        return placed[-1].parent_id

    def _lies_in(self, unit: int, root: int, today: date, then: bool = False) -> bool:
        current: int | None = unit
        while current is not None and self.parent(current, today, then) != -1:
            if current == root:
                return True
            current = self.parent(current, today, then)
        return False

    # Rules

    def _reading(self, rule: RequirementRule) -> Reading:
        yearly = (rule.yearly_month, rule.yearly_day) if rule.yearly_month else None
        return Reading(
            span=Span(rule.effective_on),
            audiences=(),
            deadline=Deadline(days=rule.due_days, on=rule.due_on),
            validity=Validity(months=rule.validity_months, yearly=yearly),
            window_days=rule.window_days,
            prior_months=rule.prior_months,
            alternatives=frozenset(RuleTarget.objects.filter(rule=rule).values_list("target_id", flat=True)),
        )

    def rule_row(self, requirement: Requirement, today: date) -> RequirementRule | None:
        every = [r for r in self.rules if r.requirement_id == requirement.pk and r.effective_on <= today]
        rules: list[RequirementRule] = []
        for one in sorted(every, key=lambda r: (r.recorded_at, r.pk)):  # as they were written, one after the other
            kept = [r for r in rules if r.effective_on != one.effective_on]
            rules = [r for r in kept if r.effective_on < one.effective_on or not one.is_ended] + [one]
        rules.sort(key=lambda r: r.effective_on)
        gone = self.withdrawn.get(requirement.target.key)
        if not rules or rules[-1].is_ended or (gone is not None and today >= gone):
            return None
        return rules[-1]

    def rule_falls_on(self, rule: RequirementRule, job: Employment, today: date) -> bool:
        units = [row.org_unit_id for row in self.rule_units if row.rule_id == rule.pk]
        roles = [row.role_id for row in self.rule_roles if row.rule_id == rule.pk]
        return (
            (not units or any(self.lies_in(job.org_unit_id, unit, today, True) for unit in units))
            and (not rule.org_unit_kinds or self.units[job.org_unit_id].kind in rule.org_unit_kinds)
            and (not roles or job.role_id in roles)
        )

    def rule(self, requirement: Requirement) -> RuleFacts:
        releases = TargetRelease.objects.filter(target=requirement.target)
        known = [row for row in releases if self.was_written(row.recorded_at)]
        return RuleFacts((), tuple(Release(row.major, row.effective_on, row.redo_by) for row in known))

    # Standing

    def facts(self, person: Person, target: int) -> PersonFacts:
        records = [pk for pk in self.people if self.root(pk) == person.pk]
        proofs = [row for row in Evidence.objects.filter(person__in=records) if self.counts(row)]
        let_off = []
        for row in Exemption.objects.filter(person__in=records, target=target):
            until = row.until
            if hasattr(row, "end") and self.was_written(row.end.recorded_at):
                until = min(until, row.end.ended_on - DAY)
            if self.was_written(row.recorded_at) and row.starts_on <= until:
                let_off.append(Span(row.starts_on, until))
        leaves = [row for row in Leave.objects.filter(person__in=records) if self.was_known(row)]
        return PersonFacts(
            proofs=tuple(
                Proof(row.achieved_on, row.version_major, row.valid_until, row.pk)
                if row.target_id == target
                else Proof(row.achieved_on, None, row.valid_until, row.pk, row.target_id)
                for row in proofs
            ),
            leaves=tuple(Span(row.starts_on, row.ends_on) for row in leaves),
            exemptions=tuple(let_off),
        )

    def counts(self, row: Evidence) -> bool:
        is_void = hasattr(row, "void") and self.was_written(row.void.voided_at)
        return self.was_written(row.recorded_at) and not is_void

    def _standing(self, person: int, target: int) -> tuple[State, date | None]:
        """The gravest of all requirements of a target, with the due date while it is open."""
        requirements = Requirement.objects.filter(target=target).select_related("target")
        answers = [RowWalk(self, self.people[person], one, self.today).answer() for one in requirements]
        gravest = max((GRAVITY.index(state) for state, _since, _day in answers), default=0)
        state = GRAVITY[gravest]
        dues = [day for found, _since, day in answers if found == state and day is not None]
        return state, (min(dues, default=None) if state.is_open else None)

    def together(self, person: int) -> State:
        """One person's state over all targets: the gravest, exempt only if exempt from all."""
        states = {self.standing(person, target.pk)[0] for target in self.made.targets} - {State.NOT_REQUIRED}
        if states and states != {State.EXEMPT}:
            states.discard(State.EXEMPT)
        return max(states, key=GRAVITY.index, default=State.NOT_REQUIRED)

    # Who sees what

    def _holds(self, right: Right, unit: int) -> bool:
        return any(
            scope.right == right
            and (scope.ends_on is None or scope.ends_on >= self.made.today)
            and self.lies_in(unit, scope.org_unit_id, self.today)
            for scope in self.scopes
        )

    def oversees(self, unit: int) -> bool:
        return self._holds(Right.HEAD, unit) or self._holds(Right.HR, unit)

    def _shown(self) -> set[tuple[int, int]]:
        """Person and workplace, each pair that the actor may see today."""
        pairs = set()
        for person, jobs in self.jobs.items():
            for job in jobs:
                is_now = job.starts_on <= self.today and (job.ends_on is None or self.today <= job.ends_on)
                hidden = self.people[person].is_protected or self.people[job.person_id].is_protected
                may = self.oversees(job.org_unit_id) and (
                    not hidden or self._holds(Right.VIEW_PROTECTED, job.org_unit_id)
                )
                if is_now and may:
                    pairs.add((person, job.org_unit_id))
        return pairs

    def shown_at(self, unit: int) -> set[int]:
        return {person for person, place in self.shown() if self.lies_in(place, unit, self.today)}

    def shown_own(self, unit: int) -> set[int]:
        return {person for person, place in self.shown() if place == unit}

    def figures(self, people: set[int]) -> tuple[int, int, int, int]:
        """Required, done, to do, overdue."""
        states = [self.together(person) for person in people]
        met = sum(state in (State.DONE, State.EXPIRING) for state in states)
        to_do, overdue = states.count(State.TO_DO), states.count(State.OVERDUE)
        return met + to_do + overdue, met, to_do, overdue
