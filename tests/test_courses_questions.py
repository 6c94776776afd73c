"""Questions of every kind: nothing tells the answer before it is given, each is answered, graded, explained, drawn."""

import json
import re
import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from cms.certificates.models import Certificate
from cms.certificates.pdf.document import compose
from cms.certificates.pdf.renderer import renderer
from cms.people.registry import personal_data
from courses import drawing
from courses.actions import CourseIncomplete, enroll, hand_in, open_attempt, save_answers
from courses.freezing import every_question
from courses.grading import option_key, parse
from courses.models import (
    Attempt,
    Choice,
    CoursePage,
    Enrollment,
    Question,
    QuestionBankChoice,
    QuestionBankItem,
    QuestionDraw,
    UnitPage,
)
from courses.queries.drafts import gather
from tests.factories import CoursePageFactory, UnitPageFactory, body
from tests.learning import address, begin, cut, form_data, right_answers, without_noise, wrong_answers
from tests.test_constraints import without

pytestmark = pytest.mark.django_db

KINDS = ("single", "multiple", "true_false", "match", "order", "numeric", "short")
NAMES = ("Lyssna", "Anmäl", "Följ upp", "Skriv")


def key_of(*words):
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(words))


def question(kind, right=0, number=0):
    """The same question of a kind, with the same choices, under one of two keys."""
    made = Question(
        key=key_of(kind),
        kind=kind,
        text=f"Fråga om {kind}?",
        feedback="FACIT därför",
        sort_order=number,
        credit="parts",
        is_shuffled=True,
        tolerance=Decimal(1),
        suffix="veckor",
        is_true=right == 0,
    )
    if kind != "true_false":
        made.choices = list(_choices(kind, right))
    return made


def _choices(kind, right, model=Choice):
    marks = {"single": (right == 0, right == 1, False, False), "multiple": (True, right == 0, right == 1, False)}
    words = {"numeric": ("7", "30", "14")[right:], "short": ("genast", "i morgon", "direkt")[right:]}.get(kind, NAMES)
    if kind == "order" and right:
        words = (NAMES[2], NAMES[0], NAMES[3], NAMES[1])
    for at, word in enumerate(words):
        yield model(
            key=key_of(kind, word),
            text=word,
            match=("Först", "Sedan")[(at + right) % 2] if kind == "match" else "",
            is_correct=marks.get(kind, (True, False, False, False))[at],
            feedback=f"FACIT om {word}",
            sort_order=at,
        )


def course_with(*questions, draws=()):
    page = CoursePageFactory(units=0, title="Kurs", slug="kurs", key=key_of("kurs"))
    unit = UnitPageFactory(parent=page, title="Del", slug="del", key=key_of("del"), questions=False, body=body("Läs."))
    unit.questions, unit.draws = list(questions), list(draws)
    unit.save()
    UnitPageFactory(parent=page, title="Läs", slug="las", key=key_of("las"), questions=False, body=body("Läs."))
    return page


# The key


def given_first(kind):
    """An answer that does not depend on what is right."""
    return {
        "true_false": ["true"],
        "match": [f"{key_of(kind, NAMES[1])}:{option_key('Sedan')}"],
        "order": [f"{key_of(kind, NAMES[1])}:3"],
        "numeric": ["8"],
        "short": ["kanske"],
    }.get(kind, [str(key_of(kind, NAMES[0]))])


