"""Where many people stand with many targets on a date, and on whom a requirement falls."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import Q, QuerySet

from cms.compliance.enums import State
from cms.compliance.models import Target
from cms.compliance.queries.facts import load_people, load_rules
from cms.compliance.standing import Audience, Standing, combined, standing, unrequired
from cms.people.models import Employment, Person
from cms.people.queries import people_behind


def each_standing(
    people: QuerySet[Person], targets: Iterable[Target], on: date, known_at: datetime | None = None
) -> Iterator[tuple[int, int, Standing]]:
    """Person, target and standing, for every pair of which there is something to tell.

    The number of queries does not depend on how many people or targets there are. `on` is the day asked about,
    `known_at` the moment by which facts had been recorded (None: now).
    """
    targets = list(targets)
    rules = load_rules(targets, on, known_at)
    facts = load_people(people, targets, known_at)
    for person in facts.people:
        for target in targets:
            if target.pk not in rules and (person, target.pk) not in facts.proofs:
                continue
            about = facts.of(person, target.pk)
            found = combined(standing(about, rule, on) for rule in rules.get(target.pk, ()))
            if found.state == State.NOT_REQUIRED:
                found = unrequired(proof for proof in about.proofs if proof.achieved_on <= on)
            if found.state != State.NOT_REQUIRED or found.done_on is not None:
                yield person, target.pk, found


def standings(
    people: QuerySet[Person], targets: Iterable[Target], on: date, known_at: datetime | None = None
) -> dict[int, dict[int, Standing]]:
    """The same by person and then target. A pair that is missing is not required and has never been done."""
    found: dict[int, dict[int, Standing]] = {}
    for person, target, one in each_standing(people, targets, on, known_at):
        found.setdefault(person, {})[target] = one
    return found


def required_targets(on: date) -> list[Target]:
    """Targets that some requirement asks for on a day or has asked for before, by title."""
    return list(Target.objects.filter(requirements__rules__effective_on__lte=on).distinct().order_by("title", "pk"))


def may_fall_on(audiences: Iterable[Audience]) -> Q:
    """What is true of an employment on which some of these audiences fall on some day."""
    found = Q(pk__in=[])
    for audience in audiences:
        found |= _of(audience)
    return found


def _of(audience: Audience) -> Q:
    where = Q(pk__isnull=False) if audience.org_units is None else Q(org_unit__in=audience.org_units)
    kinds = Q(org_unit__kind__in=audience.kinds) if audience.kinds else Q()
    roles = Q(role__in=audience.roles) if audience.roles else Q()
    return where & kinds & roles


def falls_on(audiences: Iterable[Audience], on: date) -> Q:
    """What is true of an employment on which a rule's audiences fall on a day."""
    return may_fall_on(audience for audience in audiences if audience.span.has(on))


def employed_in(audiences: Iterable[Audience], on: date) -> QuerySet[Employment]:
    """The employments on which a rule's audiences fall on a day, protected people's included."""
    return Employment.objects.known_at().on(on).filter(falls_on(audiences, on))


def employments_required(target: Target, on: date) -> QuerySet[Employment]:
    """The employments through which a target falls on somebody on a day, protected people's included."""
    readings = [reading for rule in load_rules([target], on).get(target.pk, ()) if (reading := rule.on(on))]
    return employed_in((audience for reading in readings for audience in reading.audiences), on)


def people_required(target: Target, on: date) -> QuerySet[Person]:
    """The people who must do a target on a day, whether they have done it or not. For computing, not for showing.

    Exempt people are in, since the requirement falls on them; people on leave too.
    """
    return people_behind(employments_required(target, on))
