"""A scenario as a value, and where a path of choices leads. Pure: no database, no memory of who chose what.

A path is the choices that were made, in order, by their keys. Whoever plays carries it along from page to page; it is
walked anew each time, so that an ending is only reached by way of choices that lead there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courses.enums import Ending

LONGEST = 100


class BadPath(ValueError):
    """Choices that cannot have been made in that order."""


@dataclass(frozen=True)
class Choice:
    """`leads_to` is the key of a step: its own for a choice to think about again; None if it leads nowhere."""

    key: str
    text: str
    is_good: bool
    feedback: str
    leads_to: str | None


@dataclass(frozen=True)
class Step:
    key: str
    name: str
    text: str
    ending: str
    choices: tuple[Choice, ...]

    @property
    def is_ending(self) -> bool:
        return bool(self.ending)

    @property
    def ends_well(self) -> bool:
        return self.ending == Ending.GOOD


@dataclass(frozen=True)
class Scenario:
    """It begins with its first step."""

    title: str
    audiences: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def solution(self) -> tuple[str, ...]:
        """A shortest path to an ending, a good one if there is any; empty if none is reached."""
        waiting: list[tuple[Step, tuple[str, ...]]] = [(self.steps[0], ())]
        seen = {self.steps[0].key}
        other: tuple[str, ...] = ()
        while waiting:
            step, path = waiting.pop(0)
            if step.ends_well:
                return path
            other = other or (path if step.is_ending else ())
            for choice in sorted(step.choices, key=lambda one: not one.is_good):
                to = self.step(choice.leads_to)
                if to is not None and to.key not in seen:
                    seen.add(to.key)
                    waiting.append((to, (*path, choice.key)))
        return other

    def step(self, key: str | None) -> Step | None:
        return next((step for step in self.steps if step.key == key), None)


def parse(data: Mapping[str, Any]) -> Scenario:
    """A scenario from its frozen form."""
    steps = tuple(
        Step(**{**step, "choices": tuple(Choice(**choice) for choice in step["choices"])}) for step in data["steps"]
    )
    return Scenario(title=data["title"], audiences=tuple(data["audiences"]), steps=steps)


@dataclass(frozen=True)
class Move:
    """A choice that was made at a step, and the step that it led to."""

    step: Step
    choice: Choice
    to: Step

    @property
    def stays(self) -> bool:
        return self.to.key == self.step.key


@dataclass(frozen=True)
class Walk:
    """Where a path has led."""

    scenario: Scenario
    moves: tuple[Move, ...]

    @property
    def step(self) -> Step:
        return self.moves[-1].to if self.moves else self.scenario.steps[0]

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(move.choice.key for move in self.moves)

    @property
    def has_ended(self) -> bool:
        return self.step.is_ending

    @property
    def number(self) -> int:
        """The how-manieth step this is on the way, from 1: what one stays at counts once."""
        return 1 + sum(not move.stays for move in self.moves)

    @property
    def back(self) -> tuple[str, ...] | None:
        """The path up to the step before this one; None at the first."""
        path = list(self.moves)
        while path and path[-1].stays:
            path.pop()
        return tuple(move.choice.key for move in path[:-1]) if path else None


def walk(scenario: Scenario, path: Sequence[str]) -> Walk:
    """Follow choices from the first step. Raises BadPath for one that the step it is made at does not have."""
    if len(path) > LONGEST:
        raise BadPath("more choices than anybody makes")
    step, moves = scenario.steps[0], []
    for key in path:
        choice = next((choice for choice in step.choices if choice.key == key), None)
        to = scenario.step(choice.leads_to) if choice is not None else None
        if choice is None or to is None or step.is_ending:
            raise BadPath("a choice that the step does not have")
        moves.append(Move(step, choice, to))
        step = to
    return Walk(scenario, tuple(moves))
