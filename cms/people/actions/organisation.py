"""Where org units stand, and when they close."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cms.people.actions.rules import PeopleError
from cms.people.actions.telling import tell_roster_changed
from cms.people.models import OrgUnit, OrgUnitPlacement
from cms.people.queries import org_tree


class CircularPlacement(PeopleError):
    """An org unit would stand under itself."""


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
    placement: OrgUnitPlacement = OrgUnitPlacement.objects.create(
        org_unit=org_unit, parent=parent, starts_on=starts_on, recorded_at=at
    )
    tell_roster_changed(org_units=[org_unit])
    return placement


@transaction.atomic
def close_org_unit(*, org_unit: OrgUnit, closes_on: date | None) -> OrgUnit:
    """Say which day is an org unit's last. None opens it again."""
    org_unit.closes_on = closes_on
    org_unit.save(update_fields=["closes_on"])
    tell_roster_changed(org_units=[org_unit])
    return org_unit
