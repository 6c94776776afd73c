"""Org units by targets: one table of figures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from cms.compliance.models import Target
from cms.compliance.queries import Counts, required_targets
from cms.oversight.queries.filters import Filters, name_of
from cms.oversight.queries.overview import children_in, figures_shown, named_controllers
from cms.people.models import OrgUnit
from cms.people.queries import View


@dataclass(frozen=True)
class MatrixRow:
    """An org unit with its figures of each target, in the order of the columns, and of all of them together.

    Or, if `is_own`, the figures of those employed at the top unit itself.
    """

    unit: OrgUnit
    cells: list[tuple[str, Counts]]
    together: Counts
    depth: int = 0
    is_own: bool = False


@dataclass(frozen=True)
class Matrix:
    targets: list[Target]
    rows: list[MatrixRow]
    sum: list[Counts]
    top: OrgUnit | None
    controllers: list[str]

    @property
    def columns(self) -> list[tuple[str, Target]]:
        return [(name_of(target), target) for target in self.targets]

    @property
    def sums(self) -> list[tuple[str, Counts]]:
        return [(name_of(target), counts) for target, counts in zip(self.targets, self.sum, strict=True)]

    @property
    def furthest(self) -> tuple[Target, Counts] | None:
        """What the smallest share has done, with its figures. None where nothing is required, or all of it is done."""
        left = [pair for pair in zip(self.targets, self.sum, strict=True) if pair[1].met < pair[1].required]
        return min(left, key=lambda pair: pair[1].met / pair[1].required, default=None)


def matrix_of(view: View, org_unit: OrgUnit | None, filters: Filters, on: date, *, is_deep: bool) -> Matrix:
    """The org units right below one (or the topmost of the view), or with `is_deep` all below, in the tree's order."""
    asked = [filters.target] if filters.target else required_targets(on)
    tops = [org_unit.pk] if org_unit else view.tree.tops_of(view.org_units)
    order = _walked(view, tops, is_deep=is_deep)
    wanted = {unit for unit, _depth in order} | set(tops)
    figures = figures_shown(view, wanted, asked, filters, on)
    targets = [target for target in asked if _has_any(figures.together(target.pk))]
    units = OrgUnit.objects.in_bulk(wanted)
    top = units[tops[0]] if len(tops) == 1 else None
    rows = [
        MatrixRow(units[unit], _cells(targets, partial(figures.of, unit)), figures.of(unit), depth)
        for unit, depth in order
    ]
    if top and top.pk not in dict(order):
        own = partial(figures.own_of, top.pk)
        rows.append(MatrixRow(top, _cells(targets, own), own(), is_own=True))
    return Matrix(
        targets=targets,
        rows=[row for row in rows if _has_any(row.together)],
        sum=[figures.together(target.pk) for target in targets],
        top=top,
        controllers=named_controllers(view, frozenset(tops)),
    )


def _cells(targets: list[Target], counts_of: Callable[[int], Counts]) -> list[tuple[str, Counts]]:
    return [(name_of(target), counts_of(target.pk)) for target in targets]


def _has_any(counts: Counts) -> bool:
    return bool(counts.required or counts.exempt)


def _walked(view: View, tops: list[int], *, is_deep: bool) -> list[tuple[int, int]]:
    """Org units with how deep they lie below the first ones."""
    below = [child for top in tops for child in children_in(view, top)] if len(tops) == 1 else tops
    first = below or tops
    if not is_deep:
        return [(unit, 0) for unit in first]
    found: list[tuple[int, int]] = []
    waiting = [(unit, 0) for unit in reversed(first)]
    while waiting:
        unit, depth = waiting.pop()
        found.append((unit, depth))
        waiting += [(child, depth + 1) for child in reversed(children_in(view, unit))]
    return found
