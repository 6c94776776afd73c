from typing import Any

from django.core.checks import CheckMessage, Warning, register
from django.core.management import get_commands


@register()
def check_schedule(**kwargs: Any) -> list[CheckMessage]:
    """Wagtail's own command stops at the first page that fails, and what comes after it is not published."""
    if get_commands().get("publish_scheduled") == "cms.versions":
        return []
    return [
        Warning(
            "`publish_scheduled` is not Ledstång's: one page that fails would stop all others.",
            hint="List Ledstång's apps before Wagtail's in INSTALLED_APPS.",
            id="ledstang.W003",
        )
    ]
