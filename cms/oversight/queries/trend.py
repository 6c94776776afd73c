"""How it has gone over the last year: the figures at each month's end, as they are known now or were known then."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cms.compliance.queries import Counts, disposed_before, required_targets
from cms.oversight.queries.filters import Filters
from cms.oversight.queries.overview import figures_shown
from cms.people.models import OrgUnit, Person
from cms.people.queries import view_of

MONTHS = 12


@dataclass(frozen=True)
class Point:
    """How it stood on a day. Each day has its own organisation, its own requirements and its own staff."""

    day: date
    counts: Counts


def month_ends(on: date) -> Iterator[date]:
    """The last days of the twelve months before a day, and the day itself."""
    for back in range(MONTHS, 0, -1):
        year, month = divmod(on.year * 12 + on.month - 1 - back, 12)
        yield date(year, month + 1, calendar.monthrange(year, month + 1)[1])
    yield on


def trend_of(actor: Person, org_unit: OrgUnit | None, filters: Filters, on: date) -> list[Point]:
    """The figures of an org unit, or of all that an actor oversees, through a year; without days disposed of."""
    points, disposed = [], disposed_before()
    for day in month_ends(on):
        if disposed is not None and day < disposed:
            continue
        view = view_of(actor, day, filters.known_at)
        wanted = [org_unit.pk] if org_unit else view.tree.tops_of(view.org_units)
        targets = [filters.target] if filters.target else required_targets(day)
        figures = figures_shown(view, wanted, targets, filters, day)
        points.append(Point(day, figures.together(filters.target.pk if filters.target else None)))
    return points
