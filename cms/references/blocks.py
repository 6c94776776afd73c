"""Blocks that cite the registers, and the whole set that guidelines and courses offer."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks import SectionBlock, section_blocks
from cms.core.tokens import Token, find_tokens
from cms.references.enums import ContactKind


def legal_reference_choices() -> list[tuple[str, str]]:
    model = apps.get_model("ledstang_references", "LegalReference")
    return [(law.key, str(law)) for law in model.objects.all()]


def contact_choices() -> list[tuple[str, str]]:
    """Every contact route once, by its key, whatever districts it has."""
    rows = apps.get_model("ledstang_references", "Contact").objects.order_by("name", "key")
    return list(dict(rows.values_list("key", "name")).items())


class LegalReferenceBlock(SectionBlock):
    """A paragraph of law with its summary, from the register."""

    key = blocks.ChoiceBlock(choices=legal_reference_choices, label=_("Legal reference"))

    class Meta:
        icon = "draft"
        label = _("Legal reference")
        template = "ledstang_references/blocks/legal_reference.html"


class ContactListBlock(SectionBlock):
    """All contact routes of a kind, filled anew each time the text is read."""

    title = blocks.CharBlock(required=False, max_length=200, label=_("Heading"))
    kind = blocks.ChoiceBlock(choices=ContactKind.choices, label=_("List"))

    class Meta:
        icon = "mail"
        label = _("Contact routes")
        template = "ledstang_references/blocks/contact_list.html"


class WhatComesBlock(SectionBlock):
    """What a heavy text is about, before it begins: that one may pause, and where staff find support."""

    text = blocks.RichTextBlock(
        features=["bold", "italic"],
        label=_("What comes"),
        help_text=_("In a few plain words, without detail. That one may pause is said by itself."),
    )
    support = blocks.ChoiceBlock(choices=contact_choices, label=_("Where staff find support"))

    class Meta:
        icon = "info-circle"
        label = _("What comes")
        template = "ledstang_references/blocks/what_comes.html"


def citations_in(blocks_written: Iterable[Mapping[str, Any]]) -> set[Token]:
    """Every entry of a register that a text cites, from its blocks as the database keeps them."""
    found: set[Token] = set()
    for block in blocks_written:
        found.update(find_tokens(json.dumps(block["value"], ensure_ascii=False)))
        kind, name = BLOCKS_THAT_CITE.get(block["type"], ("", ""))
        if kind and block["value"].get(name):
            found.add(Token(kind, block["value"][name]))
    return found


BLOCKS_THAT_CITE = {
    "legal_reference": ("lag", "key"),
    "contacts": ("kontaktlista", "kind"),
    "what_comes": ("kontakt", "support"),
}


def content_blocks() -> list[tuple[str, blocks.Block]]:
    """Every block that a guideline or a unit is written with."""
    return [
        *section_blocks(),
        ("legal_reference", LegalReferenceBlock()),
        ("contacts", ContactListBlock()),
    ]
