"""The tests' own ground: every factory makes something valid, the cast stands where it should."""

import pytest

from cms.people.queries import visible_org_units, visible_people
from courses.models import CoursePage, UnitPage
from guidelines.models import GuidelinePage
from tests.campaigns import Campaign
from tests.cast import NAMES, Cast, City
from tests.factories import (
    LONG_AGO,
    ContactFactory,
    CoursePageFactory,
    GuidelinePageFactory,
    LegalReferenceFactory,
    RequirementFactory,
    heading,
    text,
)


def test_guideline_page_keeps_its_text(db):
    page = GuidelinePageFactory(body=[heading("Gör så här"), text("Anmäl.", audiences=("preschool",))])
    kept = GuidelinePage.objects.get(pk=page.pk)
    kept.full_clean()
    assert [block.block_type for block in kept.body] == ["heading", "text"]
    assert kept.body[1].value["audiences"] == ["preschool"]
    assert not kept.live


def test_course_has_units_with_questions(db):
    course = CoursePageFactory(units=3)
    units = UnitPage.objects.child_of(CoursePage.objects.get(pk=course.pk))
    assert units.count() == 3
    assert [question.choices.count() for question in units[0].questions.all()] == [3, 3, 0]


def test_unit_can_be_without_questions(db):
    course = CoursePageFactory(units=1, units__questions=False)
    assert course.get_children().first().specific.questions.count() == 0


def test_registers_and_requirements(db):
    for made in (LegalReferenceFactory(), ContactFactory(), ContactFactory(expired=True), RequirementFactory()):
        made.full_clean()


def test_cast_is_complete(cast: Cast):
    assert {member.name for member in cast} == set(NAMES)
    assert all(member.person.user == member.user for member in cast if member.name != "outsider")


def test_scopes_of_the_cast(cast: Cast, city: City):
    from django.utils import timezone

    today = timezone.localdate()
    assert list(visible_org_units(cast.head.person, today)) == [city.almskolan]
    assert cast.second_learner.person not in visible_people(cast.head.person, today)
    assert cast.second_learner.person in visible_people(cast.hr.person, today)
    assert cast.former_employee.person not in visible_people(cast.hr.person, today)
    assert not visible_org_units(cast.learner.person, today).exists()
    assert LONG_AGO.year == 2020


@pytest.mark.parametrize("name", NAMES)
def test_editors_alone_reach_the_admin(cast: Cast, name: str):
    reached = cast[name].client().get("/admin/").status_code == 200
    assert reached is (name in ("editor", "approver"))


@pytest.mark.campaign
def test_campaigns_are_a_tenth(campaign: Campaign, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LEDSTANG_PROVE", "1")
    full = campaign.size(50)
    monkeypatch.setenv("LEDSTANG_PROVE", "0")
    assert (full, campaign.size(50), campaign.size(3)) == (50, 5, 1)
    campaign.tell("sizes 50 and 5")
