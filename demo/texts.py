"""The texts of the demo city, read from `demo/content`: a guideline, courses with units and questions, plain pages."""

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from demo.markup import MarkupError, read_marks, rich_text, split_marks, stream

CONTENT = Path(__file__).resolve().parent / "content"
COURSES = ("riktlinjen-pa-20-minuter", "sugardejting", "unga-i-riskzon", "handledning-unga-lagovertradare")
PLAIN_PAGES = ("personuppgifter",)
KINDS = {
    "?": "single", "??": "multiple", "?!": "true_false",
    "?=": "match", "?#": "order", "?~": "numeric", "?_": "short",
}  # fmt: skip
QUESTION = re.compile(r"(\?[?!=#~_]?) (.+)")
CHOICE = re.compile(r"- (?:\[([ x])\] )?(.+?)(?: -> (.+))?")
STEP = re.compile(r"= (.+?)(?: \((slutar(?: bra)?)\))?")
ENDINGS = {None: "", "slutar bra": "good", "slutar": "other"}


@dataclass(frozen=True)
class ChoiceText:
    text: str
    is_correct: bool
    feedback: str
    match: str = ""


@dataclass(frozen=True)
class QuestionText:
    """`is_true` only for true-or-false questions; `read_again` is the heading to go back to.

    `rules` are words about how it is asked: "delar" for parts of the point, "blandat" for shuffled choices; for a
    number its margin and unit. `tags` only in the bank.
    """

    kind: str
    text: str
    audiences: tuple[str, ...]
    read_again: str
    feedback: str
    is_true: bool | None
    choices: tuple[ChoiceText, ...]
    rules: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class StepText:
    """A step of a scenario. Each choice names the step that it leads to in `match`; without, one thinks again."""

    name: str
    ending: str
    text: str
    choices: tuple[ChoiceText, ...]


@dataclass(frozen=True)
class ScenarioText:
    title: str
    audiences: tuple[str, ...]
    steps: tuple[StepText, ...]


@dataclass(frozen=True)
class UnitText:
    """A unit. `decision` is of a unit that rests on a proposal: who has decided on it, and its reference."""

    slug: str
    title: str
    goal: str
    minutes: int
    body: str
    questions: tuple[QuestionText, ...]
    draw: tuple[str, int] | None = None
    audiences: tuple[str, ...] = ()
    decision: tuple[str, str] | None = None
    scenario: ScenarioText | None = None


@dataclass(frozen=True)
class CourseText:
    slug: str
    title: str
    summary: str
    for_whom: str
    pass_mark: int
    body: str
    units: tuple[UnitText, ...]


@dataclass(frozen=True)
class PageText:
    """A guideline or a plain page: its head and its text as it is written."""

    slug: str
    title: str
    summary: str
    body: str

    def stream(self, version: int) -> list[dict[str, Any]]:
        return stream(self.body, document=self.slug, version=version)

    def html(self, **values: str) -> str:
        text = self.body
        for name, value in values.items():
            text = text.replace(f"{{{{{name}}}}}", value)
        return rich_text(text.splitlines())


def _head(lines: str) -> dict[str, str]:
    return dict(re.fullmatch(r"(\w+): (.+)", line).groups() for line in lines.strip().splitlines())  # type: ignore[union-attr,misc]


def _split(name: str) -> tuple[dict[str, str], str]:
    text = (CONTENT / f"{name}.md").read_text()
    head, body = text.split("\n===\n", 1)
    return _head(head), body


@cache
def page_text(name: str) -> PageText:
    head, body = _split(name)
    return PageText(head["slug"], head["titel"], head.get("sammanfattning", ""), body)


def guideline_text() -> PageText:
    return page_text("riktlinje")


def first_steps_text() -> PageText:
    """The support material that says what to do first, whatever has happened."""
    return page_text("forsta-stegen")


