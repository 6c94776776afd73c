"""Blocks of units: what stays in the browser, what is said before a heavy unit."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from courses.actions import CourseIncomplete
from courses.models import CoursePage, UnitPage
from courses.queries.drafts import gather
from tests.factories import ContactFactory, CoursePageFactory, UnitPageFactory, as_stream, body
from tests.learning import address, begin, cut

pytestmark = pytest.mark.django_db


def block(kind: str, **value: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "type": kind, "value": {"audiences": [], "review": [], **value}}


def course_with(*blocks: dict[str, Any] | str) -> tuple[CoursePage, UnitPage]:
    """A course of one unit with these blocks, as a draft."""
    page = CoursePageFactory(units=0)
    return page, UnitPageFactory(parent=page, slug="del", questions=False, body=body(*blocks))


def rewrite(unit: UnitPage, *blocks: dict[str, Any] | str) -> None:
    draft = unit.get_latest_revision_as_object()
    draft.body = as_stream(UnitPage, body(*blocks))
    draft.save_revision()


def problems_of(page: CoursePage) -> list[str]:
    return [problem.text for problem in gather(page).problems]


def test_notes_of_a_reflection_are_never_sent(learner: Any) -> None:
    page, _unit = course_with("Läs.", block("reflection", title="", text="<p>Vad gör du?</p>"))
    version = cut(page)
    html = learner.client().get(address("unit", begin(learner.person, version), version.units.get())).content.decode()
    (field,) = re.findall(r"<textarea[^>]*>", html)
    assert "name=" not in field
    assert "form=" not in field
    assert 'autocomplete="off"' in field
    assert f'aria-describedby="{re.search(r"for=.(a-[0-9a-f]+)-n", html)[1]}-h"' in field  # type: ignore[index]
    assert "inget skickas eller sparas" in html
    # It stands in no form that is sent.
    assert not [form for form in re.findall(r"<form.*?</form>", html, re.DOTALL) if "<textarea" in form]


def test_what_comes_is_said_before_the_start_and_first_in_the_unit(learner: Any) -> None:
    ContactFactory(key="stod", name="Stödet", open=True)
    note = block("what_comes", text="<p>Delen handlar om hot.</p>", support="stod")
    page, unit = course_with("Läs.", note)
    assert problems_of(page) == ["säger vad som kommer när det redan har kommit: den rutan ska stå först i texten"]
    with pytest.raises(CourseIncomplete):
        cut(page)
    rewrite(unit, note, "Läs.")
    assert problems_of(page) == []
    version = cut(page)
    before = Client().get(reverse("courses:course", args=[version.key])).content.decode()
    within = learner.client().get(address("unit", begin(learner.person, version), version.units.get())).content.decode()
    for html in (before, within):
        assert "Delen handlar om hot." in html
        assert "Stödet" in html
        assert "ta paus när som helst" in html
    assert within.index("Delen handlar om hot.") < within.index("Läs.")


def test_what_comes_is_only_for_those_whom_it_concerns(learner: Any) -> None:
    note = block("what_comes", text="<p>Delen handlar om hot.</p>", support="", audiences=["social_services"])
    page, _unit = course_with({**note, "value": {**note["value"], "audiences": ["social_services"]}}, "Läs.")
    course = reverse("courses:course", args=[cut(page).key])
    assert "Delen handlar om hot." in Client().get(course).content.decode()
    assert "Delen handlar om hot." not in learner.client().get(course).content.decode()
