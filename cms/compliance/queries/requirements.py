"""Requirements as HR edits them: each rule in words, and on how many people it falls now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.db.models.functions import Coalesce

from cms.compliance.due import Deadline
from cms.compliance.models import Requirement, RequirementRule
from cms.compliance.queries.facts import load_rules, rules_that_apply, validity_of
from cms.compliance.queries.standings import falls_on
from cms.compliance.standing import Audience
from cms.compliance.wording import RuleInWords, sentences
from cms.people.enums import OrgUnitKind, Protection
from cms.people.models import Employment, Person
from cms.people.names import swedish_order
from cms.people.queries import View, people_behind, visible_employments


@dataclass(frozen=True)
class RuleRow:
    """A rule of one requirement. `is_current`: it applies on the day asked about."""

    rule: RequirementRule
    words: list[str]
    is_current: bool
    is_pending: bool


@dataclass(frozen=True)
class RequirementRow:
    """A requirement with the rule that applies, if any, and on how many it falls today."""

    requirement: Requirement
    current: RuleRow | None
    people: int


def in_words(rule: RequirementRule) -> RuleInWords:
    """A rule with its names. Expects units and roles to be prefetched."""
    return RuleInWords(
        target=rule.requirement.target.title,
        effective_on=rule.effective_on,
        deadline=Deadline(days=rule.due_days, on=rule.due_on),
        validity=validity_of(rule),
        window_days=rule.window_days,
        places=tuple(row.org_unit.name for row in rule.org_unit_rows.all()),
        kinds=tuple(str(OrgUnitKind(kind).label) for kind in rule.org_unit_kinds if kind in OrgUnitKind.values),
        roles=tuple(row.role.name for row in rule.role_rows.all()),
        others=tuple(row.target.title for row in rule.target_rows.all()),
        prior_months=rule.prior_months,
    )


def rule_rows(requirement: Requirement, on: date) -> list[RuleRow]:
    """The rules of a requirement that apply, the latest first."""
    rules = (
        RequirementRule.objects.filter(requirement=requirement)
        .select_related("requirement__target", "recorded_by")
        .prefetch_related("org_unit_rows__org_unit", "role_rows__role", "target_rows__target")
        .order_by("effective_on", "recorded_at", "pk")
    )
    return _rows(rules, on)


def _rows(rules: Iterable[RequirementRule], on: date) -> list[RuleRow]:
    """`rules` in the order in which they replace one another."""
    latest = rules_that_apply(rules)
    current = max((rule.effective_on for rule in latest if rule.effective_on <= on), default=None)
    return [
        RuleRow(
            rule=rule,
            words=[] if rule.is_ended else sentences(in_words(rule)),
            is_current=rule.effective_on == current,
            is_pending=rule.effective_on > on,
        )
        for rule in reversed(latest)
    ]


def requirement_rows(on: date) -> list[RequirementRow]:
    """Every requirement, by name, in a constant number of queries."""
    requirements = list(Requirement.objects.select_related("target").order_by("name", "pk"))
    rules = (
        RequirementRule.objects.select_related("requirement__target")
        .prefetch_related("org_unit_rows__org_unit", "role_rows__role", "target_rows__target")
        .order_by("effective_on", "recorded_at", "pk")
    )
    by_requirement: dict[int, list[RequirementRule]] = {}
    for rule in rules:
        by_requirement.setdefault(rule.requirement_id, []).append(rule)
    people = _people(requirements, on)
    return [
        RequirementRow(
            requirement=one,
            current=next((row for row in _rows(by_requirement.get(one.pk, []), on) if row.is_current), None),
            people=people[one.pk],
        )
        for one in requirements
    ]


def _people(requirements: list[Requirement], on: date) -> dict[int, int]:
    """On how many each requirement falls on a day."""
    book = load_rules({one.target for one in requirements}, on)
    audiences = {
        facts.requirement: reading.audiences
        for every in book.values()
        for facts in every
        if (reading := facts.on(on)) is not None
    }
    return people_hit({one.pk: audiences.get(one.pk, ()) for one in requirements}, on)


def people_hit(audiences: dict[int, Iterable[Audience]], on: date) -> dict[int, int]:
    """How many people some audiences fall on, by key, in one query. Protected people are not in the figure."""
    is_open = Q(person__protection=Protection.NONE) & (
        Q(person__merged_into=None) | Q(person__merged_into__protection=Protection.NONE)
    )
    who = Coalesce("person__merged_into", "person")
    counts = {f"hit_{key}": Count(who, distinct=True, filter=falls_on(some, on)) for key, some in audiences.items()}
    if not counts:
        return {}
    found = Employment.objects.known_at().on(on).filter(is_open).aggregate(**counts)
    return {key: found[f"hit_{key}"] for key in audiences}


NAMES_SHOWN = 20


def some_people_hit(view: View, audience: Audience, on: date) -> list[Person]:
    """Some of those on whom an audience falls, as far as a view shows them, in alphabetical order."""
    people = people_behind(visible_employments(view, on).filter(falls_on([audience], on)))
    by_name = sorted(
        people.only("given_name", "family_name"),
        key=lambda person: (swedish_order(person.family_name), swedish_order(person.given_name), person.pk),
    )
    return by_name[:NAMES_SHOWN]
