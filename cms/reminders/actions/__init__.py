"""What can be done with mails: owe reminders, and deliver what is owed."""

from cms.reminders.actions.outbox import MAX_ATTEMPTS, deliver, deliver_outbox, lease_message, settle
from cms.reminders.actions.reminding import (
    AlreadyReminded,
    NothingToSay,
    RemindedCounts,
    note_looking,
    owe_reminders,
    prepare_reminder,
    record_reminder,
    remind_by_hand,
    remind_many,
)

__all__ = [
    "MAX_ATTEMPTS",
    "AlreadyReminded",
    "NothingToSay",
    "RemindedCounts",
    "deliver",
    "deliver_outbox",
    "lease_message",
    "note_looking",
    "owe_reminders",
    "prepare_reminder",
    "record_reminder",
    "remind_by_hand",
    "remind_many",
    "settle",
]
