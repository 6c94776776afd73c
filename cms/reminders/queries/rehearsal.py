"""What goes out on a day to come, if nobody does anything until then."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from cms.compliance.models import Target
from cms.people.models import Employment, Person
from cms.people.names import swedish_order
from cms.people.queries import View, people_behind, visible_employments
from cms.reminders.enums import Rule
from cms.reminders.queries.cadence import is_quiet_day, next_run, reminders_cadence
from cms.reminders.queries.readers import readers_of
from cms.reminders.saying import Digest, Reader, as_heard, digest_for, heard_before

MOST_PEOPLE = 3_000


@dataclass(frozen=True)
class RehearsedItem:
    title: str
    rule: Rule
    due_on: date
    about: str = ""


@dataclass(frozen=True)
class RehearsedMail:
    """One mail as it would go out. `why_not` says why it cannot be delivered, if so."""

    person: Person
    workplaces: str
    items: list[RehearsedItem]
    rules: list[Rule]
    targets: frozenset[int]
    why_not: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """The mails of a day to people at an org unit and below it, by name. Counts are of mails, by rule.

    `is_too_large`: so many work there that the viewer chooses a smaller part first.
    """

    on: date
    is_quiet: bool = False
    is_too_large: bool = False
    mails: list[RehearsedMail] = field(default_factory=list)
    counts: dict[Rule, int] = field(default_factory=dict)
    people: int = 0


def rehearse(view: View, org_unit: int, on: date) -> Rehearsal:
    """What goes out on a day to those whom a view shows at an org unit or below it, and nothing of anybody else."""
    inside = visible_employments(view, on).filter(org_unit__in=view.tree.subtree(org_unit) & view.org_units)
    people = people_behind(inside)
    count = people.count()
    if count > MOST_PEOPLE:
        return Rehearsal(on, is_too_large=True, people=count)
    if is_quiet_day(on):
        return Rehearsal(on, is_quiet=True, people=count)
    first_run, cadence = next_run(timezone.localdate()), reminders_cadence()
    digests = {
        person: digest
        for person, reader in readers_of(people, on).items()
        if (digest := digest_for(_by_then(reader, first_run, on), on, cadence))
    }
    mails = _mails(view, digests, _places(inside), on)
    counts = Counter(rule for mail in mails for rule in mail.rules if not mail.why_not)
    return Rehearsal(on, mails=mails, counts={rule: counts[rule] for rule in Rule if counts[rule]}, people=count)


def _by_then(reader: Reader, first_run: date, on: date) -> Reader:
    return as_heard(reader, heard_before(reader, first_run, on, is_quiet_day))


def _mails(view: View, digests: dict[int, Digest], places: dict[int, str], on: date) -> list[RehearsedMail]:
    """Of what a head would be told, only those whom the viewer sees too."""
    people = Person.objects.in_bulk(digests)
    told = {one.person for digest in digests.values() for one in digest.escalations}
    seen = people_behind(visible_employments(view, on)).filter(pk__in=told).in_bulk() if told else {}
    titles = dict(Target.objects.values_list("pk", "title"))
    mails = []
    for pk, digest in digests.items():
        items = [RehearsedItem(titles[one.matter.target], one.rule, one.matter.due_on) for one in digest.said]
        items += [
            RehearsedItem(titles[one.matter.target], Rule.ESCALATED, one.matter.due_on, seen[one.person].full_name)
            for one in digest.escalations
            if one.person in seen
        ]
        if any(item.rule != Rule.LISTED for item in items):
            rules: list[Rule] = [
                rule for rule in Rule if rule != Rule.LISTED and any(item.rule == rule for item in items)
            ]
            targets = frozenset(digest.targets)
            mails.append(RehearsedMail(people[pk], places.get(pk, ""), items, rules, targets, why_not(people[pk])))
    return sorted(mails, key=lambda mail: (*map(swedish_order, (mail.person.family_name, mail.person.given_name)),
                                           mail.person.pk))  # fmt: skip


def why_not(person: Person) -> str:
    """`protected` or `no_address`: why somebody gets no mail. Empty: nothing is in the way."""
    if person.is_protected and not getattr(settings, "LEDSTANG_MAIL_PROTECTED", False):
        return "protected"
    return "" if person.email else "no_address"


def _places(employments: QuerySet[Employment]) -> dict[int, str]:
    rows: dict[int, set[str]] = {}
    for person, merged, unit in employments.values_list("person_id", "person__merged_into_id", "org_unit__name"):
        rows.setdefault(merged or person, set()).add(unit)
    return {person: ", ".join(sorted(units, key=swedish_order)) for person, units in rows.items()}
