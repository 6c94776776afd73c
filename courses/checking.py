"""What a question or a scenario still lacks, in the editor's words. Pure: it reads the frozen form."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.tokens import find_tokens
from courses.enums import QuestionKind
from courses.grading import LONGEST_WORDS, NumericQuestion, WrittenQuestion, folded, number_in, parse
from courses.graph import Graph, graph_of
from courses.scenario import Scenario, Step
from courses.scenario import parse as parse_scenario

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


# Scenarios


def scenario_problems(data: dict[str, Any]) -> list[str]:
    """Each problem is a clause about the unit: "has a scenario …", "the step “…” …"."""
    scenario = parse_scenario(data)
    found = [] if scenario.title.strip() else [_("has a scenario without a title")]
    found += _names(scenario)
    for step in scenario.steps:
        named = {"step": step.name}
        found += [_("the step “%(step)s” %(problem)s") % {**named, "problem": line} for line in _step(step)]
    if not any(step.is_ending for step in scenario.steps):
        return [*found, _("has a scenario without an ending")]
    graph = graph_of(scenario)
    lines = dict(_ways(graph))
    return [*found, *(lines[step.key] % {"step": step.name} for step in scenario.steps if step.key in lines)]


def _names(scenario: Scenario) -> Iterator[str]:
    for key, what in (
        ("key", _("is there twice; remove one and write it again")),
        ("name", _("has the name of another")),
    ):
        counts = Counter(folded(getattr(step, key)) for step in scenario.steps)
        twice = {one: step.name for step in scenario.steps if counts[one := folded(getattr(step, key))] > 1}
        for name in twice.values():
            yield _("the step “%(step)s” %(problem)s") % {"step": name, "problem": what}


def _step(step: Step) -> Iterator[str]:
    if not folded(step.name):
        yield _("has no name")
    if not step.text.strip():
        yield _("does not say what happens")
    if step.is_ending and step.choices:
        yield _("is an ending and has choices")
    if len({choice.key for choice in step.choices}) < len(step.choices):
        yield _("has the same choice twice; remove one and write it again")
    for number, choice in enumerate(step.choices, start=1):
        for problem in _scenario_choice(step, choice):
            yield _("has a choice, number %(number)s, that %(problem)s") % {"number": number, "problem": problem}


def _scenario_choice(step: Step, choice: Any) -> Iterator[str]:
    if not choice.text.strip():
        yield _("has no words")
    if any(True for _token in find_tokens(choice.text)):
        yield _("cites law or a contact, which a button cannot hold; cite it in the feedback")
    if choice.leads_to is None:
        yield _("leads to a step that is not there")
    if choice.leads_to == step.key and not choice.feedback.strip():
        yield _("leads nowhere and has no feedback")
    if choice.leads_to == step.key and choice.is_good:
        yield _("is good but leads nowhere")


def _ways(graph: Graph) -> Iterator[tuple[str, str]]:
    """What is wrong with where each step leads; the gravest first, which is told."""
    for key in graph.without_exit:
        yield key, _("from the step “%(step)s” there is no way to an ending")
    for key in graph.dead_ends:
        yield key, _("the step “%(step)s” is a dead end: it has no choices and is no ending")
    for key in graph.unreachable:
        yield key, _("nobody comes to the step “%(step)s”")