def everything_told(learner, kind, right):
    """All that a learner can fetch of a unit before its answers are handed in, as it is sent."""
    client = learner.client()
    with transaction.atomic():
        version = cut(course_with(question(kind, right)))
        enrollment = begin(learner.person, version)
        Enrollment.objects.filter(pk=enrollment.pk).update(key=key_of("kursdeltagande"))
        enrollment.refresh_from_db()
        unit, read_only = version.units.all()
        key = str(key_of(kind))
        told = [client.get(address("unit", enrollment, unit))]
        told.append(client.post(address("submit", enrollment, unit), {"forsok": 1, "fragor": [key]}))
        assert told[-1].status_code == 422
        answers = form_data({key: given_first(kind)})
        client.post(address("save", enrollment, unit), answers, headers={"HX-Request": "true"})
        told += [client.get(page) for page in (address("unit", enrollment, unit), f"/kurs/{version.key}/")]
        client.post(address("read", enrollment, read_only))
        client.post(address("so_far", enrollment))
        told += [client.get(address("home", enrollment)), client.get("/kurs/")]
        pages = [without_noise(answer.content.decode()) for answer in told]
        stamp = Attempt.objects.get().answers.get()
        rows = [{**row, "Sparat": ""} for row in personal_data.get("answers").rows(learner.person)]
        facts, pdf = _document(Certificate.objects.get())
        assert stamp.value == given_first(kind)
        transaction.set_rollback(True)
    saved = f"Sparat {timezone.localtime(stamp.saved_at):%H:%M}"
    assert any(saved in page for page in pages)
    return [*(page.replace(saved, "Sparat") for page in pages), json.dumps(rows), pdf, facts]


def _document(certificate):
    """What a certificate of the units so far says, and its PDF without the hash of the version and an id of its own."""
    facts = dict(certificate.facts)
    certificate.facts = {**facts, "version_sha256": "0" * 64}
    certificate.public_id, certificate.issued_at = "2" * 26, datetime(2026, 11, 27, tzinfo=UTC)
    return facts, renderer.render(compose(certificate))


@pytest.mark.once
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_before_the_answers_are_handed_in_depends_on_the_key(learner, kind):
    one, other = (everything_told(learner, kind, right) for right in (0, 1))
    assert one[:-1] == other[:-1]
    assert not any("FACIT" in page for page in one[:-2])
    assert one[-2].startswith(b"%PDF")
    hashes = {facts.pop("version_sha256") for facts in (one[-1], other[-1])}
    assert len(hashes) == 2  # these were two keys
    assert one[-1] == other[-1]


def in_the_order_of_rows(match):
    return tuple({option_key(choice.match): choice.match for choice in match.choices}.items())


@pytest.mark.once
@pytest.mark.parametrize("kind", ["order", "match"])
def test_the_comparison_would_see_a_key(learner, monkeypatch, kind):
    """The twin: steps that come as they were frozen, a list that stands in the order of the rows."""
    monkeypatch.setattr("courses.drawing.shuffled", lambda question, seed, number: question)
    monkeypatch.setattr("courses.grading.MatchQuestion.options", property(in_the_order_of_rows))
    one, other = (everything_told(learner, kind, right) for right in (0, 1))
    assert one[:-1] != other[:-1]


# Each kind, from the first look to the result


@pytest.fixture
def taking(learner):
    """A learner in the middle of a unit with a question of every kind."""
    version = cut(course_with(*(question(kind, number=number) for number, kind in enumerate(KINDS))))
    return begin(learner.person, version), version.units.first(), learner.client()


def hint_of_number(html):
    """A number here can be the answer."""
    return html.split("Skriv med siffror")[1].split("</p>")[0]


def test_every_kind_is_answered_and_explained(taking):
    enrollment, unit, client = taking
    page = address("unit", enrollment, unit)
    html = client.get(page).content.decode()
    assert html.count("<select") == 8
    assert html.count('inputmode="decimal"') == 1
    assert not any(character.isdigit() for character in hint_of_number(html))
    right = right_answers(unit)
    attempt_page = client.post(address("save", enrollment, unit), form_data(right))
    assert attempt_page.status_code == 302
    html = client.get(page).content.decode()
    assert html.count(" selected") == 8
    assert 'value="genast"' in html
    assert client.post(address("submit", enrollment, unit), form_data(right)).url == f"{page}#resultat"
    attempt = Attempt.objects.get()
    assert (attempt.is_passed, attempt.score) == (True, 1)
    html = client.get(page).content.decode()
    assert "7 av 7 rätt" in html
    assert "FACIT om Följ upp" in html
    assert "7 veckor" in html
    told = {row["Fråga"]: row["Svar"] for row in personal_data.get("answers").rows(enrollment.person)}
    assert told["Fråga om order?"] == "1. Lyssna, 2. Anmäl, 3. Följ upp, 4. Skriv"
    assert "Lyssna: Först" in told["Fråga om match?"]
    assert told["Fråga om short?"] == "genast"


