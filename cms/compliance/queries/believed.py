"""From rows to facts that say when they were known: what `steps` needs about many people, in a few queries."""

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from cms.compliance.due import Span, add_days
from cms.compliance.knowing import Known, through_time, versions
from cms.compliance.models import (
    Evidence,
    Exemption,
    RequirementRule,
    RuleOrgUnit,
    RuleTarget,
    SummaryState,
    Target,
    TargetRelease,
)
from cms.compliance.queries.facts import load_rules
from cms.compliance.standing import Job, PersonFacts, Proof, RuleFacts
from cms.compliance.steps import Row, places_of, rows_of, steps_of
from cms.core.prepared import Prepared
from cms.people.enums import Protection
from cms.people.models import Employment, Leave, OrgUnitPlacement, Person
from cms.people.queries import org_history, records_of
from cms.people.tree import OrgHistory

DAY = timedelta(days=1)


def end_of(day: date) -> datetime:
    """The last moment of a day here: what had been recorded by then was known on that day."""
    midnight = datetime.combine(day + DAY, time(), tzinfo=timezone.get_default_timezone())
    return midnight - timedelta(microseconds=1)


# Rules


@dataclass(frozen=True)
class RuleBook:
    """The requirements of all targets as known from one turning day to the next, and the tree through time."""

    by_target: dict[int, tuple[tuple[date, tuple[RuleFacts, ...]], ...]]
    stands_for: dict[int, frozenset[int]]  # a target, and those whose requirements it meets as an alternative
    history: OrgHistory

    def turning_days(self, target: int) -> list[date]:
        return [day for day, _rules in self.by_target[target][1:]]

    def at(self, target: int, day: date | None) -> tuple[RuleFacts, ...]:
        known = self.by_target[target]
        if day is None:
            return known[-1][1]
        return next(rules for first, rules in reversed(known) if first <= day)

    def required_by(self, day: date) -> set[int]:
        """Targets of which some rule has begun by a day."""
        return {target for target, begins in self._begins.items() if begins <= day}

    @cached_property
    def _begins(self) -> dict[int, date]:
        return {
            target: min(
                (reading.span.starts_on for rule in known[-1][1] for reading in rule.readings), default=date.max
            )
            for target, known in self.by_target.items()
        }


def rule_book(stamp: uuid.UUID) -> RuleBook:
    """The rules as they stand; kept in memory under the stamp that each change of them renews."""
    return _rule_book(stamp)


@lru_cache(maxsize=2)
def _rule_book(stamp: uuid.UUID) -> RuleBook:
    targets = list(Target.objects.filter(requirements__isnull=False).distinct().order_by("pk"))
    by_target: dict[int, list[tuple[date, tuple[RuleFacts, ...]]]] = {target.pk: [] for target in targets}
    for first, last in versions(_turning_days_of_rules()):
        book = load_rules(targets, date.max, None if last is None else end_of(last))
        for target in targets:
            rules = book.get(target.pk, ())
            known = by_target[target.pk]
            if not known or known[-1][1] != rules:
                known.append((first, rules))
    stands_for: dict[int, set[int]] = {}
    for met, alternative in RuleTarget.objects.values_list("rule__requirement__target_id", "target_id"):
        stands_for.setdefault(alternative, set()).add(met)
    return RuleBook(
        by_target={target: tuple(known) for target, known in by_target.items()},
        stands_for={target: frozenset(others) for target, others in stands_for.items()},
        history=org_history(date.min, date.max),
    )


def _turning_days_of_rules() -> Iterator[date]:
    """The days on which it became known how rules read on earlier days."""
    dated: list[tuple[datetime, date]] = []
    dated += RequirementRule.objects.values_list("recorded_at", "effective_on")
    dated += TargetRelease.objects.values_list("recorded_at", "effective_on")
    taken_back: list[datetime] = []
    if RuleOrgUnit.objects.exists():
        for recorded_at, retracted_at, starts_on in OrgUnitPlacement.objects.values_list(
            "recorded_at", "retracted_at", "starts_on"
        ):
            dated.append((recorded_at, starts_on))
            taken_back += [retracted_at] if retracted_at else []
    yield from (day for at, starts_on in dated if (day := timezone.localdate(at)) > starts_on)
    yield from (timezone.localdate(at) for at in taken_back)


# People


def kept_people() -> QuerySet[Person]:
    """Those of whom steps and summaries may be kept: people of whom no record is protected."""
    hidden = Person.objects.filter(merged_into=OuterRef("pk")).exclude(protection=Protection.NONE)
    people: QuerySet[Person] = Person.objects.current().filter(protection=Protection.NONE).exclude(Exists(hidden))
    return people


@dataclass
class Believed:
    """All that has been believed about one person."""

    jobs: list[Known[Job]] = field(default_factory=list)
    leaves: list[Known[Span]] = field(default_factory=list)
    proofs: dict[int, list[Known[Proof]]] = field(default_factory=dict)
    exemptions: dict[int, list[Known[Span]]] = field(default_factory=dict)
    _whereabouts: dict[date | None, tuple[tuple[Job, ...], tuple[Span, ...]]] = field(default_factory=dict)

    def turning_days(self, target: int) -> set[date]:
        days = {day for job in self.jobs for day in job.turning_days(job.fact.span.starts_on)}
        for proof in self.proofs.get(target, ()):
            days.update(proof.turning_days(proof.fact.achieved_on))
        for pause in (*self.leaves, *self.exemptions.get(target, ())):  # a pause ahead moves deadlines of today
            days.update(pause.turning_days(date.min))
        return days

    def at(self, target: int, day: date | None) -> PersonFacts:
        if day not in self._whereabouts:  # the same for each target
            jobs = tuple(job.fact for job in self.jobs if job.at(day))
            self._whereabouts[day] = jobs, tuple(leave.fact for leave in self.leaves if leave.at(day))
        jobs, leaves = self._whereabouts[day]
        return PersonFacts(
            jobs=jobs,
            leaves=leaves,
            proofs=tuple(proof.fact for proof in self.proofs.get(target, ()) if proof.at(day)),
            exemptions=tuple(pause.fact for pause in self.exemptions.get(target, ()) if pause.at(day)),
        )


