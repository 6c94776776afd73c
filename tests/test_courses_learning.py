"""Taking a course: enrol, resume, answer, hand in, complete; what strangers get; what withdrawals leave."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cms.certificates.models import Certificate
from cms.compliance.models import Evidence
from cms.core.enums import Audience
from cms.people.models import AuditEntry, OutboxMessage, Person
from courses.actions import (
    AnswersMissing,
    AttemptClosed,
    CourseNotOpen,
    NotDone,
    UnknownQuestion,
    answer_unit,
    complete_unit,
    enroll,
    hand_in,
    open_attempt,
    save_answer,
    submit_attempt,
    withdraw_course,
)
from courses.models import Answer, Attempt, CoursePage, Enrollment, UnitCompletion, UnitPage
from tests.factories import PASSWORD, CoursePageFactory, UnitPageFactory, UserFactory, body, text
from tests.learning import (
    address,
    begin,
    cut,
    form_data,
    publish_course,
    questions_of,
    right_answers,
    wrong_answers,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db):
    return publish_course(units=1, read_only=1)


@pytest.fixture
def enrollment(learner, version):
    return begin(learner.person, version)


@pytest.fixture
def unit(version):
    return version.units.first()


@pytest.fixture
def read_only(version):
    return version.units.last()


def post_answers(client, enrollment, unit, answers, number=1, **kwargs):
    return client.post(address("submit", enrollment, unit), form_data(answers, number), **kwargs)


# Enrolling


def test_enrolling_begins_a_course_once(learner, version):
    client = learner.client()
    page = f"/kurs/{version.key}/"
    for _twice in range(2):
        answer = client.post(page, {"varv": 1, "lasning": "allt"})
    enrollment = Enrollment.objects.get()
    assert answer.url == address("resume", enrollment)
    assert (enrollment.person, enrollment.version, enrollment.audience) == (learner.person, version, "")


def test_reading_is_chosen_at_the_start_and_kept(learner, version):
    learner.client().post(f"/kurs/{version.key}/", {"varv": 1, "lasning": "preschool"})
    assert Enrollment.objects.get().audience == Audience.PRESCHOOL


def test_another_choice_in_another_window_is_told_not_taken(learner, version):
    client, page = learner.client(), f"/kurs/{version.key}/"
    client.post(page, {"varv": 1, "lasning": "preschool"})
    told = client.post(page, {"varv": 1, "lasning": "compulsory_school"}, follow=True).content.decode()
    assert "Du hade redan börjat kursen, med valet ”Förskola”." in told
    assert Enrollment.objects.get().audience == Audience.PRESCHOOL
    assert "redan börjat" not in client.post(page, {"varv": 1, "lasning": "preschool"}, follow=True).content.decode()


def test_a_page_left_open_does_not_begin_a_second_cycle(learner):
    version = publish_course(units=0, read_only=1)
    client = learner.client()
    client.post(f"/kurs/{version.key}/", {"varv": 1, "lasning": "allt"})
    enrollment = Enrollment.objects.get()
    complete_unit(enrollment=enrollment, unit_key=version.units.get().unit_key)
    client.post(f"/kurs/{version.key}/", {"varv": 1, "lasning": "allt"})
    assert Enrollment.objects.count() == 1
    client.post(f"/kurs/{version.key}/", {"varv": 2, "lasning": "allt"})
    assert Enrollment.objects.count() == 2


def test_a_new_major_version_begins_a_new_cycle(learner):
    version = publish_course(units=0, read_only=1)
    first = begin(learner.person, version)
    complete_unit(enrollment=first, unit_key=version.units.get().unit_key)
    assert begin(learner.person, version) == first
    page = CoursePage.objects.get(key=version.key)
    page.summary = "Ny"
    page.save_revision()
    newer = cut(page, change="substantive", note="Ny lag", redo_by=timezone.localdate())
    second = begin(learner.person, version)
    assert (second.cycle, second.version) == (2, newer)
    first.refresh_from_db()
    assert first.finished_at is not None


def test_whoever_has_begun_finishes_the_version_they_began(learner, enrollment, version, unit):
    page = CoursePage.objects.get(key=version.key)
    draft = UnitPage.objects.child_of(page).first().get_latest_revision_as_object()
    draft.title = "Helt omskriven"
    draft.save_revision()
    cut(page)
    html = learner.client().get(address("home", enrollment)).content.decode()
    assert unit.title in html
    assert "Helt omskriven" not in html
    assert "1.1" in html


def test_a_course_before_its_day_or_after_withdrawal_cannot_be_begun(learner, version):
    with pytest.raises(CourseNotOpen):
        enroll(person=learner.person, course_key=version.key, at=timezone.now() - timedelta(days=2))
    with pytest.raises(CourseNotOpen):
        enroll(person=learner.person, course_key=uuid4())
    withdraw_course(page=CoursePage.objects.get(), reason="Ersatt")
    with pytest.raises(CourseNotOpen):
        enroll(person=learner.person, course_key=version.key)


def test_merged_records_share_their_courses(learner, second_learner, enrollment):
    from cms.people.actions import merge_people

    merge_people(duplicate=learner.person, into=second_learner.person, actor=None)
    assert second_learner.client().get(address("home", enrollment)).status_code == 200
    assert begin(Person.objects.get(pk=second_learner.person.pk), enrollment.version) == enrollment


# Answering


def test_looking_writes_nothing(learner, enrollment, unit, django_assert_num_queries):
    client = learner.client()
    for name in ("home", "finished", "resume"):
        client.get(address(name, enrollment))
    client.get(address("unit", enrollment, unit))
    for name in ("save", "submit", "read"):
        assert client.get(address(name, enrollment, unit)).status_code == 302
    assert not Attempt.objects.exists()


def test_the_first_answer_opens_the_attempt(learner, enrollment, unit):
    key, values = next(iter(right_answers(unit).items()))
    answer = learner.client().post(address("save", enrollment, unit), form_data({key: values}))
    assert answer.url == address("unit", enrollment, unit) + "#fraga-1"
    attempt = Attempt.objects.get()
    assert attempt.submitted_at is None
    assert Answer.objects.get(attempt=attempt, question_key=key).value == values


def test_an_answer_is_saved_and_shown_with_its_time(learner, enrollment, unit):
    client = learner.client()
    key, values = next(iter(right_answers(unit).items()))
    answer = client.post(address("save", enrollment, unit), form_data({key: values}), headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith("Sparat ")
    html = client.get(address("unit", enrollment, unit)).content.decode()
    assert html.count(" checked") == 1
    assert f"Sparat {timezone.localtime(Answer.objects.get().saved_at):%H:%M}" in html


def test_an_answer_is_changed_and_taken_back(learner, enrollment, unit):
    client, multiple = learner.client(), questions_of(unit)[1]
    keys = [choice.key for choice in multiple.choices]
    for values in ([keys[0]], [keys[0], keys[1]], []):
        client.post(address("save", enrollment, unit), form_data({multiple.key: values}))
        kept = Answer.objects.filter(question_key=multiple.key).values_list("value", flat=True)
        assert list(kept) == ([sorted(values)] if values else [])


def test_an_unchanged_answer_keeps_its_time(learner, enrollment, unit):
    client = learner.client()
    answers = right_answers(unit)
    key = next(iter(answers))
    client.post(address("save", enrollment, unit), form_data({key: answers[key]}))
    before = Answer.objects.get().saved_at
    client.post(address("save", enrollment, unit), form_data(answers))
    assert Answer.objects.get(question_key=key).saved_at == before
    assert Answer.objects.count() == len(answers)


def test_all_questions_must_be_answered_and_nothing_is_lost(learner, enrollment, unit):
    answers = right_answers(unit)
    first, *rest = answers
    client = learner.client()
    answer = post_answers(client, enrollment, unit, {**{key: [] for key in rest}, first: answers[first]})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Fel: " in html
    assert 'href="#fraga-2"' in html
    assert 'href="#fraga-3"' in html
    assert 'href="#fraga-1"' not in html
    assert Answer.objects.get().question_key.hex == first.replace("-", "")
    assert Attempt.objects.get().submitted_at is None


def test_passing_completes_the_unit(learner, enrollment, unit):
    client = learner.client()
    answer = post_answers(client, enrollment, unit, right_answers(unit))
    assert answer.url == address("unit", enrollment, unit) + "#resultat"
    attempt = Attempt.objects.get()
    assert (attempt.is_passed, attempt.score) == (True, 1)
    assert UnitCompletion.objects.get().unit_version == unit
    html = client.get(address("unit", enrollment, unit)).content.decode()
    assert "Godkänt: 3 av 3 rätt" in html
    assert "Därför att det står i texten." in html
    assert "1 av 2 delar klara" in html


def test_failing_keeps_the_attempt_and_says_what_to_read_again(learner):
    page = CoursePageFactory(units=0)
    words = body({"type": "heading", "id": str(uuid4()), "value": {"text": "Vem anmäler", "level": "2"}}, "Du.")
    unit_page = UnitPageFactory(parent=page, body=words)
    questions = list(unit_page.questions.all())
    questions[0].read_again = "vem  anmäler"
    unit_page.questions = questions
    unit_page.save()
    version = cut(page)
    unit, enrollment, client = version.units.get(), begin(learner.person, version), learner.client()
    post_answers(client, enrollment, unit, wrong_answers(unit))
    html = client.get(address("unit", enrollment, unit)).content.decode()
    assert "Inte godkänt än: 0 av 3 rätt" in html
    section = unit.content.fragments.first()
    assert f'<a href="#a-{section.key[:8]}">Vem anmäler</a>' in html
    assert 'href="#text"' in html
    assert "Rätt svar" not in html
    assert not UnitCompletion.objects.exists()


def test_trying_again_opens_a_new_attempt_with_the_first_answer(learner, enrollment, unit):
    client = learner.client()
    post_answers(client, enrollment, unit, wrong_answers(unit))
    html = client.get(address("unit", enrollment, unit) + "?nytt=1").content.decode()
    assert 'name="forsok" value="2"' in html
    assert " checked" not in html
    assert Attempt.objects.count() == 1
    post_answers(client, enrollment, unit, right_answers(unit), number=2)
    assert list(Attempt.objects.order_by("number").values_list("number", "is_passed")) == [(1, False), (2, True)]


def test_a_form_posted_twice_gives_one_result(learner, enrollment, unit):
    client = learner.client()
    for _twice in range(2):
        answer = post_answers(client, enrollment, unit, wrong_answers(unit))
        assert answer.status_code == 302
    assert Attempt.objects.get().is_passed is False
    post_answers(client, enrollment, unit, right_answers(unit))
    assert Attempt.objects.get().is_passed is False, "an old page began a new attempt"


def test_answers_that_were_handed_in_stand(learner, enrollment, unit):
    answers = wrong_answers(unit)
    attempt = answer_unit(enrollment=enrollment, unit_version=unit, number=1, values=answers)
    submit_attempt(attempt=attempt)
    key = next(iter(answers))
    with pytest.raises(AttemptClosed):
        save_answer(attempt=attempt, question_key=key, value=right_answers(unit)[key])
    with pytest.raises(AttemptClosed):
        submit_attempt(attempt=attempt)
    assert Answer.objects.get(question_key=key).value == answers[key]


def test_actions_name_what_is_wrong(learner, enrollment, unit, read_only):
    attempt = open_attempt(enrollment=enrollment, unit_version=unit)
    assert open_attempt(enrollment=enrollment, unit_version=unit) == attempt
    with pytest.raises(UnknownQuestion):
        save_answer(attempt=attempt, question_key=uuid4(), value="true")
    with pytest.raises(UnknownQuestion):
        save_answer(attempt=attempt, question_key=questions_of(unit)[2].key, value="perhaps")
    with pytest.raises(AnswersMissing):
        hand_in(attempt=attempt)
    with pytest.raises(NotDone):
        complete_unit(enrollment=enrollment, unit_key=unit.unit_key)
    with pytest.raises(NotDone):
        complete_unit(enrollment=enrollment, unit_key=uuid4())


def test_learners_of_the_same_course_do_not_get_in_each_others_way(learner, second_learner, version, unit):
    mine, theirs = begin(learner.person, version), begin(second_learner.person, version)
    post_answers(learner.client(), mine, unit, right_answers(unit))
    for member, enrollment, done in ((learner, mine, 1), (second_learner, theirs, 0)):
        html = member.client().get(address("home", enrollment)).content.decode()
        assert f"{done} av 2 delar klara" in html
        assert html.count('class="lc-unit"') == 2
    post_answers(second_learner.client(), theirs, unit, wrong_answers(unit))
    assert "Inte godkänd än" in second_learner.client().get(address("home", theirs)).content.decode()


# Readings


def test_each_reading_has_its_own_units_questions_and_text(learner):
    page = CoursePageFactory(units=0)
    texts = body(
        "Alla.",
        text("Bara förskolan.", audiences=("preschool",)),
        text("Bara skolan.", audiences=("compulsory_school",)),
    )
    unit_page = UnitPageFactory(parent=page, body=texts)
    questions = list(unit_page.questions.all())
    questions[0].audiences, questions[1].audiences = ["preschool"], ["compulsory_school"]
    unit_page.questions = questions
    unit_page.save()
    UnitPageFactory(parent=page, title="För socialtjänsten", audiences=["social_services"])
    version = cut(page)
    assert version.audiences == ["preschool", "compulsory_school", "social_services"]
    enrollment, client = begin(learner.person, version, audience="preschool"), learner.client()
    html = client.get(address("unit", enrollment, version.units.first())).content.decode()
    assert "Bara förskolan." in html
    assert "Bara skolan." not in html
    assert "Fråga 1 av 2" in html
    assert "0 av 1 del klar" in html
    assert client.get(address("unit", enrollment, version.units.last())).status_code == 404
    unit = version.units.first()
    mine = {key: value for key, value in right_answers(unit).items() if key != str(questions[1].key)}
    answer = post_answers(client, enrollment, unit, mine)
    assert answer.url == address("finished", enrollment)
    facts = Certificate.objects.get().facts
    assert [one["title"] for one in facts["units"]] == [unit.title]
    assert facts["minutes"] == 10


def test_units_in_order(learner):
    version = publish_course(units=0, read_only=2, needs_order=True)
    one, two = version.units.all()
    enrollment, client = begin(learner.person, version), learner.client()
    assert "öppnas när delarna före är klara" in client.get(address("unit", enrollment, two)).content.decode()
    client.post(address("read", enrollment, two))
    assert not UnitCompletion.objects.exists()
    client.post(address("read", enrollment, one))
    client.post(address("read", enrollment, two))
    assert UnitCompletion.objects.count() == 2


# Finishing


def test_the_last_unit_finishes_the_course_in_the_same_response(learner, enrollment, unit, read_only):
    client = learner.client()
    answer = client.post(address("read", enrollment, read_only), follow=True)
    assert answer.redirect_chain[-1][0] == address("unit", enrollment, unit)
    assert "Del 2 är markerad som läst" in answer.content.decode()
    answer = post_answers(client, enrollment, unit, right_answers(unit), follow=True)
    html = answer.content.decode()
    certificate = Certificate.objects.get()
    assert answer.redirect_chain[-1][0] == address("finished", enrollment)
    assert "Du har genomfört kursen" in html
    assert "2 av 2 delar klara" in html
    assert f"/intyg/{certificate.public_id}/" in html
    enrollment.refresh_from_db()
    evidence = Evidence.objects.get()
    assert evidence.source_key == certificate.source_key == f"courses:{enrollment.key}"
    assert evidence.achieved_at == enrollment.finished_at
    assert (evidence.version_number, evidence.version_sha256) == ("1.0", enrollment.version.sha256)
    assert AuditEntry.objects.filter(action="course_finished", subject=learner.person).count() == 1
    assert OutboxMessage.objects.get(kind="course_finished").person == learner.person
    assert [one["title"] for one in certificate.facts["units"]] == [unit.title, read_only.title]


def test_repeating_what_finished_a_course_changes_nothing(learner, enrollment, unit, read_only):
    client = learner.client()
    post_answers(client, enrollment, unit, right_answers(unit))
    for _again in range(3):
        client.post(address("read", enrollment, read_only))
    for model in (Evidence, Certificate, OutboxMessage):
        assert model.objects.count() == 1
    assert UnitCompletion.objects.count() == 2
    assert AuditEntry.objects.filter(action="course_finished").count() == 1


def test_whoever_is_not_in_the_roster_takes_a_course_and_gets_a_certificate(unit):
    user = UserFactory(email="ny@example.se", first_name="Ny", last_name="Nilsson")
    client = Client()
    assert client.post("/konto/logga-in/", {"username": user.email, "password": PASSWORD}).status_code == 302
    client.post(f"/kurs/{unit.course_version.key}/", {"varv": 1, "lasning": "allt"})
    enrollment = Enrollment.objects.get(person__user=user)
    for one in unit.course_version.units.all():
        post_answers(client, enrollment, one, right_answers(one))
        client.post(address("read", enrollment, one))
    certificate = Certificate.objects.get()
    assert not enrollment.person.employments.exists()
    assert Evidence.objects.get().person == certificate.person == enrollment.person
    assert client.get(f"/intyg/{certificate.public_id}/intyg.pdf").content.startswith(b"%PDF-")


def test_content_that_waits_for_experts_gives_evidence_and_no_certificate(learner, settings):
    page = CoursePageFactory(units=0)
    UnitPageFactory(parent=page, questions=False, body=body(text("Känsligt.", review=("J",))))
    version = cut(page)
    settings.LEDSTANG_DEMO = False
    enrollment = begin(learner.person, version)
    html = learner.client().get(address("unit", enrollment, version.units.get())).content.decode()
    assert "Ska granskas av" in html
    completed = complete_unit(enrollment=enrollment, unit_key=version.units.get().unit_key)
    assert completed.evidence is not None
    assert completed.certificate is None
    html = learner.client().get(address("finished", enrollment)).content.decode()
    assert "Du får inget intyg" in html


def test_a_protected_person_is_not_named_on_the_certificate(city):
    from tests.factories import PersonFactory

    person = PersonFactory(protected=True, with_account=True)
    version = publish_course(units=0, read_only=1)
    completed = complete_unit(enrollment=begin(person, version), unit_key=version.units.get().unit_key)
    assert completed.certificate.facts["shows_name"] is False


def test_history_can_be_laid_down(learner):
    at = timezone.now() - timedelta(days=90)
    page = CoursePageFactory(units=1)
    version = cut(page, at=at)
    unit = version.units.get()
    enrollment = begin(learner.person, version, at=at)
    attempt = open_attempt(enrollment=enrollment, unit_version=unit, at=at)
    for key, value in right_answers(unit).items():
        save_answer(attempt=attempt, question_key=key, value=value, at=at)
    submit_attempt(attempt=attempt, at=at)
    completed = complete_unit(enrollment=enrollment, unit_key=unit.unit_key, at=at)
    assert completed.certificate.issued_at == at
    assert completed.evidence.achieved_on == timezone.localdate(at)


# Coming back


def test_resume_leads_to_the_first_unit_that_is_not_done(learner, enrollment, unit, read_only):
    client = learner.client()
    assert client.get(address("resume", enrollment)).url == address("unit", enrollment, unit)
    post_answers(client, enrollment, unit, right_answers(unit))
    answer = client.get(address("resume", enrollment), follow=True)
    assert answer.redirect_chain[-1][0] == address("unit", enrollment, read_only) + "?fortsatt=1"
    assert "Du fortsätter i del 2" in answer.content.decode()


def log_in(client, member):
    """Through the site's own door, in the session that the visitor already has."""
    return client.post("/konto/logga-in/", {"username": member.user.email, "password": PASSWORD})


