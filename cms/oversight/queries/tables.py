"""A view as a table: the same rows in the same order, and above them whose data it is."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.compliance.enums import State
from cms.compliance.queries import Counts
from cms.oversight.queries.filters import SOON, Filters
from cms.oversight.queries.overview import Overview
from cms.oversight.queries.staff import StaffRow

Row = list[Any]


def preamble(place: str, controllers: list[str], filters: Filters) -> Iterator[Row]:
    """Whose personal data this is and what it shows, so that the file tells it wherever it ends up."""
    yield [_("Answerable for the personal data"), ", ".join(controllers)]
    yield [_("Org unit"), place]
    yield [_("What"), filters.target.title if filters.target else _("All that is required")]
    if filters.state:
        yield [_("Standing"), _("Expires within 90 days") if filters.state == SOON else State(filters.state).label]
    if filters.role:
        yield [pgettext("employment", "Role"), filters.role.name]
    if filters.kind:
        yield [_("Kind of workplace"), filters.kind_label]
    if filters.district:
        yield [_("District"), filters.district.name]
    yield [_("As of"), filters.on or timezone.now()]
    if filters.is_past:
        yield [_("As known at"), filters.known_at or timezone.now()]
    yield []


def overview_table(overview: Overview, place: str, filters: Filters) -> Iterator[Row]:
    """The org units, their sum, and each target by itself: all that the page shows, in one table."""
    yield from preamble(place, overview.controllers, filters)
    yield [
        _("Org unit"),
        _("What"),
        pgettext("people", "Required"),
        pgettext("people", "Done"),
        _("Of which expiring"),
        pgettext("people", "To do"),
        pgettext("people", "Overdue"),
        pgettext("people", "Exempt"),
        _("Per cent done"),
    ]
    what = filters.target.title if filters.target else _("All that is required")
    for row in overview.rows:
        name = _("%(unit)s, own staff") % {"unit": row.unit.name} if row.is_own else row.unit.name
        yield [name, what, *_figures(row.counts)]
    yield [_("Together, each person once") if overview.rows else place, what, *_figures(overview.counts)]
    for target in overview.targets:
        yield [place, target.target.title, *_figures(target.counts)]


def _figures(counts: Counts) -> Row:
    return [
        counts.required, counts.met, counts.expiring, counts.to_do, counts.overdue, counts.exempt, counts.per_cent,
    ]  # fmt: skip


def staff_heading() -> Row:
    return [
        _("Family name"),
        _("Given name"),
        _("Workplace"),
        pgettext("employment", "Role"),
        _("What"),
        _("Standing"),
        pgettext("column", "To be done by"),
        pgettext("date", "Done"),
        _("Version"),
        _("Valid until"),
    ]


def staff_table(rows: Iterable[StaffRow], place: str, controllers: list[str], filters: Filters) -> Iterator[Row]:
    """The list of people. Words are looked up once, not for each of a million rows."""
    yield from preamble(place, controllers, filters)
    yield staff_heading()
    labels = {state: str(state.label) for state in State}
    for row in rows:
        yield staff_cells(row, labels)


def staff_cells(row: StaffRow, labels: dict[State, str]) -> Row:
    person, standing, target = row.person, row.standing, row.target
    until: date | None = standing.exempt_until or standing.valid_until
    return [
        person.family_name,
        person.given_name,
        row.workplaces,
        row.roles,
        target.title if target else "",
        labels[standing.state],
        standing.due_on,
        standing.done_on if target else None,
        row.version,
        until,
    ]
