"""Scenarios and rules of completion: a step at a time, nothing kept but that it was finished, never by forgery."""

import logging
import re
import uuid
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from cms.people.registry import personal_data
from courses.actions import (
    CourseIncomplete,
    LearningError,
    NotDone,
    complete_unit,
    finish_scenario,
    withdraw_course,
)
from courses.models import CoursePage, ScenarioChoice, ScenarioCompletion, ScenarioStep, UnitCompletion, UnitPage
from courses.queries.learning import own_course
from courses.queries.playing import shown_step
from tests.factories import CoursePageFactory, UnitPageFactory, single_question
from tests.learning import address, begin, cut, form_data, right_answers, without_noise, wrong_answers
from tests.test_constraints import without

pytestmark = pytest.mark.django_db

FREE, SCENARIO, BOTH = "read", "scenario", "both"


def key_of(*words):
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(words))


def choice(name, leads_to="", *, good=False, order=0):
    return ScenarioChoice(
        key=key_of(name),
        text=f"Gör {name}",
        is_good=good,
        feedback=f"FACIT {name}",
        leads_to=leads_to,
        sort_order=order,
    )


def steps(right=0):
    """Shoes, then a promise, then an end; the same choices under one of two keys."""
    first, second = ("skratta", "undra")[:: 1 if right else -1]
    made = [
        ScenarioStep(key=key_of("skor"), name="Skor", text="Elin har nya skor.\n\nDyra skor.", sort_order=0),
        ScenarioStep(key=key_of("lova"), name="Lova", text="Hon vill att du lovar.", sort_order=1),
        ScenarioStep(key=key_of("slut"), name="Slut", text="SLUTET är tryggt.", ending="good", sort_order=2),
        ScenarioStep(key=key_of("tyst"), name="Tyst", text="SLUTET är tyst.", ending="other", sort_order=3),
    ]
    opening = {first: choice(first, " lova ", good=True), second: choice(second)}
    made[0].choices = [opening["skratta"], opening["undra"]]
    made[1].choices = [choice("neka", "Slut", good=True), choice("ljug", "Tyst", order=1)]
    return made


GOOD = [str(key_of("undra")), str(key_of("neka"))]


def unit_with(right=0, *, rule="", questions=False, audiences=(), **fields):
    page = CoursePageFactory(units=0, title="Kurs", slug="kurs", key=key_of("kurs"))
    unit = UnitPageFactory(
        parent=page, title="Del", slug="del", key=key_of("del"), questions=False, rule=rule, scenario_title="Nya skor",
        scenario_audiences=list(audiences), **fields,
    )  # fmt: skip
    if questions:
        unit.questions = [single_question()]
    unit.steps = steps(right)
    unit.save()
    UnitPageFactory(parent=page, title="Läs", slug="las", key=key_of("las"), questions=False)
    return unit


def course_of(unit):
    return CoursePage.objects.get(pk=unit.get_parent().pk)


def taking(learner, unit, **kwargs):
    version = cut(course_of(unit))
    return begin(learner.person, version, **kwargs), version.units.first()


def chosen(client, page, *path, **kwargs):
    """The answer to the last of some choices, made one after the other."""
    return client.post(page, {"vag": path[:-1], "val": path[-1:]}, **kwargs)


def is_done(enrollment, unit):
    return UnitCompletion.objects.filter(enrollment=enrollment, unit_key=unit.unit_key).exists()


# The player