def believed_rows(about: Believed, target: int, book: RuleBook) -> list[Row]:
    """A person's steps with one target, with what was believed before."""
    every = []
    for first, last in versions((*about.turning_days(target), *book.turning_days(target))):
        rules = book.at(target, last)
        facts = about.at(target, last)
        steps = steps_of(facts, rules) if rules and facts.jobs else []
        every.append((first, rows_of(steps, places_of(facts.jobs, book.history)) if steps else []))
    return through_time(every)


def load_believed(people: QuerySet[Person], targets: Iterable[int] | None, book: RuleBook) -> dict[int, Believed]:
    """What has been believed about people, by person, as far as it concerns some targets (None: all required ones)."""
    wanted = set(book.by_target) if targets is None else set(targets)
    found = {pk: Believed() for pk in people.values_list("pk", flat=True)}
    records = records_of(people).values("pk")
    for person, job in _jobs(records):
        found[person].jobs.append(job)
    for person, leave in _leaves(records):
        found[person].leaves.append(leave)
    for person, target, proof in _proofs(records, wanted, book):
        found[person].proofs.setdefault(target, []).append(proof)
    for person, target, pause in _exemptions(records, wanted):
        found[person].exemptions.setdefault(target, []).append(pause)
    return found


def _since(recorded_at: datetime, retracted_at: datetime | None = None) -> tuple[date, date | None]:
    until = None if retracted_at is None else add_days(timezone.localdate(retracted_at), -1)
    return timezone.localdate(recorded_at), until


def _jobs(records: Any) -> Iterator[tuple[int, Known[Job]]]:
    rows = Employment.objects.filter(person__in=records).order_by("pk")
    for person, merged, starts_on, ends_on, org_unit, kind, role, recorded_at, retracted_at in rows.values_list(
        "person_id", "person__merged_into_id", "starts_on", "ends_on", "org_unit_id", "org_unit__kind", "role_id",
        "recorded_at", "retracted_at",
    ).iterator():  # fmt: skip
        job = Job(Span(starts_on, ends_on), org_unit, kind, role)
        yield merged or person, Known(job, *_since(recorded_at, retracted_at))


def _leaves(records: Any) -> Iterator[tuple[int, Known[Span]]]:
    rows = Leave.objects.filter(person__in=records).order_by("pk")
    for person, merged, starts_on, ends_on, recorded_at, retracted_at in rows.values_list(
        "person_id", "person__merged_into_id", "starts_on", "ends_on", "recorded_at", "retracted_at"
    ):
        yield merged or person, Known(Span(starts_on, ends_on), *_since(recorded_at, retracted_at))


def _proofs(records: Any, wanted: set[int], book: RuleBook) -> Iterator[tuple[int, int, Known[Proof]]]:
    sources = wanted | {source for source, met in book.stands_for.items() if met & wanted}
    rows = Evidence.objects.filter(person__in=records, target__in=sources).order_by("pk")
    for pk, person, merged, target, achieved_on, major, valid_until, recorded_at, voided_at in rows.values_list(
        "pk", "person_id", "person__merged_into_id", "target_id", "achieved_on", "version_major", "valid_until",
        "recorded_at", "void__voided_at",
    ).iterator():  # fmt: skip
        since = _since(recorded_at, voided_at)
        if target in wanted:
            yield merged or person, target, Known(Proof(achieved_on, major, valid_until, pk), *since)
        for other in book.stands_for.get(target, frozenset()) & wanted:
            yield merged or person, other, Known(Proof(achieved_on, None, valid_until, pk, target), *since)


def _exemptions(records: Any, wanted: set[int]) -> Iterator[tuple[int, int, Known[Span]]]:
    rows = Exemption.objects.filter(person__in=records, target__in=wanted).order_by("pk")
    for person, merged, target, starts_on, until, recorded_at, ended_on, ended_at in rows.values_list(
        "person_id", "person__merged_into_id", "target_id", "starts_on", "until", "recorded_at", "end__ended_on",
        "end__recorded_at",
    ):  # fmt: skip
        who = merged or person
        yield who, target, Known(Span(starts_on, until), *_since(recorded_at, ended_at))
        if ended_on is not None and starts_on <= min(until, ended_on - DAY):
            yield who, target, Known(Span(starts_on, min(until, ended_on - DAY)), *_since(max(recorded_at, ended_at)))


def rows_about(about: Believed, book: RuleBook, targets: Iterable[int]) -> dict[int, list[Row]]:
    """A person's steps with some targets."""
    return {target: rows for target in targets if (rows := believed_rows(about, target, book))}


STATE = Prepared(lambda: SummaryState.objects.order_by("pk")[:1])  # whoever finishes a course waits for it


def current_state() -> SummaryState | None:
    """None: no summaries are kept."""
    return next((row.whole() for row in STATE.rows()), None)
