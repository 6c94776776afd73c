"""The organisation on one day, as a value: who stands under whom."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from cms.people.names import swedish_order


@dataclass(frozen=True)
class Node:
    """An org unit's place. `parent` is None for a root; ids are primary keys."""

    id: int
    name: str
    kind: str
    parent: int | None


@dataclass(frozen=True)
class OrgTree:
    """Built once a request from at most a few thousand nodes; every walk is then in memory."""

    nodes: dict[int, Node]
    children: dict[int | None, list[int]] = field(repr=False)

    @classmethod
    def of(cls, nodes: Iterable[Node]) -> "OrgTree":
        by_id = {node.id: node for node in nodes}
        children: dict[int | None, list[int]] = {}
        for node in sorted(by_id.values(), key=lambda node: (swedish_order(node.name), node.id)):
            parent = node.parent if node.parent in by_id else None
            children.setdefault(parent, []).append(node.id)
        return cls(nodes=by_id, children=children)

    def subtree(self, root: int) -> frozenset[int]:
        """The ids of an org unit and everything below it. Empty for an unknown or closed unit."""
        if root not in self.nodes:
            return frozenset()
        found: set[int] = set()
        waiting = [root]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting.extend(self.children.get(current, ()))
        return frozenset(found)

    def union_of_subtrees(self, roots: Iterable[int]) -> frozenset[int]:
        return frozenset().union(*(self.subtree(root) for root in roots))

    def indented(self) -> list[tuple[int, str]]:
        """The org units as choices, each set in below the one it belongs to."""
        choices: list[tuple[int, str]] = []
        waiting = [(root, 0) for root in reversed(self.children.get(None, []))]
        while waiting:
            unit, depth = waiting.pop()
            choices.append((unit, "\u2003" * depth + self.nodes[unit].name))
            waiting += [(below, depth + 1) for below in reversed(self.children.get(unit, []))]
        return choices

    def ancestors(self, org_unit: int) -> Iterator[int]:
        """From the unit's parent up to the root. A circle, were there one, ends the walk."""
        seen = {org_unit}
        node = self.nodes.get(org_unit)
        while node is not None and node.parent is not None and node.parent not in seen:
            seen.add(node.parent)
            yield node.parent
            node = self.nodes.get(node.parent)

    def tops_of(self, org_units: frozenset[int]) -> list[int]:
        """The members of a set that have no ancestor in it, by name: where an actor's own part begins."""
        tops = [unit for unit in org_units if not org_units.intersection(self.ancestors(unit))]
        return sorted(tops, key=lambda unit: (swedish_order(self.nodes[unit].name), unit))


@dataclass(frozen=True)
class OrgHistory:
    """The organisation through a time: its tree from each day on which it changed, in order."""

    trees: tuple[tuple[date, OrgTree], ...]

    def subtrees(self, roots: Iterable[int]) -> list[tuple[date, frozenset[int]]]:
        """What lay under the roots, from each day on which that changed."""
        roots = list(roots)
        found: list[tuple[date, frozenset[int]]] = []
        for day, tree in self.trees:
            below = tree.union_of_subtrees(roots)
            if not found or found[-1][1] != below:
                found.append((day, below))
        return found
