from typing import Any

from wagtail.admin.panels import PublishingPanel


class GoLivePanel(PublishingPanel):
    """Wagtail's own panel for scheduling, with a day to go live and none to expire."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        children: list[Any] = self.children  # type: ignore[has-type]
        self.children = [child for child in children if getattr(child, "field_name", "") != "expire_at"]
