from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Change(TextChoices):
    """What kind of change a version is; it decides the number and what earlier evidence is worth."""

    EDITORIAL = "editorial", pgettext_lazy("change", "Editorial: what people have done still counts")
    REDO_UNITS = (
        "redo_units",
        pgettext_lazy("change", "Redo the changed units: what people have finished still counts"),
    )
    SUBSTANTIVE = "substantive", pgettext_lazy("change", "Substantive: must be done again")

    @property
    def is_major(self) -> bool:
        return self == Change.SUBSTANTIVE