def test_an_answer_that_is_not_whole_is_kept_and_named(taking):
    enrollment, unit, client = taking
    answers = right_answers(unit)
    keys = {kind: str(key_of(kind)) for kind in KINDS}
    answers[keys["order"]] = [f"{key_of('order', name)}:1" for name in NAMES]
    answers[keys["match"]] = answers[keys["match"]][:2]
    answers[keys["numeric"]] = ["några"]
    answer = client.post(address("submit", enrollment, unit), form_data(answers))
    html = answer.content.decode()
    assert answer.status_code == 422
    for words in ("Ge varje steg ett eget nummer.", "Varje rad behöver ett svar.", "Skriv ett tal, med siffror."):
        assert words in html
    assert html.count("data-missing") == 3
    assert 'value="några"' in html
    kept = {str(one.question_key): one.value for one in Attempt.objects.get().answers.all()}
    assert kept == {key: sorted(values) for key, values in answers.items()}


def test_parts_earn_parts_and_a_failed_attempt_tells_no_answers(taking):
    enrollment, unit, client = taking
    answers = wrong_answers(unit)
    answers[str(key_of("order"))] = [
        f"{key_of('order', name)}:{at}" for name, at in zip(NAMES, (2, 1, 3, 4), strict=True)
    ]
    answers[str(key_of("multiple"))] = [str(key_of("multiple", NAMES[0]))]
    client.post(address("submit", enrollment, unit), form_data(answers))
    attempt = Attempt.objects.get()
    assert attempt.score == pytest.approx((2 / 3 + 1 / 2) / 7)
    html = client.get(address("unit", enrollment, unit)).content.decode()
    assert html.count("delvis rätt</span>") == 2
    assert "Tillsammans ger dina svar 16 procent" in html
    for told in ("Rätt svar", "det är nummer", "det är:", "genast"):
        assert told not in html
    assert "FACIT om i morgon" in html
    assert "FACIT" not in client.get(address("unit", enrollment, unit) + "?nytt=1").content.decode()


def test_answers_of_every_kind_outlive_the_session(taking, learner):
    enrollment, unit, _client = taking
    visitor, answers = Client(), right_answers(unit)
    visitor.post(address("submit", enrollment, unit), form_data(answers))
    visitor.force_login(learner.user)
    kept = {str(one.question_key): one.value for one in Attempt.objects.get().answers.all()}
    assert kept == answers


@pytest.mark.parametrize("mode", ["", "right", "wrong"])
def test_every_kind_is_previewed(mode):
    page = course_with(*(question(kind, number=number) for number, kind in enumerate(KINDS)))
    html = UnitPage.objects.child_of(page).first().make_preview_request(preview_mode=mode).content.decode()
    assert ("FACIT om Lyssna" in html) == (mode != "")
    assert html.count("<select") == (8 if mode == "" else 0)


# Before a version is cut


def faulty(kind, **fields):
    made = question(kind)
    choices = list(made.choices.all())
    for name, value in fields.items():
        if name.startswith("choice_"):
            setattr(choices[0], name.removeprefix("choice_"), value)
        else:
            setattr(made, name, value)
    made.choices = choices
    return made


