"""Who works where, and who may see whom. Every screen, export and mail asks here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from cms.people.enums import Protection, Right
from cms.people.models import Employment, OrgUnit, OrgUnitPlacement, OversightTerms, Person, Scope
from cms.people.tree import Node, OrgHistory, OrgTree

OVERSEEING = (Right.HEAD, Right.HR)


def _placements(until: date, known_at: datetime | None) -> QuerySet[OrgUnitPlacement]:
    """Placements that began by a day, as known at a moment, in the order in which they replace one another."""
    placements = OrgUnitPlacement.objects.filter(starts_on__lte=until).order_by("starts_on", "recorded_at", "pk")
    if known_at is None:
        return placements.filter(retracted_at=None)
    return placements.filter(recorded_at__lte=known_at).filter(Q(retracted_at=None) | Q(retracted_at__gt=known_at))


def org_tree(on: date, known_at: datetime | None = None) -> OrgTree:
    """The organisation on a day, as known at a moment (None: now). Units closed by then are not in it."""
    parents = dict(_placements(on, known_at).values_list("org_unit_id", "parent_id"))
    units = OrgUnit.objects.filter(pk__in=parents).filter(Q(closes_on=None) | Q(closes_on__gte=on))
    return OrgTree.of(
        Node(id=pk, name=name, kind=kind, parent=parents[pk])
        for pk, name, kind in units.values_list("pk", "name", "kind")
    )


def org_history(since: date, until: date, known_at: datetime | None = None) -> OrgHistory:
    """The organisation from one day to another, in two queries: its tree on the first day and at each change."""
    placements = list(_placements(until, known_at).values_list("starts_on", "org_unit_id", "parent_id"))
    units = {unit.pk: unit for unit in OrgUnit.objects.only("pk", "name", "kind", "closes_on")}
    changes = {starts_on for starts_on, _unit, _parent in placements}
    changes |= {unit.closes_on + timedelta(days=1) for unit in units.values() if unit.closes_on}
    trees = []
    for day in sorted({since, *(day for day in changes if since < day <= until)}):
        parents = {unit: parent for starts_on, unit, parent in placements if starts_on <= day}
        nodes = (
            Node(id=pk, name=units[pk].name, kind=units[pk].kind, parent=parent)
            for pk, parent in parents.items()
            if units[pk].is_open_on(day)
        )
        trees.append((day, OrgTree.of(nodes)))
    return OrgHistory(tuple(trees))


@dataclass(frozen=True)
class View:
    """What one actor may see on one day: org units, and within which of them protected people too."""

    org_units: frozenset[int]
    protected_in: frozenset[int]
    tree: OrgTree

    @property
    def is_empty(self) -> bool:
        return not self.org_units


def view_of(actor: Person | None, on: date, known_at: datetime | None = None) -> View:
    """The actor's part of the organisation on a day, as known at a moment (None: now).

    The scopes held *today* decide, whatever day is looked at; the tree is that day's. A placement that has been taken
    back gives nobody a right: what is seen as it was known lies in the actor's part as it is known now, too.
    """
    roots: dict[str, list[int]] = {}
    held = actor.scopes.held_on(timezone.localdate()) if actor is not None else Scope.objects.none()
    for right, org_unit in held.values_list("right", "org_unit_id"):
        roots.setdefault(right, []).append(org_unit)
    now = _view(org_tree(on), roots)
    if known_at is None:
        return now
    then = _view(org_tree(on, known_at), roots)
    return View(then.org_units & now.org_units, then.protected_in & now.protected_in, then.tree)


def _view(tree: OrgTree, roots: dict[str, list[int]]) -> View:
    overseen = tree.union_of_subtrees(unit for right in OVERSEEING for unit in roots.get(right, ()))
    protected = tree.union_of_subtrees(roots.get(Right.VIEW_PROTECTED, ()))
    return View(org_units=overseen, protected_in=overseen & protected, tree=tree)


def people_behind(employments: QuerySet[Employment]) -> QuerySet[Person]:
    """Those behind employments. What was written for a record that has been merged counts for the one that remains."""
    return Person.objects.current().filter(
        Q(pk__in=employments.values("person")) | Q(pk__in=employments.values("person__merged_into"))
    )


def records_of(people: QuerySet[Person]) -> QuerySet[Person]:
    """People and every record that has been merged into one of them: what was written stays where it was written."""
    ids = people.order_by().values("pk")
    return Person.objects.filter(Q(pk__in=ids) | Q(merged_into__in=ids))


def people_at(org_units: frozenset[int], on: date, known_at: datetime | None = None) -> QuerySet[Person]:
    """Everyone employed at any of the org units on a day, protected or not. For computing, not for showing."""
    return people_behind(Employment.objects.known_at(known_at).on(on).filter(org_unit__in=org_units))


def visible_employments(view: View, on: date, known_at: datetime | None = None) -> QuerySet[Employment]:
    """Who works where on a day, as far as a view goes: lists, figures and exports all count these.

    In: employments at the view's org units. Those of protected people only at units where the view has
    `view_protected`, so the same person can be in at one workplace and out at another.
    """
    is_open = Q(person__protection=Protection.NONE) & (
        Q(person__merged_into=None) | Q(person__merged_into__protection=Protection.NONE)
    )
    may = (Q(org_unit__in=view.org_units) & is_open) | Q(org_unit__in=view.protected_in)
    return Employment.objects.known_at(known_at).on(on).filter(may)


def visible_people(actor: Person | None, on: date, view: View | None = None) -> QuerySet[Person]:
    """The people whom an actor may see on a date.

    In: those employed in the actor's scopes that day. Protected people only where the actor also holds
    `view_protected`; otherwise they are out without a sign.
    """
    return people_behind(visible_employments(view or view_of(actor, on), on))


def visible_org_units(actor: Person | None, on: date) -> QuerySet[OrgUnit]:
    return OrgUnit.objects.filter(pk__in=view_of(actor, on).org_units)


def has_oversight(person: Person | None) -> bool:
    """Whether a person oversees anything today: decides if the way in is shown."""
    if person is None:
        return False
    known: bool | None = getattr(person, "oversees_today", None)
    if known is not None:
        return known
    return person.scopes.held_on(timezone.localdate()).filter(right__in=OVERSEEING).exists()


def person_views_are_open() -> bool:
    """Person-level views are locked until purpose, information and consultation have been entered."""
    return OversightTerms.objects.filter(staff_informed_on__lte=timezone.localdate()).exists()


def person_of(user: Any) -> Person | None:
    """The person behind an account, following a merge. None for visitors and for accounts not seen yet."""
    if user is None or isinstance(user, AnonymousUser) or not user.is_authenticated:
        return None
    # Every page asks whether to show the way to follow-up, so it comes along.
    overseeing = Scope.objects.held_on(timezone.localdate()).filter(person=OuterRef("pk"), right__in=OVERSEEING)
    people = Person.objects.filter(user=user).select_related("merged_into")
    person = people.annotate(oversees_today=Exists(overseeing)).first()
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return person


def employments_on(person: Person, on: date) -> QuerySet[Employment]:
    """Where somebody works on a day, by whichever record of theirs it was written for."""
    return (
        Employment.objects.known_at()
        .on(on)
        .filter(Q(person=person) | Q(person__merged_into=person))
        .select_related("org_unit__district", "role")
        .order_by("starts_on", "pk")
    )


def heads_of(org_unit: OrgUnit, on: date) -> QuerySet[Person]:
    """The heads who answer for an org unit: its own, or those of the nearest unit above that has any."""
    tree = org_tree(on)
    for unit in [org_unit.pk, *tree.ancestors(org_unit.pk)]:
        scopes = Scope.objects.held_on(on).filter(org_unit=unit, right=Right.HEAD)
        if scopes.exists():
            return Person.objects.filter(scopes__in=scopes).distinct()
    return Person.objects.none()


def controllers_of(org_units: Iterable[int], tree: OrgTree) -> dict[int, str]:
    """The board answerable for personal data at each org unit: its own, or inherited from above."""
    named = dict(OrgUnit.objects.exclude(controller="").values_list("pk", "controller"))
    return {
        unit: next((named[above] for above in (unit, *tree.ancestors(unit)) if above in named), "")
        for unit in org_units
    }


def controller_of(org_unit: OrgUnit, on: date) -> str:
    return controllers_of([org_unit.pk], org_tree(on))[org_unit.pk]
