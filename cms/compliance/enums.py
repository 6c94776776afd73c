from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EvidenceKind(TextChoices):
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("evidence", "Acknowledged")
    COMPLETED = "completed", pgettext_lazy("evidence", "Completed")
    RECORDED = "recorded", pgettext_lazy("evidence", "Recorded by hand")


class VoidReason(TextChoices):
    WRONG_PERSON = "wrong_person", _("Recorded for the wrong person")
    WRONG_TARGET = "wrong_target", _("Recorded for the wrong course or guideline")
    WRONG_DATE = "wrong_date", _("Recorded with the wrong date")
    DUPLICATE = "duplicate", _("Recorded twice")
    NOT_DONE = "not_done", _("Was not done")


class ExemptionReason(TextChoices):
    """Closed list: no health, no faith, no family, no free text."""

    OTHER_TRAINING = "other_training", _("Has equivalent training")
    OTHER_DUTIES = "other_duties", _("Does not work with this")
    LEAVING_SOON = "leaving_soon", _("Leaves the employment shortly")
    OTHER_WAY = "other_way", _("Done in another way, agreed with the head")


class State(TextChoices):
    """Where somebody stands with a target on a date. Never stored: computed by `standing`."""

    NOT_REQUIRED = "not_required", pgettext_lazy("standing", "Not required")
    TO_DO = "to_do", pgettext_lazy("standing", "To do")
    OVERDUE = "overdue", pgettext_lazy("standing", "Overdue")
    DONE = "done", pgettext_lazy("standing", "Done")
    EXPIRING = "expiring", pgettext_lazy("standing", "Expiring")
    EXEMPT = "exempt", pgettext_lazy("standing", "Exempt")

    @property
    def is_met(self) -> bool:
        return self in (State.DONE, State.EXPIRING, State.EXEMPT)

    @property
    def is_open(self) -> bool:
        return self in (State.TO_DO, State.OVERDUE)


class CountedAs(TextChoices):
    """How a person is counted by all that is required of them: the lists that figures lead to. Overdue is a state."""

    MET = "met", _("Done with all that is required")
    LEFT = "left", _("Something left, nothing overdue")

    @property
    def states(self) -> frozenset[State]:
        """The states that the worst of theirs may have."""
        return frozenset({State.DONE, State.EXPIRING}) if self == CountedAs.MET else frozenset({State.TO_DO})


class Cause(TextChoices):
    """Why something is to be done: the first time, since it has expired, or since a new version asks for it."""

    FIRST = "first", pgettext_lazy("standing", "First time")
    EXPIRED = "expired", pgettext_lazy("standing", "Has expired")
    NEW_VERSION = "new_version", pgettext_lazy("standing", "New version")


class Mark(IntegerChoices):
    """A state as it is kept in steps: what is to be done within 30 days stands apart."""

    DONE = 1, pgettext_lazy("standing", "Done")
    EXPIRING = 2, pgettext_lazy("standing", "Expiring")
    TO_DO = 3, pgettext_lazy("standing", "To do")
    SOON = 4, pgettext_lazy("standing", "To do soon")
    OVERDUE = 5, pgettext_lazy("standing", "Overdue")
    EXEMPT = 6, pgettext_lazy("standing", "Exempt")