def test_a_scenario_is_played_a_step_at_a_time(learner):
    enrollment, unit = taking(learner, unit_with())
    client, page = learner.client(), address("scenario", enrollment, unit)
    html = client.get(address("unit", enrollment, unit)).content.decode()
    assert "Klar när scenariot är genomfört." in html
    assert "Scenario: Nya skor" in " ".join(re.sub("<[^>]+>", "", html).split())
    html = client.get(page).content.decode()
    assert html.count("<h1") == 1
    assert "Steg 1" in html
    assert "Ett steg tillbaka" not in html
    laughed = str(key_of("skratta"))
    html = chosen(client, page, laughed).content.decode()
    assert "FACIT skratta" in html
    assert "Tänk om" in html
    assert "Vad gör du i stället?" in html
    assert "Elin har nya skor." in html
    html = chosen(client, page, laughed, GOOD[0]).content.decode()
    assert "Steg 2" in html
    assert "FACIT undra" in html
    assert "Ett steg tillbaka" in html
    assert "FACIT skratta" not in html
    assert not ScenarioCompletion.objects.exists()
    html = chosen(client, page, laughed, *GOOD).content.decode()
    for words in (
        "SLUTET är tryggt.",
        "Din väg genom scenariot",
        "Gör skratta",
        "Vid ett av dina val",
        "Delen är klar.",
    ):
        assert words in html, words
    assert is_done(enrollment, unit)
    html = client.get(address("unit", enrollment, unit)).content.decode()
    assert "Du har genomfört scenariot." in html
    assert "Scenario genomfört" in client.get(address("home", enrollment)).content.decode()


def test_the_last_unit_finishes_the_course_in_the_same_response(learner):
    enrollment, unit = taking(learner, unit_with())
    complete_unit(enrollment=enrollment, unit_key=key_of("las"))
    html = chosen(learner.client(), address("scenario", enrollment, unit), *GOOD).content.decode()
    assert "Hämta intyget" in html
    assert "SLUTET är tryggt." in html


def everything_stored():
    """How many rows each table has, and every session to the byte."""
    rows = {model._meta.label: model._base_manager.count() for model in apps.get_models() if model._meta.managed}
    return rows, list(Session.objects.order_by("pk").values_list("pk", "session_data", "expire_date"))


@pytest.mark.parametrize(("rule", "kept"), [("", ["ScenarioCompletion", "UnitCompletion"]), (FREE, [])])
def test_nothing_is_stored_but_that_it_was_finished(learner, caplog, rule, kept):
    enrollment, unit = taking(learner, unit_with(rule=rule))
    client, page = learner.client(), address("scenario", enrollment, unit)
    client.get(page)
    before, sessions = everything_stored()
    with caplog.at_level(logging.DEBUG):
        client.get(page)
        for path in ([str(key_of("skratta"))], GOOD[:1], [GOOD[0], str(key_of("ljug"))][:1], ["påhittad"], GOOD[:1]):
            answer = chosen(client, page, *path)
            assert not answer.cookies.keys() - {"csrftoken"}
        assert everything_stored() == (before, sessions)
        chosen(client, page, *GOOD)
        chosen(client, page, *GOOD)
    after, still = everything_stored()
    assert still == sessions
    (mine,) = personal_data.get("courses").rows(learner.person)
    assert mine["Genomförda scenarier"].startswith("Del ") == bool(kept)
    assert {name for name, rows in after.items() if rows != before[name]} == {f"courses.{name}" for name in kept}
    assert all(after[f"courses.{name}"] == 1 for name in kept)
    words = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    assert not any(key in line for key in GOOD for line in words)


FORGED = {
    "the last choice alone": [GOOD[1]],
    "in the wrong order": GOOD[::-1],
    "not to an ending": GOOD[:1],
    "on from an ending": [*GOOD, GOOD[1]],
    "made up": ["x", "y"],
    "the ending itself": [str(key_of("slut"))],
}


@pytest.mark.parametrize("name", FORGED)
def test_an_ending_is_only_reached_by_the_choices_that_lead_there(learner, name):
    enrollment, unit = taking(learner, unit_with())
    client, page = learner.client(), address("scenario", enrollment, unit)
    answers = [chosen(client, page, *FORGED[name]), client.get(page, {"vag": GOOD[0], "val": GOOD[1]})]
    client.post(address("read", enrollment, unit))
    with pytest.raises(NotDone), transaction.atomic():
        finish_scenario(enrollment=enrollment, unit_version=unit, path=FORGED[name])
    assert not any("SLUTET" in answer.content.decode() for answer in answers)
    assert not ScenarioCompletion.objects.exists()
    assert not is_done(enrollment, unit)


