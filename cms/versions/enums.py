from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
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


class RemarkKind(TextChoices):
    """What a text is looked through for before it is published."""

    PERSONAL_NUMBER = "personal_number", _("A personal identity number: take it out")
    LAW_REPEALED = "law_repealed", _("Law that does not apply any more")
    CONTACT_EXPIRED = "contact_expired", _("A contact route that is not valid: readers would get 112 instead")
    DEAD_LINK = "dead_link", _("A link to something that is not there")
    LAW_STALE = "law_stale", _("Law that nobody has reviewed for a year")
    LAW_COMING = "law_coming", _("Law that does not apply yet")
    LAW_CHANGED = "law_changed", _("Law that has changed since the text was published")
    CONTACT_CHANGED = "contact_changed", _("A contact route that has changed: the document shows the old one")
    CONTACT_UNVERIFIED = "contact_unverified", _("A contact route that nobody has verified for half a year")
    PHONE_BY_HAND = "phone_by_hand", _("A phone number written by hand: cite the contact by its key")
    LAW_BY_HAND = "law_by_hand", _("A paragraph of law written by hand: cite the law by its key")
    NO_ALTERNATIVE = "no_alternative", _("An image without alternative text: right only for decoration")
    HEADING_ORDER = "heading_order", _("A heading that skips a level")
    HARD_TO_READ = "hard_to_read", _("Hard to read: shorter sentences and shorter words help")

    @classmethod
    def stopping(cls) -> "frozenset[RemarkKind]":
        """What must be mended first; the others are for the editor to judge."""
        return frozenset({cls.PERSONAL_NUMBER, cls.LAW_REPEALED, cls.DEAD_LINK})


class NoticeTone(TextChoices):
    """How grave a notice is. A stop hides the text that it is laid over."""

    INFO = "info", pgettext_lazy("notice", "For information")
    WARNING = "warning", pgettext_lazy("notice", "Warning: read this first")
    STOP = "stop", pgettext_lazy("notice", "Emergency stop: the text is not shown")
