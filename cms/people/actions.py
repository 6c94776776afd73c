"""What can be done with people, employments and the two logs that name persons."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cms.people.enums import AuditAction, Protection, Right
from cms.people.models import (
    AuditEntry,
    Employment,
    Leave,
    OrgUnit,
    OrgUnitPlacement,
    OutboxMessage,
    OversightTerms,
    Person,
    Role,
    Scope,
)
from cms.people.queries import org_tree, person_of


class PeopleError(ValueError):
    """A rule about people or org units would be broken. Its text names no person."""


class CircularPlacement(PeopleError):
    """An org unit would stand under itself."""


def write_audit(
    *,
    action: AuditAction,
    actor: Person | None,
    subject: Person | None = None,
    org_unit: OrgUnit | None = None,
    object_key: str = "",
    details: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """Add a row to the audit log. `details` takes keys and counts, never names."""
    entry: AuditEntry = AuditEntry.objects.create(
        at=at or timezone.now(),
        action=action,
        actor=actor,
        subject=subject,
        org_unit=org_unit,
        object_key=object_key,
        details=details or {},
    )
    return entry


def queue_message(
    *, source_key: str, kind: str, person: Person, payload: dict[str, Any], at: datetime | None = None
) -> None:
    """Owe somebody a mail, once per `source_key`: asking again changes nothing."""
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                source_key=source_key,
                kind=kind,
                person=person,
                payload=payload,
                created_at=at or timezone.now(),
            )
        ],
        ignore_conflicts=True,
    )


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
def record_employment(
    *,
    person: Person,
    org_unit: OrgUnit,
    role: Role | None,
    starts_on: date,
    ends_on: date | None = None,
    source: str = "manual",
    at: datetime | None = None,
) -> Employment:
    """Write down that a person works somewhere from a day on."""
    return Employment.objects.create(
        person=person,
        org_unit=org_unit,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        source=source,
        recorded_at=at or timezone.now(),
    )


@transaction.atomic
def end_employment(*, employment: Employment, ends_on: date, at: datetime | None = None) -> Employment:
    """End an employment by a new row; the old reading is retracted, not overwritten.

    Raises PeopleError if the end lies before the start.
    """
    if ends_on < employment.starts_on:
        raise PeopleError("an employment cannot end before it starts")
    at = at or timezone.now()
    Employment.objects.filter(pk=employment.pk).update(retracted_at=at)
    return Employment.objects.create(
        key=employment.key,
        person=employment.person,
        org_unit=employment.org_unit,
        role=employment.role,
        starts_on=employment.starts_on,
        ends_on=ends_on,
        source=employment.source,
        recorded_at=at,
    )


@transaction.atomic
def move_person(*, employment: Employment, org_unit: OrgUnit, on: date, at: datetime | None = None) -> Employment:
    """End an employment the day before `on` and begin one in the same role at another org unit."""
    end_employment(employment=employment, ends_on=on - timedelta(days=1), at=at)
    return record_employment(
        person=employment.person,
        org_unit=org_unit,
        role=employment.role,
        starts_on=on,
        source=employment.source,
        at=at,
    )


@transaction.atomic
def record_leave(*, person: Person, starts_on: date, ends_on: date | None, at: datetime | None = None) -> Leave:
    """Write down that a person is away. There is no place for a cause."""
    return Leave.objects.create(person=person, starts_on=starts_on, ends_on=ends_on, recorded_at=at or timezone.now())


@transaction.atomic
def place_org_unit(
    *, org_unit: OrgUnit, parent: OrgUnit | None, starts_on: date, at: datetime | None = None
) -> OrgUnitPlacement:
    """Let an org unit stand under a parent from a day on. Raises CircularPlacement."""
    if parent is not None:
        tree = org_tree(starts_on)
        if org_unit.pk == parent.pk or org_unit.pk in tree.ancestors(parent.pk):
            raise CircularPlacement("an org unit cannot stand under itself")
    at = at or timezone.now()
    OrgUnitPlacement.objects.filter(org_unit=org_unit, starts_on=starts_on, retracted_at=None).update(retracted_at=at)
    return OrgUnitPlacement.objects.create(org_unit=org_unit, parent=parent, starts_on=starts_on, recorded_at=at)


@transaction.atomic
def give_scope(
    *, person: Person, org_unit: OrgUnit, right: Right, starts_on: date, ends_on: date | None = None
) -> Scope:
    return Scope.objects.create(person=person, org_unit=org_unit, right=right, starts_on=starts_on, ends_on=ends_on)


@transaction.atomic
def set_protection(*, person: Person, protection: Protection, actor: Person | None) -> Person:
    """Set or lift protection of personal data; holds from the next request, in every list and export."""
    person.protection = protection
    person.save(update_fields=["protection"])
    write_audit(action=AuditAction.PROTECTION_CHANGED, actor=actor, subject=person)
    return person


@transaction.atomic
def merge_people(*, duplicate: Person, into: Person, actor: Person | None) -> Person:
    """One human seen twice: evidence stays where it is, the duplicate points at the one that remains.

    What was merged into the duplicate points there too, so nobody is more than one step away. Protection of either
    holds for both. Two accounts both lead to the one that remains. Raises PeopleError on a circle.
    """
    if into.pk == duplicate.pk or into.merged_into_id is not None:
        raise PeopleError("a person can only be merged into another current person")
    user = duplicate.user if into.user is None else None
    if user is not None:
        duplicate.user = None
    duplicate.merged_into = into
    duplicate.save(update_fields=["merged_into", "user"])
    Person.objects.filter(merged_into=duplicate).update(merged_into=into)
    if duplicate.is_protected and not into.is_protected:
        into.protection = duplicate.protection
        into.save(update_fields=["protection"])
    if user is not None:
        into.user = user
        into.save(update_fields=["user"])
    write_audit(action=AuditAction.PERSON_MERGED, actor=actor, subject=into, object_key=str(duplicate.key))
    return into


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
