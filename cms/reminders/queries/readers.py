"""Everything that decides what is said to people on a day, for one or for a whole city, in a few queries a chunk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Coalesce

from cms.compliance.due import Span, add_days
from cms.compliance.enums import Cause, Mark, State
from cms.compliance.models import EVERYTHING, StandingStep
from cms.compliance.queries import kept_for, load_people, load_rules, required_targets
from cms.compliance.queries.kept import Kept
from cms.compliance.standing import RuleFacts, Standing, combined, standing
from cms.people.enums import MailOutcome, Right
from cms.people.models import Employment, Leave, Person, Scope
from cms.people.queries import View, org_tree, people_behind, person_views_are_open, records_of, visible_employments
from cms.people.tree import OrgTree
from cms.reminders.enums import Rule
from cms.reminders.models import Reminder, ReminderItem
from cms.reminders.saying import Matter, Reader

CHUNK = 2_000
NOT_HEARD = (
    MailOutcome.NO_ADDRESS, MailOutcome.PROTECTED, MailOutcome.FAILED, MailOutcome.NOT_NEEDED, MailOutcome.INTERRUPTED
)  # fmt: skip
DAY = timedelta(days=1)
Staff = dict[int, set[int]]


def recipients(on: date) -> QuerySet[Person]:
    """Who may be reminded on a day: those employed, and heads. Out: without address, protected unless allowed."""
    employed = people_behind(Employment.objects.known_at().on(on))
    heads = Person.objects.current().filter(scopes__in=Scope.objects.held_on(on).filter(right=Right.HEAD))
    people = Person.objects.filter(Q(pk__in=employed.values("pk")) | Q(pk__in=heads.values("pk"))).exclude(email="")
    return people if getattr(settings, "LEDSTANG_MAIL_PROTECTED", False) else people.unprotected()


def chunks(people: QuerySet[Person]) -> Iterator[QuerySet[Person]]:
    """People by ranges of their keys, so that no query names thousands of them."""
    keys = list(people.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        yield people.order_by("pk").filter(pk__gte=some[0], pk__lte=some[-1])


# Matters


def matters_of(people: QuerySet[Person], on: date) -> dict[int, tuple[Matter, ...]]:
    """What each person has left to do on a day. Not in: what waits for the end of a leave, which has no day yet.

    Standing says it; where steps are kept, it is asked only of those pairs of person and target that are open in them.
    """
    targets = required_targets(on)
    rules = load_rules(targets, on)
    kept = kept_for(targets, on, None)
    found: dict[int, list[Matter]] = {}
    for some in chunks(people):
        open_pairs = None
        if kept is not None:
            open_pairs = _open_pairs(some, kept, on)
            some = some.filter(Q(pk__in=_open_steps(on).values("person")) | Q(pk__in=kept.unkept))
        facts = load_people(some, targets)
        for person in facts.people:
            for target in rules if open_pairs is None else open_pairs.get(person, rules):
                one = combined(standing(facts.of(person, target), rule, on) for rule in rules.get(target, ()))
                matter = matter_of(target, one, rules.get(target, ()), on)
                if matter is not None:
                    found.setdefault(person, []).append(matter)
    return {person: tuple(matters) for person, matters in found.items()}


def _open_steps(on: date) -> QuerySet[StandingStep]:
    """Kept steps that say that something is asked on a day."""
    steps: QuerySet[StandingStep] = StandingStep.objects.filter(
        ~Q(target_ref=EVERYTHING), starts_on__lte=on, ends_on__gte=on, known_to=None,
        mark__in=(Mark.EXPIRING, Mark.TO_DO, Mark.SOON, Mark.OVERDUE),
    )  # fmt: skip
    return steps


def _open_pairs(people: QuerySet[Person], kept: Kept, on: date) -> dict[int, set[int]]:
    """The targets that are open for each person. Those of whom no steps are kept are not in: all is asked of them."""
    found: dict[int, set[int]] = {}
    rows = _open_steps(on).filter(person__in=people.order_by().values("pk"))
    for person, target in rows.values_list("person_id", "target_ref"):
        if person not in kept.unkept:
            found.setdefault(person, set()).add(target)
    return found


def matter_of(target: int, one: Standing, rules: Iterable[RuleFacts], on: date) -> Matter | None:
    """A standing as something to remind of, from the day on which it came up. None: nothing is asked now."""
    if one.state not in (State.TO_DO, State.OVERDUE, State.EXPIRING) or one.due_on is None or one.is_paused:
        return None
    since, opening = one.since or one.due_on, Rule.ASSIGNED
    if one.state == State.EXPIRING and one.valid_until is not None:
        windows = (reading.window_days for rule in rules if (reading := rule.on(on)) is not None)
        since, opening = max(since, add_days(one.valid_until, -max(windows, default=0))), Rule.EXPIRING
    elif one.cause == Cause.NEW_VERSION:
        released = (release.effective_on for rule in rules for release in rule.releases if release.effective_on <= on)
        since, opening = max(since, max(released, default=since)), Rule.NEW_VERSION
    elif one.cause == Cause.EXPIRED and one.valid_until is not None:
        since = max(since, one.valid_until + DAY)
    return Matter(target, one.due_on, since, opening)


# Heads


@dataclass(frozen=True)
class Answering:
    """Which heads answer for whom: those of the workplace, or of the nearest org unit above that has another."""

    tree: OrgTree
    heads: dict[int, frozenset[int]]

    def over(self, person: int | None, unit: int) -> frozenset[int]:
        for each in (unit, *self.tree.ancestors(unit)):
            others = self.heads.get(each, frozenset()) - {person}
            if others:
                return others
        return frozenset()

    @property
    def everyone(self) -> frozenset[int]:
        return frozenset().union(*self.heads.values())


def answering_on(on: date) -> Answering:
    heads: dict[int, set[int]] = {}
    held = Scope.objects.held_on(on).filter(right=Right.HEAD)
    for unit, person, merged in held.values_list("org_unit_id", "person_id", "person__merged_into_id"):
        heads.setdefault(unit, set()).add(merged or person)
    return Answering(org_tree(on), {unit: frozenset(people) for unit, people in heads.items()})


def staff_of(people: QuerySet[Person], on: date) -> tuple[Staff, QuerySet[Person]]:
    """Those whom the heads among some people answer for, by head, and the same as people.

    Out: protected people, whom no mail names, and everybody while person-level views are locked.
    """
    answering = answering_on(on)
    wanted = set(people.filter(pk__in=answering.everyone).values_list("pk", flat=True))
    roots = [unit for unit, heads in answering.heads.items() if heads & wanted]
    if not roots or not person_views_are_open():
        return {}, Person.objects.none()
    below = answering.tree.union_of_subtrees(roots)
    direct = frozenset(unit for unit in below if answering.over(None, unit) & wanted)
    view = View(org_units=below, protected_in=frozenset(), tree=answering.tree)
    of_heads = Q(person__in=answering.everyone) | Q(person__merged_into__in=answering.everyone)
    employments = visible_employments(view, on).filter(Q(org_unit__in=direct) | of_heads)
    staff: Staff = {}
    for person, merged, unit in employments.values_list("person_id", "person__merged_into_id", "org_unit_id"):
        for head in answering.over(merged or person, unit) & wanted:
            staff.setdefault(head, set()).add(merged or person)
    return staff, people_behind(employments)


# What has been said


def _heard() -> QuerySet[ReminderItem]:
    """Items of reminders that went out, or are on their way."""
    items: QuerySet[ReminderItem] = ReminderItem.objects.exclude(reminder__message__outcome__in=NOT_HEARD)
    return items


READER = Coalesce("reminder__person__merged_into", "reminder__person")


def _last_heard(records: Any) -> dict[int, dict[int, date]]:
    """By person and target: the last day on which it was mentioned."""
    items = _heard().filter(about=None, reminder__person__in=records)
    rows = items.annotate(reader=READER).values_list("reader", "target_id")
    found: dict[int, dict[int, date]] = {}
    for person, target, day in rows.annotate(last=Max("reminder__sent_on")).order_by():
        found.setdefault(person, {})[target] = day
    return found


def _last_told(records: Any) -> dict[int, dict[tuple[int, int], date]]:
    """By head: when the head was told of a member of the staff and a target."""
    items = _heard().filter(about__isnull=False, reminder__person__in=records)
    whom = Coalesce("about__merged_into", "about")
    rows = items.annotate(reader=READER, whom=whom).values_list("reader", "whom", "target_id")
    found: dict[int, dict[tuple[int, int], date]] = {}
    for head, whom, target, day in rows.annotate(last=Max("reminder__sent_on")).order_by():
        found.setdefault(head, {})[whom, target] = day
    return found


def _last_digest(records: Any) -> dict[int, date]:
    rows = Reminder.objects.filter(person__in=records).annotate(reader=Coalesce("person__merged_into", "person"))
    return dict(rows.values_list("reader").annotate(last=Max("sent_on")).order_by())


def _leaves(records: Any, on: date) -> dict[int, tuple[Span, ...]]:
    """Leaves that have not ended long before a day: whoever rehearses looks back a little."""
    rows = Leave.objects.known_at().filter(person__in=records).exclude(ends_on__lt=on - 100 * DAY)
    found: dict[int, list[Span]] = {}
    for person, merged, start, end in rows.values_list("person_id", "person__merged_into_id", "starts_on", "ends_on"):
        found.setdefault(merged or person, []).append(Span(start, end))
    return {person: tuple(spans) for person, spans in found.items()}


# Together


def readers_of(people: QuerySet[Person], on: date, *, among: QuerySet[Person] | None = None) -> dict[int, Reader]:
    """All that decides what some people are told on a day. Only those for whom there is anything are in.

    `among` may name people whom all of this is about (everybody, in the daily run), so that nobody is asked of twice.
    """
    staff, below = staff_of(people, on)
    if among is None:
        among = Person.objects.filter(Q(pk__in=people.values("pk")) | Q(pk__in=below.values("pk"))) if staff else people
    matters = matters_of(among, on)
    found: dict[int, Reader] = {}
    for some in chunks(people):
        records = records_of(some).values("pk")
        heard, told, leaves = _last_heard(records), _last_told(records), _leaves(records, on)
        last = _last_digest(records)
        for person in some.values_list("pk", flat=True):
            below_me = sorted(staff.get(person, ()))
            reader = Reader(
                matters=matters.get(person, ()),
                leaves=leaves.get(person, ()),
                heard_on=heard.get(person, {}),
                staff=tuple((one, matter) for one in below_me for matter in matters.get(one, ())),
                told_on=told.get(person, {}),
                last_digest_on=last.get(person),
            )
            if reader.matters or reader.staff:
                found[person] = reader
    return found
