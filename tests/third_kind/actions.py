import uuid
from collections.abc import Iterable
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from cms.compliance.actions import keep_target, record_evidence
from cms.compliance.enums import EvidenceKind
from cms.compliance.models import Target
from cms.people.models import OrgUnit, Person
from tests.third_kind.models import Drill

KEY = uuid.UUID("5d4b2a52-40c4-4f5e-9c5e-3a1e6f0f7d11")


def evacuation_drill() -> Target:
    return keep_target(kind="drill", key=KEY, title="Utrymningsövning", path="")


@transaction.atomic
def hold_drill(*, org_unit: OrgUnit, held_on: date, people: Iterable[Person], leader: Person | None) -> Drill:
    """Write down that a drill was held and who took part."""
    drill = Drill.objects.create(org_unit=org_unit, held_on=held_on)
    at = timezone.make_aware(datetime.combine(held_on, time(12)))
    for person in people:
        record_evidence(
            source_key=f"drills:{drill.key}:{person.key}",
            person=person,
            target=evacuation_drill(),
            kind=EvidenceKind.RECORDED,
            achieved_at=at,
            recorded_by=leader,
        )
    return drill
