"""What pages cost and hold: few queries, the catalogue, progress, previews."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.compliance.actions import set_rule
from cms.compliance.models import Requirement, Target
from cms.compliance.queries import training_of
from cms.compliance.registry import target_kinds
from cms.people.models import OutboxMessage
from cms.people.registry import mail_kinds, personal_data
from cms.references.models import Contact
from cms.reminders.emails import compose
from cms.versions.registry import version_kinds
from courses.actions import complete_unit, withdraw_course
from courses.covers import COVERS
from courses.enums import Cover
from courses.models import Choice, CoursePage, CourseVersion, Enrollment, Question
from courses.queries.catalogue import asked_of
from courses.queries.progress import progress
from courses.templatetags.covers import cover
from tests.factories import (
    ContactFactory,
    CourseIndexPageFactory,
    CoursePageFactory,
    LegalReferenceFactory,
    UnitPageFactory,
    body,
)
from tests.learning import (
    address,
    begin,
    cut,
    form_data,
    publish_course,
    right_answers,
    wrong_answers,
)

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def quiz(right):
    """A question with one right choice."""
    question = Question(kind="single", text="Vad gäller?", feedback="FACIT därför", sort_order=0)
    question.choices = [
        Choice(text=f"Alternativ {index}", is_correct=index == right, feedback="FACIT", sort_order=index)
        for index in range(3)
    ]
    return question


# Queries


def queries_of(client, page):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def heavy_course(blocks, questions, units):
    LegalReferenceFactory(key="orosanmalan")
    if not Contact.objects.exists():
        ContactFactory(key="socialjour", kind="orosanmalan")
    page = CoursePageFactory(units=0)
    words = "Se {{lag:orosanmalan}} och ring {{kontakt:socialjour}}."
    for number in range(units):
        unit = UnitPageFactory(parent=page, slug=f"del-{number}", questions=False, body=body(*[words] * blocks))
        unit.questions = [quiz(number % 3) for _ in range(questions)]
        unit.save()
    return cut(page)


def test_the_unit_page_takes_few_queries_however_long_it_is(learner):
    counts = []
    learner.client().get("/kurs/")  # what a process asks for once only, such as content types
    for blocks, questions, units in ((1, 1, 1), (12, 8, 6)):
        version = heavy_course(blocks, questions, units)
        enrollment, unit, client = begin(learner.person, version), version.units.first(), learner.client()
        page = address("unit", enrollment, unit)
        blank = queries_of(client, page)
        client.post(address("save", enrollment, unit), form_data(wrong_answers(unit)))
        begun = queries_of(client, page)
        client.post(address("submit", enrollment, unit), form_data(wrong_answers(unit)))
        result = queries_of(client, page)
        counts.append((len(blank), len(begun), len(result)))
    assert counts[0] == counts[1]
    assert max(counts[1]) <= MOST_QUERIES, "\n".join(sql[:160] for sql in result)


def test_completing_takes_as_many_queries_in_a_long_course_as_in_a_short(learner):
    counts = []
    for units in (1, 12):
        version = publish_course(units=0, read_only=units)
        enrollment = begin(learner.person, version)
        *earlier, last = version.units.all()
        for unit in earlier:
            complete_unit(enrollment=enrollment, unit_key=unit.unit_key)
        enrollment = Enrollment.objects.get(pk=enrollment.pk)  # it remembers nothing of the units before
        with CaptureQueriesContext(connection) as captured:
            assert complete_unit(enrollment=enrollment, unit_key=last.unit_key).finished
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["index", "home"])
def test_lists_take_as_many_queries_when_they_grow(learner, name):
    client, counts = learner.client(), []
    for number in (1, 4):
        for _course in range(number):
            version = publish_course(units=0 if name == "index" else number, read_only=number)
            enrollment = begin(learner.person, version)
            for unit in version.units.all() if name == "index" else ():
                complete_unit(enrollment=enrollment, unit_key=unit.unit_key)
        page = reverse("courses:index") if name == "index" else address(name, enrollment)
        counts.append(len(queries_of(client, page)))
    assert counts[0] == counts[1]


def test_progress_with_many_targets_takes_as_many_queries_as_with_one(learner):
    counts = []
    for number in (1, 5):
        for _course in range(number):
            publish_course(units=1)
            begin(learner.person, publish_course(units=2))
        targets = list(Target.objects.filter(kind="course"))
        with CaptureQueriesContext(connection) as captured:
            found = progress(learner.person, targets, timezone.localdate())
        assert len(found) == len(targets)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# Registered


def test_progress_tells_units_minutes_and_the_next_step(learner):
    version = publish_course(units=1, read_only=1)
    target, today = Target.objects.get(), timezone.localdate()
    kind = target_kinds.get("course")
    fresh = kind.progress(learner.person, [target], today)[target.pk]
    assert (fresh.done, fresh.total, fresh.minutes_left, fresh.is_started) == (0, 2, 20, False)
    assert fresh.url == f"/kurs/{version.key}/"
    enrollment = begin(learner.person, version)
    two = version.units.last()
    complete_unit(enrollment=enrollment, unit_key=two.unit_key)
    now = kind.progress(learner.person, [target], today)[target.pk]
    assert (now.done, now.total, now.minutes_left, now.is_started) == (1, 2, 10, True)
    assert now.action == "Fortsätt med del 1: Del 1"
    assert now.url == address("resume", enrollment)
    withdraw_course(page=CoursePage.objects.get(), reason="Ersatt")
    assert kind.progress(learner.person, [target], today) == {}


def test_min_utbildning_shows_a_course_that_was_begun(learner):
    version = publish_course(units=1)
    begin(learner.person, version)
    assert [item.target.key for item in training_of(learner.person, timezone.localdate()).in_progress] == [version.key]


def test_files_of_a_unit_are_for_those_who_take_part(learner, second_learner):
    version = publish_course(units=1)
    begin(learner.person, version)
    kind = version_kinds.get("course")
    described, unit = [version.content_id], [version.units.get().content_id]
    assert kind.may_read(described, None)
    assert kind.may_read(unit, learner.person)
    assert not kind.may_read(unit, second_learner.person)
    assert not kind.may_read(unit, None)
    assert kind.resolve(version.key) == version
    assert set(kind.current_contents()) == {*described, *unit}


def test_my_data_tells_every_answer(learner, second_learner):
    version = publish_course(units=1)
    enrollment, unit = begin(learner.person, version), version.units.get()
    learner.client().post(address("submit", enrollment, unit), form_data(right_answers(unit)))
    rows = personal_data.get("answers").rows(learner.person)
    assert [row["Fråga"] for row in rows] == ["Vem anmäler?", "Vad gör du vid fara?", "En misstanke räcker."]
    assert {row["Svar"] for row in rows} >= {"Du", "Sant"}
    assert len(personal_data.get("courses").rows(learner.person)) == 1
    assert personal_data.get("answers").rows(second_learner.person) == []


def test_the_mail_about_a_finished_course_leads_to_the_certificate(learner):
    version = publish_course(units=0, read_only=1)
    enrollment = begin(learner.person, version)
    complete_unit(enrollment=enrollment, unit_key=version.units.get().unit_key)
    message = OutboxMessage.objects.get()
    mail = compose(message, mail_kinds.get(message.kind), message.payload)
    assert mail.subject == f"Du har genomfört {version.title}"
    assert address("finished", enrollment) in mail.body


# The catalogue and the description


def test_the_catalogue_has_courses_in_force_only(visitor, learner):
    now = publish_course(units=1, title="Gäller nu")
    cut(CoursePageFactory(units=1, title="Kommer sedan"), effective_on=timezone.localdate() + timedelta(days=3))
    withdrawn = CoursePageFactory(units=1, title="Borttagen")
    cut(withdrawn)
    withdraw_course(page=withdrawn, reason="Ersatt")
    CoursePageFactory(units=1, title="Bara ett utkast")
    page = CourseIndexPageFactory(title="Våra kurser", slug="vara-kurser")
    for address_of_list in ("/kurs/", page.url):
        html = visitor.get(address_of_list).content.decode()
        assert "Gäller nu" in html
        assert not any(title in html for title in ("Kommer sedan", "Borttagen", "Bara ett utkast"))
    begin(learner.person, now)
    assert "Påbörjad" in learner.client().get("/kurs/").content.decode()


def test_a_begun_course_is_listed_in_the_reading_it_was_begun_in(learner):
    course = CoursePageFactory(units=0)
    for audiences in ([], ["upper_secondary"], ["preschool"]):
        UnitPageFactory(parent=course, audiences=audiences)
    version, client = cut(course), learner.client()

    def listed() -> str:
        return next(
            words for words in ("1 del ", "2 delar ", "3 delar ") if words in client.get("/kurs/").content.decode()
        )

    assert listed() == "1 del ", "the learner works at a compulsory school"
    enrollment = begin(learner.person, version)
    assert listed() == "3 delar "
    Enrollment.objects.filter(pk=enrollment.pk).update(audience="preschool")
    assert listed() == "2 delar "
    Enrollment.objects.filter(pk=enrollment.pk).update(finished_at=timezone.now())
    assert listed() == "1 del ", "whoever begins anew is asked again"


def test_each_course_has_a_drawing_that_says_nothing(visitor):
    key = publish_course().key
    drawing = cover(key)
    assert 'aria-hidden="true"' in drawing
    assert all(drawing in visitor.get(page).content.decode() for page in ("/kurs/", f"/kurs/{key}/"))
    assert len({cover(UUID(int=number)) for number in range(50)}) == len(COVERS)
    assert list(COVERS) == list(Cover)
    assert not re.search(r"#[0-9a-f]{3}|style=|<text|fill=", "".join(COVERS.values()))


def test_an_editor_chooses_the_drawing_and_readers_get_it_with_the_next_version(visitor, editor):
    version = publish_course()
    page = version.page
    other = next(one for one in Cover if cover(version.key, one) != cover(version.key))
    form = editor.client().get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert cover(version.key, other) in form
    page.cover = other
    page.save_revision()
    assert cover(version.key) in visitor.get(f"/kurs/{version.key}/").content.decode()
    cut(page)
    assert all(
        cover(version.key, other) in visitor.get(path).content.decode() for path in ("/kurs/", f"/kurs/{version.key}/")
    )


def test_what_counts_is_told_before_the_start(visitor):
    version = publish_course(units=1, read_only=1, pass_mark=75)
    html = visitor.get(f"/kurs/{version.key}/").content.decode()
    for words in (
        "Minst 75 procent rätt",
        "Så många du vill",
        "på arbetstid",
        "Del 1",
        "Läsdel 1",
        "ngefär 20 minuter",
    ):
        assert words in html, words
    assert "Version 1.0" in html


def test_whoever_must_take_it_sees_by_when_and_for_how_long(learner, second_learner, city):
    version = publish_course(units=1)
    target = Target.objects.get()
    due = timezone.localdate() + timedelta(days=40)
    set_rule(
        requirement=Requirement.objects.create(target=target, name="Krav"),
        effective_on=timezone.localdate() - timedelta(days=5),
        org_units=[city.almskolan],
        due_on=due,
        validity_months=12,
    )
    html = learner.client().get(f"/kurs/{version.key}/").content.decode()
    assert due.isoformat() in html
    assert "12 månader" in html

    def listed(member) -> bool:
        return 'data-state="to_do"' in member.client().get("/kurs/").content.decode()

    assert listed(learner)
    assert not listed(second_learner)
    begin(learner.person, version)
    assert not listed(learner), "it is under way"
    middle = learner.client().get(f"/kurs/{version.key}/").content.decode()
    assert "Du är mitt i kursen" in middle
    assert f'vara gjord senast <strong><time datetime="{due.isoformat()}">' in middle
    assert due.isoformat() not in second_learner.client().get(f"/kurs/{version.key}/").content.decode()
    assert not asked_of(second_learner.person, target, timezone.localdate()).is_required
    late = timezone.localdate() - timedelta(days=2)
    set_rule(requirement=Requirement.objects.get(), effective_on=late, org_units=[city.almskolan], due_on=late)
    assert "skulle ha varit gjord" in learner.client().get(f"/kurs/{version.key}/").content.decode()


def test_the_tree_leads_to_the_permanent_address(visitor):
    version = publish_course(units=1)
    page = CoursePage.objects.get()
    for one in (page, page.get_children().get()):
        assert visitor.get(one.url).url == f"/kurs/{version.key}/"


def test_a_page_without_a_version_is_not_found(visitor):
    page = CoursePageFactory(units=1)
    page.live = True
    page.save()
    assert visitor.get(page.url, follow=True).status_code == 404
    assert visitor.get(f"/kurs/{page.key}/").status_code == 404


def test_every_page_has_one_heading(learner):
    version = publish_course(units=1, read_only=1)
    enrollment, client = begin(learner.person, version), learner.client()
    one, two = version.units.all()
    pages = ["/kurs/", f"/kurs/{version.key}/", address("home", enrollment)]
    pages += [address("unit", enrollment, one), address("unit", enrollment, two)]
    client.post(address("submit", enrollment, one), form_data(right_answers(one)))
    client.post(address("read", enrollment, two))
    pages += [address("finished", enrollment), address("unit", enrollment, one), f"/kurs/{version.key}/"]
    for page in pages:
        html = client.get(page).content.decode()
        assert html.count("<h1") == 1, page
        assert 'style="' not in html, page
        assert "onclick" not in html, page


def test_pages_are_light(learner):
    version = heavy_course(12, 8, 6)
    enrollment = begin(learner.person, version)
    html = learner.client().get(address("unit", enrollment, version.units.first())).content
    assert len(html) < 100_000


# Previews


@pytest.mark.parametrize("mode", ["", "preschool", "right", "wrong"])
def test_a_preview_leaves_no_record(editor, rf, mode):
    page = CoursePageFactory(units=1)
    unit = page.get_children().get().specific
    unit.questions = [*unit.questions.all(), Question(kind="single", text="", sort_order=9)]
    request = unit.make_preview_request(preview_mode=mode)
    html = request.content.decode()
    assert "Vem anmäler?" in html
    assert ("FACIT" in html or "Därför att det står i texten." in html) == (mode in ("right", "wrong"))
    assert not CourseVersion.objects.exists()
    assert not Enrollment.objects.exists()


def test_a_draft_course_is_previewed_with_its_draft_units():
    page = CoursePageFactory(units=2, title="Utkastet")
    html = page.make_preview_request(preview_mode="").content.decode()
    assert "Utkastet" in html
    assert "Del 2" in html
