"""Drafts as learners would meet them. Nothing is stored, and no attempt is made."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cms.core.enums import Audience
from cms.people.models import Person
from cms.versions.queries import Section, sections_of_draft
from courses.freezing import UnitDraft, freeze_course, freeze_unit, how_done, pools_of
from courses.grading import Question, grade
from courses.models import (
    CoursePage,
    CourseVersion,
    LearningPathCourse,
    LearningPathPage,
    LearningPathVersion,
    UnitPage,
    UnitVersion,
)
from courses.queries.catalogue import versions_in_force
from courses.queries.drafts import gather
from courses.queries.paths import Path, PathPart, with_minutes
from courses.queries.playing import ShownStep, shown_step
from courses.queries.quiz import ReadUnit, Taken, asked, filled, graded
from courses.queries.units import Outline, composed, outline_of
from courses.scenario import Scenario, parse, walk

RIGHT, WRONG = "right", "wrong"


def _answer(question: Question, mode: str) -> tuple[str, ...]:
    return question.solution if mode == RIGHT else question.mistake


def scenario_of_draft(page: UnitPage) -> tuple[Scenario | None, dict[str, Any]]:
    """The scenario of a unit as it was last saved, and what its words cite; None if it has none to play."""
    draft = freeze_unit(page.get_latest_revision_as_object(), strict=False).draft
    scenario = draft.extra.get("scenario")
    return (parse(scenario) if scenario else None), draft.cites


@dataclass(frozen=True)
class UnitLook:
    """A draft unit as a learner would meet it, and what it would take to complete it. `opening` begins its scenario."""

    read: ReadUnit
    taken: Taken
    outline: Outline
    opening: ShownStep | None


def preview_unit(page: UnitPage, mode: str, person: Person | None, on: date) -> UnitLook:
    """A draft unit in one reading, or with what right or wrong answers would be told."""
    audience = mode if mode in Audience.values else None
    unit = freeze_unit(page, strict=False)
    outline = outline_of(_unit(unit), audience)
    read, taken = _read_unit(page, unit, mode, audience, outline, person, on)
    opening = None
    if outline.has_scenario and unit.scenario is not None:
        opening = shown_step(walk(parse(unit.scenario), ()), unit.draft.cites, person, on)
    return UnitLook(read, taken, outline, opening)


def _read_unit(
    page: UnitPage,
    unit: UnitDraft,
    mode: str,
    audience: str | None,
    outline: Outline,
    person: Person | None,
    on: date,
) -> tuple[ReadUnit, Taken]:
    sections = sections_of_draft(unit.draft, audience)
    questions = composed(unit.draft.extra, audience, seed=str(page.key), number=1)
    taken = Taken(number=1)
    if mode in (RIGHT, WRONG):
        answers = {question.key: _answer(question, mode) for question in questions}
        passed = grade(questions, answers).passes(100)
        taken = Taken(number=1, is_submitted=True, is_passed=passed, answers=answers)
        anchors = {section.key: section.anchor for section in sections}
        shown = graded(questions, taken, unit.draft.cites, anchors, tells_all=not outline.needs.passed)
        return filled(sections, shown, person, on), taken
    return filled(sections, asked(questions, taken, unit.draft.cites), person, on), taken


@dataclass(frozen=True)
class CourseLook:
    """A draft course's description: a version that is not stored, its units, its text."""

    version: CourseVersion
    units: tuple[UnitVersion, ...]
    sections: tuple[Section, ...]


def preview_course(page: CoursePage, person: Person | None, on: date) -> CourseLook:
    units = gather(page).course.units if page.pk else ()
    course = freeze_course(page, units, strict=False)
    version = CourseVersion(
        key=page.key,
        title=page.title,
        summary=page.summary or "",
        for_whom=page.for_whom or "",
        cover=page.cover or "",
        pass_mark=course.draft.extra["pass_mark"],
        needs_order=course.draft.extra["needs_order"],
        audiences=course.audiences,
    )
    sections = sections_of_draft(course.draft)
    read = filled(sections, [], person, on)
    return CourseLook(version, tuple(_unit(unit) for unit in units), read.sections)


def _unit(unit: UnitDraft) -> UnitVersion:
    return UnitVersion(
        unit_key=unit.key,
        title=unit.page.title,
        goal=unit.page.goal or "",
        minutes=unit.minutes,
        audiences=unit.audiences,
        question_audiences=[question["audiences"] for question in unit.questions],
        pools=pools_of(unit),
        **how_done(unit),
    )


def preview_path(page: LearningPathPage, on: date) -> Path:
    """A draft learning path as a visitor would meet it."""
    version = LearningPathVersion(
        key=page.key, title=page.title, summary=page.summary or "", for_whom=page.for_whom or "",
        needs_talk=page.needs_talk, major=1, minor=0, effective_on=on,
    )  # fmt: skip
    steps = [step for step in page.steps.all() if step.course_id]
    open_today = {one.key: one for one in versions_in_force(on, [step.course.key for step in steps])}
    parts = [
        PathPart(
            LearningPathCourse(course_key=step.course.key, title=step.course.title, is_required=step.is_required),
            version=open_today.get(step.course.key),
        )
        for step in steps
    ]
    return with_minutes([Path(version=version, parts=tuple(parts))], None, on)[0]
