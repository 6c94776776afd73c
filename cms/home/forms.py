import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.home.models import LONGEST_REPORT

# Ten or twelve digits of a personal identity number, written in any usual way.
PERSONAL_NUMBER = re.compile(r"(?<!\d)(?:19|20)?\d{2}[01]\d[0-3]\d ?[-+]? ?\d{4}(?!\d)")


class FaultForm(forms.Form):
    """Tell of something that one could not use."""

    text = forms.CharField(
        label=_("What did not work?"),
        max_length=LONGEST_REPORT,
        help_text=_("Say what you wanted to do and what happened. Write nothing about children or other people."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write what did not work.")},
    )
    page = forms.CharField(
        label=_("Which page?"),
        max_length=300,
        required=False,
        help_text=_("Its address or its heading."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail, if you want an answer"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"invalid": _("Write the whole address, such as name@example.se.")},
    )

    def clean_text(self) -> str:
        return without_personal_number(self.cleaned_data["text"])

    def clean_page(self) -> str:
        return without_personal_number(self.cleaned_data["page"])


def without_personal_number(text: Any) -> str:
    if PERSONAL_NUMBER.search(text):
        raise forms.ValidationError(_("Take away what looks like a personal identity number."))
    return str(text)
