from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Audience(TextChoices):
    """Who a piece of text is written for: one text, several readings."""

    PRESCHOOL = "preschool", _("Preschool")
    COMPULSORY_SCHOOL = "compulsory_school", _("Compulsory school")
    UPPER_SECONDARY = "upper_secondary", _("Upper secondary school")
    SOCIAL_SERVICES = "social_services", _("Social services")


class Competence(TextChoices):
    """What kind of expert has to review a piece of text before it is used for real."""

    LAW = "J", _("lawyer")
    SOCIAL_SERVICES = "S", _("social services")
    HONOUR = "H", _("expert on honour-related oppression")
    POLICE = "P", _("police")
    CHILD_HEALTH = "B", _("child and student health")
    ARCHIVE = "A", _("archive and data protection")


class Tone(TextChoices):
    """How loudly a call-out speaks."""

    INFO = "info", pgettext_lazy("call-out", "Information")
    WARNING = "warning", pgettext_lazy("call-out", "Important")
    DANGER = "danger", pgettext_lazy("call-out", "Danger")


class Visibility(TextChoices):
    """Who may see a contact route, from everyone to holders of a role."""

    OPEN = "open", pgettext_lazy("visibility", "Everyone")
    SIGNED_IN = "signed_in", pgettext_lazy("visibility", "Signed-in staff")
    ROLE = "role", pgettext_lazy("visibility", "Staff with a certain role")


class Theme(TextChoices):
    """Light, dark, or as the visitor's device says."""

    AUTO = "auto", pgettext_lazy("theme", "As the device")
    LIGHT = "light", pgettext_lazy("theme", "Light")
    DARK = "dark", pgettext_lazy("theme", "Dark")


THEME_COOKIE = "ledstang_theme"
MAY_EDIT = "ledstang_may_edit"  # in the session of those who had the right to the admin when they logged in
