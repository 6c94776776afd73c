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


def only_for(*kinds: str) -> str:
    """Classes of a panel that belongs to some kinds of question. The admin's script hides it for the others."""
    return " ".join(["lc-only", *(f"lc-for-{kind}" for kind in kinds)])
