"""Who works where, and who is away: a change is a new row, so that what was known can be asked again."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cms.people.actions.rules import PeopleError
from cms.people.actions.telling import tell_roster_changed
from cms.people.enums import MANUAL
from cms.people.models import Employment, Leave, OrgUnit, Person, Role


@transaction.atomic
def record_employment(
    *,
    person: Person,
    org_unit: OrgUnit,
    role: Role | None,
    starts_on: date,
    ends_on: date | None = None,
    source: str = MANUAL,
    at: datetime | None = None,
) -> Employment:
    """Write down that a person works somewhere from a day on."""
    employment: Employment = Employment.objects.create(
        person=person,
        org_unit=org_unit,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        source=source,
        recorded_at=at or timezone.now(),
    )
    tell_roster_changed(people=[employment.person_id])
    return employment


@transaction.atomic
def correct_employment(*, employment: Employment, at: datetime | None = None, **changes: Any) -> Employment:
    """Write an employment anew with some fields changed; the old reading is retracted, not overwritten.

    Raises PeopleError if it would end before it starts.
    """
    at = at or timezone.now()
    newer: Employment = employment.rewritten(at, **changes)
    if newer.ends_on is not None and newer.ends_on < newer.starts_on:
        raise PeopleError("an employment cannot end before it starts")
    Employment.objects.filter(pk=employment.pk).update(retracted_at=at)
    newer.save(force_insert=True)
    tell_roster_changed(people=[employment.person_id])
    return newer


def end_employment(*, employment: Employment, ends_on: date, at: datetime | None = None) -> Employment:
    """End an employment by a new row. Raises PeopleError if the end lies before the start."""
    return correct_employment(employment=employment, ends_on=ends_on, at=at)


@transaction.atomic
def retract_employment(*, employment: Employment, at: datetime | None = None) -> None:
    """Take an employment back that never was: nobody believes it from now on, and earlier reports stand."""
    Employment.objects.filter(pk=employment.pk, retracted_at=None).update(retracted_at=at or timezone.now())
    tell_roster_changed(people=[employment.person_id])


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
    leave: Leave = Leave.objects.create(
        person=person, starts_on=starts_on, ends_on=ends_on, recorded_at=at or timezone.now()
    )
    tell_roster_changed(people=[person])
    return leave


@transaction.atomic
def end_leave(*, leave: Leave, ends_on: date, at: datetime | None = None) -> Leave | None:
    """A person is back after `ends_on`. A leave that would end before it began never was: it is retracted."""
    at = at or timezone.now()
    Leave.objects.filter(pk=leave.pk).update(retracted_at=at)
    tell_roster_changed(people=[leave.person_id])
    if ends_on < leave.starts_on:
        return None
    newer: Leave = Leave.objects.create(
        key=leave.key,
        person_id=leave.person_id,
        starts_on=leave.starts_on,
        ends_on=ends_on,
        source=leave.source,
        recorded_at=at,
    )
    return newer