def test_twin_without_the_walk_a_forged_path_would_do(learner, monkeypatch):
    enrollment, unit = taking(learner, unit_with())
    monkeypatch.setattr("courses.actions.scenarios._has_ended", lambda unit_version, path: True)
    finish_scenario(enrollment=enrollment, unit_version=unit, path=["x"])
    assert is_done(enrollment, unit)


def test_steps_back_and_other_endings(learner):
    enrollment, unit = taking(learner, unit_with())
    client, page = learner.client(), address("scenario", enrollment, unit)
    html = chosen(client, page, GOOD[0], str(key_of("ljug"))).content.decode()
    assert "Gå tillbaka och välj annorlunda" in html
    assert is_done(enrollment, unit)  # an ending is an ending
    html = client.post(page, {"vag": GOOD[:1]}).content.decode()
    assert "Steg 2" in html
    assert "FACIT undra" in html
    answer = chosen(client, page, "x")
    assert answer.status_code == 422
    assert "börjar om från början" in answer.content.decode()


def test_a_stranger_a_closed_course_and_a_unit_without_scenario(learner, second_learner, visitor):
    unit = unit_with()
    enrollment, version = taking(learner, unit)
    page = address("scenario", enrollment, version)
    assert second_learner.client().post(page, {"vag": GOOD[:1], "val": GOOD[1:]}).status_code == 404
    assert chosen(visitor, page, *GOOD).status_code == 302
    assert not visitor.session.keys()
    read = enrollment.version.units.last()
    assert learner.client().get(address("scenario", enrollment, read)).status_code == 404
    withdraw_course(page=course_of(unit), reason="Ersatt")
    assert chosen(learner.client(), page, *GOOD).status_code == 410
    with pytest.raises(LearningError):
        finish_scenario(enrollment=enrollment, unit_version=version, path=GOOD)
    assert not ScenarioCompletion.objects.exists()


# The key


def everything_told(learner, right):
    client = learner.client()
    with transaction.atomic():
        unit = unit_with(right)
        enrollment, version = taking(learner, unit)
        pages = [address(name, enrollment, version) for name in ("scenario", "unit")]
        pages += [address("home", enrollment), f"/kurs/{enrollment.version.key}/"]
        told = [without_noise(client.get(page).content.decode()) for page in pages]
        transaction.set_rollback(True)
    return told


@pytest.mark.once
def test_nothing_before_a_choice_depends_on_which_is_good(learner, monkeypatch):
    assert everything_told(learner, 0) == everything_told(learner, 1)
    assert not any("FACIT" in page or "SLUTET" in page for page in everything_told(learner, 0))

    def good_first(walk, *args):
        """The twin: choices in an order that tells."""
        choices = tuple(sorted(walk.step.choices, key=lambda one: not one.is_good))
        first, *rest = walk.scenario.steps
        scenario = replace(walk.scenario, steps=(replace(first, choices=choices), *rest))
        return shown_step(replace(walk, scenario=scenario), *args)

    monkeypatch.setattr("courses.views.scenarios.shown_step", good_first)
    assert everything_told(learner, 0) != everything_told(learner, 1)


# Rules


def play(client, enrollment, unit):
    return chosen(client, address("scenario", enrollment, unit), *GOOD)


def answer(client, enrollment, unit, answers):
    return client.post(address("submit", enrollment, unit), form_data(answers(unit)), follow=True).content.decode()


# What completes a unit that has questions and a scenario, by rule.
COMPLETES = {
    "": [{"right", "scenario"}],
    "passed": [{"right"}],
    "answered": [{"wrong"}, {"right"}],
    SCENARIO: [{"scenario"}],
    BOTH: [{"wrong", "scenario"}, {"right", "scenario"}],
    FREE: [{"read"}],
}


