"""What can be done with mails: deliver those that are owed."""

from cms.reminders.actions.outbox import MAX_ATTEMPTS, deliver, deliver_outbox, lease_message, settle

__all__ = ["MAX_ATTEMPTS", "deliver", "deliver_outbox", "lease_message", "settle"]
