from typing import Any

from wagtail.admin.panels import FieldPanel


class KeyPanel(FieldPanel):
    """Carries a key through the form without showing it."""

    def __init__(self, field_name: str = "key", **kwargs: Any) -> None:
        kwargs.setdefault("classname", "w-hidden")
        kwargs.setdefault("disable_comments", True)
        super().__init__(field_name, **kwargs)

    class BoundPanel(FieldPanel.BoundPanel):
        def get_comparison(self) -> list[Any]:
            return []
