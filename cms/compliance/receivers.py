"""What the roster tells: whose steps must be found anew."""

from typing import Any

from cms.compliance.actions import recount_org_units, recount_people


def recount_after_roster(*, person_ids: frozenset[int], org_unit_ids: frozenset[int], **kwargs: Any) -> None:
    if org_unit_ids:
        recount_org_units(org_unit_ids=org_unit_ids)
    if person_ids:
        recount_people(person_ids=person_ids)
