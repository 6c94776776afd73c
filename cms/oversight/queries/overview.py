"""How an actor's part of the organisation is doing: figures only, no people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cms.compliance.models import Target
from cms.compliance.queries import Counts, Figures, counts_by_org_unit, figures_of, required_targets, rough_share
from cms.oversight.queries.filters import Filters, employments_shown, name_of
from cms.people.models import OrgUnit
from cms.people.queries import View, controllers_of


@dataclass(frozen=True)
class UnitRow:
    """An org unit with the figures of all of it; or, if `is_own`, of those employed at the unit above itself."""

    unit: OrgUnit
    counts: Counts
    is_own: bool = False


@dataclass(frozen=True)
class TargetRow:
    target: Target
    counts: Counts

    @property
    def name(self) -> str:
        return name_of(self.target)


@dataclass(frozen=True)
class Overview:
    """`unit` None: all that the actor oversees, where that is several org units.

    The rows add up to `counts`, but for `counted_twice`: people who work at several of them. `city` is a rough share
    of the whole organisation, for those who do not see it.
    """

    unit: OrgUnit | None
    path: list[OrgUnit]
    counts: Counts
    rows: list[UnitRow]
    targets: list[TargetRow]
    controllers: list[str]
    city: int | None = None

    @property
    def counted_twice(self) -> int:
        return sum(row.counts.required for row in self.rows) - self.counts.required if self.rows else 0


def figures_shown(view: View, org_units: Iterable[int], targets: list[Target], filters: Filters, on: date) -> Figures:
    """The figures of some org units as far as the view goes and the filters let through."""
    if filters.narrows_people:
        wanted = frozenset(org_units) & view.org_units
        employments = employments_shown(view, view.tree.union_of_subtrees(wanted), filters, on)
        return figures_of(employments, view.tree, wanted, targets, on, filters.known_at)
    return counts_by_org_unit(view, org_units, targets, on, filters.known_at)


def path_to(view: View, org_unit: OrgUnit) -> list[OrgUnit]:
    """The org units above one, from the top, as far as the actor sees them."""
    above = [unit for unit in view.tree.ancestors(org_unit.pk) if unit in view.org_units]
    known = OrgUnit.objects.in_bulk(above)
    return [known[unit] for unit in reversed(above)]


def children_in(view: View, org_unit: int) -> list[int]:
    """The org units right below one, as far as the view has them, by name."""
    return [child for child in view.tree.children.get(org_unit, []) if child in view.org_units]


def overview_of(view: View, org_unit: OrgUnit | None, filters: Filters, on: date) -> Overview:
    """The figures of an org unit, or of all that the view has, with those of the units right below."""
    target = filters.target
    targets = [target] if target else required_targets(on)
    tops = view.tree.tops_of(view.org_units)
    if org_unit is None and len(tops) == 1:
        org_unit = OrgUnit.objects.get(pk=tops[0])
    below = tops if org_unit is None else children_in(view, org_unit.pk)
    wanted = [*below, org_unit.pk] if org_unit else below
    figures = figures_shown(view, wanted, targets, filters, on)
    chosen = target.pk if target else None
    units = OrgUnit.objects.in_bulk(wanted)
    return Overview(
        unit=org_unit,
        path=path_to(view, org_unit) if org_unit else [],
        counts=figures.together(chosen),
        rows=_rows(figures, [units[pk] for pk in below], org_unit, chosen),
        targets=[] if target else _targets(figures, targets),
        controllers=named_controllers(view, frozenset(wanted)),
        city=None if filters.is_past or filters.narrows_people else _city(view, targets, on),
    )


def _rows(figures: Figures, below: list[OrgUnit], org_unit: OrgUnit | None, target: int | None) -> list[UnitRow]:
    rows = [UnitRow(unit, figures.of(unit.pk, target)) for unit in below]
    own = figures.own_of(org_unit.pk, target) if org_unit and below else Counts()
    if org_unit and (own.required or own.exempt):
        rows.append(UnitRow(org_unit, own, is_own=True))
    return rows


def _targets(figures: Figures, targets: list[Target]) -> list[TargetRow]:
    """Each target by itself, where anybody must do it."""
    rows = [TargetRow(target, figures.together(target.pk)) for target in targets]
    return [row for row in rows if row.counts.required or row.counts.exempt]


def _city(view: View, targets: list[Target], on: date) -> int | None:
    roots = view.tree.children.get(None, [])
    return None if view.org_units.issuperset(roots) else rough_share(view.tree, roots, targets, on)


def named_controllers(view: View, org_units: frozenset[int]) -> list[str]:
    """The boards answerable for the personal data of some org units and all below them, by name."""
    every = view.tree.union_of_subtrees(org_units) & view.org_units
    return sorted({name for name in controllers_of(every, view.tree).values() if name})
