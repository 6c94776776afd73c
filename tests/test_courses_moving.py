"""Moving to the version in force, what counts there, and withdrawn units: nothing is lost and nobody gets stuck."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from hypothesis import given
from hypothesis import strategies as st

from cms.certificates.models import Certificate
from cms.compliance.actions import require
from cms.compliance.due import add_months
from cms.compliance.enums import State
from cms.compliance.models import Evidence, Target
from cms.compliance.queries import standings, training_of
from cms.people.actions import merge_people
from cms.people.models import Person
from cms.versions.actions import AlreadyWithdrawn
from courses.actions import (
    AttemptClosed,
    CannotMove,
    NotDone,
    complete_unit,
    enroll,
    finish_course,
    hand_in,
    move_to_version,
    withdraw_unit,
)
from courses.models import Attempt, CoursePage, Enrollment, Move, UnitCarried, UnitCompletion, UnitPage
from courses.moving import UnitText, still_counts
from courses.queries.drafts import gather
from courses.queries.learning import own_course
from tests.factories import CoursePageFactory, UnitPageFactory, moment
from tests.learning import address, begin, cut, form_data, publish_course, right_answers

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def page_of(version):
    return CoursePage.objects.get(key=version.key)


def unit_pages(version):
    return list(UnitPage.objects.child_of(page_of(version)).order_by("path"))


def rewrite(version, *places, words="Nytt mål"):
    """Other words in some units, by place."""
    pages = unit_pages(version)
    for place in places:
        draft = pages[place].get_latest_revision_as_object()
        draft.goal = f"{words} {draft.goal}"
        draft.save_revision()


def recut(version, change="editorial", **kwargs):
    return cut(page_of(version), change=change, **kwargs)


def do(enrollment, *places, on=TODAY):
    units = list(enrollment.version.units.all())
    at = max(moment(on), enrollment.started_at)  # in the afternoon it was begun after today's noon
    for place in places:
        completed = complete_unit(enrollment=enrollment, unit_key=units[place].unit_key, at=at)
    return completed


# What counts


TEXTS = st.lists(st.builds(UnitText, st.sampled_from("abc"), st.booleans()), max_size=6)


@pytest.mark.once
@given(TEXTS, TEXTS)
def test_it_makes_no_difference_by_which_versions_one_goes(first, then):
    """Where the text is the one that was done it counts; where nothing asks for it again too; else it does not."""
    done = UnitText("a")
    whole = still_counts(done, [*first, *then])
    if not then:
        assert whole == (all(not text.must_redo for text in first) or first[-1].sha256 == "a" or whole)
    elif then[-1].sha256 == "a":
        assert whole
    elif then[-1].must_redo:
        assert not whole
    else:
        assert whole == still_counts(done, [*first, *then[:-1]])


# Moving


def test_newer_version_is_told_on_the_way_into_a_course_of_which_nothing_is_done(learner):
    old = publish_course(units=0, read_only=2)
    enrollment, client = begin(learner.person, old), learner.client()
    assert "nyare version" not in client.get(address("resume", enrollment), follow=True).content.decode()
    rewrite(old, 0)
    recut(old, "redo_units")
    shown = client.get(address("resume", enrollment), follow=True).content.decode()
    assert "Det finns en nyare version av kursen, 1.1." in shown


def test_moving_keeps_what_has_not_changed_and_shows_it_first(learner):
    """Six units, four done: one rewritten, one corrected, one unchanged, one taken out; two not done."""
    old = publish_course(units=0, read_only=6)
    enrollment, client = begin(learner.person, old), learner.client()
    do(enrollment, 0, 1, 2, 3)
    page, url = address("home", enrollment), address("move", enrollment)
    assert client.get(url).url == page
    keys = [unit.unit_key for unit in old.units.all()]
    rewrite(old, 0)
    recut(old, "redo_units")
    rewrite(old, 0, 1, words="Rättat")
    new = recut(old, units=[*keys[:3], *keys[4:]])
    for shown in (page, reverse("courses:course", args=[old.key]), url):
        html = client.get(shown).content.decode()
        assert "Du behåller 2 av 5 delar. 1 görs om. 2 återstår." in " ".join(html.split())
    assert "Läsdel 4" in html[html.index("Ingår inte längre i kursen") :]
    assert "nyare version av kursen" in client.get(address("resume", enrollment), follow=True).content.decode()
    for _twice in range(2):
        assert client.post(url, {"version": new.public_id}).url == page
    enrollment.refresh_from_db()
    assert enrollment.version == new
    assert [(row.from_version, row.to_version) for row in Move.objects.all()] == [(old, new)]
    course = own_course(learner.person, enrollment.key, TODAY)
    assert [step.is_done for step in course.steps] == [False, True, True, False, False]
    assert {row.completion.unit_version.course_version for row in UnitCarried.objects.all()} == {old}
    assert UnitCompletion.objects.count() == 4
    assert client.get(address("unit", enrollment, old.units.all()[3])).url == page
    assert "Den delen ingår inte längre" in client.get(page).content.decode()


def test_moving_finishes_where_nothing_is_left_and_the_certificate_has_true_dates(learner):
    old = publish_course(units=0, read_only=3)
    enrollment = begin(learner.person, old, at=moment(TODAY))
    do(enrollment, 0)
    do(enrollment, 1)
    new = recut(old, units=[unit.unit_key for unit in list(old.units.all())[:2]], effective_on=TODAY + timedelta(3))
    later = moment(TODAY + timedelta(days=5))
    with pytest.raises(CannotMove):
        move_to_version(enrollment=enrollment, version=new, at=moment(TODAY + timedelta(days=2)))
    moved = move_to_version(enrollment=enrollment, version=new, at=later)
    assert moved.completed.finished
    evidence, certificate = Evidence.objects.get(), Certificate.objects.get()
    assert (evidence.version_number, evidence.achieved_on) == (new.number, TODAY + timedelta(days=5))
    assert [(unit["title"], unit["done_on"]) for unit in certificate.facts["units"]] == [
        ("Läsdel 1", TODAY.isoformat()),
        ("Läsdel 2", TODAY.isoformat()),
    ]
    with pytest.raises(CannotMove):
        move_to_version(enrollment=enrollment, version=new, at=later)
    assert Evidence.objects.count() == UnitCompletion.objects.count() - 1 == 1


def test_begun_answers_go_along_where_the_unit_is_unchanged(learner):
    old = publish_course(units=2)
    enrollment, client = begin(learner.person, old), learner.client()
    kept, changed = old.units.all()
    for unit in (kept, changed):
        client.post(address("save", enrollment, unit), form_data(right_answers(unit)))
    rewrite(old, 1)
    new = recut(old, "redo_units")
    assert "Del 2" in client.get(address("move", enrollment)).content.decode().split("inte har lämnat in")[1]
    client.post(address("move", enrollment), {"version": new.public_id})
    attempts = {attempt.unit_version.course_version.number: attempt for attempt in Attempt.objects.all()}
    assert set(attempts) == {"1.0", "1.1"}
    with pytest.raises(AttemptClosed):
        hand_in(attempt=attempts["1.0"])
    assert hand_in(attempt=attempts["1.1"]).attempt.is_passed
    two = new.units.last()
    page = client.get(address("unit", enrollment, two)).content.decode()
    assert "checked" not in page
    answers = form_data(right_answers(two))
    assert client.post(address("submit", enrollment, two), answers).url == address("finished", enrollment)


def test_a_page_from_before_the_move_leads_to_the_unit_as_it_is(learner):
    """Its questions are not asked any more: no fault, and nothing is kept that was not asked."""
    old = publish_course(units=1)
    enrollment, client, unit = begin(learner.person, old), learner.client(), old.units.get()
    answers = form_data(right_answers(unit))
    draft = unit_pages(old)[0].get_latest_revision_as_object()
    draft.questions = list(draft.questions.all())[1:]
    draft.save_revision()
    new = recut(old)
    client.post(address("move", enrollment), {"version": new.public_id})
    for name in ("save", "submit"):
        assert client.post(address(name, enrollment, unit), answers).url.startswith(address("unit", enrollment, unit))
    assert not Attempt.objects.exists()


def test_only_the_version_in_force_and_only_what_is_there_to_do(learner, second_learner):
    old = publish_course(units=0, read_only=1)
    enrollment = begin(learner.person, old, audience="preschool")
    other = publish_course(units=0, read_only=1)
    rewrite(old, 0)
    new = recut(old)
    draft = unit_pages(old)[0].get_latest_revision_as_object()
    draft.audiences = ["upper_secondary"]
    draft.save_revision()
    newest = recut(old)
    for version in (old, new, other, newest):
        with pytest.raises(CannotMove):
            move_to_version(enrollment=enrollment, version=version)
    assert second_learner.client().get(address("move", enrollment)).status_code == 404
    assert not Move.objects.exists()
    assert do(enrollment, 0).finished


def test_moving_takes_as_many_queries_in_a_long_course(learner):
    counts = []
    learner.client().get("/kurs/")  # what a process asks for once only, such as content types
    for units in (3, 9):
        old = publish_course(units=0, read_only=units)
        enrollment = begin(learner.person, old)
        do(enrollment, *range(units - 1))
        rewrite(old, 0)
        new = recut(old, "redo_units")
        with CaptureQueriesContext(connection) as looking:
            assert learner.client().get(address("home", enrollment)).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            move_to_version(enrollment=enrollment, version=new)
        counts.append((len(looking), len(captured)))
    assert counts[0] == counts[1]


# Redo by a day


def test_whoever_had_finished_redoes_only_what_has_changed(learner, second_learner):
    """And whoever had not, or whose course was taken back or has ceased to be valid, takes all of it."""
    old = publish_course(units=0, read_only=3)
    first = begin(learner.person, old)
    do(first, 0, 1, 2)
    other = begin(second_learner.person, old)
    do(other, 0)
    rewrite(old, 1)
    new = recut(old, "redo_units", note="Ny lag", redo_by=TODAY + timedelta(days=30))
    assert (new.number, new.keeps_unchanged) == ("2.0", True)
    client = learner.client()
    html = client.get(reverse("courses:course", args=[old.key])).content.decode()
    assert "Du behåller 2 av 3 delar. 1 görs om." in " ".join(html.split())
    assert "Vad som har ändrats: Ny lag" in " ".join(strip_tags(html).split())
    client.post(reverse("courses:course", args=[old.key]), {"varv": 2, "lasning": "allt"})
    again = Enrollment.objects.get(cycle=2)
    course = own_course(learner.person, again.key, TODAY)
    assert [step.is_done for step in course.steps] == [True, False, True]
    assert do(again, 1).finished
    assert [row.version_number for row in Evidence.objects.order_by("pk")] == ["1.0", "2.0"]
    whole = recut_all(new)
    assert not enroll(person=learner.person, course_key=old.key).carried.exists()
    assert whole.number == "3.0"


def recut_all(version):
    rewrite(version, 0)
    return recut(version, "substantive", note="Allt", redo_by=TODAY + timedelta(days=30))


def test_all_that_lies_between_is_said_to_whoever_comes_from_an_earlier_version(learner, second_learner):
    old = publish_course(units=0, read_only=2)
    do(begin(learner.person, old), 0, 1)
    other = begin(second_learner.person, old)
    new = recut_all(old)
    rewrite(new, 1)
    recut(new, note="Klarare ord")
    course = learner.client().get(reverse("courses:course", args=[old.key]))
    for page in (course, second_learner.client().get(address("move", other))):
        said = " ".join(BeautifulSoup(page.content, "html.parser").get_text(" ").split())
        assert "Vad som har ändrats: Version 2.1: Klarare ord Version 2.0: Allt" in said


# Renewal


def test_a_renewal_is_a_new_cycle_and_a_shorter_refresher_serves_as_well(learner, second_learner):
    """When the rule says so, never before; nothing is reset; a course named as another way renews the long one."""
    long, short = publish_course(units=0, read_only=2), publish_course(units=0, read_only=1)
    course, refresher = (Target.objects.get(key=version.key) for version in (long, short))
    require(
        target=course, name="Krav", effective_on=TODAY - timedelta(days=500), due_days=30, validity_months=12,
        window_days=60, alternatives=[refresher],
    )  # fmt: skip
    people = [learner.person, second_learner.person]
    done = [begin(person, long) for person in people]
    for enrollment in done:
        do(enrollment, 0, 1)
    expiring = TODAY + timedelta(days=340)

    def states(on):
        found = standings(Person.objects.filter(pk__in=[one.pk for one in people]), [course], on)
        return [found[person.pk][course.pk].state for person in people]

    assert states(TODAY) == [State.DONE] * 2
    assert states(expiring) == [State.EXPIRING] * 2
    assert "Gå kursen igen" in learner.client().get(reverse("courses:course", args=[long.key])).content.decode()
    again = enroll(person=people[0], course_key=long.key, again=True, at=moment(expiring))
    assert (again.cycle, again.carried.count(), again.completions.count()) == (2, 0, 0)
    done_already = training_of(people[0], TODAY).done[0].url
    assert "redan klart" in learner.client().get(done_already).content.decode()
    do(again, 0, 1, on=expiring)
    do(enroll(person=people[1], course_key=short.key, at=moment(expiring)), 0, on=expiring)
    assert states(expiring) == states(TODAY + timedelta(days=500)) == [State.DONE] * 2
    assert states(TODAY + timedelta(days=800)) == [State.OVERDUE] * 2
    for enrollment in done:
        enrollment.refresh_from_db()
        assert (enrollment.version, timezone.localdate(enrollment.finished_at)) == (long, TODAY)


def finished_before(person, days):
    """A course that somebody did so many days ago, at noon."""
    on = TODAY - timedelta(days=days)
    page = CoursePageFactory(units=0)
    UnitPageFactory(parent=page, questions=False)
    version = cut(page, at=moment(on))
    assert do(begin(person, version, at=moment(on)), 0, on=on).finished
    return version


def test_the_lists_say_what_has_run_out_and_what_is_only_begun_anew(learner):
    """Not that it is completed, nor that something nobody asks for is to be done first."""
    version = finished_before(learner.person, 400)
    ago = TODAY - timedelta(days=400)
    client = learner.client()
    assert "Genomförd" in client.get("/kurs/").content.decode()
    require(
        target=Target.objects.get(key=version.key), name="Krav", effective_on=TODAY - timedelta(days=500), due_days=30,
        validity_months=12, window_days=60,
    )  # fmt: skip
    html = client.get("/kurs/").content.decode()
    assert "Försenat" in html
    assert "Genomförd" not in html
    own = strip_tags(client.get(reverse("ledstang_oversight:training")).content.decode())
    assert f"Det du gjorde {ago} gällde till och med {add_months(ago, 12)}." in own
    assert "Det som är kvar av kurserna tar ungefär 10 minuter, på arbetstid." in own


def test_a_course_that_another_record_has_done_is_not_only_begun(learner, second_learner):
    version = finished_before(second_learner.person, 40)
    require(
        target=Target.objects.get(key=version.key), name="Krav", effective_on=TODAY - timedelta(days=60), due_days=30
    )
    begin(learner.person, version)
    assert "Påbörjad" in learner.client().get("/kurs/").content.decode()
    merge_people(duplicate=second_learner.person, into=learner.person, actor=None)
    html = learner.client().get("/kurs/").content.decode()
    assert "Genomförd" in html
    assert "Påbörjad" not in html


def test_a_course_begun_anew_of_ones_own_accord_is_not_to_be_done_first(learner):
    version = finished_before(learner.person, 40)
    enroll(person=learner.person, course_key=version.key, again=True)
    html = strip_tags(learner.client().get(reverse("ledstang_oversight:training")).content.decode())
    assert "Påbörjat på eget initiativ" in html
    assert f"Det du gjorde {TODAY - timedelta(days=40)} finns kvar." in html
    assert not any(words in html for words in ("Gör det här först", "Krävs inte"))


# Withdrawn units


def test_a_unit_taken_out_with_a_version_leaves_nobody_stuck(learner, second_learner):
    """Whoever began before has it still and can do it, or changes version and is done at once."""
    old = publish_course(units=0, read_only=2)
    first, second = begin(learner.person, old), begin(second_learner.person, old)
    do(first, 0)
    do(second, 0)
    new = recut(old, units=[old.units.first().unit_key])
    assert do(first, 1).finished
    assert move_to_version(enrollment=second, version=new).completed.finished
    assert [row.version_number for row in Evidence.objects.order_by("pk")] == ["1.0", "1.1"]
    assert [len(row.facts["units"]) for row in Certificate.objects.order_by("pk")] == [2, 1]


def test_a_unit_withdrawn_at_once_is_asked_of_nobody_and_leaves_nobody_stuck(learner, second_learner, approver):
    old = publish_course(units=1, read_only=2)
    quizzed, one, two = old.units.all()
    first, second = begin(learner.person, old), begin(second_learner.person, old)
    client = learner.client()
    for unit in (one, two):
        complete_unit(enrollment=first, unit_key=unit.unit_key)
    answers = form_data(right_answers(quizzed))
    client.post(address("save", first, quizzed), answers)
    complete_unit(enrollment=second, unit_key=one.unit_key)
    desk, page = approver.client(), page_of(old)
    url = reverse("courses_withdraw_unit", args=[page.pk, quizzed.unit_key])
    assert url in desk.get(reverse("courses_cut", args=[page.pk])).content.decode()
    assert desk.post(url, {"reason": "Fel om vem som ska ringas"}).url == reverse("courses_cut", args=[page.pk])
    home = address("home", first)
    for name in ("unit", "save", "submit"):
        answer = (
            client.post(address(name, first, quizzed), answers)
            if name != "unit"
            else client.get(address(name, first, quizzed))
        )
        assert answer.url == home
    with pytest.raises(NotDone):
        complete_unit(enrollment=first, unit_key=quizzed.unit_key)
    html = client.get(home).content.decode()
    assert "Det finns inget kvar att göra" in html
    for shown in (html, second_learner.client().get(address("home", second)).content.decode()):
        said = " ".join(BeautifulSoup(shown, "html.parser").main.get_text().split())
        assert f"”{quizzed.title}” drogs in {timezone.localdate()} och efterfrågas inte längre" in said
    assert client.post(address("finish", first)).url == address("finished", first)
    assert client.post(address("finish", first)).url == address("finished", first)
    assert [unit["title"] for unit in Certificate.objects.get().facts["units"]] == [one.title, two.title]
    with pytest.raises(NotDone):
        finish_course(enrollment=second)
    assert complete_unit(enrollment=second, unit_key=two.unit_key).finished
    assert [change.is_included for change in gather(page).units] == [True, True, False]
    rewrite(old, 0)
    mended = recut(old, units=[unit.unit_key for unit in (quizzed, one, two)])
    assert not hasattr(mended.units.first(), "withdrawal")


def test_what_was_done_before_a_unit_was_withdrawn_stays_done(learner):
    old = publish_course(units=0, read_only=2)
    enrollment = begin(learner.person, old)
    do(enrollment, 0)
    withdraw_unit(page=page_of(old), unit_key=old.units.first().unit_key, reason="Fel")
    with pytest.raises(AlreadyWithdrawn):
        withdraw_unit(page=page_of(old), unit_key=old.units.first().unit_key, reason="Fel")
    assert do(enrollment, 1).finished
    assert len(Certificate.objects.get().facts["units"]) == 2


def test_the_dialog_says_when_the_unit_is_the_last_that_is_left(approver):
    old = publish_course(units=0, read_only=2)
    page, units = page_of(old), list(old.units.all())
    addresses = [reverse("courses_withdraw_unit", args=[page.pk, unit.unit_key]) for unit in units]
    other, alone = "kan avsluta kursen", "Det är den enda del som är kvar"
    html = approver.client().get(addresses[0]).content.decode()
    assert other in html
    assert alone not in html
    approver.client().post(addresses[0], {"reason": "Fel"})
    html = approver.client().get(addresses[1]).content.decode()
    assert other not in html
    assert alone in html
    assert reverse("courses_withdraw", args=[page.pk]) in html


def test_where_every_unit_is_withdrawn_nothing_is_finished_and_nothing_fails(learner):
    old = publish_course(units=0, read_only=1)
    enrollment, client = begin(learner.person, old), learner.client()
    withdraw_unit(page=page_of(old), unit_key=old.units.get().unit_key, reason="Fel")
    for name in ("home", "resume", "move", "finished"):
        assert client.get(address(name, enrollment), follow=True).status_code == 200
    for page in (address("home", enrollment), reverse("courses:course", args=[old.key])):
        assert "0 av 0 delar" not in client.get(page).content.decode()
    assert "Kursen har inga delar för dig just nu" in client.get(page).content.decode()
    assert client.post(address("finish", enrollment)).url == address("home", enrollment)
    assert not Evidence.objects.exists()
    rewrite(old, 0)
    new = recut(old, units=[old.units.get().unit_key])
    assert not move_to_version(enrollment=enrollment, version=new).completed.finished
    enrollment.refresh_from_db()
    assert do(enrollment, 0).finished
