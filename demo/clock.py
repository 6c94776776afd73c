"""Days and moments of the demo, counted from the day it is laid out."""

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

SATURDAY = 5


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of a day in the house's own time zone."""
    return datetime.combine(day, time(hour, minute), tzinfo=timezone.get_default_timezone())


def workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - SATURDAY + 1))


def working_moment(day: date, rng: random.Random, since: date = date.min) -> datetime:
    """Some minute of the working hours of a day; at a weekend the Friday before, or the Monday if that is too early."""
    minutes = rng.randint(7 * 60 + 30, 16 * 60 + 30)
    chosen = workday(day)
    if chosen < since:
        chosen = day + timedelta(days=7 - day.weekday())
    return moment(chosen, minutes // 60, minutes % 60)
