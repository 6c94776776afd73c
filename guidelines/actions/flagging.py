from django.db import transaction
from django.db.models import F

from cms.core.models import Refused
from guidelines.enums import FlagReason
from guidelines.models import GuidelineVersion, SectionFlag
from guidelines.queries.flags import sections_by_content


class NoSuchSection(Refused):
    """The version has no section with that key."""


@transaction.atomic
def flag_section(*, version: GuidelineVersion, key: str, reason: FlagReason) -> SectionFlag:
    """Count that somebody has flagged a section. Who it was is not asked and not kept. Raises NoSuchSection."""
    sections = sections_by_content([version.content_id]).get(version.content_id, [])
    section = next((section for section in sections if section.key == key), None)
    if section is None:
        raise NoSuchSection("no such section")
    about = {"section_sha256": section.sha256, "reason": reason}
    SectionFlag.objects.bulk_create([SectionFlag(**about)], ignore_conflicts=True)
    SectionFlag.objects.filter(**about).update(count=F("count") + 1)
    return SectionFlag.objects.get(**about)