@cache
def course_text(name: str) -> CourseText:
    head, rest = _split(name)
    body, *parts = re.split(r"(?m)^=== (.+)$", rest)
    units = tuple(_unit(title, text) for title, text in zip(parts[::2], parts[1::2], strict=True))
    return CourseText(
        slug=head["slug"],
        title=head["titel"],
        summary=head["sammanfattning"],
        for_whom=head["för"],
        pass_mark=int(head["godkänt"]),
        body=body,
        units=units,
    )


def _unit(title: str, text: str) -> UnitText:
    head, rest = text.split("\n---\n", 1)
    body, asked = rest.split("\n--- frågor\n", 1)
    questions, *scenario = re.split(r"(?m)^--- scenario (.+)$", asked)
    values = _head(head)
    tag, _space, count = values.get("drar", "").rpartition(" ")
    decided_by, _semicolon, reference = values.get("beslut", "").partition("; ")
    return UnitText(
        slug=values["slug"],
        title=title,
        goal=values["mål"],
        minutes=int(values["minuter"]),
        body=body,
        questions=tuple(_question(lines) for lines in _question_lines(questions)),
        draw=(tag, int(count)) if tag else None,
        audiences=read_marks(values.get("för", "")).audiences,
        decision=(decided_by, reference) if decided_by else None,
        scenario=_scenario(*scenario) if scenario else None,
    )


def _scenario(title: str, text: str) -> ScenarioText:
    words, marks = split_marks(title)
    steps: list[StepText] = []
    for line in text.strip().splitlines():
        step, choice = STEP.fullmatch(line), CHOICE.fullmatch(line)
        if step:
            steps.append(StepText(step[1], ENDINGS[step[2]], "", ()))
        elif choice:
            made = ChoiceText(choice[2], choice[1] == "x", "", choice[3] or "")
            steps[-1] = replace(steps[-1], choices=(*steps[-1].choices, made))
        elif line.startswith("  "):
            *before, last = steps[-1].choices
            steps[-1] = replace(steps[-1], choices=(*before, replace(last, feedback=line.strip())))
        else:
            steps[-1] = replace(steps[-1], text=f"{steps[-1].text}\n{line}".strip("\n"))
    return ScenarioText(words, marks.audiences, tuple(steps))


@cache
def bank() -> tuple[QuestionText, ...]:
    """The questions that units draw from."""
    text = (CONTENT / "fragebank.md").read_text()
    return tuple(_question(lines) for lines in _question_lines(text))


def _question_lines(text: str) -> list[list[str]]:
    found: list[list[str]] = []
    for line in text.strip().splitlines():
        if QUESTION.fullmatch(line):
            found.append([line])
        elif line.strip():
            found[-1].append(line)
    return found


def _question(lines: list[str]) -> QuestionText:
    mark, words = QUESTION.fullmatch(lines[0]).groups()  # type: ignore[union-attr]
    text, marks = split_marks(words)
    choices: list[ChoiceText] = []
    named = {"@": "", "=": "", ">": "", "%": "", "#": ""}
    for line in lines[1:]:
        choice = CHOICE.fullmatch(line)
        if choice:
            choices.append(ChoiceText(choice[2], choice[1] == "x", "", choice[3] or ""))
        elif line[0] in named:
            named[line[0]] = line[2:].strip()
        elif choices and line.startswith("  "):
            choices[-1] = replace(choices[-1], feedback=f"{choices[-1].feedback} {line.strip()}".strip())
        else:
            raise MarkupError(f"cannot read {line!r} in {text!r}")
    return QuestionText(
        kind=KINDS[mark],
        text=text,
        audiences=marks.audiences,
        read_again=named["@"],
        feedback=named[">"],
        is_true={"sant": True, "falskt": False}.get(named["="]),
        choices=tuple(choices),
        rules=tuple(named["%"].split()),
        tags=tuple(named["#"].split()),
    )


@cache
def table(name: str) -> dict[str, dict[str, Any]]:
    """A register or other table, in the order it is written."""
    with (CONTENT / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)