FAULTS = {
    "has a row that nothing belongs to": ("match", {"choice_match": ""}),
    "cites law or a contact in what is chosen from a list": ("match", {"choice_match": "{{lag:orosanmalan}}"}),
    "has the same row twice": ("order", {"choice_text": NAMES[1].upper()}),
    "has an answer that is not a number: “sju”": ("numeric", {"choice_text": "sju"}),
    "has a margin that is less than nothing": ("numeric", {"tolerance": Decimal(-1)}),
    "has “30” both as right and as a mistake": ("numeric", {"tolerance": Decimal(40)}),
    "has no right answer": ("short", {"choice_is_correct": False}),
    "has an answer longer than 60 characters": ("short", {"choice_text": "x" * 61}),
    "has an answer of signs only: “…”": ("short", {"choice_text": "!?."}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named_before_a_version_is_cut(fault):
    kind, fields = FAULTS[fault]
    with pytest.raises(CourseIncomplete) as caught, translation.override("en"):
        cut(course_with(faulty(kind, **fields)))
    assert fault.replace("“…”", "“!?.”") in str(caught.value)


def test_what_was_frozen_before_stays_to_the_byte():
    """Questions of the first kinds, made as they always were, get no new words: no new version for nothing."""
    page = CoursePageFactory(units=1)
    frozen = cut(page).units.get().content.parts["extra"]
    assert set(frozen) == {"goal", "minutes", "audiences", "questions"}
    single, _multiple, statement = frozen["questions"]
    assert set(single) == {"key", "kind", "text", "feedback", "audiences", "choices"}
    assert set(single["choices"][0]) == {"key", "text", "is_correct", "feedback"}
    assert set(statement) == {"key", "kind", "text", "feedback", "audiences", "is_true"}


# The bank


def bank_item(name, *tags, **fields):
    item = QuestionBankItem(kind="single", text=f"Bankfråga {name}?", **fields)
    item.choices = [
        QuestionBankChoice(text=text, is_correct=at == 0, sort_order=at)
        for at, text in enumerate(("Ja", "Nej", "Kanske"))
    ]
    item.save()
    item.tags.add(*tags)
    item.save()
    return item


def asked_in(attempt):
    return [one["key"] for one in attempt.asked]


def test_a_unit_draws_from_the_bank_and_each_attempt_keeps_what_was_asked(learner, second_learner):
    items = [bank_item(number, "lov") for number in range(5)]
    bank_item("annan", "sekretess")
    page = course_with(question("single"), draws=[QuestionDraw(tag="lov", count=2)])
    version = cut(page)
    unit = version.units.first()
    assert unit.question_count(None) == 3
    assert len(unit.content.parts["extra"]["pools"][0]["questions"]) == 5
    enrollment, client = begin(learner.person, version), learner.client()
    seen = client.get(address("unit", enrollment, unit)).content.decode()
    attempts = []
    for _again in range(2):
        attempt = open_attempt(enrollment=enrollment, unit_version=unit)
        attempts.append(asked_in(attempt))
        save_answers(attempt=attempt, values={key: _wrong(unit, key) for key in asked_in(attempt)})
        hand_in(attempt=attempt)
    assert all(key in seen for key in attempts[0])
    assert [len(keys) for keys in attempts] == [3, 3]
    assert not set(attempts[0][1:]) & set(attempts[1][1:])  # others at the next attempt
    # Later edits of the bank and another way of drawing change nothing of what was asked.
    canonical = unit.content.canonical
    items[0].text = "Omskriven?"
    items[0].save()
    items[1].delete()
    unit.refresh_from_db()
    assert unit.content.canonical == canonical
    html = client.get(address("unit", enrollment, unit)).content.decode()
    assert html.count("lc-answered") == 3
    assert gather(CoursePage.objects.get(pk=page.pk)).units[0].details
    other = open_attempt(enrollment=begin(second_learner.person, version), unit_version=unit)
    assert set(asked_in(other)[1:]) <= {str(item.key) for item in items}


def _wrong(unit, key):
    extra = unit.content.parts["extra"]
    every = [*extra["questions"], *extra["pools"][0]["questions"]]
    return [
        next(
            choice["key"] for one in every if one["key"] == key for choice in one["choices"] if not choice["is_correct"]
        )
    ]


def test_an_attempt_is_recalled_by_hash_whatever_the_way_of_drawing(learner, monkeypatch):
    """The twin: without what the attempt keeps, another way of drawing would ask something else."""
    for number in range(6):
        bank_item(number, "lov", is_shuffled=True)
    version = cut(course_with(draws=[QuestionDraw(tag="lov", count=2)]))
    enrollment, unit = begin(learner.person, version), version.units.first()
    attempt = open_attempt(enrollment=enrollment, unit_version=unit)
    page, client = address("unit", enrollment, unit), learner.client()
    before = without_noise_but_keys(client.get(page))
    assert [one["sha256"] for one in attempt.asked] == [
        one.sha256 for one in drawing.recall(attempt.asked, every_parsed(unit))
    ]
    monkeypatch.setattr(drawing, "_hashed", lambda *words: str(words)[::-1])
    assert without_noise_but_keys(client.get(page)) == before
    Attempt.objects.update(asked=[])
    assert without_noise_but_keys(client.get(page)) != before


def every_parsed(unit):
    return [parse(data) for data in every_question(unit.content.parts["extra"])]


def without_noise_but_keys(answer):
    return re.findall(r'name="svar-[^>]*>', answer.content.decode())


def test_shuffled_choices_differ_between_people_and_stay_for_one(learner, second_learner):
    version = cut(course_with(question("single"), question("order", number=1)))
    unit = version.units.first()
    orders = set()
    for member in (learner, second_learner):
        enrollment = begin(member.person, version)
        for number in range(1, 6):
            attempt = open_attempt(enrollment=enrollment, unit_version=unit, at=datetime(2026, 11, 27, tzinfo=UTC))
            assert attempt.number == number
            orders.add(json.dumps([one["choices"] for one in attempt.asked]))
            save_answers(attempt=attempt, values=wrong_answers(unit))
            hand_in(attempt=attempt)
    assert len(orders) > 4


def test_a_draw_that_the_bank_cannot_fill_is_named(learner):
    bank_item("ensam", "lov", audiences=["preschool"])
    bank_item("trasig", "fel").choices.all().delete()
    draws = [QuestionDraw(tag="lov", count=3, sort_order=0), QuestionDraw(tag="fel", count=1, sort_order=1)]
    with pytest.raises(CourseIncomplete) as caught:
        cut(course_with(draws=draws))
    told = str(caught.value)
    assert "drar 3 frågor med etiketten lov, men frågebanken har 1" in told
    assert "frågan ”Bankfråga trasig?” i frågebanken behöver minst två alternativ" in told


def test_a_reading_draws_among_its_own(learner):
    for number in range(3):
        bank_item(number, "lov", audiences=["preschool"])
    version = cut(course_with(question("single"), draws=[QuestionDraw(tag="lov", count=2)]))
    unit = version.units.first()
    assert [unit.question_count(one) for one in ("preschool", "social_services", None)] == [3, 1, 3]
    enrollment = enroll(person=learner.person, course_key=version.key, audience="social_services")
    assert len(open_attempt(enrollment=enrollment, unit_version=unit).asked) == 1


def test_a_key_names_one_question_of_the_bank():
    """And its twin, where a constraint can be taken away in a transaction."""
    item = bank_item("en")
    again = QuestionBankItem(key=item.key, kind="single", text="Samma nyckel?")
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    if connection.vendor == "postgresql":
        with without(QuestionBankItem, QuestionBankItem._meta.constraints[0]):
            QuestionBankItem(key=item.key, kind="single", text="Samma nyckel?").save()


def test_the_bank_is_for_those_who_may_write_it(editor, learner, approver):
    bank_item("en", "lov")
    listing = reverse("wagtailsnippets_courses_questionbankitem:list")
    add = reverse("wagtailsnippets_courses_questionbankitem:add")
    assert all(learner.client().get(page).status_code == 302 for page in (listing, add))
    assert editor.client().get(listing).status_code == 302  # nobody gave the editor the bank
    rights = Permission.objects.filter(content_type__app_label="courses", codename__endswith="questionbankitem")
    editor.user.user_permissions.set(rights)
    html = editor.client().get(listing).content.decode()
    assert "Bankfråga en?" in html
    assert "lov" in html
    assert 'name="choices-TOTAL_FORMS"' in editor.client().get(add).content.decode()
