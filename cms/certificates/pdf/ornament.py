"""The handrail: one line that rises and ends in a scroll, on slender balusters. Drawn, not traced.

Units are millimetres, y downwards.
"""

import math
from collections.abc import Callable
from functools import lru_cache

from cms.core.colours import tint

Point = tuple[float, float]

# The sheet that lies down: where the rail begins at the left edge, where it runs out, where the scroll begins.
LOW, HIGH, END = 195.0, 150.0, 281.0
SCROLL_RADIUS, SCROLL_TURNS = 7.4, 1.62
BALUSTERS = (8.0, 180.0, 7.2)  # first, last, distance: further to the right there is room for the QR code
# The sheet that stands: a level rail under the letterhead.
RULE_LENGTH, RULE_RADIUS = 166.0, 2.9


def rail_height(x: float) -> float:
    """The height of the rising rail's middle at a distance from the left: level, rising, level again."""
    share = min(max((x - 18) / (END - 18), 0.0), 1.0)
    eased = share * share * share * (share * (share * 6 - 15) + 10)
    return LOW - (LOW - HIGH) * eased


def _scroll(end: Point, radius: float, steps: int) -> list[Point]:
    """From the end of a level rail down and inwards, around a centre below the end."""
    points = []
    for step in range(1, steps + 1):
        share = step / steps
        angle = share * SCROLL_TURNS * 2 * math.pi
        reach = radius * ((1 - share) ** 0.9 + 0.15 * share)
        points.append((end[0] + reach * math.sin(angle), end[1] + radius - reach * math.cos(angle)))
    return points


def _outline(middle: list[Point], half: Callable[[float], float]) -> tuple[list[Point], list[Point]]:
    """Both edges of a stroke whose half breadth depends on how far along it is (0 to 1)."""
    upper, lower = [], []
    for index, (x, y) in enumerate(middle):
        before, after = middle[max(index - 1, 0)], middle[min(index + 1, len(middle) - 1)]
        dx, dy = after[0] - before[0], after[1] - before[1]
        length = math.hypot(dx, dy) or 1.0
        breadth = half(index / (len(middle) - 1)) / length
        upper.append((x + dy * breadth, y - dx * breadth))
        lower.append((x - dy * breadth, y + dx * breadth))
    return upper, lower


def _smooth(points: list[Point]) -> str:
    """Bézier curves through the points (Catmull-Rom), without the first move."""
    pieces = []
    for index in range(len(points) - 1):
        p0, p1 = points[max(index - 1, 0)], points[index]
        p2, p3 = points[index + 1], points[min(index + 2, len(points) - 1)]
        c1 = (p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6)
        c2 = (p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6)
        pieces.append("C" + " ".join(f"{x:.2f},{y:.2f}" for x, y in (c1, c2, p2)))
    return "".join(pieces)


def _stroke(middle: list[Point], half: Callable[[float], float]) -> str:
    upper, lower = _outline(middle, half)
    back = lower[::-1]
    start = f"M{upper[0][0]:.2f},{upper[0][1]:.2f}"
    turn = f"L{back[0][0]:.2f},{back[0][1]:.2f}"
    return f"{start}{_smooth(upper)}{turn}{_smooth(back)}Z"


def _balusters(colour: str) -> str:
    """Fading towards the end of the flight."""
    first, last, distance = BALUSTERS
    strokes = []
    for step in range(int((last - first) / distance) + 1):
        x = first + step * distance
        shade = tint(colour, round(0.42 - 0.34 * (x - first) / (last - first), 2))
        strokes.append(f'<path d="M{x:.2f},{rail_height(x):.2f}V211" stroke="{shade}"/>')
    return "".join(strokes)


def _svg(width: float, height: float, inside: str) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}mm" height="{height:g}mm">{inside}</svg>'
    ).encode()


@lru_cache(maxsize=16)
def handrail(colour: str) -> bytes:
    """The ornament of a diploma's first page, the size of the sheet: broad at the wall, narrow in the scroll."""
    rise = [(x, rail_height(x)) for x in (-4 + step * (END + 4) / 36 for step in range(37))]
    middle = rise + _scroll((END, HIGH), SCROLL_RADIUS, 40)
    heart = middle[-1]
    return _svg(
        297,
        210,
        f'<g fill="none" stroke-width="0.45">{_balusters(colour)}</g>'
        f'<path d="{_stroke(middle, lambda share: 0.95 - 0.6 * share**1.3)}" fill="{colour}"/>'
        f'<circle cx="{heart[0]:.2f}" cy="{heart[1]:.2f}" r="1.15" fill="{colour}"/>',
    )


@lru_cache(maxsize=16)
def rule(colour: str) -> bytes:
    """The rule under the letterhead of a document: the same rail, level, with a small scroll."""
    end = RULE_LENGTH - RULE_RADIUS
    middle = [(x * end / 6, 0.5) for x in range(7)] + _scroll((end, 0.5), RULE_RADIUS, 30)
    heart = middle[-1]
    return _svg(
        RULE_LENGTH,
        7,
        f'<path d="{_stroke(middle, lambda share: 0.36 - 0.18 * share)}" fill="{colour}"/>'
        f'<circle cx="{heart[0]:.2f}" cy="{heart[1]:.2f}" r="0.45" fill="{colour}"/>',
    )
