"""Fields of the admin's forms."""

from typing import Any

from django import forms
from wagtail.admin.widgets import AdminDateInput


class DayInput(AdminDateInput):
    """Wagtail's chooser of a day, which leaves what was typed: it would make 2031-02-01 of “31 februari” by itself."""

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "validateOnBlur": False}

    @property
    def media(self) -> forms.Media:
        whole: forms.Media = super().media + forms.Media(js=["ledstang_core/day.js"])
        return whole
