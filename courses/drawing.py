"""What one attempt asks: which questions, and the order of their choices. Pure.

Everything is decided by the seed, so a page that is only looked at shows what the attempt will keep when it begins.
The order is that of hashes of the keys: it tells nothing of what is right.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from courses.enums import QuestionKind
from courses.grading import Choice, Question


@dataclass(frozen=True)
class Pool:
    """Questions of the bank, of which each attempt asks some."""

    count: int
    questions: tuple[Question, ...]


def _hashed(*words: object) -> str:
    return hashlib.sha256("/".join(map(str, words)).encode()).hexdigest()


def drawn(pool: Pool, seed: str, number: int) -> list[Question]:
    """The questions of attempt `number`: each goes on where the one before stopped, until all have been asked."""
    deck = sorted(pool.questions, key=lambda question: _hashed(seed, question.key))
    count = min(pool.count, len(deck))
    start = (number - 1) * count
    return [deck[(start + place) % len(deck)] for place in range(count)]


def shuffled(question: Question, seed: str, number: int) -> Question:
    """The question with its choices as this attempt shows them. Steps to put in order always come shuffled."""
    if not question.is_shuffled and question.kind != QuestionKind.ORDER:
        return question
    choices = sorted(question.choices, key=lambda choice: _hashed(seed, number, question.key, choice.key))
    return replace(question, choices=tuple(choices))


def compose(fixed: Iterable[Question], pools: Iterable[Pool], *, seed: str, number: int) -> list[Question]:
    """The questions of an attempt that has not begun."""
    questions = list(fixed)
    for place, pool in enumerate(pools):
        questions += drawn(pool, f"{seed}/{place}", number)
    return [shuffled(question, seed, number) for question in questions]


# As an attempt keeps it

Note = Mapping[str, Any]


def note(questions: Iterable[Question]) -> list[dict[str, Any]]:
    """What was asked, to keep: each question's key and hash, and the places of its choices in what was frozen."""
    return [
        {"key": one.key, "sha256": one.sha256, "choices": [choice.position for choice in one.choices]}
        for one in questions
    ]


def recall(notes: Sequence[Note], known: Iterable[Question]) -> list[Question]:
    """The questions of an attempt, as they were asked. `known` are all that the unit froze.

    The hash names the question; where a passage was taken out of a frozen text afterwards, its key does.
    """
    by_hash: dict[str, Question] = {}
    by_key: dict[str, Question] = {}
    for question in known:
        by_hash[question.sha256] = by_key[question.key] = question
    found = [(one, by_hash.get(one["sha256"]) or by_key.get(one["key"])) for one in notes]
    return [_as_shown(question, one["choices"]) for one, question in found if question is not None]


def _as_shown(question: Question, places: Sequence[int]) -> Question:
    choices: dict[int, Choice] = {choice.position: choice for choice in question.choices}
    return replace(question, choices=tuple(choices[place] for place in places if place in choices))