@pytest.mark.parametrize("rule", COMPLETES)
def test_a_unit_is_done_when_its_rule_says(learner, rule):
    enrollment, unit = taking(learner, unit_with(rule=rule, questions=True))
    client = learner.client()
    acts = {
        "wrong": lambda: answer(client, enrollment, unit, wrong_answers),
        "right": lambda: answer(client, enrollment, unit, right_answers),
        "scenario": lambda: play(client, enrollment, unit),
        "read": lambda: client.post(address("read", enrollment, unit)),
    }
    for sets in ([one] for one in (*({act} for act in acts), {"right", "scenario"}, {"scenario", "wrong"})):
        done = sets[0]
        expected = any(needed <= done for needed in COMPLETES[rule])
        for order in (sorted(done), sorted(done, reverse=True)):
            with transaction.atomic():
                for act in order:
                    shown = acts[act]()
                assert "Fortsätt med del 1" not in str(shown), (rule, order)
                assert is_done(enrollment, unit) == expected, (rule, order)
                transaction.set_rollback(True)
    own = own_course(learner.person, enrollment.key, timezone.localdate())
    assert own.step_of(unit.unit_key).needs == unit.needs(None)


def test_twin_without_the_check_a_unit_would_be_done_by_a_click(learner, monkeypatch):
    enrollment, unit = taking(learner, unit_with(questions=True))
    client = learner.client()
    client.post(address("read", enrollment, unit))
    assert not is_done(enrollment, unit)
    monkeypatch.setattr("courses.actions.completing._lacking", lambda enrollment, unit: "")
    client.post(address("read", enrollment, unit))
    assert is_done(enrollment, unit)


def test_all_answered_is_said_as_it_is(learner):
    enrollment, unit = taking(learner, unit_with(rule=BOTH, questions=True))
    client = learner.client()
    html = client.get(address("unit", enrollment, unit)).content.decode()
    assert "Klar när alla frågor är besvarade, rätt eller fel, och scenariot är genomfört." in html
    assert "Det finns ingen godkäntgräns" in html
    html = answer(client, enrollment, unit, wrong_answers)
    for words in ("Inlämnat: 0 av 1 rätt", "Den har ingen godkäntgräns.", "Kvar är scenariot:", "Rätt svar"):
        assert words in html, words
    assert "Godkän" not in html
    assert "Påbörjad" in client.get(address("home", enrollment)).content.decode()
    play(client, enrollment, unit)
    html = client.get(address("home", enrollment)).content.decode()
    assert "Besvarad" in html
    assert "Godkänd " not in html


def test_the_rule_is_told_before_the_start(visitor):
    version = cut(course_of(unit_with(questions=True)))
    html = visitor.get(f"/kurs/{version.key}/").content.decode()
    assert "Klar när frågorna är godkända och scenariot är genomfört." in html
    assert "1 fråga, 1 scenario" in html
    assert "Klar när du markerar den som läst." in html


def test_a_rule_that_asks_for_what_is_not_there_is_refused(city):
    for fields in ({"rule": "answered"}, {"rule": "passed"}, {"rule": BOTH}):
        with pytest.raises(CourseIncomplete, match="klar när"), transaction.atomic():
            cut(course_of(unit_with(**fields)))
    with pytest.raises(CourseIncomplete, match="som den inte har för: grundskola"):
        cut(course_of(unit_with(rule=SCENARIO, audiences=["preschool"])))


def test_twin_a_rule_that_got_through_asks_nobody_for_what_is_not_there(learner, monkeypatch):
    monkeypatch.setattr("courses.freezing._rule_problems", lambda unit: iter(()))
    enrollment, unit = taking(learner, unit_with(rule="answered"))
    learner.client().post(address("read", enrollment, unit))
    assert is_done(enrollment, unit)


def test_a_scenario_for_some_workplaces_is_neither_shown_to_nor_asked_of_others(learner):
    enrollment, unit = taking(learner, unit_with(audiences=["preschool"]), audience="upper_secondary")
    client = learner.client()
    assert chosen(client, address("scenario", enrollment, unit), *GOOD).status_code == 404
    assert "Nya skor" not in client.get(address("unit", enrollment, unit)).content.decode()
    client.post(address("read", enrollment, unit))
    assert is_done(enrollment, unit)


# Frozen and written


def test_a_unit_without_scenario_and_rule_is_frozen_as_before():
    page = CoursePageFactory(units=1)
    content = cut(page).units.get().content.parts["extra"]
    assert set(content) == {"goal", "minutes", "audiences", "questions"}


