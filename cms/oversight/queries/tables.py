"""A view as a table: the same rows in the same order, and above them whose data it is."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.compliance.enums import State
from cms.compliance.queries import Counts
from cms.oversight.queries.coverage import Coverage
from cms.oversight.queries.filters import Filters
from cms.oversight.queries.matrix import Matrix
from cms.oversight.queries.overview import Overview, named_controllers
from cms.oversight.queries.readers import NONE_READ, ReaderList
from cms.oversight.queries.staff import StaffRow
from cms.oversight.queries.trend import Point
from cms.people.models import OrgUnit
from cms.people.queries import View

Row = list[Any]


def preamble(place: str, controllers: list[str], filters: Filters) -> Iterator[Row]:
    """Whose personal data this is and what it shows, so that the file tells it wherever it ends up."""
    yield [_("Answerable for the personal data"), ", ".join(controllers)]
    yield [_("Org unit"), place]
    yield [_("What"), filters.target.title if filters.target else _("All that is required")]
    if filters.state:
        yield [_("Standing"), filters.state_label]
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
    yield [_("Org unit"), _("What"), *_figure_headings()]
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


def matrix_table(matrix: Matrix, place: str, filters: Filters) -> Iterator[Row]:
    """A row for each org unit and thing that is required of somebody there: easier to pivot than a wide sheet."""
    yield from preamble(place, matrix.controllers, filters)
    yield [_("Org unit"), _("What"), *_figure_headings()]
    for row in matrix.rows:
        name = _("%(unit)s, own staff") % {"unit": row.unit.name} if row.is_own else row.unit.name
        for target, (_name, counts) in zip(matrix.targets, row.cells, strict=True):
            if counts.required or counts.exempt:
                yield [name, target.title, *_figures(counts)]


def trend_table(points: list[Point], view: View, org_unit: OrgUnit | None, filters: Filters) -> Iterator[Row]:
    tops = frozenset([org_unit.pk]) if org_unit else frozenset(view.tree.tops_of(view.org_units))
    place = org_unit.name if org_unit else _("Your org units")
    yield from preamble(place, named_controllers(view, tops), filters)
    yield [pgettext("trend", "Day"), *_figure_headings()]
    for point in points:
        yield [point.day, *_figures(point.counts)]


def coverage_table(coverage: Coverage, view: View, filters: Filters) -> Iterator[Row]:
    """First the ways to reach help, then the training, of each district."""
    controllers = named_controllers(view, frozenset(view.tree.tops_of(view.org_units)))
    yield from preamble(_("All districts"), controllers, filters)
    yield [_("District"), _("What"), _("Own contact routes"), _("Of the whole city"), *_figure_headings()]
    for row in coverage.rows:
        for reach in row.contacts:
            yield [row.district.name, reach.kind.label, reach.own, reach.city]
        for one in row.training:
            yield [row.district.name, one.target.title, None, None, *_figures(one.counts)]


def _figure_headings() -> Row:
    return [
        pgettext("people", "Required"),
        pgettext("people", "Done"),
        _("Of which expiring"),
        pgettext("people", "To do"),
        pgettext("people", "Overdue"),
        pgettext("people", "Exempt"),
        _("Per cent done"),
    ]


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


def readers_table(found: ReaderList, controllers: list[str]) -> Iterator[Row]:
    """The people of the page with the latest version that each has read."""
    yield from preamble(found.org_unit.name, controllers, found.filters)
    yield [
        _("Family name"),
        _("Given name"),
        _("Workplace"),
        pgettext("employment", "Role"),
        _("Latest version read"),
        pgettext("version", "Read on"),
        _("Standing"),
    ]
    labels = {state: str(state.label) for state in State}
    for row in found.rows:
        person, read = row.staff.person, row.read
        yield [
            person.family_name,
            person.given_name,
            row.staff.workplaces,
            row.staff.roles,
            read.number if read else pgettext("version", "None"),
            read.on if read else None,
            labels[row.staff.standing.state],
        ]


def reader_units_table(found: ReaderList, controllers: list[str]) -> Iterator[Row]:
    """A row for each org unit and version: easier to pivot than a wide sheet."""
    yield from preamble(found.org_unit.name, controllers, found.filters)
    yield [_("Org unit"), _("Latest version read"), _("People")]
    for row in [*found.units, found.together]:
        name = _("%(unit)s, own staff") % {"unit": row.unit.name} if row.is_own else row.unit.name
        for version, count in row.counts:
            yield [name, pgettext("version", "None") if version == NONE_READ else version, count]
