"""How often and on which days the city reminds, as its settings say."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings

from cms.reminders.models import ReminderRun
from cms.reminders.quiet import is_quiet
from cms.reminders.saying import Cadence

DAY = timedelta(days=1)


def _setting(name: str, default: Any) -> Any:
    return getattr(settings, f"LEDSTANG_REMINDERS_{name}", default)


def reminders_cadence() -> Cadence:
    return Cadence(
        days_before=tuple(_setting("DAYS_BEFORE", (30, 7, 0))),
        overdue_every=max(1, _setting("OVERDUE_EVERY", 7)),
        escalate_after=_setting("ESCALATE_AFTER", 14),
    )


def is_quiet_day(day: date) -> bool:
    return is_quiet(
        day,
        weekends=_setting("QUIET_WEEKENDS", True),
        public_holidays=_setting("QUIET_HOLIDAYS", True),
        more=frozenset(date.fromisoformat(str(day)) for day in _setting("QUIET_DAYS", ())),
    )


def keeps_weekends_quiet() -> bool:
    """Whether the city sends nothing on weekends and public holidays: what a mail may promise."""
    return bool(_setting("QUIET_WEEKENDS", True) and _setting("QUIET_HOLIDAYS", True))


def next_run(today: date) -> date:
    """The day of the next run: today until it has been done."""
    return today + DAY if ReminderRun.objects.filter(ran_on=today).exists() else today
