"""Steps and the ways between them: what is wrong with a graph, and where its parts stand in a picture. Pure.

A graph begins at its first node. An end is where it may stop.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from courses.scenario import Scenario

Ways = Mapping[str, Sequence[str]]
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 168, 52, 36, 64, 24
LOOP = 14  # how far a way that comes back to its own node, or goes upwards, stands out beside it


@dataclass(frozen=True)
class Graph:
    """`ways` has every node, with those that it leads to."""

    ways: Ways
    ends: frozenset[str]

    @property
    def start(self) -> str:
        return next(iter(self.ways))

    def reached(self, first: Iterable[str]) -> frozenset[str]:
        """What can be reached from some nodes, themselves included."""
        seen: set[str] = set()
        waiting = list(first)
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting += self.ways[node]
        return frozenset(seen)

    @property
    def dead_ends(self) -> list[str]:
        """Nodes that lead nowhere and are no end."""
        return [node for node, ways in self.ways.items() if not ways and node not in self.ends]

    @property
    def unreachable(self) -> list[str]:
        """Nodes that nobody comes to."""
        reached = self.reached([self.start])
        return [node for node in self.ways if node not in reached]

    @property
    def without_exit(self) -> list[str]:
        """Nodes with ways on, none of which ever comes to an end: one goes round, or comes to a dead end."""
        back: dict[str, list[str]] = {node: [] for node in self.ways}
        for node, ways in self.ways.items():
            for other in ways:
                back[other].append(node)
        saved = Graph(back, frozenset()).reached(self.ends)
        return [node for node, ways in self.ways.items() if ways and node not in saved]


def graph_of(scenario: Scenario) -> Graph:
    """Steps and where their choices lead. A choice that leads nowhere is no way."""
    ways = {step.key: [one.leads_to for one in step.choices if one.leads_to is not None] for step in scenario.steps}
    return Graph(ways, frozenset(step.key for step in scenario.steps if step.is_ending))


# The picture


@dataclass(frozen=True)
class Box:
    """Where a node stands: its upper left corner."""

    node: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2

    @property
    def bottom(self) -> int:
        return self.y + HEIGHT


@dataclass(frozen=True)
class Arrow:
    """A way from a node to another, as the `d` of a path, and where its number stands."""

    node: str
    to: str
    number: int
    d: str
    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int


def rows(graph: Graph) -> list[list[str]]:
    """Nodes by how many ways they are from the start; last those that nobody comes to.

    Within a row each stands near those that lead to it.
    """
    row, seen, found = [graph.start], {graph.start}, []
    while row:
        found.append(row)
        following = []
        for node in row:
            for other in graph.ways[node]:
                if other not in seen:
                    seen.add(other)
                    following.append(other)
        row = following
    rest = [node for node in graph.ways if node not in seen]
    return [*found, rest] if rest else found


def picture(graph: Graph) -> Picture:
    """Boxes in rows from above, and an arrow for every way, in the order of the ways."""
    lines = rows(graph)
    widest = max(len(line) for line in lines)
    whole = widest * WIDTH + (widest - 1) * GAP_X
    boxes: dict[str, Box] = {}
    for at, line in enumerate(lines):
        width = len(line) * WIDTH + (len(line) - 1) * GAP_X
        left = MARGIN + 2 * LOOP + (whole - width) // 2
        for place, node in enumerate(line):
            boxes[node] = Box(node, left + place * (WIDTH + GAP_X), MARGIN + at * (HEIGHT + GAP_Y))
    arrows = [
        _arrow(boxes[node], boxes[other], number, len(ways))
        for node, ways in graph.ways.items()
        for number, other in enumerate(ways, start=1)
    ]
    height = 2 * MARGIN + len(lines) * HEIGHT + (len(lines) - 1) * GAP_Y
    return Picture(tuple(boxes.values()), tuple(arrows), whole + 2 * MARGIN + 4 * LOOP, height)


def _arrow(box: Box, to: Box, number: int, of: int) -> Arrow:
    """Downwards from the bottom to the top; beside it over the top; to itself or upwards round the side."""
    out = box.x + WIDTH * number // (of + 1)
    if to.y > box.y:
        bend = (to.y - box.bottom) // 2
        d = f"M{out} {box.bottom} C{out} {box.bottom + bend} {to.middle} {to.y - bend} {to.middle} {to.y}"
        return Arrow(box.node, to.node, number, d, (3 * out + to.middle) // 4, box.bottom + 18)
    side = box.x + WIDTH
    if to.node == box.node:
        high = box.y + HEIGHT * number // (of + 1)
        top, bottom = high - 7, high + 7
        d = f"M{side} {top} C{side + 2 * LOOP} {top} {side + 2 * LOOP} {bottom} {side} {bottom}"
        return Arrow(box.node, to.node, number, d, side + 2 * LOOP, high + 4)
    if to.y == box.y:
        begin, end, top = (out + box.middle) // 2, to.middle, box.y - MARGIN
        d = f"M{begin} {box.y} C{begin} {top} {end} {top} {end} {to.y}"
        return Arrow(box.node, to.node, number, d, (begin + end) // 2, box.y - 14)
    here, there = box.y + HEIGHT // 2, to.y + HEIGHT // 2
    left, end = box.x, to.x if to.x <= box.x else to.x + WIDTH
    reach = min(left, end) - 2 * LOOP if to.x <= box.x else max(side, end) + 2 * LOOP
    begin = left if to.x <= box.x else side
    d = f"M{begin} {here} C{reach} {here} {reach} {there} {end} {there}"
    return Arrow(box.node, to.node, number, d, (begin + reach) // 2, here - 6)
