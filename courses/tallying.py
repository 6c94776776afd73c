"""Which counters an answer belongs to. Pure: a question and an answer in, names of slots out."""

from collections.abc import Iterable

from courses.enums import QuestionKind
from courses.grading import FALSE, TRUE, Question, RowsQuestion, WrittenQuestion

EVERYONE, RIGHT, ELSE = "*", "=", "?"  # how many were asked, how many were right, an answer that nobody foresaw


def slots(question: Question) -> list[str]:
    """Every slot of a question. Words that people write have none of their own: only those that the editor foresaw."""
    return [EVERYONE, RIGHT, *_choices(question)]


def _choices(question: Question) -> list[str]:
    if question.kind == QuestionKind.TRUE_FALSE:
        return [TRUE, FALSE]
    if isinstance(question, RowsQuestion):
        return [f"{choice.key}:{key}" for choice in question.choices for key, _words in question.options]
    keys = [choice.key for choice in question.choices]
    return [*keys, ELSE] if isinstance(question, WrittenQuestion) else keys


def slots_of(question: Question, answer: Iterable[str]) -> set[str]:
    """The slots that one answer counts in."""
    answer = tuple(answer)
    found = {EVERYONE} | ({RIGHT} if question.is_right(answer) else set())
    if isinstance(question, WrittenQuestion):
        meant = question.meant(answer)
        return found | {meant.key if meant is not None else ELSE}
    return found | (set(answer) & set(_choices(question)))


def right_only(question: Question, answer: Iterable[str]) -> tuple[list[str], set[str]]:
    """The slots of what is only asked to see what is remembered: how many, and how many were right."""
    return [EVERYONE, RIGHT], slots_of(question, answer) & {EVERYONE, RIGHT}
