"""Questions as values and how answers are graded. Pure: no database, no time, no order of choices.

A question is parsed from what a version froze. An answer is a set of short strings, as a form posts them:

  one or several choices   keys of choices; "true" or "false" for a statement
  match pairs, put in order   "<key of the choice>:<key of what it is paired with, or place from 1>"
  number, short answer     the words themselves

Every score lies in [0, 1]. What an answer is worth never depends on the order in which choices stand or are given.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, ClassVar

import rfc8785

from courses.enums import Credit, QuestionKind

TRUE, FALSE = "true", "false"
RIGHT, WRONG = Fraction(1), Fraction(0)
LONGEST_WORDS, LONGEST_NUMBER = 60, 20
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")


class BadAnswer(ValueError):
    """An answer that cannot have been given to this question."""


@dataclass(frozen=True)
class Choice:
    """`position` is its place in what was frozen, from 0: the right one in a question about order."""

    key: str
    text: str = ""
    is_correct: bool = False
    feedback: str = ""
    match: str = ""
    position: int = 0


@dataclass(frozen=True)
class Question:
    """What all kinds share. `read_again` is the key and title of the section that the editor says answers it.

    `sha256` is over its frozen form, `by_parts` whether a part of the answer earns a part of the point.
    """

    key: str
    text: str = ""
    choices: tuple[Choice, ...] = ()
    feedback: str = ""
    audiences: tuple[str, ...] = ()
    read_again: tuple[str, str] | None = None
    by_parts: bool = False
    is_shuffled: bool = False
    tolerance: Fraction = WRONG
    suffix: str = ""
    sha256: str = ""

    kind: ClassVar[QuestionKind]
    most: ClassVar[int | None] = None  # how many choices may be picked; None: any number
    is_written: ClassVar[bool] = False  # words of one's own: the choices are what is right, and never shown

    @property
    def right(self) -> frozenset[str]:
        """The choices that together are the right answer."""
        return frozenset(choice.key for choice in self.choices if choice.is_correct)

    @property
    def solution(self) -> tuple[str, ...]:
        """A right answer."""
        return tuple(sorted(self.right))

    @property
    def mistake(self) -> tuple[str, ...]:
        """A wrong answer, as complete as an answer can be; empty where none can be wrong."""
        fewer = self.solution[:1] if len(self.solution) > 1 else ()
        return next(((choice.key,) for choice in self.choices if not choice.is_correct), fewer)

    def clean(self, given: Iterable[str]) -> tuple[str, ...]:
        """An answer in the one form it is kept in; empty means not answered. Raises BadAnswer."""
        picked = set(given)
        if picked - {choice.key for choice in self.choices}:
            raise BadAnswer("a choice that the question does not have")
        if self.most is not None and len(picked) > self.most:
            raise BadAnswer("more choices than the question allows")
        return tuple(sorted(picked))

    def is_complete(self, answer: Iterable[str]) -> bool:
        """Whether an answer can be handed in: every row has its own, a number is a number."""
        return bool(tuple(answer))

    def score(self, answer: Iterable[str]) -> Fraction:
        """The share of the point that an answer earns."""
        share = self.share(frozenset(answer))
        return share if self.by_parts or share == RIGHT else WRONG

    def share(self, answer: frozenset[str]) -> Fraction:
        """How much of an answer is right, whether or not parts earn anything."""
        return RIGHT if self.right and answer == self.right else WRONG

    def is_right(self, answer: Iterable[str]) -> bool:
        return self.score(answer) == RIGHT


@dataclass(frozen=True)
class SingleQuestion(Question):
    kind: ClassVar[QuestionKind] = QuestionKind.SINGLE
    most: ClassVar[int | None] = 1


@dataclass(frozen=True)
class MultipleQuestion(Question):
    """Right when every right choice is picked and no other.

    In parts: the share of the right ones that were picked, less the share of the wrong ones. Whoever picks all of
    them gets nothing.
    """

    kind: ClassVar[QuestionKind] = QuestionKind.MULTIPLE

    def share(self, answer: frozenset[str]) -> Fraction:
        wrong = {choice.key for choice in self.choices} - self.right
        if not self.right:
            return WRONG
        hits = Fraction(len(answer & self.right), len(self.right))
        misses = Fraction(len(answer & wrong), len(wrong)) if wrong else WRONG
        return max(WRONG, hits - misses)


@dataclass(frozen=True)
class TrueFalseQuestion(Question):
    kind: ClassVar[QuestionKind] = QuestionKind.TRUE_FALSE
    most: ClassVar[int | None] = 1


# Rows, each with something chosen from a list


@dataclass(frozen=True)
class RowsQuestion(Question):
    """Every choice is a row, answered with one of `options`."""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        """Key and words of what can be chosen, in an order that says nothing about the rows."""
        raise NotImplementedError

    def given(self, answer: Iterable[str]) -> dict[str, str]:
        """What was chosen for each row that has an answer."""
        return dict(self._pairs(answer))

    def answer_of(self, choice: Choice) -> str:
        """The right one for a row."""
        raise NotImplementedError

    def _pairs(self, answer: Iterable[str]) -> Iterator[tuple[str, str]]:
        for value in answer:
            row, _colon, chosen = value.rpartition(":")
            if row and chosen:
                yield row, chosen

    @property
    def solution(self) -> tuple[str, ...]:
        return tuple(sorted(f"{choice.key}:{self.answer_of(choice)}" for choice in self.choices))

    def clean(self, given: Iterable[str]) -> tuple[str, ...]:
        pairs = {value for value in given if value.strip()}
        rows = [row for row, _chosen in self._pairs(pairs)]
        if len(rows) != len(pairs) or set(rows) - {choice.key for choice in self.choices}:
            raise BadAnswer("a row that the question does not have")
        if len(set(rows)) != len(rows):
            raise BadAnswer("two answers for one row")
        if set(self.given(pairs).values()) - {key for key, _words in self.options}:
            raise BadAnswer("something that cannot be chosen")
        return tuple(sorted(pairs))

    def is_complete(self, answer: Iterable[str]) -> bool:
        return len(self.given(answer)) == len(self.choices) > 0


def option_key(words: str) -> str:
    """What a choice from a list is called in the page: it tells its words, and nothing of where they belong."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class MatchQuestion(RowsQuestion):
    """Each row has one that belongs to it; several rows may share it. In parts: the share of the rows."""

    kind: ClassVar[QuestionKind] = QuestionKind.MATCH

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        return tuple(sorted({option_key(choice.match): choice.match for choice in self.choices}.items()))

    def answer_of(self, choice: Choice) -> str:
        return option_key(choice.match)

    @property
    def mistake(self) -> tuple[str, ...]:
        keys = [key for key, _words in self.options]
        if len(keys) < 2:
            return ()
        return tuple(sorted(f"{one.key}:{next(k for k in keys if k != self.answer_of(one))}" for one in self.choices))

    def share(self, answer: frozenset[str]) -> Fraction:
        given = self.given(answer)
        hits = sum(given.get(choice.key) == self.answer_of(choice) for choice in self.choices)
        return Fraction(hits, len(self.choices)) if self.choices else WRONG


