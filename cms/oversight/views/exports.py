"""A view as a file: the same rows in the same order, and above them whose data it is."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.compliance.enums import State
from cms.compliance.queries import Counts
from cms.oversight.queries import Filters, Overview, StaffRow
from cms.oversight.sheets import csv_lines

Row = list[Any]


def csv_response(name: str, rows: Iterable[Row]) -> StreamingHttpResponse:
    """A file to keep, sent line by line."""
    lines = (line.encode() for line in csv_lines(rows))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    filename = f"{slugify(name) or 'enhet'}-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def preamble(place: str, controllers: list[str], filters: Filters) -> Iterator[Row]:
    """Whose personal data this is and what it shows, so that the file tells it wherever it ends up."""
    yield [_("Answerable for the personal data"), ", ".join(controllers)]
    yield [_("Org unit"), place]
    yield [_("What"), filters.target.title if filters.target else _("All that is required")]
    if filters.state:
        yield [_("Standing"), State(filters.state).label]
    yield [_("As of"), _moment(timezone.now())]
    yield []


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def overview_rows(overview: Overview, place: str, filters: Filters) -> Iterator[Row]:
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


def staff_rows_as_table(
    rows: Iterable[StaffRow], place: str, controllers: list[str], filters: Filters
) -> Iterator[Row]:
    yield from preamble(place, controllers, filters)
    yield [
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
    for row in rows:
        standing = row.standing
        yield [
            row.person.family_name,
            row.person.given_name,
            row.workplaces,
            row.roles,
            row.target.title if row.target else "",
            standing.state.label,
            standing.due_on,
            standing.done_on if row.target else None,
            row.version,
            standing.exempt_until or standing.valid_until,
        ]