def saved():
    return {str(one.question_key): one.value for one in Answer.objects.all()}


def test_an_expired_session_keeps_the_answers(learner, enrollment, unit):
    answers = right_answers(unit)
    first, second, third = answers
    learner.client().post(address("save", enrollment, unit), form_data({first: answers[first]}))
    visitor = Client()
    page = address("unit", enrollment, unit)
    so_far = {first: answers[first], second: answers[second], third: []}
    answer = visitor.post(address("save", enrollment, unit), form_data(so_far), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/konto/logga-in/?next={page}%3Ffortsatt%3D1"
    answer = post_answers(visitor, enrollment, unit, answers)
    assert answer.url == f"/konto/logga-in/?next={page}%3Ffortsatt%3D1"
    assert saved() == {first: answers[first]}
    log_in(visitor, learner)
    assert saved() == answers
    assert Attempt.objects.get().submitted_at is None
    html = visitor.get(page).content.decode()
    assert html.count(" checked") == 4
    assert "Svaren som du gav innan du loggade in är sparade" in html
    assert post_answers(visitor, enrollment, unit, answers).url == f"{page}#resultat"


def test_answers_kept_for_somebody_else_are_not_saved(learner, second_learner, enrollment, unit):
    visitor = Client()
    post_answers(visitor, enrollment, unit, right_answers(unit))
    assert log_in(visitor, second_learner).status_code == 302
    assert not Answer.objects.exists()


def test_kept_answers_to_an_attempt_that_is_closed_do_not_stop_the_login(learner, enrollment, unit):
    visitor = Client()
    post_answers(visitor, enrollment, unit, right_answers(unit))
    post_answers(learner.client(), enrollment, unit, wrong_answers(unit))
    assert log_in(visitor, learner).status_code == 302
    assert saved() == wrong_answers(unit)


def test_a_visitor_cannot_fill_the_session(enrollment, unit):
    visitor = Client()
    visitor.post(address("save", enrollment, unit), {"forsok": "1", "fragor": ["x" * 999] * 500})
    assert "courses_answers" not in visitor.session
    for _page in range(9):
        address_of_nothing = f"/kursdeltagande/{uuid4()}/del/{uuid4()}/svar/"
        visitor.post(address_of_nothing, form_data({str(uuid4()): ["x" * 999] * 500}))
    assert len(visitor.session["courses_answers"]) == 5
    assert len(str(visitor.session["courses_answers"])) < 20_000


# Strangers and forged addresses


def test_everything_is_tied_to_the_person(second_learner, enrollment, unit):
    stranger = second_learner.client()
    for name in ("home", "resume", "finished"):
        assert stranger.get(address(name, enrollment)).status_code == 404
    for name in ("unit", "save", "submit", "read"):
        assert stranger.get(address(name, enrollment, unit)).status_code == 404
        assert stranger.post(address(name, enrollment, unit), form_data(right_answers(unit))).status_code in (404, 405)
    assert not Attempt.objects.exists()


def test_forged_ids_are_not_found(learner, enrollment, unit):
    client, other = learner.client(), publish_course(units=1)
    assert client.get(f"/kurs/{uuid4()}/").status_code == 404
    assert client.get(f"/kursdeltagande/{uuid4()}/").status_code == 404
    assert client.get(address("unit", enrollment, other.units.get())).status_code == 404
    for answers in ({str(uuid4()): ["true"]}, {next(iter(right_answers(unit))): [str(uuid4())]}):
        assert post_answers(client, enrollment, unit, answers).status_code == 404
    assert not Attempt.objects.exists()


def test_visitors_are_led_to_the_login_and_back(visitor, enrollment, unit):
    page = address("unit", enrollment, unit) + "?fortsatt=1"
    assert visitor.get(page).url == f"/konto/logga-in/?next={page}".replace("?fortsatt=1", "%3Ffortsatt%3D1")


# Withdrawn


def test_a_course_withdrawn_in_the_middle_says_so_and_keeps_the_answers(learner, enrollment, unit, read_only):
    client = learner.client()
    answers = right_answers(unit)
    client.post(address("save", enrollment, unit), form_data(answers))
    client.post(address("read", enrollment, read_only))
    successor = publish_course(units=1)
    page = CoursePage.objects.get(key=enrollment.course_key)
    withdraw_course(page=page, reason="Lagen har ändrats.", successor=successor.key)
    for name, one in (("home", None), ("unit", unit)):
        answer = client.get(address(name, enrollment, one))
        html = answer.content.decode()
        assert answer.status_code == 410
        assert "Lagen har ändrats." in html
        assert f"/kurs/{successor.key}/" in html
    answer = post_answers(client, enrollment, unit, answers, follow=True)
    assert answer.status_code == 410
    assert saved() == answers
    assert Attempt.objects.get().submitted_at is None
    assert not Evidence.objects.exists()
    assert "Lagen har ändrats." in client.get(f"/kurs/{enrollment.course_key}/").content.decode()
    page.refresh_from_db()
    assert not page.live
    assert client.get(page.get_url(), follow=True).status_code == 410


def test_what_was_finished_stays_after_a_withdrawal(learner):
    version = publish_course(units=0, read_only=1)
    enrollment = begin(learner.person, version)
    complete_unit(enrollment=enrollment, unit_key=version.units.get().unit_key)
    withdraw_course(page=CoursePage.objects.get(), reason="Ersatt")
    client = learner.client()
    assert "Du har genomfört kursen" in client.get(address("finished", enrollment)).content.decode()
    assert client.get(address("unit", enrollment, version.units.get())).status_code == 200


# Nothing that is removed takes anything with it


def test_deleting_pages_and_accounts_removes_nothing(learner):
    version = publish_course(units=1)
    enrollment = begin(learner.person, version)
    unit = version.units.get()
    post_answers(learner.client(), enrollment, unit, right_answers(unit))
    CoursePage.objects.get().delete()
    learner.user.delete()
    for model in (Evidence, Certificate, UnitCompletion, Attempt, Enrollment):
        assert model.objects.count() == 1, model
    assert Answer.objects.count() == 3
    assert version.units.count() == 1
