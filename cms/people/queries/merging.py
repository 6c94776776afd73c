"""Records that may be of one human, for somebody who may judge it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from cms.people.enums import Protection
from cms.people.models import Employment, Person
from cms.people.names import swedish_order
from cms.people.queries.scope import visible_people
from cms.people.roster.sources import label_of, named_sources

MOST_FOUND = 20


def mergeable_people(actor: Person | None, on: date) -> QuerySet[Person]:
    """Current records that somebody who merges may see: all but the protected, and of those the ones they may see."""
    return Person.objects.current().filter(
        Q(protection=Protection.NONE) | Q(pk__in=visible_people(actor, on).order_by().values("pk"))
    )


def found_people(actor: Person | None, words: str, on: date) -> list[Person]:
    """At most twenty by the beginning of names, by address or by a source's number."""
    people = mergeable_people(actor, on)
    for word in words.split()[:5]:
        people = people.filter(
            Q(given_name__istartswith=word)
            | Q(family_name__istartswith=word)
            | Q(email__istartswith=word)
            | Q(identities__subject=word)
        )
    found = people.distinct().order_by("family_name", "given_name", "pk")[:MOST_FOUND]
    return sorted(found, key=lambda person: swedish_order(f"{person.family_name} {person.given_name}"))


def possible_duplicates(actor: Person | None, on: date) -> list[list[Person]]:
    """Records with the same address. What to do with them is for somebody to judge."""
    people = mergeable_people(actor, on).exclude(email="").annotate(address=Lower("email"))
    twice = people.values("address").annotate(count=Count("pk")).filter(count__gt=1).order_by("address")
    groups: dict[str, list[Person]] = {row["address"]: [] for row in twice[:MOST_FOUND]}
    for person in people.filter(address__in=list(groups)).order_by("family_name", "given_name", "pk"):
        groups[person.email.lower()].append(person)
    return [group for group in groups.values() if len(group) > 1]


@dataclass(frozen=True)
class RecordToMerge:
    """One of two records side by side: what tells whether they are of one human."""

    person: Person
    issuers: list[str]  # as people call them, with the number where a source of the roster gives one
    employments: list[Employment]

    @classmethod
    def of(cls, person: Person) -> "RecordToMerge":
        employments = Employment.objects.known_at().filter(person=person).select_related("org_unit", "role")
        known = person.identities.order_by("issuer", "subject").values_list("issuer", "subject")
        issuers = [f"{label_of(one)} {number}" if one in named_sources() else label_of(one) for one, number in known]
        return cls(person, list(dict.fromkeys(issuers)), list(employments.order_by("-starts_on")[:10]))


def look_alike(records: list[RecordToMerge]) -> bool:
    """Whether name or address says that they are one. Where neither does, whoever merges is warned."""
    names = {swedish_order(record.person.full_name) for record in records}
    addresses = {record.person.email.lower() for record in records}
    return len(names) == 1 or (len(addresses) == 1 and addresses != {""})
