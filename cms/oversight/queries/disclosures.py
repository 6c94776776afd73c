"""What has been asked for as a public record: its lines with what they say, as far as the registrar may see them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import pgettext

from cms.compliance.enums import State
from cms.compliance.queries import refuse_disposed
from cms.oversight.enums import LineDecision
from cms.oversight.models import Disclosure, DisclosureLine
from cms.oversight.queries.filters import Filters, filters_from
from cms.oversight.queries.overview import named_controllers
from cms.oversight.queries.staff import StaffList, StaffRow
from cms.oversight.queries.tables import Row, preamble, staff_cells, staff_heading
from cms.people.enums import Protection
from cms.people.models import OrgUnit, Person
from cms.people.queries import View, view_of

MOST_LINES = 5_000
MASK = "–"


@dataclass(frozen=True)
class Line:
    """A line of a disclosure with the row it stands for."""

    line: DisclosureLine
    row: StaffRow


def list_asked_for(actor: Person, org_unit: OrgUnit, filters: Filters) -> StaffList:
    """The list behind a disclosure. People with protected data are never in it, whatever the registrar may see:
    whether anything about them can be told is weighed by hand, outside the system. Raises Disposed."""
    on = filters.on or timezone.localdate()
    refuse_disposed(on)
    view: View = replace(view_of(actor, on, filters.known_at), protected_in=frozenset())
    return StaffList(view, org_unit.pk, filters, on)


def disclosures_in(view: View) -> QuerySet[Disclosure]:
    """Disclosures about the view's org units, newest first, with how many lines wait for a decision."""
    waiting = Count("lines", filter=Q(lines__decision=LineDecision.PENDING))
    found = Disclosure.objects.filter(org_unit__in=view.org_units).select_related("org_unit", "release__released_by")
    return found.annotate(waiting=waiting).order_by("-opened_at")


def disclosure_in(view: View, key: uuid.UUID) -> Disclosure | None:
    return disclosures_in(view).filter(key=key).first()


def can_be_shown(disclosure: Disclosure) -> bool:
    """Whether nobody whose name was released has got protected data since."""
    released = disclosure.lines.filter(decision=LineDecision.RELEASE)
    is_open = Q(person__protection=Protection.NONE) & (
        Q(person__merged_into=None) | Q(person__merged_into__protection=Protection.NONE)
    )
    return not released.exclude(is_open).exists()


def lines_of(disclosure: Disclosure, actor: Person) -> list[Line]:
    """The lines with what they say, in their order. Whoever may no longer be shown is gone without a sign."""
    found = list_asked_for(actor, disclosure.org_unit, filters_from(disclosure.filters))
    rows = {(row.person.pk, row.target.pk if row.target else None): row for row in found.rows()}
    lines = disclosure.lines.order_by("number")
    pairs = ((line, rows.get((line.person_id, line.target_id))) for line in lines)
    return [Line(line, row) for line, row in pairs if row is not None]


def released_table(disclosure: Disclosure, lines: list[Line], actor: Person) -> Iterator[Row]:
    """What leaves the house: released lines as they are, and below them masked ones without a name.

    The lines stand in the order of the names, so a masked one among the others would tell where its name begins.
    """
    filters = filters_from(disclosure.filters)
    view = view_of(actor, filters.on or timezone.localdate(), filters.known_at)
    controllers = named_controllers(view, frozenset([disclosure.org_unit_id]))
    yield [pgettext("disclosure", "Request"), disclosure.reference]
    yield from preamble(disclosure.org_unit.name, controllers, filters)
    yield staff_heading()
    labels = {state: str(state.label) for state in State}
    yield from (staff_cells(one.row, labels) for one in lines if one.line.decision == LineDecision.RELEASE)
    masked = (staff_cells(one.row, labels)[2:] for one in lines if one.line.decision == LineDecision.MASK)
    yield from ([MASK, MASK, *cells] for cells in sorted(masked, key=lambda cells: [str(cell) for cell in cells]))
