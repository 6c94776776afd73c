from datetime import date
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks

from cms.core.widgets import DayInput
from cms.home.enums import FaultGround


class DayBlock(blocks.DateBlock):
    """A date that is compared as it is kept. Wagtail compares what was typed with the date itself: they never agree.

    So whoever approved a text had changed it, and was asked to approve it again. Migrations know it as Wagtail's.
    """

    def get_prep_value(self, value: date | str | None) -> str | None:
        return value.isoformat() if isinstance(value, date) else value or None

    @cached_property
    def field(self) -> forms.DateField:
        return forms.DateField(widget=DayInput, **self.field_options)

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        _path, args, kwargs = super().deconstruct()
        return "wagtail.blocks.DateBlock", args, kwargs


class FaultBlock(blocks.StructBlock):
    """Something that not everyone can use: what, why, and how one gets it meanwhile."""

    title = blocks.CharBlock(label=_("What is not accessible"), max_length=160)
    text = blocks.RichTextBlock(label=_("For whom, and where"), features=["bold", "link"], required=False)
    ground = blocks.ChoiceBlock(
        label=pgettext_lazy("fault", "Why"), choices=FaultGround.choices, default=FaultGround.MENDING
    )
    instead = blocks.CharBlock(
        label=_("How one gets it instead"),
        max_length=300,
        required=False,
        help_text=_("Such as by e-mail or on paper."),
    )
    mended_by = DayBlock(label=_("Will be mended by"), required=False)

    class Meta:
        icon = "warning"
        label = pgettext_lazy("accessibility", "Fault")
        template = "ledstang_home/blocks/fault.html"

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["why"] = FaultGround(value["ground"]).label
        return context
