"""Addresses that a button posts to, when one comes to them without it: from the login, or by loading an answer anew."""

import pytest
from django.test import Client
from django.urls import reverse

from guidelines.actions import publish_guideline
from tests.cast import Member
from tests.factories import GuidelinePageFactory
from tests.learning import address, begin, publish_course

pytestmark = pytest.mark.django_db

BUTTONS = (reverse("ledstang_oversight:transcript"), reverse("ledstang_certificates:mine"))
TRAINING = "/min-utbildning/"
SAID = "så inget har gjorts. Logga in"


def after_login(visitor: Client, button: str, sent_from: str) -> str:
    answer = visitor.post(button, headers={"referer": sent_from})
    assert SAID in visitor.get(answer.url).content.decode()
    return str(answer.url).partition("?next=")[2]


@pytest.mark.parametrize("button", BUTTONS)
def test_an_address_without_its_button_is_a_page_with_a_way_on(learner: Member, button: str):
    answer = learner.client().get(button)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    said = answer.content.decode()
    assert "<title>Inget skickades" in said
    assert "Till startsidan" in said


@pytest.mark.parametrize("button", BUTTONS)
def test_after_the_login_one_is_where_the_button_is(visitor: Client, button: str):
    assert after_login(visitor, button, f"http://testserver{TRAINING}?visa=allt") == f"{TRAINING}%3Fvisa%3Dallt"
    assert after_login(visitor, button, f"http://elsewhere.example{TRAINING}") == button
    assert after_login(visitor, button, "") == button
    assert after_login(visitor, button, "http://testserver//elsewhere.example/") == button


def test_twin_without_it_one_would_come_to_the_buttons_own_address(visitor: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("cms.core.views.came_from", lambda request, default="/": default)
    assert after_login(visitor, BUTTONS[0], f"http://testserver{TRAINING}") == BUTTONS[0]


def test_a_button_of_a_course_is_asked_for_again_too(visitor: Client, learner: Member):
    version = publish_course(units=1)
    for button in (f"/kurs/{version.key}/", address("so_far", begin(learner.person, version))):
        answer = visitor.post(button, {"varv": 1, "lasning": "allt"})
        assert SAID in visitor.get(answer.url).content.decode()


def test_a_form_is_asked_for_again_where_it_was_filled_in(visitor: Client, learner: Member):
    person = f"http://testserver/uppfoljning/medarbetare/{learner.person.key}/"
    for form in ("courses:talk", "ledstang_oversight:record", "ledstang_reminders:remind-person"):
        button = reverse(form, args=[learner.person.key])
        assert after_login(visitor, button, person) == person.removeprefix("http://testserver")
        assert after_login(visitor, button, "") == button
        assert SAID not in visitor.get(button, follow=True).content.decode(), "nothing was pressed"


def test_a_receipt_is_asked_for_again_where_its_box_is(visitor: Client):
    version = publish_guideline(page=GuidelinePageFactory())
    answer = visitor.post(reverse("guidelines:acknowledge", args=[version.key]))
    assert answer.url.endswith(f"?next=/r/{version.key}/%23kvittens")
    assert SAID in visitor.get(answer.url).content.decode()


def test_answers_that_are_pages_lead_back_to_their_form(visitor: Client, learner: Member):
    enrollment = begin(learner.person, publish_course(units=1))
    finished = address("finished", enrollment)
    assert visitor.get("/intyg/kontrollera/").url == "/intyg/"
    empty = visitor.post("/intyg/kontrollera/")
    assert empty.status_code == 400
    assert "<title>Fel: " in empty.content.decode()
    assert learner.client().get(address("evaluate", enrollment)).url == finished
