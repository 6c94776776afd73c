"""How one org unit stands, as facts for a signed document."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from django.utils import timezone

from cms.certificates.facts import StatementFacts, StatementRow
from cms.compliance.models import Target
from cms.compliance.queries import Counts, counts_by_org_unit, required_targets
from cms.oversight.queries.filters import Filters
from cms.people.models import OrgUnit
from cms.people.names import swedish_order
from cms.people.queries import View, controllers_of


def statements_of(
    view: View, org_units: Iterable[OrgUnit], filters: Filters, on: date
) -> Iterator[tuple[OrgUnit, StatementFacts]]:
    """The figures of org units, of each thing that is required there.

    Always without protected people, whatever the actor may see: the document goes to others, and two documents that
    differ by one would tell that somebody is hidden.
    """
    units = list(org_units)
    keys = [unit.pk for unit in units]
    targets = [filters.target] if filters.target else required_targets(on)
    open_view = replace(view, protected_in=frozenset())
    figures = counts_by_org_unit(open_view, keys, targets, on, filters.known_at)
    known_at = timezone.localtime(filters.known_at or timezone.now())
    controllers = controllers_of(keys, view.tree)
    for unit in units:
        rows = [_row(target, figures.of(unit.pk, target.pk)) for target in targets]
        yield (
            unit,
            StatementFacts(
                org_unit=unit.name,
                as_of=on.isoformat(),
                known_at=known_at.strftime("%Y-%m-%d %H:%M"),
                rows=tuple(row for row in rows if row.required or row.exempt),
                school_unit_code=unit.school_unit_code or "",
                controller=controllers[unit.pk],
            ),
        )


def org_units_within(view: View, org_unit: OrgUnit) -> list[OrgUnit]:
    """An org unit and those below it, as far as the view goes, by name."""
    inside = view.tree.subtree(org_unit.pk) & view.org_units
    return sorted(OrgUnit.objects.filter(pk__in=inside), key=lambda unit: swedish_order(unit.name))


def _row(target: Target, counts: Counts) -> StatementRow:
    return StatementRow(target.title, counts.required, counts.met, counts.overdue, counts.exempt)
