from typing import Any

from django.core.checks import CheckMessage, Info, register
from django.core.management import get_commands


@register()
def check_schedule(**kwargs: Any) -> list[CheckMessage]:
    """Wagtail's own command stops at the first page that fails, and what comes after it is not published.

    Said, not warned of: an app that is listed last works, and readers never see half a publication.
    """
    if get_commands().get("publish_scheduled") == "cms.versions":
        return []
    return [
        Info(
            "`publish_scheduled` is not Ledstång's: one page that fails would stop all others.",
            hint='List "cms.versions" before "wagtail" in INSTALLED_APPS.',
            id="ledstang.I001",
        )
    ]
