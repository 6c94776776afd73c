"""What the reminders are called in the two logs."""

from datetime import date
from uuid import UUID

MAIL = "reminder"


def source_key(person: UUID, on: date) -> str:
    """One mail for each person and day, whoever asks for it: the outbox keeps no second one."""
    return f"reminders:{person}:{on.isoformat()}"
