"""Turn course and unit pages into drafts of versions, and say what they still lack.

Questions are frozen in the canonical content's `extra`, words as the editor wrote them: `{{lag:…}}` in a question
is looked up like one in the text, its value that day stands in `cites`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core import readings
from cms.core.enums import Audience
from cms.core.readings import is_for
from cms.versions.blocks import Place
from cms.versions.freezing import Draft, freeze
from cms.versions.videos import video_problems
from courses.blocks import QUOTE
from courses.checking import question_problems, scenario_problems
from courses.enums import Credit, QuestionKind
from courses.models import AbstractQuestion, CoursePage, QuestionBankItem, UnitPage
from courses.needing import is_possible

GRADED_IN_PARTS = (QuestionKind.MULTIPLE, QuestionKind.MATCH, QuestionKind.ORDER)
WHAT_COMES = "what_comes"
SHUFFLED = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.MATCH)


@dataclass(frozen=True)
class UnitDraft:
    """A unit as it would be frozen."""

    page: UnitPage
    draft: Draft

    @property
    def key(self) -> UUID:
        key: UUID = self.page.key
        return key

    @property
    def questions(self) -> list[dict[str, Any]]:
        questions: list[dict[str, Any]] = self.draft.extra["questions"]
        return questions

    @property
    def pools(self) -> list[dict[str, Any]]:
        """What is drawn from the bank: `tag`, `count` and the `questions` that are drawn from."""
        pools: list[dict[str, Any]] = self.draft.extra.get("pools", [])
        return pools

    @property
    def scenario(self) -> dict[str, Any] | None:
        scenario: dict[str, Any] | None = self.draft.extra.get("scenario")
        return scenario

    @property
    def rule(self) -> str:
        """What it takes to complete it; empty for what is usual."""
        return str(self.draft.extra.get("rule", ""))

    @property
    def audiences(self) -> list[str]:
        audiences: list[str] = self.draft.extra["audiences"]
        return audiences

    @property
    def minutes(self) -> int:
        return self.page.minutes or 0


@dataclass(frozen=True)
class CourseDraft:
    """A course with the units that would be cut, in order."""

    page: CoursePage
    draft: Draft
    units: tuple[UnitDraft, ...]

    @property
    def audiences(self) -> list[str]:
        """Every audience that any part is written for."""
        found = set().union(*(audiences_in(unit.draft) for unit in self.units), audiences_in(self.draft))
        return [audience for audience in Audience.values if audience in found]


# Freezing


def _sections_by_heading(page: UnitPage) -> dict[str, tuple[str, str]]:
    page.body.get_prep_value()  # gives an id to blocks that were made in code
    return {
        _folded(block.value.get("text")): (str(block.id), block.value.get("text"))
        for block in page.body
        if block.block_type == "heading"
    }


def _folded(words: str | None) -> str:
    return " ".join((words or "").split()).casefold()


def freeze_question(question: AbstractQuestion, sections: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """A question as JSON-ready data. What does not belong to its kind, or is as always, is left out."""
    data: dict[str, Any] = {
        "key": str(question.key),
        "kind": question.kind,
        "text": question.text or "",
        "feedback": question.feedback or "",
        "audiences": sorted(question.audiences or ()),
    }
    section = sections.get(_folded(question.read_again))
    if section:
        data["read_again"] = {"key": section[0], "title": section[1]}
    if question.kind == QuestionKind.TRUE_FALSE:
        return {**data, "is_true": question.is_true}
    return {**data, **_rules(question), "choices": [_choice(question, one) for one in question.choices.all()]}


def _rules(question: AbstractQuestion) -> dict[str, Any]:
    """How it is asked and graded, where that differs from one point for the whole answer."""
    rules: dict[str, Any] = {}
    if question.credit == Credit.PARTS and question.kind in GRADED_IN_PARTS:
        rules["credit"] = str(Credit.PARTS)
    if question.is_shuffled and question.kind in SHUFFLED:
        rules["shuffled"] = True
    if question.kind == QuestionKind.NUMERIC:
        rules["tolerance"] = f"{question.tolerance.normalize():f}" if question.tolerance else "0"
        rules["suffix"] = question.suffix or ""
    return rules


def _choice(question: AbstractQuestion, choice: Any) -> dict[str, Any]:
    data = {"key": str(choice.key), "text": choice.text or ""}
    if question.kind == QuestionKind.MATCH:
        data["match"] = choice.match or ""
    elif question.kind != QuestionKind.ORDER:
        data["is_correct"] = bool(choice.is_correct)
    return {**data, "feedback": choice.feedback or ""}


def _words(questions: Iterable[dict[str, Any]]) -> Iterator[str]:
    for question in questions:
        yield question["text"]
        yield question["feedback"]
        for choice in question.get("choices", ()):
            yield choice["text"]
            yield choice["feedback"]


def _scenario_words(scenario: dict[str, Any] | None) -> Iterator[str]:
    for step in scenario["steps"] if scenario else ():
        yield step["text"]
        for choice in step["choices"]:
            yield choice["text"]
            yield choice["feedback"]


def _pools(page: UnitPage, sections: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """The bank's questions that a unit draws from, as they are now. One that two draws would find is in the first."""
    pools: list[dict[str, Any]] = []
    taken: set[UUID] = set()
    for draw in page.draws.all():
        items = QuestionBankItem.objects.filter(tags__name=draw.tag).order_by("key").distinct()
        found = [item for item in items.prefetch_related("choices") if item.key not in taken]
        taken.update(item.key for item in found)
        questions = [freeze_question(item, sections) for item in found]
        pools.append({"tag": draw.tag or "", "count": draw.count or 0, "questions": questions})
    return pools


