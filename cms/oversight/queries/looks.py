"""Who has looked at what is kept about a person, day by day."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone

from cms.core.languages import Written
from cms.oversight.queries.personal import named, own_records
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry, Employment, Person
from cms.people.queries import org_history

LISTS = (AuditAction.PEOPLE_VIEWED, AuditAction.LIST_EXPORTED)
MOST_LOOKS = 200


@dataclass(frozen=True)
class Look:
    """Somebody has seen or exported something about the person. `who` is empty for protected people."""

    at: datetime
    what: str
    where: str
    who: str


@dataclass(frozen=True)
class LooksOfDay:
    """What one and the same person has looked at in one and the same way on a day."""

    look: Look
    times: int


def by_day(looks: list[Look]) -> list[LooksOfDay]:
    """Looks that differ only in the hour as one, in the same order."""
    groups: dict[tuple[object, ...], list[Look]] = {}
    for look in looks:
        key = (timezone.localdate(look.at), look.who, look.what, look.where)
        groups.setdefault(key, []).append(look)
    return [LooksOfDay(some[0], len(some)) for some in groups.values()]


def looks_at(person: Person) -> list[Look]:
    """Who else has looked at a person or done something with their data, newest first.

    In: what the log tells of the person, and every list of people at a place where the person worked that day. Lists
    that were made without protected people are out for those who are protected.
    """
    records = own_records(person)
    places = _places_by_day(person)
    about = Q(subject__in=records)
    listed = Q(action__in=LISTS, details__list="people", org_unit__in=places.every)
    rows = AuditEntry.objects.filter(about | listed).exclude(actor__in=records)
    rows = rows.select_related("actor", "org_unit").order_by("-at", "-pk")
    return [
        Look(
            at=row.at,
            what=row.get_action_display(),
            where=Written(row.org_unit.name if row.org_unit else ""),
            who=named(row.actor),
        )
        for row in rows[:MOST_LOOKS]
        if row.action not in LISTS or places.holds(row, person)
    ]


@dataclass(frozen=True)
class _Places:
    """The org units that a person's workplaces have lain in, and when."""

    spans: list[tuple[date, date, frozenset[int]]]

    @property
    def every(self) -> frozenset[int]:
        return frozenset().union(*(units for _start, _end, units in self.spans))

    def holds(self, row: AuditEntry, person: Person) -> bool:
        if person.is_protected and not row.details.get("protected"):
            return False
        day = timezone.localdate(row.at)
        return any(start <= day <= end and row.org_unit_id in units for start, end, units in self.spans)


def _places_by_day(person: Person) -> _Places:
    rows = list(
        Employment.objects.known_at()
        .filter(person__in=own_records(person))
        .values_list("org_unit", "starts_on", "ends_on")
    )
    if not rows:
        return _Places([])
    trees = org_history(min(start for _unit, start, _end in rows), timezone.localdate()).trees
    spans = []
    for unit, start, end in rows:
        for index, (since, tree) in enumerate(trees):
            until = trees[index + 1][0] if index + 1 < len(trees) else date.max
            first, last = max(start, since), min(end or date.max, until)
            if first <= last:
                spans.append((first, last, frozenset([unit, *tree.ancestors(unit)])))
    return _Places(spans)
