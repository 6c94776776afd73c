"""Fields of the admin's forms."""

from typing import Any

from wagtail.admin.widgets import AdminDateInput


class DayInput(AdminDateInput):
    """Wagtail's chooser of a day, which leaves what was typed: it would make 2031-02-01 of “31 februari” by itself."""

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "validateOnBlur": False}
