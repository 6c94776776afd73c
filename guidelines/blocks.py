"""What a guideline asks before somebody acknowledges it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

MOST_QUESTIONS = 3


class ControlChoiceBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=pgettext_lazy("quiz", "Choice"), max_length=300)
    is_right = blocks.BooleanBlock(label=gettext_lazy("This is right"), required=False)


class ControlQuestionBlock(blocks.StructBlock):
    """A question about the text. Right is whoever picks every right choice and no other."""

    text = blocks.CharBlock(label=pgettext_lazy("quiz", "Question"), max_length=300)
    choices = blocks.ListBlock(ControlChoiceBlock(), min_num=2, max_num=6, label=pgettext_lazy("quiz", "Choices"))

    class Meta:
        icon = "help"
        label = gettext_lazy("Control question")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        right = [choice["is_right"] for choice in cleaned["choices"]]
        if all(right) or not any(right):
            wrong = ValidationError(_("At least one choice must be right, and at least one wrong."))
            raise StructBlockValidationError(block_errors={"choices": wrong})
        return cleaned
