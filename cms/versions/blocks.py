"""The block that quotes a section of another document's version."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks import SectionBlock
from cms.versions.registry import version_kinds

NUMBER = re.compile(r"[1-9]\d{0,3}\.\d{1,4}")
PLACE = re.compile(r"([a-z_]+):([0-9a-f-]{36}):([0-9A-Za-z-]{1,64})")


@dataclass(frozen=True)
class Place:
    """A section, whatever the version: the kind of document, its key, and the key of the section's heading."""

    kind: str
    key: UUID
    fragment: str

    @classmethod
    def parse(cls, words: str | None) -> "Place | None":
        found = PLACE.fullmatch(words or "")
        try:
            return cls(found[1], UUID(found[2]), found[3]) if found else None
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}:{self.fragment}"


def section_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every section of the documents that may be quoted, by document; what only earlier versions have comes last."""
    model = apps.get_model("ledstang_versions", "Fragment")
    versions = [(kind.name, version) for kind in version_kinds for version in kind.quotable()]
    headings: dict[int, list[tuple[str, str]]] = {}
    rows = model.objects.filter(kind="heading", content__in={version.content_id for _kind, version in versions})
    for content, key, words in rows.order_by("content", "position").values_list("content", "key", "text"):
        headings.setdefault(content, []).append((key, words))
    groups: dict[tuple[str, UUID], tuple[str, dict[str, str]]] = {}
    for kind, version in versions:
        _title, found = groups.setdefault((kind, version.key), (version.title, {}))
        for key, words in headings.get(version.content_id, ()):
            found.setdefault(f"{kind}:{version.key}:{key}", words)
    return [(title, list(found.items())) for title, found in groups.values()]


class QuoteBlock(SectionBlock):
    """A section of a guideline, word for word as one version has it."""

    section = blocks.ChoiceBlock(choices=section_choices, label=_("Section"))
    version = blocks.CharBlock(
        required=False,
        max_length=9,
        label=_("Version"),
        help_text=_("Such as 2.0. Empty: the version that applies when you save."),
    )

    class Meta:
        icon = "openquote"
        label = _("Section of a guideline")
        template = "ledstang_versions/blocks/quote.html"

    def clean(self, value: Any) -> Any:
        """An empty version is filled with the one in force, so that the text stays as it was chosen."""
        cleaned = super().clean(value)
        place = Place.parse(cleaned.get("section"))
        kind = version_kinds.find(place.kind) if place is not None else None
        if place is None or kind is None:
            return cleaned
        number = (cleaned.get("version") or "").strip()
        version = kind.resolve(place.key) if not number else None
        if NUMBER.fullmatch(number):
            version = kind.numbered(place.key, number)
        if version is None:
            raise blocks.StructBlockValidationError(
                block_errors={"version": ValidationError(_("There is no such version."))}
            )
        cleaned["version"] = version.number
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """`quotes` in the parent's context looks the section up, and notes that it was quoted."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        quotes = context.get("quotes")
        context["quote"] = quotes.of(value, context.get("anchor", "")) if quotes is not None else None
        return context
