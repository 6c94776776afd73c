"""A scenario as it is met, a step at a time. What a choice is worth, and where it leads, leaves this module only for
choices that have been made.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cms.people.models import Person
from cms.references.slots import words_html
from courses.queries.quiz import filler_of
from courses.scenario import Move, Walk


@dataclass(frozen=True)
class Option:
    """A choice to make: its key and its words, nothing else."""

    key: str
    html: str


@dataclass(frozen=True)
class Made:
    """A choice that was made, and what is said of it. `stays`: one is where one was, to think again."""

    situation: str
    html: str
    is_good: bool
    feedback: str
    stays: bool


@dataclass(frozen=True)
class ShownStep:
    """A step on the page: what happens and what one can do, or the ending with the way that led to it.

    `path` and `back` are what the page's forms carry along: the choices so far, and those up to the step before.
    """

    title: str
    number: int
    html: str
    options: tuple[Option, ...]
    path: tuple[str, ...]
    back: tuple[str, ...] | None
    last: Made | None
    ending: str
    made: tuple[Made, ...]

    @property
    def missed(self) -> int:
        """How many choices on the way were not good ones."""
        return sum(not one.is_good for one in self.made)


Words = Callable[[str], str]


def _texts(walk: Walk) -> Iterator[str]:
    """Every text that the page of a walk may show."""
    yield walk.step.text
    yield from (choice.text for choice in walk.step.choices)
    for move in walk.moves if walk.has_ended else walk.moves[-1:]:
        yield from (move.step.text, move.choice.text, move.choice.feedback)


def shown_step(walk: Walk, cites: Mapping[str, Any], person: Person | None, on: date) -> ShownStep:
    """Where a walk has come, with today's contacts and law, for one reader."""
    filler = filler_of("\n".join(words_html(text, cites) for text in _texts(walk)), person, on)

    def words(text: str) -> str:
        return filler.fill(words_html(text, cites))

    step = walk.step
    return ShownStep(
        title=walk.scenario.title,
        number=walk.number,
        html=words(step.text),
        options=tuple(Option(choice.key, words(choice.text)) for choice in step.choices),
        path=walk.path,
        back=walk.back,
        last=_made(walk.moves[-1], words) if walk.moves else None,
        ending=step.ending,
        made=tuple(_made(move, words) for move in walk.moves) if walk.has_ended else (),
    )


def _made(move: Move, words: Words) -> Made:
    return Made(
        situation=words(move.step.text),
        html=words(move.choice.text),
        is_good=move.choice.is_good,
        feedback=words(move.choice.feedback),
        stays=move.stays,
    )
