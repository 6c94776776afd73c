"""Blocks that only units have, and the whole set that a unit is written with."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core.blocks import SectionBlock
from cms.references.blocks import WhatComesBlock, content_blocks
from cms.versions.blocks import QuoteBlock

QUOTE = "quote"


class ReflectionBlock(SectionBlock):
    """Something to think about, with room for notes that stay in the reader's browser and are kept nowhere."""

    title = blocks.CharBlock(required=False, max_length=200, label=_("Heading"))
    text = blocks.RichTextBlock(
        features=["bold", "italic", "ol", "ul"],
        label=_("To think about"),
        help_text=_("Never ask for what must not be written down, such as about real children."),
    )

    class Meta:
        icon = "edit"
        label = _("Reflection")
        template = "courses/blocks/reflection.html"


def unit_blocks() -> list[tuple[str, blocks.Block]]:
    """Every block that a unit is written with: the shared ones, and those of a lesson."""
    return [
        ("what_comes", WhatComesBlock()),
        *content_blocks(),
        ("reflection", ReflectionBlock()),
        (QUOTE, QuoteBlock()),
    ]
