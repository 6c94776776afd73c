"""Which sections that a course quotes have been overtaken by a newer substantive version."""

from collections.abc import Iterator
from dataclasses import dataclass

from cms.versions.blocks import Place
from cms.versions.quoting import has_section, newer_version, quote
from courses.blocks import QUOTE
from courses.models import UnitPage
from courses.queries.drafts import Gathered


@dataclass(frozen=True)
class Overtaken:
    """A quotation in a draft whose document says something else by now. `is_there`: the section is in the newer one."""

    page_id: int
    unit: str
    block: str
    document: str
    section: str
    number: str
    newer: str
    is_there: bool


def overtaken(gathered: Gathered) -> list[Overtaken]:
    """Every quotation in the units that would be cut of which a newer substantive version is in force."""
    return [found for unit in gathered.course.units for found in overtaken_in(unit.page)]


def overtaken_in(page: UnitPage) -> Iterator[Overtaken]:
    for block in page.body:
        if block.block_type != QUOTE:
            continue
        place, number = Place.parse(block.value.get("section")), (block.value.get("version") or "").strip()
        newer = newer_version(place, number) if number else None
        if place is None or newer is None:
            continue
        quoted = quote(place, number, "")
        yield Overtaken(
            page_id=page.pk,
            unit=page.title,
            block=str(block.id),
            document=newer.title,
            section=quoted.title if quoted is not None else "",
            number=number,
            newer=newer.number,
            is_there=has_section(newer, place),
        )
