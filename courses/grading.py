"""Questions as values and how answers are graded. Pure: no database, no time, no order of choices.

A question is parsed from what a version froze. An answer is the set of choice keys that were picked; for a
true-or-false question the keys are "true" and "false". Every score lies in [0, 1].
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from courses.enums import QuestionKind

TRUE, FALSE = "true", "false"
RIGHT, WRONG = Fraction(1), Fraction(0)


class BadAnswer(ValueError):
    """An answer that cannot have been given to this question."""


@dataclass(frozen=True)
class Choice:
    key: str
    text: str = ""
    is_correct: bool = False
    feedback: str = ""


@dataclass(frozen=True)
class Question:
    """What all kinds share. `read_again` is the key and title of the section that the editor says answers it."""

    key: str
    text: str = ""
    choices: tuple[Choice, ...] = ()
    feedback: str = ""
    audiences: tuple[str, ...] = ()
    read_again: tuple[str, str] | None = None

    kind: ClassVar[QuestionKind]
    most: ClassVar[int | None] = None  # how many choices may be picked; None: any number

    @property
    def right(self) -> frozenset[str]:
        """The choices that together are the right answer."""
        return frozenset(choice.key for choice in self.choices if choice.is_correct)

    def clean(self, given: Iterable[str]) -> tuple[str, ...]:
        """An answer in the one form it is kept in; empty means not answered. Raises BadAnswer."""
        picked = set(given)
        if picked - {choice.key for choice in self.choices}:
            raise BadAnswer("a choice that the question does not have")
        if self.most is not None and len(picked) > self.most:
            raise BadAnswer("more choices than the question allows")
        return tuple(sorted(picked))

    def score(self, answer: Iterable[str]) -> Fraction:
        """The share of the point that an answer earns."""
        return RIGHT if self.right and frozenset(answer) == self.right else WRONG

    def is_right(self, answer: Iterable[str]) -> bool:
        return self.score(answer) == RIGHT


@dataclass(frozen=True)
class SingleQuestion(Question):
    kind: ClassVar[QuestionKind] = QuestionKind.SINGLE
    most: ClassVar[int | None] = 1


@dataclass(frozen=True)
class MultipleQuestion(Question):
    """Right when every right choice is picked and no other."""

    kind: ClassVar[QuestionKind] = QuestionKind.MULTIPLE


@dataclass(frozen=True)
class TrueFalseQuestion(Question):
    kind: ClassVar[QuestionKind] = QuestionKind.TRUE_FALSE
    most: ClassVar[int | None] = 1


KINDS: dict[str, type[Question]] = {str(cls.kind): cls for cls in (SingleQuestion, MultipleQuestion, TrueFalseQuestion)}


def parse(data: Mapping[str, Any]) -> Question:
    """A question from its frozen form."""
    cls = KINDS[data["kind"]]
    if cls is TrueFalseQuestion:
        choices = tuple(Choice(key=key, is_correct=data["is_true"] is (key == TRUE)) for key in (TRUE, FALSE))
    else:
        choices = tuple(Choice(**choice) for choice in data["choices"])
    section = data.get("read_again")
    return cls(
        key=data["key"],
        text=data["text"],
        choices=choices,
        feedback=data["feedback"],
        audiences=tuple(data["audiences"]),
        read_again=(section["key"], section["title"]) if section else None,
    )


@dataclass(frozen=True)
class Result:
    """What a set of answers is worth. `score` is the mean of the questions' points."""

    score: Fraction
    right: frozenset[str]
    wrong: frozenset[str]

    def passes(self, pass_mark: int) -> bool:
        """Whether the score reaches the pass mark, in per cent; exact, so that 80 % of five is four."""
        return self.score * 100 >= pass_mark


def grade(questions: Iterable[Question], answers: Mapping[str, Iterable[str]]) -> Result:
    """Grade answers by question key. A question without an answer is wrong; no questions at all are all right."""
    points = {question.key: question.score(answers.get(question.key, ())) for question in questions}
    right = frozenset(key for key, point in points.items() if point == RIGHT)
    score = sum(points.values(), Fraction(0)) / len(points) if points else RIGHT
    return Result(score=score, right=right, wrong=frozenset(points) - right)
