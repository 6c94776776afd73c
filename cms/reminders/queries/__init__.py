from cms.reminders.queries.cadence import is_quiet_day, keeps_weekends_quiet, next_run, reminders_cadence
from cms.reminders.queries.logs import ReminderRow, reminded_on, reminders_about, reminders_to
from cms.reminders.queries.readers import readers_of, recipients
from cms.reminders.queries.rehearsal import Rehearsal, RehearsedMail, rehearse

__all__ = [
    "Rehearsal",
    "RehearsedMail",
    "ReminderRow",
    "is_quiet_day",
    "keeps_weekends_quiet",
    "next_run",
    "readers_of",
    "recipients",
    "rehearse",
    "reminded_on",
    "reminders_about",
    "reminders_cadence",
    "reminders_to",
]
