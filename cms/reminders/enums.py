from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Rule(TextChoices):
    """Why something is said in a reminder. Each is a rule that docs/reminders.md explains."""

    OVERDUE = "overdue", pgettext_lazy("rule of reminders", "Overdue")
    DUE_SOON = "due_soon", pgettext_lazy("rule of reminders", "Due soon")
    EXPIRING = "expiring", pgettext_lazy("rule of reminders", "Expires soon")
    NEW_VERSION = "new_version", pgettext_lazy("rule of reminders", "New version")
    ASSIGNED = "assigned", pgettext_lazy("rule of reminders", "New to do")
    BY_HAND = "by_hand", pgettext_lazy("rule of reminders", "Sent by hand")
    ESCALATED = "escalated", pgettext_lazy("rule of reminders", "Told to the head")
    LISTED = "listed", pgettext_lazy("rule of reminders", "Also left to do")
