"""Who somebody is: the person behind an account, merging, protection, scopes and the terms of follow-up."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from cms.people.actions.logs import write_audit
from cms.people.actions.rules import OwnRight, PeopleError
from cms.people.actions.telling import tell_roster_changed
from cms.people.enums import AuditAction, Protection, Right
from cms.people.models import OrgUnit, OversightTerms, Person, Scope
from cms.people.queries import person_of


def ensure_person(*, user: Any) -> Person:
    """The person behind an account, made at the first visit, without org unit. Safe to race."""
    person = person_of(user)
    if person is not None:
        return person
    new = Person(
        user=user,
        given_name=getattr(user, "first_name", ""),
        family_name=getattr(user, "last_name", ""),
        email=getattr(user, "email", "") or "",
    )
    Person.objects.bulk_create([new], ignore_conflicts=True)
    return Person.objects.get(user=user)


@transaction.atomic
def give_scope(
    *,
    person: Person,
    org_unit: OrgUnit,
    right: Right,
    starts_on: date,
    ends_on: date | None = None,
    actor: Person | None = None,
) -> Scope:
    """Make somebody head or HR of an org unit and everything below it, or let them see the protected there.

    Nobody gives themselves a right: OwnRight. Raises PeopleError if they have been given the same right there from the
    same day.
    """
    if actor is not None and actor.pk == person.pk:
        raise OwnRight("somebody else has to give a right")
    scope, is_new = Scope.objects.get_or_create(
        person=person, org_unit=org_unit, right=right, starts_on=starts_on, defaults={"ends_on": ends_on}
    )
    if not is_new:
        raise PeopleError("the right has been given already")
    details = {"right": str(right)}
    write_audit(action=AuditAction.SCOPE_GIVEN, actor=actor, subject=person, org_unit=org_unit, details=details)
    return scope


@transaction.atomic
def end_scope(*, scope: Scope, ends_on: date, actor: Person | None) -> Scope:
    """The right holds to a day, that day included. One that would have begun later is taken away."""
    details = {"right": scope.right}
    write_audit(
        action=AuditAction.SCOPE_ENDED, actor=actor, subject=scope.person, org_unit=scope.org_unit, details=details
    )
    if ends_on < scope.starts_on:
        scope.delete()
        return scope
    scope.ends_on = ends_on
    scope.save(update_fields=["ends_on"])
    return scope


@transaction.atomic
def set_protection(*, person: Person, protection: Protection, actor: Person | None) -> Person:
    """Set or lift protection of personal data; holds from the next request, in every list and export."""
    person.protection = protection
    person.save(update_fields=["protection"])
    write_audit(action=AuditAction.PROTECTION_CHANGED, actor=actor, subject=person)
    tell_roster_changed(people=[person])
    return person


def _refuse_own_rights(one: Person, other: Person, actor: Person | None) -> None:
    """Rights come along when records are merged; nobody gets some by merging one into their own."""
    not_own = {one.pk: other, other.pk: one}.get(actor.pk if actor else 0)
    if not_own is not None and not_own.scopes.exists():
        raise OwnRight("somebody else has to merge a record with rights into yours")


@transaction.atomic
def merge_people(*, duplicate: Person, into: Person, actor: Person | None) -> Person:
    """One human seen twice: evidence stays where it is, the duplicate points at the one that remains.

    What was merged into the duplicate points there too, so nobody is more than one step away. Protection of either
    holds for both. Two accounts both lead to the one that remains. Rights over org units are no evidence: they move.
    Whoever merges their own record with one that has rights would get them by their own hand: OwnRight. Raises
    PeopleError on a circle.
    """
    if duplicate.merged_into_id is not None:
        raise PeopleError("the record has been merged already")
    if into.pk == duplicate.pk or into.merged_into_id is not None:
        raise PeopleError("a person can only be merged into another current person")
    _refuse_own_rights(duplicate, into, actor)
    user = duplicate.user if into.user is None else None
    if user is not None:
        duplicate.user = None
    duplicate.merged_into = into
    duplicate.save(update_fields=["merged_into", "user"])
    Person.objects.filter(merged_into=duplicate).update(merged_into=into)
    held = set(into.scopes.values_list("org_unit_id", "right", "starts_on"))
    for scope in duplicate.scopes.all():
        if (scope.org_unit_id, scope.right, scope.starts_on) not in held:
            Scope.objects.filter(pk=scope.pk).update(person=into)
    if duplicate.is_protected and not into.is_protected:
        into.protection = duplicate.protection
        into.save(update_fields=["protection"])
    if user is not None:
        into.user = user
        into.save(update_fields=["user"])
    write_audit(action=AuditAction.PERSON_MERGED, actor=actor, subject=into, object_key=str(duplicate.key))
    tell_roster_changed(people=[duplicate, into])
    return into


@transaction.atomic
def note_seen(*, people: Iterable[Person], actor: Person | None) -> None:
    """Keep that somebody has looked at people's records. Called before they are shown."""
    for person in people:
        write_audit(action=AuditAction.PERSON_VIEWED, actor=actor, subject=person)


@transaction.atomic
def enter_oversight_terms(
    *, purpose: str, staff_informed_on: date, consultation_ref: str, actor: Person | None
) -> OversightTerms:
    """Open person-level views: says why people are followed up, since when they know, and who was consulted."""
    terms: OversightTerms = OversightTerms.objects.create(
        purpose=purpose,
        staff_informed_on=staff_informed_on,
        consultation_ref=consultation_ref,
        entered_by=actor,
    )
    write_audit(action=AuditAction.TERMS_ENTERED, actor=actor)
    return terms
