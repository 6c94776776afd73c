"""Control questions before an acknowledgement: frozen with the version, graded on the server, kept nowhere."""

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError

from cms.people.models import AuditEntry, OutboxMessage
from guidelines.actions import WrongAnswers, acknowledge_guideline, publish_guideline
from guidelines.models import Acknowledgement, GuidelinePage, GuidelineVersion
from tests.factories import ContactFactory, GuidelinePageFactory
from tests.test_guidelines import edit

pytestmark = pytest.mark.django_db

QUESTIONS = GuidelinePage._meta.get_field("questions").stream_block


def control(words: str, **choices: bool) -> dict[str, Any]:
    def item(text: str, is_right: bool) -> dict[str, Any]:
        return {"type": "item", "id": str(uuid.uuid4()), "value": {"text": text, "is_right": is_right}}

    value = {"text": words, "choices": [item(*choice) for choice in choices.items()]}
    return {"type": "question", "id": str(uuid.uuid4()), "value": value}


ONE = control("Vem anmäler?", Du=True, Rektor=False)
MANY = control("Vad gör du vid fara?", Ringer=True, Stannar=True, Går=False)


@pytest.fixture
def asking() -> GuidelineVersion:
    """A guideline with two control questions, in force."""
    ContactFactory(key="jour", open=True, phone="070-174 06 05")
    page = edit(GuidelinePageFactory(), questions=QUESTIONS.to_python([ONE, MANY]))
    version = publish_guideline(page=page)
    assert version is not None
    return version


def picked(question: dict[str, Any], *texts: str) -> dict[str, list[str]]:
    choices = question["value"]["choices"]
    return {question["id"]: [one["id"] for one in choices if one["value"]["text"] in texts]}


RIGHT = {**picked(ONE, "Du"), **picked(MANY, "Ringer", "Stannar")}
WRONG = [
    {},
    picked(ONE, "Du"),
    {**picked(ONE, "Rektor"), **picked(MANY, "Ringer", "Stannar")},
    {**picked(ONE, "Du"), **picked(MANY, "Ringer")},
    {**picked(ONE, "Du"), **picked(MANY, "Ringer", "Stannar", "Går")},
    {**picked(ONE, "Du", "Rektor"), **picked(MANY, "Ringer", "Stannar")},
]


def test_wrong_answers_leave_nothing(asking, learner):
    before = AuditEntry.objects.count()
    for answers in WRONG:
        with pytest.raises(WrongAnswers):
            acknowledge_guideline(person=learner.person, version=asking, answers=answers)
    assert not Acknowledgement.objects.exists()
    assert (AuditEntry.objects.count(), OutboxMessage.objects.count()) == (before, 0)


def test_right_answers_are_kept_nowhere(asking, learner):
    kept = acknowledge_guideline(person=learner.person, version=asking, answers=RIGHT)
    rows = [*Acknowledgement.objects.values(), *AuditEntry.objects.values(), *OutboxMessage.objects.values()]
    assert kept.sha256 == asking.sha256
    assert not [row for row in rows for key in RIGHT if key in str(row)]


def test_questions_are_frozen_with_the_version(asking):
    page = GuidelinePage.objects.get(pk=asking.page_id)
    later = publish_guideline(page=edit(page, questions=QUESTIONS.to_python([MANY])))
    assert [question.text for question in GuidelineVersion.objects.get(pk=asking.pk).questions] == [
        "Vem anmäler?",
        "Vad gör du vid fara?",
    ]
    assert later is not None
    assert [question.key for question in later.questions] == [MANY["id"]]


def test_guideline_without_questions_is_frozen_as_before():
    """No field for what is not there: the hash of every guideline that was published before stays what it was."""
    assert "questions" not in GuidelinePageFactory().draft().extra


def test_reader_answers_on_the_page(asking, learner):
    client = learner.client()
    page = client.get(f"/r/{asking.key}/").content.decode()
    assert "Vad gör du vid fara?" in page
    assert "Flera är rätt." in page
    assert "is_right" not in page
    wrong = {"version": asking.public_id, **WRONG[2]}
    answer = client.post(f"/r/{asking.key}/kvittera/", wrong)
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert shown.count("Det stämmer inte. Läs igen") == 2, "in the summary and at the question"
    assert f'value="{WRONG[2][ONE["id"]][0]}" checked' in " ".join(shown.split()) or "checked" in shown
    assert not Acknowledgement.objects.exists()
    client.post(f"/r/{asking.key}/kvittera/", {"version": asking.public_id, **RIGHT})
    assert Acknowledgement.objects.get().version == asking
    assert "Vad gör du vid fara?" not in client.get(f"/r/{asking.key}/").content.decode()


def test_preview_and_comparison_show_the_questions_and_never_what_is_right(asking, client, approver):
    page = GuidelinePage.objects.get(pk=asking.page_id)
    shown = page.make_preview_request(preview_mode="").content.decode()
    assert "Kontrollfrågor före läskvittensen" in shown
    assert "Vem anmäler?" in shown
    publish_guideline(page=edit(page, questions=QUESTIONS.to_python([MANY])))
    compared = client.get(f"/r/{page.key}/jamfor/?fran=1.0&till=1.1").content.decode()
    assert "Kontrollfrågor" in compared
    assert "Vem anmäler? Du / Rektor" in " ".join(BeautifulSoup(compared, "html.parser").get_text(" ").split())
    assert "is_right" not in compared


def test_visitor_is_not_asked(asking, client):
    assert "Vem anmäler?" not in client.get(f"/r/{asking.key}/").content.decode()


def test_question_cites_registers(learner):
    ContactFactory(key="jour", open=True, name="Jouren", phone="070-174 06 05")
    question = control("Vart ringer du, {{kontakt:jour}}?", Dit=True, Hem=False)
    version = publish_guideline(page=edit(GuidelinePageFactory(), questions=QUESTIONS.to_python([question])))
    assert version is not None
    assert "jour" in version.content.parts["cites"]["kontakt"]
    assert "tel:0701740605" in learner.client().get(f"/r/{version.key}/").content.decode()


@pytest.mark.parametrize("choices", [{"Du": True, "Rektor": True}, {"Du": False, "Rektor": False}])
def test_question_needs_a_right_and_a_wrong_choice(choices):
    with pytest.raises(ValidationError):
        QUESTIONS.clean(QUESTIONS.to_python([control("Vem?", **choices)]))


def test_answer_on_a_version_that_no_longer_applies_leads_to_the_new_one(asking, learner):
    page = GuidelinePage.objects.get(pk=asking.page_id)
    publish_guideline(page=edit(page, "Nytt."), change="substantive", note="Nytt")
    client = learner.client()
    client.post(f"/r/{asking.key}/kvittera/", {"version": asking.public_id, **WRONG[1]})
    assert not Acknowledgement.objects.exists()
    client.post(f"/r/{asking.key}/kvittera/", {"version": asking.public_id, **RIGHT})
    assert Acknowledgement.objects.get().version == asking
