"""A course that can be taken, and how a browser takes it."""

import re
from typing import Any

from django.urls import reverse

from cms.versions.enums import Change
from courses.actions import cut_course_version, enroll
from courses.grading import parse
from courses.models import CoursePage, CourseVersion, Enrollment, UnitVersion
from tests.factories import CoursePageFactory, UnitPageFactory


def publish_course(units: int = 2, *, read_only: int = 0, **fields: Any) -> CourseVersion:
    """A course in force: units with questions first, then units that are only read."""
    page = CoursePageFactory(units=units, **fields)
    for number in range(1, read_only + 1):
        UnitPageFactory(parent=page, title=f"Läsdel {number}", slug=f"lasdel-{number}", questions=False)
    return cut(page)


def cut(page: CoursePage, **kwargs: Any) -> CourseVersion:
    version = cut_course_version(page=page, **{"change": Change.EDITORIAL, **kwargs})
    assert version is not None
    return version


def begin(person: Any, version: CourseVersion, **kwargs: Any) -> Enrollment:
    return enroll(person=person, course_key=version.key, **kwargs)


def questions_of(unit: UnitVersion) -> list[Any]:
    return [parse(data) for data in unit.content.parts["extra"]["questions"]]


def right_answers(unit: UnitVersion) -> dict[str, list[str]]:
    return {question.key: list(question.solution) for question in questions_of(unit)}


def wrong_answers(unit: UnitVersion) -> dict[str, list[str]]:
    return {question.key: list(question.mistake) for question in questions_of(unit)}


def form_data(answers: dict[str, list[str]], number: int = 1) -> dict[str, Any]:
    """What the page's form posts."""
    posted: dict[str, Any] = {"forsok": number, "fragor": list(answers)}
    for key, values in answers.items():
        posted[f"svar-{key}"] = values
    return posted


def address(name: str, enrollment: Enrollment, unit: UnitVersion | None = None) -> str:
    arguments = [enrollment.key] if unit is None else [enrollment.key, unit.unit_key]
    return reverse(f"courses:{name}", args=arguments)


def without_noise(html: str) -> str:
    """A page without what differs between two requests or two copies: tokens, keys and the anchors made of them."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)
    html = re.sub(r"\ba-[0-9a-f]{8}\b", "ANCHOR", html)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "KEY", html)
