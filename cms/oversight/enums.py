from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class FileFormat(TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class LineDecision(TextChoices):
    """What the registrar has decided about one line of what somebody asks for."""

    PENDING = "pending", pgettext_lazy("disclosure", "Not decided")
    RELEASE = "release", pgettext_lazy("disclosure", "Release")
    MASK = "mask", pgettext_lazy("disclosure", "Release without name")
    WITHHOLD = "withhold", pgettext_lazy("disclosure", "Withhold")


class SecrecyGround(TextChoices):
    """Why something is not released. The paragraphs stand in the register of law, not here."""

    NONE = "", pgettext_lazy("disclosure", "No secrecy")
    THREATENED = "threatened", _("Threatened or persecuted person, or protected registration")
    STAFF_CARE = "staff_care", _("Secrecy in staff administration")
    OTHER = "other", _("Other ground, given in the decision")
