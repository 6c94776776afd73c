from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Conformity(TextChoices):
    """How far the site meets the law on accessible digital public service, in the words the law has for it."""

    FULL = "full", _("Fully compliant")
    PARTIAL = "partial", _("Partly compliant")
    NONE = "none", _("Not compliant")


class FaultGround(TextChoices):
    """Why something is not accessible: the statement must say it of each fault."""

    MENDING = "mending", _("It does not meet the requirements yet")
    BURDEN = "burden", _("It would be an unreasonable burden to mend it")
    OUTSIDE = "outside", _("The law does not cover it")
