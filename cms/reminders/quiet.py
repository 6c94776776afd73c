"""Days on which nobody is reminded: weekends and the public holidays of Sweden. Values in, values out.

Lag (1989:253) om allmänna helgdagar names the holidays; Midsummer, Christmas and New Year's Eve are free days by
agreement all over the municipal sector and are quiet too.
"""

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5
DAY = timedelta(days=1)


def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar: the Sunday after the paschal full moon, as computus gives it."""
    golden, century = year % 19, year // 100
    moon_shift = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    full_moon = moon_shift - (moon_shift // 28) * (1 - (29 // (moon_shift + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + full_moon + 2 - century + century // 4) % 7
    return date(year, 3, 28) + (full_moon - weekday) * DAY


def saturday_from(day: date) -> date:
    """The first Saturday on or after a day."""
    return day + (SATURDAY - day.weekday()) % 7 * DAY


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """The public holidays of a year that are not merely Sundays, and the three eves."""
    easter_day = easter(year)
    midsummer = saturday_from(date(year, 6, 20))
    fixed = ((1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31))
    moving = (easter_day + days * DAY for days in (-2, 0, 1, 39, 49))
    return frozenset(
        [
            *(date(year, month, day) for month, day in fixed),
            *moving,
            midsummer - DAY,
            midsummer,
            saturday_from(date(year, 10, 31)),
        ]
    )


def is_quiet(
    day: date, *, weekends: bool = True, public_holidays: bool = True, more: frozenset[date] = frozenset()
) -> bool:
    """Whether nobody is reminded on a day. `more` are the city's own quiet days."""
    if day in more:
        return True
    return (weekends and day.weekday() >= SATURDAY) or (public_holidays and day in holidays(day.year))
