from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LegalStatus(TextChoices):
    IN_FORCE = "in_force", pgettext_lazy("law", "In force")
    ADOPTED = "adopted", pgettext_lazy("law", "Adopted, not yet in force")
    PROPOSED = "proposed", pgettext_lazy("law", "Proposed")
    REPEALED = "repealed", pgettext_lazy("law", "Repealed")


class ContactKind(TextChoices):
    """The lists that contacts stand in. The values are those that text cites: `{{kontaktlista:heder}}`."""

    CONCERN = "orosanmalan", _("Report of concern")
    HONOUR = "heder", _("Honour-related oppression")
    POLICE = "polis", _("Police and emergency")
    RELATIVE = "anhorig", _("For relatives and those exposed")
    EXPLOITATION = "utnyttjande", _("Sexual exploitation")
    LEAVING_CRIME = "avhopp", _("Leaving crime")
    STAFF = "personalstod", _("Support for staff")
