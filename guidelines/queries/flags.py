"""The sections of a guideline that readers can flag, and what they have said of them, in numbers."""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from cms.versions.models import Fragment
from guidelines.enums import FlagReason
from guidelines.models import GuidelinePage, GuidelineVersion, SectionFlag
from guidelines.permissions import user_can_plan
from guidelines.queries.documents import in_force_by_key


@dataclass(frozen=True)
class FlaggableSection:
    """A heading of level 2 with all that stands under it. `sha256` is over the section's exact text."""

    key: str
    heading: str
    sha256: str


def sections_by_content(contents: Collection[int]) -> dict[int, list[FlaggableSection]]:
    """The sections of some frozen texts, in one query. What stands before the first heading belongs to none."""
    open_sections: dict[int, list[tuple[str, str, list[str]]]] = {}
    rows = Fragment.objects.filter(content__in=contents).order_by("content", "position")
    for row in rows.only("content", "key", "kind", "html", "text", "sha256"):
        sections = open_sections.setdefault(row.content_id, [])
        if row.kind == "heading" and row.html.startswith("<h2"):
            sections.append((row.key, row.text, [row.sha256]))
        elif sections:
            sections[-1][2].append(row.sha256)
    return {content: [_section(*section) for section in sections] for content, sections in open_sections.items()}


def _section(key: str, heading: str, hashes: Iterable[str]) -> FlaggableSection:
    return FlaggableSection(key, heading, hashlib.sha256("".join(hashes).encode()).hexdigest())


@dataclass(frozen=True)
class Flagged:
    """A section of the version in force that readers have flagged: how often and why, and where it is mended."""

    version: GuidelineVersion
    section: FlaggableSection
    counts: tuple[tuple[str, int], ...]
    address: str

    @property
    def total(self) -> int:
        return sum(count for _reason, count in self.counts)


def flagged_sections(user: Any, on: date) -> list[Flagged]:
    """What readers have flagged in the versions in force of the guidelines that an account may edit."""
    return flagged_in([page for page in GuidelinePage.objects.filter(alias_of=None) if user_can_plan(user, page)], on)


def flagged_in(guidelines: Iterable[GuidelinePage], on: date) -> list[Flagged]:
    """The same of some guidelines."""
    pages = {page.key: page for page in guidelines}
    versions = in_force_by_key(pages, on)
    sections = sections_by_content({version.content_id for version in versions.values()})
    hashes = {section.sha256 for of_one in sections.values() for section in of_one}
    counts: dict[str, dict[str, int]] = {}
    for flag in SectionFlag.objects.filter(section_sha256__in=hashes, count__gt=0):
        counts.setdefault(flag.section_sha256, {})[flag.reason] = flag.count
    found = [
        Flagged(version, section, _in_order(counts[section.sha256]), _place(pages[key], section))
        for key, version in versions.items()
        for section in sections.get(version.content_id, ())
        if section.sha256 in counts
    ]
    return sorted(found, key=lambda flagged: (flagged.version.title, flagged.version.pk))


def _in_order(counts: dict[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple((str(FlagReason(reason).label), counts[reason]) for reason in FlagReason.values if reason in counts)


def _place(page: GuidelinePage, section: FlaggableSection) -> str:
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    return f"{edit}#:w:contentpath=body.{section.key}"
