"""One person as a head or HR sees them: what is required, what counts towards it, and who has said so."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Q, QuerySet

from cms.compliance.enums import EvidenceKind, State
from cms.compliance.models import Evidence, Exemption, Target
from cms.compliance.queries import required_targets, standings
from cms.compliance.registry import TargetKind, target_kinds
from cms.compliance.standing import Standing
from cms.oversight.queries.filters import Filters
from cms.people.enums import Right
from cms.people.models import Employment, Person
from cms.people.queries import View, people_behind, records_of, visible_employments


@dataclass(frozen=True)
class Requirement:
    """One target that is required of a person, with the evidence and the exemptions there are of it, newest first."""

    target: Target
    standing: Standing
    kind: TargetKind | None
    evidence: list[Evidence]
    exemptions: list[Exemption]
    exemption: Exemption | None


@dataclass(frozen=True)
class PersonPage:
    """What a head or HR sees of one person: what is required, and what counts towards it. Nothing else.

    `earlier` are workplaces of the past, as far as they lie within the view.
    """

    person: Person
    employments: list[Employment]
    earlier: list[Employment]
    requirements: list[Requirement]


def person_page(view: View, key: uuid.UUID, filters: Filters, on: date) -> PersonPage | None:
    """A person whom the view shows on a day. None for everybody else, without a difference.

    Only workplaces within the view are told, and only targets that are required: a course taken of one's own accord
    is one's own.
    """
    employments = visible_employments(view, on, filters.known_at)
    person = people_behind(employments).filter(key=key).first()
    if person is None:
        return None
    one = Person.objects.filter(pk=person.pk)
    records = records_of(one).values("pk")
    return PersonPage(
        person=person,
        employments=_worked(employments.filter(person__in=records)),
        earlier=_worked(_earlier(view, person, filters, on).filter(person__in=records)),
        requirements=_requirements(person, one, filters, on),
    )


def _worked(employments: QuerySet[Employment]) -> list[Employment]:
    return list(employments.select_related("org_unit", "role").order_by("-starts_on", "pk"))


def _earlier(view: View, person: Person, filters: Filters, on: date) -> QuerySet[Employment]:
    places = view.protected_in if person.is_protected else view.org_units
    return Employment.objects.known_at(filters.known_at).filter(org_unit__in=places, ends_on__lt=on)


def _requirements(person: Person, one: QuerySet[Person], filters: Filters, on: date) -> list[Requirement]:
    targets = required_targets(on)
    mine = standings(one, targets, on, filters.known_at).get(person.pk, {})
    required = [target for target in targets if target.pk in mine and mine[target.pk].state != State.NOT_REQUIRED]
    records = records_of(one).values("pk")
    known = Q(recorded_at__lte=filters.known_at) if filters.known_at else Q()
    evidence = _by_target(
        Evidence.objects.filter(known, person__in=records, target__in=required, achieved_on__lte=on)
        .select_related("void__voided_by", "recorded_by")
        .order_by("-achieved_at", "-pk")
    )
    exemptions = _by_target(
        Exemption.objects.filter(known, person__in=records, target__in=required, starts_on__lte=on)
        .select_related("end__recorded_by", "recorded_by")
        .order_by("-starts_on", "-pk")
    )
    return [
        Requirement(
            target=target,
            standing=mine[target.pk],
            kind=target_kinds.find(target.kind),
            evidence=evidence.get(target.pk, []),
            exemptions=exemptions.get(target.pk, []),
            exemption=next((one for one in exemptions.get(target.pk, []) if _holds(one, on)), None),
        )
        for target in required
    ]


def _holds(exemption: Exemption, on: date) -> bool:
    return exemption.until >= on and not hasattr(exemption, "end")


Row = TypeVar("Row", Evidence, Exemption)


def _by_target(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in rows:
        found.setdefault(row.target_id, []).append(row)
    return found


def is_hr_for(actor: Person, view: View, person: Person, on: date) -> bool:
    """Whether an actor is HR for one of a person's workplaces, and not only head."""
    roots = actor.scopes.held_on(on).filter(right=Right.HR).values_list("org_unit_id", flat=True)
    places = view.tree.union_of_subtrees(roots) & view.org_units
    records = records_of(Person.objects.filter(pk=person.pk)).values("pk")
    return visible_employments(view, on).filter(person__in=records, org_unit__in=places).exists()


def evidence_of(person: Person, key: uuid.UUID) -> Evidence | None:
    """A piece of a person's evidence, written for them or for a record merged into them."""
    records = records_of(Person.objects.filter(pk=person.pk)).values("pk")
    return Evidence.objects.filter(person__in=records, key=key).select_related("target", "person").first()


def recorded_on(person: Person, target: Target, day: date) -> QuerySet[Evidence]:
    """What somebody has written down by hand about a person for a day, and not taken back."""
    records = records_of(Person.objects.filter(pk=person.pk)).values("pk")
    return Evidence.objects.filter(
        person__in=records, target=target, kind=EvidenceKind.RECORDED, achieved_on=day, void=None
    )


def exemption_of(person: Person, key: uuid.UUID) -> Exemption | None:
    records = records_of(Person.objects.filter(pk=person.pk)).values("pk")
    return Exemption.objects.filter(person__in=records, key=key, end=None).select_related("target").first()


def may_void(evidence: Evidence, *, is_hr: bool) -> bool:
    """Heads take back what was written by hand, HR whatever is wrong."""
    return is_hr or evidence.kind == EvidenceKind.RECORDED
