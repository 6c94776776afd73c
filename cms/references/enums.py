from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LegalStatus(TextChoices):
    IN_FORCE = "in_force", pgettext_lazy("law", "In force")
    ADOPTED = "adopted", pgettext_lazy("law", "Adopted, not yet in force")
    PROPOSED = "proposed", pgettext_lazy("law", "Proposed")
    REPEALED = "repealed", pgettext_lazy("law", "Repealed")


class LawCare(TextChoices):
    """What an entry of the law needs, most urgent first."""

    REPEALED = "repealed", pgettext_lazy("state of law", "Does not apply any more")
    STALE = "stale", pgettext_lazy("state of law", "Must be reviewed")
    SOON = "soon", pgettext_lazy("state of law", "Soon due")
    COMING = "coming", pgettext_lazy("state of law", "Does not apply yet")
    REVIEWED = "reviewed", pgettext_lazy("state of law", "Reviewed")


class ContactCare(TextChoices):
    """What a contact route needs, most urgent first."""

    EXPIRED = "expired", pgettext_lazy("state of a contact", "Not valid any more")
    UNVERIFIED = "unverified", pgettext_lazy("state of a contact", "Must be verified")
    SOON = "soon", pgettext_lazy("state of a contact", "Soon due")
    VERIFIED = "verified", pgettext_lazy("state of a contact", "Verified")


class ContactKind(TextChoices):
    """The lists that contacts stand in. The values are those that text cites: `{{kontaktlista:heder}}`."""

    CONCERN = "orosanmalan", _("Report of concern")
    HONOUR = "heder", _("Honour-related oppression")
    POLICE = "polis", _("Police and emergency")
    RELATIVE = "anhorig", _("For relatives and those exposed")
    EXPLOITATION = "utnyttjande", _("Sexual exploitation")
    LEAVING_CRIME = "avhopp", _("Leaving crime")
    STAFF = "personalstod", _("Support for staff")
