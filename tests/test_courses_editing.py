"""Writing courses in Wagtail's admin: keys through the form, one way to publish, no way to lose what was published."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms.compliance.actions import set_rule
from cms.compliance.models import Requirement, Target
from cms.people.models import Person
from courses.actions import SeenOther, complete_unit, hand_in, open_attempt, save_answers, settle_course_draft
from courses.models import CoursePage, CourseVersion, UnitPage
from courses.queries.costs import Cost, cost_of
from courses.queries.drafts import gather
from tests.cast import LOGIN_BACKEND
from tests.factories import (
    CourseIndexPageFactory,
    CoursePageFactory,
    EmploymentFactory,
    PersonFactory,
    UserFactory,
    body,
)
from tests.learning import begin, cut, publish_course, right_answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(db):
    return CoursePageFactory(units=1, title="Kursen")


@pytest.fixture
def unit(course):
    return UnitPage.objects.child_of(course).get()


@pytest.fixture
def desk(approver):
    """A browser of somebody who may publish."""
    return approver.client()


@pytest.fixture
def owner(db):
    """A browser of somebody who may do everything in Wagtail."""
    client = Client()
    client.force_login(UserFactory(superuser=True), backend=LOGIN_BACKEND)
    return client


def edit_url(page):
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def cut_url(page):
    return reverse("courses_cut", args=[page.pk])


def cut_form(page, **data):
    """What the dialog posts: with the word for the drafts that it shows."""
    return {"seen": gather(page).seen, "effective_on": timezone.localdate().isoformat(), **data}


def keys_of(page):
    return [(one.key, [choice.key for choice in one.choices.all()]) for one in page.questions.all()]


def latest(page):
    return UnitPage.objects.get(pk=page.pk).get_latest_revision_as_object()


def unit_form(page, title=None, questions=None):
    """What the browser posts for a unit: every key as the page gave it."""
    if questions is None:
        questions = [question_form(one) for one in page.questions.all()]
    return nested_form_data(
        {
            "title": title or page.title,
            "slug": page.slug,
            "goal": page.goal,
            "minutes": page.minutes,
            "body": streamfield([]),
            "questions": inline_formset(questions, initial=sum(bool(one["id"]) for one in questions)),
            "draws": inline_formset([]),
            "steps": inline_formset([]),
            "comments": inline_formset([]),
        }
    )


def question_form(question):
    return {
        "id": question.pk or "",
        "key": question.key,
        "kind": question.kind,
        "credit": question.credit,
        "text": question.text,
        "is_true": {True: "True", False: "False", None: ""}[question.is_true],
        "feedback": question.feedback,
        "read_again": question.read_again,
        "choices": inline_formset(
            [
                {
                    "id": choice.pk or "",
                    "key": choice.key,
                    "text": choice.text,
                    "is_correct": "on" if choice.is_correct else "",
                    "feedback": choice.feedback,
                }
                for choice in question.choices.all()
            ],
            initial=question.choices.count(),
        ),
    }


def blank_question(text):
    form = {
        "id": "",
        "key": "",
        "kind": "true_false",
        "credit": "whole",
        "text": text,
        "is_true": "True",
        "feedback": "",
    }
    return {**form, "read_again": "", "choices": inline_formset([])}


# Keys through the form


def test_the_form_carries_keys_and_gives_new_questions_their_own(desk, unit):
    before = keys_of(unit)
    html = desk.get(edit_url(unit)).content.decode()
    for key, choices in before:
        assert all(f'value="{one}"' in html for one in (key, *choices))
    empty = re.search(r'name="questions-__prefix__-key"[^>]*>', html)[0]
    assert "value=" not in empty
    questions = [question_form(one) for one in unit.questions.all()]
    data = unit_form(unit, questions=[*questions, blank_question("Ny A"), blank_question("Ny B")])
    assert desk.post(edit_url(unit), data).status_code == 302
    after = keys_of(latest(unit))
    assert after[:3] == before
    assert len({key for key, _choices in after}) == 5


def test_keys_survive_saving_a_published_unit(desk, course, unit):
    cut(course)
    unit = latest(unit)
    before = keys_of(unit)
    for title in ("Ett", "Två"):
        desk.post(edit_url(unit), unit_form(latest(unit), title=title))
    draft = latest(unit)
    assert draft.title == "Två"
    assert keys_of(draft) == before
    again = cut(CoursePage.objects.get(pk=course.pk))
    assert [one["key"] for one in again.units.get().content.parts["extra"]["questions"]] == [
        str(key) for key, _choices in before
    ]


def test_a_question_doubled_in_the_browser_gets_a_key_of_its_own(desk, unit):
    questions = [question_form(one) for one in unit.questions.all()]
    doubled = {**questions[0], "id": ""}
    desk.post(edit_url(unit), unit_form(unit, questions=[*questions, doubled]))
    keys = [key for key, _choices in keys_of(latest(unit))]
    assert len(set(keys)) == 4


def test_autosave_tells_the_page_the_keys_it_has_given(desk, course, unit):
    cut(course)
    questions = [question_form(one) for one in unit.questions.all()]
    data = unit_form(unit, questions=[*questions, blank_question("Ny")])
    answer = desk.post(edit_url(unit), data, headers={"Accept": "application/json"})
    told = json.loads(answer.content)["field_updates"]
    assert told["questions-3-key"] == str(keys_of(latest(unit))[3][0])


def test_an_incomplete_draft_is_saved(desk, unit):
    questions = [question_form(one) for one in unit.questions.all()]
    questions += [{**blank_question(""), "is_true": ""}, {**blank_question("Frågan"), "kind": "single"}]
    assert desk.post(edit_url(unit), unit_form(unit, questions=questions)).status_code == 302
    assert [one.text for one in latest(unit).questions.all()][3:] == ["", "Frågan"]


def test_audiences_of_a_question_are_boxes_to_tick(desk, unit):
    questions = [question_form(one) for one in unit.questions.all()]
    questions[0]["audiences"] = ("preschool", "upper_secondary")
    desk.post(edit_url(unit), unit_form(unit, questions=questions))
    assert latest(unit).questions.all()[0].audiences == ["preschool", "upper_secondary"]
    assert 'type="checkbox" name="questions-0-audiences"' in desk.get(edit_url(unit)).content.decode()


# One way to publish


def test_publishing_in_the_admin_leads_to_the_dialog_and_keeps_the_draft(desk, course, unit):
    for action in ("action-publish", "action-cut"):
        data = {**unit_form(latest(unit), title=f"Med {action}"), action: "1"}
        assert desk.post(edit_url(unit), data).url == cut_url(course)
        assert latest(unit).title == f"Med {action}"
    assert not UnitPage.objects.get(pk=unit.pk).live
    assert not CourseVersion.objects.exists()


def test_a_new_unit_is_a_draft_whatever_was_pressed(desk, course):
    url = reverse("wagtailadmin_pages:add", args=["courses", "unitpage", course.pk])
    data = nested_form_data(
        {
            "title": "Ny del",
            "slug": "ny-del",
            "minutes": 5,
            "body": streamfield([]),
            "questions": inline_formset([]),
            "draws": inline_formset([]),
            "steps": inline_formset([]),
            "comments": inline_formset([]),
            "action-publish": "1",
        }
    )
    assert desk.post(url, data).url == cut_url(course)
    assert not UnitPage.objects.get(slug="ny-del").live


def test_the_menu_offers_the_cut_to_those_who_may_publish(desk, editor, unit):
    for client, is_offered in ((desk, True), (editor.client(), False)):
        html = client.get(edit_url(unit)).content.decode()
        assert ('name="action-cut"' in html) is is_offered
        for name in ("action-publish", "action-submit", "go_live_at"):
            assert f'name="{name}"' not in html


def test_the_dialog_cuts(desk, course, unit):
    html = desk.get(cut_url(course)).content.decode()
    assert "Kursen är inte publicerad än" in html
    assert "Ny" in html
    assert f'href="{edit_url(course)}"' in html.split("<ol")[1].split("</ol>")[0], "the way back, among the breadcrumbs"
    assert f'href="{edit_url(unit)}"' in desk.get(edit_url(course)).content.decode(), "the course shows its units"
    answer = desk.post(cut_url(course), cut_form(course, units=[str(unit.key)]))
    assert answer.status_code == 302
    version = CourseVersion.objects.get()
    assert (version.number, version.published_by_name) == ("1.0", "Gudrun Gran")
    assert "Inget har ändrats sedan version 1.0" in desk.get(cut_url(course)).content.decode()


def test_the_dialog_tells_what_has_changed_and_asks_what_it_needs(desk, course, unit):
    cut(course)
    draft = latest(unit)
    draft.title = "Bättre rubrik"
    draft.save_revision()
    html = desk.get(cut_url(course)).content.decode()
    assert "Ändrad" in html
    assert "hette ”Del 1”" in html
    data = cut_form(course, units=[str(unit.key)], change="substantive")
    answer = desk.post(cut_url(course), data)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Ange vilken dag" in html
    assert "Skriv vad som har ändrats" in html
    assert html.index("Något behöver rättas") < html.index('href="#id_note"') < html.index("Kursen och dess delar")
    desk.post(cut_url(course), {**data, "note": "Ny lag", "redo_by": timezone.localdate().isoformat()})
    assert CourseVersion.objects.latest_first().first().number == "2.0"


def test_the_dialog_names_what_is_lacking(desk, course, unit):
    draft = latest(unit)
    questions = list(draft.questions.all())
    questions[0].choices = list(questions[0].choices.all())[1:]
    draft.questions = questions
    draft.save_revision()
    for answer in (
        desk.get(cut_url(course)),
        desk.post(cut_url(course), cut_form(course, units=[str(unit.key)])),
    ):
        assert "Del 1: fråga 1 har 0 rätta alternativ" in answer.content.decode()
    extra = course.add_child(instance=UnitPage(title="Extra", slug="extra", live=False))
    left_out = desk.post(cut_url(course), {**cut_form(course, units=[str(extra.key)]), "effective_on": "snart"})
    assert left_out.status_code == 422
    assert "Extra: saknar text" in left_out.content.decode()
    assert "fråga 1 har 0 rätta alternativ" not in left_out.content.decode()
    assert not CourseVersion.objects.exists()


def test_the_dialog_tells_word_by_word_and_what_each_kind_of_change_costs(desk, city, learner, second_learner, head):
    """One has completed it, one is in the middle; whoever is protected is in no figure."""
    version = publish_course(units=1, read_only=1)
    target, page = Target.objects.get(), CoursePage.objects.get()
    set_rule(
        requirement=Requirement.objects.create(target=target, name="Krav"),
        effective_on=timezone.localdate(),
        org_units=[city.schools],
        due_days=30,
    )
    hidden = PersonFactory(protected=True)
    EmploymentFactory(person=hidden, org_unit=city.almskolan)
    quizzed, read = version.units.all()
    for person in (learner.person, second_learner.person, hidden):
        complete_unit(enrollment=begin(person, version), unit_key=read.unit_key)
    attempt = open_attempt(enrollment=begin(learner.person, version), unit_version=quizzed)
    save_answers(attempt=attempt, values=right_answers(quizzed))
    hand_in(attempt=attempt)
    pages = list(UnitPage.objects.child_of(page).order_by("path"))
    draft = latest(pages[0])
    questions = list(draft.questions.all())
    questions[0].text = "Vem ska anmäla?"
    draft.questions, draft.minutes = questions[:2], 12
    draft.save_revision()
    other = latest(pages[1])
    other.body = body("Läs det här sist.", "Svara sedan på frågorna.")
    other.save_revision()
    own = page.get_latest_revision_as_object()
    own.summary, own.pass_mark = "En kort kurs för alla.", 70
    own.save_revision()
    html = " ".join(desk.get(cut_url(page)).content.decode().split())
    assert "Kursen själv" in html
    assert "<strong>Ändrad</strong>: sammanfattningen, gränsen för godkänt" in html
    assert "Gränsen för godkänt: <del>80</del><ins>70</ins> procent" in html
    assert "1 ändrad fråga, 1 fråga borttagen" in html
    assert "minuterna" in html
    assert "Vem <ins>ska anmäla</ins>" in html.replace("<del>anmäler</del>", "")
    assert "<del>En misstanke räcker." in html
    employed = Person.objects.filter(protection="none", employments__ends_on=None).exclude(employments=None)
    required = employed.exclude(employments__org_unit=city.root).distinct().count()
    cost = cost_of(page, timezone.localdate(), version, [quizzed.unit_key, read.unit_key])
    assert cost == Cost(required, 3, 1, 1, 1, ("1.0",))
    assert f"1 av {required} personer på 3 enheter måste göra om 2 delar, ungefär 22 minuter" in html
    assert "1 person är mitt i kursen och går klart 1.0 om hen inte väljer att byta." in html


def test_the_costs_take_as_many_queries_for_many_as_for_few(city):
    version = publish_course(units=0, read_only=1)
    page, counts = CoursePage.objects.get(), []
    for people in (1, 6):
        for _number in range(people):
            begin(EmploymentFactory(org_unit=city.almskolan).person, version)
        with CaptureQueriesContext(connection) as captured:
            cost_of(page, timezone.localdate(), version, [one.unit_key for one in version.units.all()])
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_was_seen_is_what_is_cut(desk, course, unit):
    data = cut_form(course, units=[str(unit.key)], effective_on="2031-03-01")
    draft = latest(unit)
    draft.goal = "Ett annat mål"
    draft.save_revision()
    shown = desk.post(cut_url(course), data).content.decode()
    assert "har ändrats sedan du öppnade sidan" in shown
    assert 'value="2031-03-01"' in shown
    with pytest.raises(SeenOther):
        cut(course, seen=data["seen"])
    assert not CourseVersion.objects.exists()
    desk.post(cut_url(course), cut_form(course, units=[str(unit.key)]))
    assert CourseVersion.objects.get().units.get().goal == "Ett annat mål"


@pytest.mark.parametrize("name", ["courses_cut", "courses_withdraw"])
def test_only_those_who_may_publish_reach_the_dialogs(editor, learner, visitor, course, name):
    url = reverse(name, args=[course.pk])
    for client in (editor.client(), learner.client(), visitor):
        assert client.get(url).status_code in (302, 403)
        client.post(url, {"reason": "x", "effective_on": timezone.localdate().isoformat()})
    assert not CourseVersion.objects.exists()
    assert reverse(name, args=[course.get_parent().pk]) != url


def test_a_page_that_is_no_course_has_no_dialog(desk, course):
    assert desk.get(reverse("courses_cut", args=[course.get_parent().pk])).status_code == 404


# Nothing published is lost


def test_withdrawing_instead_of_unpublishing_and_deleting(owner, course, unit):
    cut(course)
    withdraw = reverse("courses_withdraw", args=[course.pk])
    for name, page, leads_to in (
        ("unpublish", course, withdraw),
        ("unpublish", unit, cut_url(course)),
        ("delete", course, withdraw),
        ("delete", unit, cut_url(course)),
        ("delete", course.get_parent(), withdraw),
    ):
        answer = owner.post(reverse(f"wagtailadmin_pages:{name}", args=[page.pk]))
        assert (answer.status_code, answer.url) == (302, leads_to), (name, page)
    assert UnitPage.objects.get(pk=unit.pk).live
    assert "mitt i kursen" in owner.get(withdraw).content.decode()
    edit = {page: reverse("wagtailadmin_pages:edit", args=[page.pk]) for page in (course, unit)}
    assert all("action-cut" in owner.get(address).content.decode() for address in edit.values())
    owner.post(withdraw, {"reason": "Lagen har ändrats."})
    page = CoursePage.objects.get(pk=course.pk)
    assert not page.live
    assert page.status_string == "tillbakadragen"
    assert "kan inte publiceras igen" in owner.get(edit[course]).content.decode()
    assert not any("action-cut" in owner.get(address).content.decode() for address in edit.values())
    dialog = owner.get(cut_url(course)).content.decode()
    assert "kan inte publiceras igen" in dialog
    assert "effective_on" not in dialog


def test_a_draft_course_and_a_draft_unit_can_be_deleted(owner, course, unit):
    other = CoursePageFactory(units=1)
    assert owner.post(reverse("wagtailadmin_pages:delete", args=[other.pk])).status_code == 302
    assert not Page.objects.filter(pk=other.pk).exists()
    extra = UnitPage(title="Extra", slug="extra", live=False)
    course.add_child(instance=extra)
    assert owner.post(reverse("wagtailadmin_pages:delete", args=[extra.pk])).status_code == 302
    assert not Page.objects.filter(pk=extra.pk).exists()


@pytest.mark.parametrize("action", ["publish", "unpublish", "delete"])
def test_bulk_actions_leave_courses_alone(owner, course, unit, action):
    index = course.get_parent()
    for page in (course, unit, index):
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
        answer = owner.post(f"{url}?id={page.pk}", {"include_descendants": "on"})
        assert answer.status_code == 302
    assert Page.objects.filter(pk=unit.pk, live=False).exists()


def test_other_pages_are_published_as_usual(desk):
    page = CourseIndexPageFactory(live=False)
    data = nested_form_data(
        {"title": "Kurser", "slug": "kurser-x", "lead": '{"blocks":[],"entityMap":{}}', "comments": inline_formset([])}
    )
    desk.post(edit_url(page), {**data, "action-publish": "1"})
    page.refresh_from_db()
    assert page.live


def test_wagtails_other_pages_stand_drafts_with_questions(owner, course, unit):
    cut(course)
    draft = latest(unit)
    questions = list(draft.questions.all())
    questions[0].text = "Med andra ord?"
    questions[1].choices = list(questions[1].choices.all())[:2]
    draft.questions = questions[:2]
    revision = draft.save_revision()
    pages = {
        "history": [unit.pk],
        "view_draft": [unit.pk],
        "copy": [unit.pk],
        "usage": [unit.pk],
        "revisions_compare": [unit.pk, "earliest", revision.pk],
        "revisions_revert": [unit.pk, unit.revisions.order_by("pk").first().pk],
        "revisions_view": [unit.pk, revision.pk],
    }
    for name, arguments in pages.items():
        answer = owner.get(reverse(f"wagtailadmin_pages:{name}", args=arguments))
        assert answer.status_code == 200, name
    html = owner.get(reverse("wagtailadmin_pages:revisions_compare", args=pages["revisions_compare"])).content.decode()
    assert "Med andra ord?" in re.sub(r"<[^>]+>", "", html)
    assert "Key" not in html


def test_copying_in_the_admin_makes_a_draft_even_if_asked_to_publish(owner, course, unit):
    cut(course)
    data = {
        "new_title": "Kopia",
        "new_slug": "kopia",
        "new_parent_page": course.get_parent().pk,
        "copy_subpages": "on",
        "publish_copies": "on",
    }
    assert owner.post(reverse("wagtailadmin_pages:copy", args=[course.pk]), data).status_code == 302
    copied = CoursePage.objects.get(slug="kopia")
    assert not copied.live
    assert not copied.get_children().live().exists()
    assert cut(copied).number == "1.0"


# Saved again as it was


def has_draft(page):
    return type(page).objects.get(pk=page.pk).has_unpublished_changes


def test_unit_that_is_changed_back_has_no_changes(desk, course, unit):
    unit.body = []
    unit.save_revision()
    cut(course)
    for title, is_draft in (("Annat namn", True), (unit.title, False)):
        assert desk.post(edit_url(unit), unit_form(latest(unit), title=title)).status_code == 302
        assert has_draft(unit) is is_draft
    question, *others = [question_form(one) for one in latest(unit).questions.all()]
    desk.post(edit_url(unit), unit_form(latest(unit), questions=[{**question, "text": "En annan fråga?"}, *others]))
    assert has_draft(unit)


def test_course_that_is_changed_back_has_no_changes_and_other_fields_count(course):
    cut(course)
    for field, value, is_draft in (
        ("summary", "Annat", True),
        ("summary", course.summary, False),
        ("slug", "annan-adress", True),
        ("slug", course.slug, False),
    ):
        draft = CoursePage.objects.get(pk=course.pk).get_latest_revision_as_object()
        setattr(draft, field, value)
        draft.save_revision()
        settle_course_draft(draft)
        assert has_draft(course) is is_draft
