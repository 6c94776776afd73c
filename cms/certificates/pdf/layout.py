"""How much fits: type sizes and places chosen from the lengths of texts, before anything is rendered."""

import math

from cms.certificates.facts import CourseFacts, Facts, PathFacts, UnitsFacts

NAME_STEPS = ((24, ""), (36, "s"), (72, "m"), (140, "l"), (math.inf, "xl"))
TITLE_STEPS = ((42, ""), (84, "s"), (170, "m"), (math.inf, "l"))
FRONT_UNITS = 6
FRONT_UNIT_LETTERS = 90


def step(text: str, steps: tuple[tuple[float, str], ...]) -> str:
    """The class of the first step that is at least as long as the text."""
    return next(name for longest, name in steps if len(text) <= longest)


def units_in_front(facts: Facts) -> bool:
    """Whether a course's units, or a path's courses, stand beside the name; otherwise they have a page of their own."""
    if not isinstance(facts, CourseFacts | PathFacts | UnitsFacts) or not facts.units:
        return False
    few = len(facts.units) <= FRONT_UNITS and all(len(unit.title) <= FRONT_UNIT_LETTERS for unit in facts.units)
    return few and len(facts.holder) <= NAME_STEPS[2][0] and len(facts.title) <= TITLE_STEPS[1][0]


def is_crowded(facts: Facts) -> bool:
    """Whether name or title take so many lines that they must begin higher on the sheet."""
    holder, title = getattr(facts, "holder", ""), getattr(facts, "title", "")
    return len(holder) > NAME_STEPS[3][0] or len(title) > TITLE_STEPS[2][0]
