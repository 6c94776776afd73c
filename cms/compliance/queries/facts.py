"""From rows to facts: all that `standing` needs about many people and targets, in a constant number of queries."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from cms.compliance.due import Deadline, Span, Validity, earlier
from cms.compliance.models import (
    Evidence,
    Exemption,
    RequirementRule,
    RuleOrgUnit,
    RuleRole,
    RuleTarget,
    Target,
    TargetRelease,
)
from cms.compliance.standing import Audience, Job, PersonFacts, Proof, Reading, Release, RuleFacts
from cms.people.models import Employment, Leave, Person
from cms.people.queries import org_history, records_of
from cms.people.tree import OrgHistory
from cms.versions.models import Withdrawal

DAY = timedelta(days=1)


def recorded_by(known_at: datetime | None, field: str = "recorded_at") -> Q:
    """Rows that had been recorded by a moment; all of them when no moment is given."""
    return Q() if known_at is None else Q(**{f"{field}__lte": known_at})


# People


@dataclass(frozen=True)
class PeopleFacts:
    """What is known about many people, by person; evidence and exemptions by person and target."""

    people: tuple[int, ...]
    jobs: dict[int, tuple[Job, ...]]
    leaves: dict[int, tuple[Span, ...]]
    proofs: dict[tuple[int, int], tuple[Proof, ...]]
    exemptions: dict[tuple[int, int], tuple[Span, ...]]

    def of(self, person: int, target: int) -> PersonFacts:
        return PersonFacts(
            jobs=self.jobs.get(person, ()),
            leaves=self.leaves.get(person, ()),
            proofs=self.proofs.get((person, target), ()),
            exemptions=self.exemptions.get((person, target), ()),
        )


def _grouped(rows: Iterable[tuple[Any, Any]]) -> dict[Any, tuple[Any, ...]]:
    groups: dict[Any, list[Any]] = {}
    for key, value in rows:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}


def load_people(people: QuerySet[Person], targets: Iterable[Target], known_at: datetime | None = None) -> PeopleFacts:
    """Facts about people and targets as known at a moment (None: now), in seven queries however many they are."""
    records = records_of(people).values("pk")
    ids = [target.pk for target in targets]
    instead = alternatives_of(ids)
    return PeopleFacts(
        people=tuple(people.values_list("pk", flat=True)),
        jobs=_grouped(_jobs(records, known_at)),
        leaves=_grouped(_leaves(records, known_at)),
        proofs=_grouped(_proofs(records, ids, instead, known_at)),
        exemptions=_grouped(_exemptions(records, ids, known_at)),
    )


def _jobs(records: Any, known_at: datetime | None) -> Iterator[tuple[int, Job]]:
    rows = Employment.objects.known_at(known_at).filter(person__in=records).order_by("pk")
    for person, merged, starts_on, ends_on, org_unit, kind, role in rows.values_list(
        "person_id", "person__merged_into_id", "starts_on", "ends_on", "org_unit_id", "org_unit__kind", "role_id"
    ):
        yield merged or person, Job(Span(starts_on, ends_on), org_unit, kind, role)


def _leaves(records: Any, known_at: datetime | None) -> Iterator[tuple[int, Span]]:
    rows = Leave.objects.known_at(known_at).filter(person__in=records).order_by("pk")
    for person, merged, starts_on, ends_on in rows.values_list(
        "person_id", "person__merged_into_id", "starts_on", "ends_on"
    ):
        yield merged or person, Span(starts_on, ends_on)


def known_evidence(known_at: datetime | None = None) -> QuerySet[Evidence]:
    """Evidence that counts: recorded by a moment, and not taken back by then."""
    void = Q(void__isnull=False) & recorded_by(known_at, "void__voided_at")
    rows: QuerySet[Evidence] = Evidence.objects.filter(recorded_by(known_at)).exclude(void)
    return rows


def alternatives_of(targets: list[int]) -> dict[int, set[int]]:
    """By target, those of some targets that a rule lets it stand for. Whether it does on a day, the rule decides."""
    found: dict[int, set[int]] = {}
    rows = RuleTarget.objects.filter(rule__requirement__target__in=targets)
    for target, other in rows.values_list("rule__requirement__target_id", "target_id").distinct():
        found.setdefault(other, set()).add(target)
    return found


def _proofs(
    records: Any, targets: list[int], instead: dict[int, set[int]], known_at: datetime | None
) -> Iterator[tuple[tuple[int, int], Proof]]:
    rows = known_evidence(known_at).filter(person__in=records, target__in={*targets, *instead}).order_by("pk")
    own = frozenset(targets)
    for pk, person, merged, target, achieved_on, major, valid_until in rows.values_list(
        "pk", "person_id", "person__merged_into_id", "target_id", "achieved_on", "version_major", "valid_until"
    ):
        if target in own:
            yield (merged or person, target), Proof(achieved_on, major, valid_until, pk)
        for other in instead.get(target, ()):
            yield (merged or person, other), Proof(achieved_on, None, valid_until, pk, instead=target)


def _exemptions(records: Any, targets: list[int], known_at: datetime | None) -> Iterator[tuple[tuple[int, int], Span]]:
    """An exemption that was ended holds until the day before."""
    rows = Exemption.objects.filter(recorded_by(known_at), person__in=records, target__in=targets).order_by("pk")
    for person, merged, target, starts_on, until, ended_on, ended_at in rows.values_list(
        "person_id", "person__merged_into_id", "target_id", "starts_on", "until", "end__ended_on", "end__recorded_at"
    ):
        if ended_on is not None and (known_at is None or ended_at <= known_at):
            until = min(until, ended_on - DAY)
        if starts_on <= until:
            yield (merged or person, target), Span(starts_on, until)


# Rules


def load_rules(
    targets: Iterable[Target], until: date, known_at: datetime | None = None
) -> dict[int, tuple[RuleFacts, ...]]:
    """The requirements of each target with all their readings up to a day, as known at a moment."""
    targets = list(targets)
    rows = _rule_rows(targets, until, known_at)
    units = _grouped(RuleOrgUnit.objects.filter(rule__in=rows).values_list("rule_id", "org_unit_id"))
    roles = _grouped(RuleRole.objects.filter(rule__in=rows).values_list("rule_id", "role_id"))
    since = min((row.effective_on for row in rows if row.pk in units), default=None)
    history = OrgHistory(()) if since is None else org_history(since, until, known_at)
    others = _grouped(RuleTarget.objects.filter(rule__in=rows).values_list("rule_id", "target_id"))
    ends = _ends(targets)
    releases = _releases(targets, known_at)
    by_requirement: dict[tuple[int, int], list[RequirementRule]] = {}
    for row in rows:
        by_requirement.setdefault((row.requirement.target_id, row.requirement_id), []).append(row)
    book: dict[int, list[RuleFacts]] = {}
    for (target, requirement), rules in by_requirement.items():
        readings = tuple(readings_of(rules, RuleRows(units, roles, others), history, ends.get(target)))
        book.setdefault(target, []).append(RuleFacts(readings, releases.get(target, ()), requirement))
    return {target: tuple(facts) for target, facts in book.items()}


def _rule_rows(targets: list[Target], until: date, known_at: datetime | None) -> list[RequirementRule]:
    """The rules that apply up to a day, in order."""
    rows = (
        RequirementRule.objects.filter(
            recorded_by(known_at), requirement__target__in=[target.pk for target in targets], effective_on__lte=until
        )
        .select_related("requirement")
        .order_by("requirement_id", "effective_on", "recorded_at", "pk")
    )
    by_requirement = groupby(rows, key=lambda row: row.requirement_id)
    return [rule for _requirement, rules in by_requirement for rule in rules_that_apply(rules)]


def rules_that_apply(rules: Iterable[RequirementRule]) -> list[RequirementRule]:
    """One rule of a requirement for each first day: the one recorded last.

    What ends the requirement takes with it what had been said of later days by then. `rules` are in the order of their
    days, and those of one day in the order in which they were recorded.
    """
    rules = list(rules)
    endings = [rule for rule in rules if rule.is_ended]
    latest = {rule.effective_on: rule for rule in rules}
    return [
        rule
        for rule in latest.values()
        if not any(
            end.effective_on < rule.effective_on and (end.recorded_at, end.pk) > (rule.recorded_at, rule.pk)
            for end in endings
        )
    ]


def _ends(targets: list[Target]) -> dict[int, date]:
    """The last day on which a target could be required: the day before it was withdrawn."""
    dated = {
        (kind, key): withdrawn_on
        for kind, key, withdrawn_on in Withdrawal.objects.filter(
            key__in=[target.key for target in targets]
        ).values_list("kind", "key", "withdrawn_on")
    }
    today = timezone.localdate()
    return {
        target.pk: dated.get((target.kind, target.key), target.withdrawn_on or today) - DAY
        for target in targets
        if target.is_withdrawn or (target.kind, target.key) in dated
    }


def major_asked_for(target: Target, on: date, known_at: datetime | None = None) -> int | None:
    """The major version from which evidence counts on a day. None: any version does."""
    rows = TargetRelease.objects.filter(recorded_by(known_at), target=target, effective_on__lte=on)
    return rows.order_by("-effective_on", "-major").values_list("major", flat=True).first()


def _releases(targets: list[Target], known_at: datetime | None) -> dict[int, tuple[Release, ...]]:
    rows = TargetRelease.objects.filter(recorded_by(known_at), target__in=[target.pk for target in targets])
    return _grouped(
        (target, Release(major, effective_on, redo_by))
        for target, major, effective_on, redo_by in rows.order_by("effective_on", "major").values_list(
            "target_id", "major", "effective_on", "redo_by"
        )
    )


@dataclass(frozen=True)
class RuleRows:
    """What hangs on rules, by rule: org units, roles, and other targets that meet them."""

    units: dict[int, tuple[int, ...]]
    roles: dict[int, tuple[int, ...]]
    others: dict[int, tuple[int, ...]]


def readings_of(
    rules: list[RequirementRule],
    rows: RuleRows,
    history: OrgHistory,
    last_day: date | None,
) -> Iterator[Reading]:
    """One requirement's rules as readings, each until the day before the next. Those that end it give none."""
    for index, rule in enumerate(rules):
        following = rules[index + 1].effective_on - DAY if index + 1 < len(rules) else None
        ends_on = earlier(following, last_day)
        if rule.is_ended or (ends_on is not None and ends_on < rule.effective_on):
            continue
        span = Span(rule.effective_on, ends_on)
        kinds, held = frozenset(rule.org_unit_kinds), frozenset(rows.roles.get(rule.pk, ()))
        yield Reading(
            span=span,
            audiences=tuple(
                Audience(piece, org_units, kinds, held)
                for piece, org_units in _subtrees(span, rows.units.get(rule.pk, ()), history)
            ),
            deadline=Deadline(days=rule.due_days, on=rule.due_on),
            validity=validity_of(rule),
            window_days=rule.window_days,
            prior_months=rule.prior_months,
            alternatives=frozenset(rows.others.get(rule.pk, ())),
        )


def validity_of(rule: RequirementRule) -> Validity:
    if rule.yearly_month is not None and rule.yearly_day is not None:
        return Validity(yearly=(rule.yearly_month, rule.yearly_day))
    return Validity(months=rule.validity_months)


def _subtrees(span: Span, roots: tuple[int, ...], history: OrgHistory) -> Iterator[tuple[Span, frozenset[int] | None]]:
    """Where a rule applies: everywhere without roots, otherwise below them, one piece for each shape of the tree."""
    if not roots:
        yield span, None
        return
    shapes = history.subtrees(roots)
    for index, (starts_on, org_units) in enumerate(shapes):
        ends_on = shapes[index + 1][0] - DAY if index + 1 < len(shapes) else None
        piece = Span(starts_on, ends_on).overlap(span)
        if piece is not None:
            yield piece, org_units