def test_saving_in_a_browser_does_not_change_what_a_scenario_says(learner):
    unit = unit_with()
    before = unit.frozen_scenario()
    for step in (changed := list(unit.steps.all())):
        step.text = f"{step.text}\n".replace("\n", "\r\n")  # as forms send it
    unit.steps = changed
    assert unit.frozen_scenario() == before


def test_a_scenario_with_faults_is_not_cut_and_a_change_of_it_is_told():
    unit = unit_with()
    cut(course_of(unit))
    with_fault = steps()
    with_fault[1].choices = [choice("neka", "Ingenstans", good=True)]
    unit.steps = with_fault
    unit.save()
    with pytest.raises(CourseIncomplete) as caught, translation.override("en"):
        cut(course_of(unit))
    for fault in ("to a step that is not there", "“Skor” there is no way", "“Lova” is a dead end", "nobody comes to"):
        assert fault in str(caught.value), fault


def test_the_admin_draws_the_scenario_and_lists_the_same(approver):
    unit = unit_with()
    html = approver.client().get(reverse("wagtailadmin_pages:edit", args=[unit.pk])).content.decode()
    picture = html[html.index('<div class="lc-graph"') : html.index('<details class="lc-graph-list"')]
    assert picture.count("<rect") == 4
    assert (picture.count('class="lc-way"'), picture.count('class="lc-way lc-way-good"')) == (2, 2)
    assert "1. Skor" in picture
    assert "Gör neka (bra val) → steg 3" in " ".join(html.split())
    assert 'name="steps-0-choices-0-key"' in html
    (panel,) = BeautifulSoup(html, "html.parser").select("section.w-panel[id$=scenario-section]")
    assert "collapsed" not in panel["class"]


def test_a_copy_has_keys_of_its_own_and_the_same_ways():
    unit = unit_with()
    copy = unit.copy(update_attrs={"slug": "kopia"})
    one, other = (page.frozen_scenario() for page in (unit, UnitPage.objects.get(pk=copy.pk)))
    assert {step["key"] for step in one["steps"]}.isdisjoint(step["key"] for step in other["steps"])
    assert other["steps"][0]["choices"][1]["leads_to"] == other["steps"][1]["key"]


def test_an_editor_plays_the_draft_and_leaves_no_record(editor, learner):
    unit = unit_with()
    unit.save_revision()
    page = reverse("courses_scenario", args=[unit.pk])
    client = editor.client()
    client.get(page)
    before = everything_stored()
    assert "Elin har nya skor." in client.get(page).content.decode()
    assert "SLUTET är tryggt." in chosen(client, page, *GOOD).content.decode()
    html = unit.make_preview_request(preview_mode="").content.decode()
    assert "Elin har nya skor." in html
    assert "FACIT" not in html
    assert everything_stored() == before
    assert learner.client().get(page).status_code == 302
    read = UnitPageFactory(parent=course_of(unit), slug="utan", questions=False)
    assert client.get(reverse("courses_scenario", args=[read.pk])).status_code == 404


def test_pages_with_a_scenario_take_few_queries(learner):
    enrollment, unit = taking(learner, unit_with(questions=True))
    client = learner.client()
    for page in (address("unit", enrollment, unit), address("scenario", enrollment, unit)):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        assert len(captured) <= 12


def test_a_scenario_is_finished_once_on_a_text(learner):
    enrollment, unit = taking(learner, unit_with())
    constraint = next(one for one in ScenarioCompletion._meta.constraints if one.name == "courses_scenario_once")
    row = {"enrollment": enrollment, "unit_version": unit, "completed_at": timezone.now()}
    ScenarioCompletion.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ScenarioCompletion.objects.create(**row)
    if connection.vendor == "postgresql":  # SQLite cannot take it away in a transaction
        connection.check_constraints()  # nothing waits for the end of the transaction
        with without(ScenarioCompletion, constraint):
            ScenarioCompletion.objects.create(**row)
            assert ScenarioCompletion.objects.count() == 2
