"""What a question still lacks before it can be asked, in the editor's words. Pure: it reads the frozen form."""

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.tokens import find_tokens
from courses.enums import QuestionKind
from courses.grading import LONGEST_WORDS, NumericQuestion, WrittenQuestion, folded, number_in, parse

FEWEST, MOST_ROWS = 2, 12


def question_problems(question: dict[str, Any]) -> list[str]:
    """Each problem continues "question 3 …"."""
    found = [] if question["text"].strip() else [_("has no words")]
    if question["kind"] not in CHECKS:
        return [*found, _("is of no kind that can be asked")]
    return [*found, *CHECKS[question["kind"]](question)]


def _statement(question: dict[str, Any]) -> Iterator[str]:
    if question["is_true"] is None:
        yield _("does not say if the statement is true")


def _empty(question: dict[str, Any]) -> Iterator[str]:
    if any(not choice["text"].strip() for choice in question["choices"]):
        yield _("has an empty choice")


def _choices(question: dict[str, Any]) -> Iterator[str]:
    if len(question["choices"]) < FEWEST:
        yield _("needs at least two choices")
    yield from _empty(question)


def _single(question: dict[str, Any]) -> Iterator[str]:
    yield from _choices(question)
    right = sum(choice["is_correct"] for choice in question["choices"])
    if right != 1:
        words = ngettext(
            "has %(count)s right choice, not exactly one", "has %(count)s right choices, not exactly one", right
        )
        yield words % {"count": right}


def _multiple(question: dict[str, Any]) -> Iterator[str]:
    yield from _choices(question)
    if not any(choice["is_correct"] for choice in question["choices"]):
        yield _("has no right choice")


def _rows(question: dict[str, Any]) -> Iterator[str]:
    rows = [folded(choice["text"]) for choice in question["choices"]]
    if len(rows) < FEWEST:
        yield _("needs at least two rows")
    if len(rows) > MOST_ROWS:
        yield _("has %(count)s rows; more than %(most)s cannot be kept apart") % {"count": len(rows), "most": MOST_ROWS}
    yield from _empty(question)
    if len(set(rows)) < len(rows):
        yield _("has the same row twice")


def _match(question: dict[str, Any]) -> Iterator[str]:
    yield from _rows(question)
    options = [choice["match"].strip() for choice in question["choices"]]
    if not all(options):
        yield _("has a row that nothing belongs to")
    elif len(set(options)) < FEWEST:
        yield _("has the same answer for every row")
    if any(True for option in options for _token in find_tokens(option)):
        yield _("cites law or a contact in what is chosen from a list, which cannot hold a link")


def _written(question: dict[str, Any]) -> Iterator[str]:
    yield from _empty(question)
    asked = parse(question)
    assert isinstance(asked, WrittenQuestion)
    right = [choice for choice in asked.choices if choice.is_correct]
    if not right:
        yield _("has no right answer")
    for choice in asked.choices:
        if not choice.is_correct and any(asked.fits(one, choice.text) for one in right):
            yield _("has “%(words)s” both as right and as a mistake") % {"words": choice.text}


def _numeric(question: dict[str, Any]) -> Iterator[str]:
    yield from _written(question)
    asked = parse(question)
    assert isinstance(asked, NumericQuestion)
    if asked.tolerance < 0:
        yield _("has a margin that is less than nothing")
    for choice in asked.choices:
        if choice.text.strip() and number_in(choice.text, asked.suffix) is None:
            yield _("has an answer that is not a number: “%(words)s”") % {"words": choice.text}


def _short(question: dict[str, Any]) -> Iterator[str]:
    yield from _written(question)
    for choice in question["choices"]:
        if choice["text"].strip() and not folded(choice["text"]):
            yield _("has an answer of signs only: “%(words)s”") % {"words": choice["text"]}
        if len(choice["text"].strip()) > LONGEST_WORDS:
            yield _("has an answer longer than %(most)s characters") % {"most": LONGEST_WORDS}


CHECKS: dict[str, Callable[[dict[str, Any]], Iterator[str]]] = {
    QuestionKind.SINGLE: _single,
    QuestionKind.MULTIPLE: _multiple,
    QuestionKind.TRUE_FALSE: _statement,
    QuestionKind.MATCH: _match,
    QuestionKind.ORDER: _rows,
    QuestionKind.NUMERIC: _numeric,
    QuestionKind.SHORT: _short,
}