@dataclass(frozen=True)
class OrderQuestion(RowsQuestion):
    """Each row has its place. In parts: the pairs that stand in the right order, less those that stand the wrong way
    round, as a share of all pairs. One step that has changed places with its neighbour costs little; the reverse
    order, and what comes of mere chance, nothing.
    """

    kind: ClassVar[QuestionKind] = QuestionKind.ORDER

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        return tuple((str(place), str(place)) for place in range(1, len(self.choices) + 1))

    def answer_of(self, choice: Choice) -> str:
        return str(choice.position + 1)

    @property
    def mistake(self) -> tuple[str, ...]:
        last = len(self.choices)
        return tuple(sorted(f"{one.key}:{last - one.position}" for one in self.choices)) if last > 1 else ()

    def is_complete(self, answer: Iterable[str]) -> bool:
        given = self.given(answer)
        return super().is_complete(answer) and len(set(given.values())) == len(given)

    def share(self, answer: frozenset[str]) -> Fraction:
        if not self.is_complete(answer):
            return WRONG
        given = self.given(answer)
        places = [int(given[one.key]) for one in sorted(self.choices, key=lambda one: one.position)]
        signs = [1 if first < second else -1 for first, second in combinations(places, 2)]
        return max(WRONG, Fraction(sum(signs), len(signs))) if signs else RIGHT


# Words of one's own


def folded(words: str) -> str:
    """Words as they are compared: case, spaces and signs round them make no difference."""
    words = unicodedata.normalize("NFC", words).casefold()
    return " ".join(words.split()).strip(" .,;:!?\"'”’“‘«»()")


