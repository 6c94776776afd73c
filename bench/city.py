"""Grow the demo city: more schools, more staff, evidence for most of them. Fixed seed, the same city every time."""

from datetime import date, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from cms.compliance.enums import EvidenceKind
from cms.compliance.models import Evidence, Target
from cms.people.enums import OrgUnitKind
from cms.people.models import Employment, OrgUnit, OrgUnitPlacement, Person, Role

SEED = 20261123
STAFF_OF_A_SCHOOL = 70
SHARE_DONE = 0.6
BATCH = 2000


@transaction.atomic
def grow(people: int) -> None:
    """Add so many people, in schools of seventy under the city's departments."""
    random, today = Random(SEED), timezone.localdate()
    schools = _schools(max(1, people // STAFF_OF_A_SCHOOL), today)
    staff = Person.objects.bulk_create(
        [Person(given_name=f"Förnamn{n % 997}", family_name=f"Efternamn{n:06}") for n in range(people)],
        batch_size=BATCH,
    )
    roles = list(Role.objects.order_by("pk"))
    began, recorded = today - timedelta(days=400), timezone.now() - timedelta(days=400)
    Employment.objects.bulk_create(
        [
            Employment(
                person=person,
                org_unit=schools[number % len(schools)],
                role=random.choice(roles),
                starts_on=began,
                source="bench",
                recorded_at=recorded,
            )
            for number, person in enumerate(staff)
        ],
        batch_size=BATCH,
    )
    for target in Target.objects.order_by("pk"):
        done = [person for person in staff if random.random() < SHARE_DONE]
        Evidence.objects.bulk_create([_evidence(person, target, random, today) for person in done], batch_size=BATCH)


def _schools(count: int, today: date) -> list[OrgUnit]:
    above = list(OrgUnit.objects.filter(kind=OrgUnitKind.DEPARTMENT).order_by("pk"))
    schools = OrgUnit.objects.bulk_create(
        [OrgUnit(name=f"Skolan {number:04}", kind=OrgUnitKind.COMPULSORY_SCHOOL) for number in range(count)]
    )
    began = today - timedelta(days=3000)
    OrgUnitPlacement.objects.bulk_create(
        OrgUnitPlacement(
            org_unit=school, parent=above[number % len(above)], starts_on=began, recorded_at=timezone.now()
        )
        for number, school in enumerate(schools)
    )
    return schools


def _evidence(person: Person, target: Target, random: Random, today: date) -> Evidence:
    day = today - timedelta(days=random.randrange(300))
    at = timezone.now() - timedelta(days=(today - day).days)
    return Evidence(
        source_key=f"bench:{target.pk}:{person.pk}",
        person=person,
        target=target,
        kind=EvidenceKind.COMPLETED,
        version_number="1.0",
        version_major=1,
        version_sha256="0" * 64,
        achieved_at=at,
        achieved_on=day,
        recorded_at=at,
    )
