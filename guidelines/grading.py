"""The control questions of a version as values, and which of them are answered wrong. Pure; nothing is kept."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Choice:
    key: str
    text: str
    is_right: bool


@dataclass(frozen=True)
class Question:
    """A question as a version froze it. Its choices stand in the editor's order."""

    key: str
    text: str
    choices: tuple[Choice, ...]

    @property
    def right(self) -> frozenset[str]:
        return frozenset(choice.key for choice in self.choices if choice.is_right)

    @property
    def has_several(self) -> bool:
        """Whether several choices are right, so that several can be picked."""
        return len(self.right) > 1


def questions_in(extra: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions among what a version froze beside its text; none for a version without."""
    return tuple(
        Question(one["key"], one["text"], tuple(Choice(**choice) for choice in one["choices"]))
        for one in extra.get("questions", ())
    )


def answered_wrong(questions: Sequence[Question], answers: Mapping[str, Collection[str]]) -> list[Question]:
    """Those whose picked choices are not exactly the right ones. What is not answered is wrong."""
    return [one for one in questions if frozenset(answers.get(one.key, ())) != one.right]