def every_question(extra: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A frozen unit's own questions, then those that it draws from."""
    return [*extra.get("questions", ()), *(one for pool in extra.get("pools", ()) for one in pool["questions"])]


def pools_of(unit: UnitDraft) -> list[dict[str, Any]]:
    """What a unit draws, for those who count its questions: how many, and the audiences of each in the pool."""
    return [
        {"count": pool["count"], "audiences": [question["audiences"] for question in pool["questions"]]}
        for pool in unit.pools
    ]


def how_done(unit: UnitDraft) -> dict[str, Any]:
    """What a unit version keeps beside its content, to tell what it takes to complete it."""
    scenario = unit.scenario
    return {
        "has_scenario": scenario is not None,
        "scenario_audiences": scenario["audiences"] if scenario is not None else [],
        "rule": unit.rule,
    }


def freeze_unit(page: UnitPage, *, strict: bool = True) -> UnitDraft:
    """A unit with its questions. Raises UnknownTokens unless `strict` is off (previews)."""
    sections = _sections_by_heading(page)
    questions = [freeze_question(question, sections) for question in page.questions.all()]
    extra = {
        "goal": page.goal or "",
        "minutes": page.minutes or 0,
        "audiences": sorted(page.audiences or ()),
        "questions": questions,
    }
    pools = _pools(page, sections)
    if pools:
        extra["pools"] = pools
    if page.decision:
        extra["decision"] = page.decision
    scenario = page.frozen_scenario()
    if scenario is not None:
        extra["scenario"] = scenario
    if page.rule:
        extra["rule"] = str(page.rule)
    texts = [*_words(every_question(extra)), *_scenario_words(scenario)]
    draft = freeze(title=page.title, body=page.body, extra=extra, texts=texts, strict=strict)
    return UnitDraft(page=page, draft=draft)


def freeze_course(page: CoursePage, units: Sequence[UnitDraft], *, strict: bool = True) -> CourseDraft:
    """A course whose hash covers its units."""
    extra = {
        "summary": page.summary or "",
        "for_whom": page.for_whom or "",
        "pass_mark": page.pass_mark if page.pass_mark is not None else 0,
        "needs_order": bool(page.needs_order),
        "units": [{"key": str(unit.key), "sha256": unit.draft.sha256} for unit in units],
    }
    if page.cover:
        extra["cover"] = str(page.cover)
    draft = freeze(title=page.title, body=page.body, extra=extra, strict=strict)
    return CourseDraft(page=page, draft=draft, units=tuple(units))


def audiences_in(draft: Draft) -> set[str]:
    """Every audience that a text, a row of it or a question of it is marked for."""
    found = set(draft.extra.get("audiences", ()))
    for question in every_question(draft.extra):
        found.update(question["audiences"])
    found.update(draft.extra.get("scenario", {}).get("audiences", ()))
    for fragment in draft.fragments:
        found.update(fragment.audiences)
        found.update(readings.audiences_in(fragment.html))
    return found


# What is still lacking


@dataclass(frozen=True)
class Problem:
    """Why a course cannot be cut as it stands, in the editor's words. `page_id` is where it is mended."""

    page_id: int
    unit: str
    text: str

    def __str__(self) -> str:
        return f"{self.unit}: {self.text}" if self.unit else self.text


def _text_problems(draft: Draft) -> Iterator[str]:
    """What blocks of the text lack."""
    kinds = [fragment.kind for fragment in draft.fragments]
    if WHAT_COMES in kinds[kinds.count(WHAT_COMES) :]:
        yield _("says what comes after it has come: that note stands first in the text")
    yield from video_problems(draft)
    quoted = {one["anchor"] for one in draft.quotes}
    places = [Place.parse(fragment.data["section"]) for fragment in draft.fragments if fragment.kind == QUOTE]
    if any(place is None or place.fragment not in quoted for place in places):
        yield _("quotes a section that is in no published version")


def unit_problems(unit: UnitDraft) -> list[Problem]:
    """What a unit lacks before it can be part of a version, naming the question."""
    lines = [] if _pieces(unit) else [_("has no text")]
    if not unit.minutes:
        lines.append(_("has no planned minutes"))
    if unit.page.waits_for_decision:
        lines.append(_("is a proposal: enter the city's decision, or leave the unit out"))
    lines += _text_problems(unit.draft)
    keys: set[str] = set()
    for number, (question, page_question) in enumerate(
        zip(unit.questions, unit.page.questions.all(), strict=True), start=1
    ):
        found = question_problems(question)
        if page_question.read_again and "read_again" not in question:
            found.append(_("names a heading to read again that the text does not have"))
        if question["key"] in keys:
            found.append(_("is there twice; remove one and write it again"))
        keys.add(question["key"])
        lines += [_("question %(number)s %(problem)s") % {"number": number, "problem": line} for line in found]
    lines += [line for pool in unit.pools for line in _pool_problems(pool)]
    lines += scenario_problems(unit.scenario) if unit.scenario is not None else []
    lines += _rule_problems(unit)
    return [Problem(page_id=unit.page.pk, unit=unit.page.title, text=line) for line in lines]


def _pieces(unit: UnitDraft) -> list[Sequence[str]]:
    """The audiences of each piece of text, question and scenario that a unit has."""
    pieces: list[Sequence[str]] = [fragment.audiences for fragment in unit.draft.fragments]
    return [*pieces, *_asked(unit), *_played(unit)]


def _asked(unit: UnitDraft) -> list[Sequence[str]]:
    return [question["audiences"] for question in every_question(unit.draft.extra)]


def _played(unit: UnitDraft) -> list[Sequence[str]]:
    return [unit.scenario["audiences"]] if unit.scenario is not None else []


def _rule_problems(unit: UnitDraft) -> Iterator[str]:
    """A rule that asks for what is not there, in the whole unit or in one reading of it."""

    def is_there(audience: str | None) -> bool:
        asked, played = (any(is_for(whom, audience) for whom in some(unit)) for some in (_asked, _played))
        return is_possible(unit.rule, asked, played)

    if not is_there(None):
        yield _("asks for questions or a scenario that it does not have (“done when”)")
        return
    lacking = [one for one in Audience if is_for(unit.audiences, one.value) and not is_there(one.value)]
    if lacking:
        names = ", ".join(str(one.label).lower() for one in lacking)
        yield _("asks for questions or a scenario that it does not have for: %(audiences)s (“done when”)") % {
            "audiences": names
        }


def _pool_problems(pool: dict[str, Any]) -> Iterator[str]:
    found = len(pool["questions"])
    if not pool["tag"]:
        yield _("draws from the question bank without a tag")
    elif found < max(1, pool["count"]):
        words = ngettext(
            "draws %(count)s questions with the tag %(tag)s, but the question bank has %(found)s",
            "draws %(count)s questions with the tag %(tag)s, but the question bank has %(found)s",
            found,
        )
        yield words % {"count": pool["count"], "tag": pool["tag"], "found": found}
    for question in pool["questions"]:
        for problem in question_problems(question):
            named = {"question": _shortened(question["text"]), "problem": problem}
            yield _("the question “%(question)s” of the bank %(problem)s") % named


def _shortened(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:59].rstrip()}…"


def course_problems(course: CourseDraft) -> list[Problem]:
    """Everything that has to be mended before a version can be cut."""
    problems = [problem for unit in course.units for problem in unit_problems(unit)]
    if not course.units:
        problems.insert(0, Problem(page_id=course.page.pk, unit="", text=_("The course has no units.")))
    problems += [Problem(page_id=course.page.pk, unit="", text=line) for line in video_problems(course.draft)]
    return problems + _empty_readings(course)


def _empty_readings(course: CourseDraft) -> list[Problem]:
    """Units and courses that some readers would find empty."""
    problems = []
    for audience in course.audiences:
        label = str(Audience(audience).label).lower()
        units = [unit for unit in course.units if is_for(unit.audiences, audience)]
        if not units:
            text = _("There is no unit for %(audience)s.") % {"audience": label}
            problems.append(Problem(page_id=course.page.pk, unit="", text=text))
        for unit in units:
            pieces = _pieces(unit)
            if pieces and not any(is_for(audiences, audience) for audiences in pieces):
                text = _("has nothing for %(audience)s") % {"audience": label}
                problems.append(Problem(page_id=unit.page.pk, unit=unit.page.title, text=text))
    return problems
