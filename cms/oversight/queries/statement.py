"""How one org unit stands, as facts for a signed document."""

from dataclasses import replace
from datetime import date

from django.utils import timezone

from cms.certificates.facts import StatementFacts, StatementRow
from cms.compliance.models import Target
from cms.compliance.queries import Counts, counts_by_org_unit, required_targets
from cms.oversight.queries.filters import Filters
from cms.people.models import OrgUnit
from cms.people.queries import View, controllers_of


def statement_of(view: View, org_unit: OrgUnit, filters: Filters, on: date) -> StatementFacts:
    """The figures of an org unit, of each thing that is required there.

    Always without protected people, whatever the actor may see: the document goes to others, and two documents that
    differ by one would tell that somebody is hidden.
    """
    targets = [filters.target] if filters.target else required_targets(on)
    open_view = replace(view, protected_in=frozenset())
    figures = counts_by_org_unit(open_view, [org_unit.pk], targets, on, filters.known_at)
    known_at = timezone.localtime(filters.known_at or timezone.now())
    rows = [_row(target, figures.of(org_unit.pk, target.pk)) for target in targets]
    return StatementFacts(
        org_unit=org_unit.name,
        as_of=on.isoformat(),
        known_at=known_at.strftime("%Y-%m-%d %H:%M"),
        rows=tuple(row for row in rows if row.required or row.exempt),
        school_unit_code=org_unit.school_unit_code or "",
        controller=controllers_of([org_unit.pk], view.tree)[org_unit.pk],
    )


def _row(target: Target, counts: Counts) -> StatementRow:
    return StatementRow(target.title, counts.required, counts.met, counts.overdue, counts.exempt)