def number_in(words: str, suffix: str = "") -> Fraction | None:
    """A number as people write it: 12,5 or 12.5, 1 000, −3, with or without its unit. None for anything else."""
    bare = folded(words).removesuffix(folded(suffix)) if suffix else folded(words)
    bare = re.sub(r"\s", "", bare).replace(",", ".").replace("\N{MINUS SIGN}", "-")
    return Fraction(bare) if NUMBER.fullmatch(bare) and len(bare) <= LONGEST_NUMBER else None


@dataclass(frozen=True)
class WrittenQuestion(Question):
    """Answered in one's own words. The choices are what counts as right, and usual mistakes with their feedback."""

    is_written: ClassVar[bool] = True
    longest: ClassVar[int] = LONGEST_WORDS

    @property
    def elsewhere(self) -> str:
        """An answer that is neither right nor a usual mistake."""
        return "?"

    @property
    def mistake(self) -> tuple[str, ...]:
        return (next((choice.text for choice in self.choices if not choice.is_correct), self.elsewhere),)

    def clean(self, given: Iterable[str]) -> tuple[str, ...]:
        words = [value.strip()[: self.longest] for value in given if value.strip()]
        if len(words) > 1:
            raise BadAnswer("more answers than one")
        return tuple(words)

    def fits(self, choice: Choice, words: str) -> bool:
        """Whether words amount to a choice."""
        raise NotImplementedError

    def meant(self, answer: Iterable[str]) -> Choice | None:
        """Which of the choices an answer amounts to, a right one before a mistake."""
        words = next(iter(answer), "")
        fitting = [choice for choice in self.choices if self.fits(choice, words)]
        return min(fitting, key=lambda choice: (not choice.is_correct, choice.position), default=None)

    @property
    def solution(self) -> tuple[str, ...]:
        right = [choice for choice in self.choices if choice.is_correct]
        return (min(right, key=lambda choice: choice.position).text,) if right else ()

    def share(self, answer: frozenset[str]) -> Fraction:
        meant = self.meant(answer)
        return RIGHT if meant is not None and meant.is_correct else WRONG


@dataclass(frozen=True)
class NumericQuestion(WrittenQuestion):
    """Right within `tolerance` of a right number, its ends included."""

    kind: ClassVar[QuestionKind] = QuestionKind.NUMERIC
    longest: ClassVar[int] = LONGEST_NUMBER

    def fits(self, choice: Choice, words: str) -> bool:
        wanted, given = number_in(choice.text, self.suffix), number_in(words, self.suffix)
        within = self.tolerance if choice.is_correct else WRONG
        return wanted is not None and given is not None and abs(given - wanted) <= within

    def is_complete(self, answer: Iterable[str]) -> bool:
        return number_in(next(iter(answer), ""), self.suffix) is not None

    @property
    def elsewhere(self) -> str:
        numbers = [number_in(choice.text, self.suffix) or WRONG for choice in self.choices]
        return str(int(max(numbers, default=WRONG) + self.tolerance) + 1)


@dataclass(frozen=True)
class ShortQuestion(WrittenQuestion):
    """Right when the words are one of the accepted forms."""

    kind: ClassVar[QuestionKind] = QuestionKind.SHORT

    def fits(self, choice: Choice, words: str) -> bool:
        return bool(folded(words)) and folded(choice.text) == folded(words)


KINDS: dict[str, type[Question]] = {
    str(cls.kind): cls
    for cls in (
        SingleQuestion, MultipleQuestion, TrueFalseQuestion,
        MatchQuestion, OrderQuestion, NumericQuestion, ShortQuestion,
    )
}  # fmt: skip


def parse(data: Mapping[str, Any]) -> Question:
    """A question from its frozen form."""
    cls = KINDS[data["kind"]]
    if cls is TrueFalseQuestion:
        marks = {TRUE: data["is_true"] is True, FALSE: data["is_true"] is False}
        choices = tuple(Choice(key, is_correct=mark, position=at) for at, (key, mark) in enumerate(marks.items()))
    else:
        choices = tuple(Choice(**choice, position=position) for position, choice in enumerate(data["choices"]))
    section = data.get("read_again")
    return cls(
        key=data["key"],
        text=data["text"],
        choices=choices,
        feedback=data["feedback"],
        audiences=tuple(data["audiences"]),
        read_again=(section["key"], section["title"]) if section else None,
        by_parts=data.get("credit") == Credit.PARTS,
        is_shuffled=bool(data.get("shuffled")),
        tolerance=number_in(data.get("tolerance", "")) or WRONG,
        suffix=data.get("suffix", ""),
        sha256=hashlib.sha256(rfc8785.dumps(dict(data))).hexdigest(),
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
