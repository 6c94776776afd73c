"""Finishing a course exactly once, however many posts race; and reads that delay nobody."""

import threading
import uuid
from contextlib import contextmanager

import pytest
from django.db import connection, connections, models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone

from cms.certificates.models import Certificate
from cms.compliance.models import Evidence
from cms.people.actions import enter_oversight_terms
from cms.people.models import AuditEntry, OutboxMessage, Person
from courses.actions import complete_unit
from courses.actions.paths import publish_path
from courses.models import ScenarioCompletion, SignOff, UnitCompletion
from tests.cast import found_city, gather_cast
from tests.factories import LearningPathPageFactory
from tests.learning import address, begin, form_data, publish_course, right_answers
from tests.test_courses_scenarios import GOOD, taking, unit_with

POSTS = 50
PATIENCE = 60

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(db):
    """The cast, committed: other connections must see it."""
    return gather_cast(found_city())


def race(calls):
    """Run the calls at the same moment, each on a database connection of its own. Returns their answers."""
    barrier, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        try:
            barrier.wait(PATIENCE)
            answers[number] = call()
        except Exception as error:
            answers[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return answers


def posts(learner, url, data=None, number=POSTS):
    """The same post from as many tabs as wanted, in one session."""
    client = learner.client()
    tabs = [Client() for _tab in range(number)]
    for tab in tabs:
        tab.cookies = client.cookies
    return [lambda tab=tab: tab.post(url, data or {}) for tab in tabs]


def counts():
    return [model.objects.count() for model in (UnitCompletion, Evidence, Certificate, OutboxMessage)]


def test_fifty_finishing_posts_give_one_of_each(cast):
    version = publish_course(units=0, read_only=1)
    enrollment = begin(cast.learner.person, version)
    answers = race(posts(cast.learner, address("read", enrollment, version.units.get())))
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302] * POSTS
    assert {answer.url for answer in answers} == {address("finished", enrollment)}
    assert counts() == [1, 1, 1, 1]
    assert AuditEntry.objects.filter(action="course_finished").count() == 1
    assert AuditEntry.objects.filter(action="certificate_issued").count() == 1
    enrollment.refresh_from_db()
    assert Evidence.objects.get().achieved_at == enrollment.finished_at


def test_fifty_hand_ins_give_one_result(cast):
    version = publish_course(units=1)
    enrollment, unit = begin(cast.learner.person, version), version.units.get()
    answers = race(posts(cast.learner, address("submit", enrollment, unit), form_data(right_answers(unit))))
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302] * POSTS
    assert enrollment.attempts.count() == 1
    assert counts() == [1, 1, 1, 1]


def test_two_last_units_at_the_same_time_finish_the_course(cast):
    version = publish_course(units=0, read_only=8)
    enrollment = begin(cast.learner.person, version)
    calls = [posts(cast.learner, address("read", enrollment, unit), number=1)[0] for unit in version.units.all()]
    assert [getattr(answer, "status_code", answer) for answer in race(calls)] == [302] * 8
    assert counts() == [8, 1, 1, 1]


def test_two_last_parts_of_a_path_at_the_same_time_complete_it_once(cast):
    """The last course and the supervisor's talk, each posted many times: neither misses the other."""
    enter_oversight_terms(
        purpose="Prov", staff_informed_on=timezone.localdate(), consultation_ref="1", actor=cast.hr.person
    )
    version = publish_course(units=0, read_only=1)
    published = publish_path(page=LearningPathPageFactory(steps=[version]))
    enrollment = begin(cast.learner.person, version)
    posted = {"vag": str(published.key), "dag": timezone.localdate().isoformat(), "key": str(uuid.uuid4()), "next": "/"}
    calls = posts(cast.learner, address("read", enrollment, version.units.get()), number=10)
    calls += posts(cast.head, f"/handledarsamtal/{cast.learner.person.key}/", posted, number=10)
    assert [getattr(answer, "status_code", answer) for answer in race(calls)] == [302] * 20
    assert SignOff.objects.count() == 1
    assert sorted(Evidence.objects.values_list("target__kind", flat=True)) == ["course", "path"]
    assert sorted(Certificate.objects.values_list("kind", flat=True)) == ["course", "path"]


def test_two_parts_of_the_last_unit_at_the_same_time_finish_it_once(cast):
    enrollment, unit = taking(cast.learner, unit_with(questions=True))
    complete_unit(enrollment=enrollment, unit_key=enrollment.version.units.last().unit_key)
    calls = posts(cast.learner, address("submit", enrollment, unit), form_data(right_answers(unit)), number=8)
    calls += posts(cast.learner, address("scenario", enrollment, unit), {"vag": GOOD[:1], "val": GOOD[1:]}, number=8)
    answers = race(calls)
    assert {getattr(answer, "status_code", answer) for answer in answers} == {200, 302}
    assert [*counts(), ScenarioCompletion.objects.count()] == [2, 1, 1, 1, 1]


def test_fifty_first_posts_give_one_enrollment(cast):
    version = publish_course(units=1)
    answers = race(posts(cast.learner, f"/kurs/{version.key}/", {"varv": 1, "lasning": "allt"}))
    assert len({answer.url for answer in answers}) == 1


# The twin


def drop_uniqueness(model):
    """Take the constraint on `source_key` out of the database. The next test gets another one."""
    kept = model._meta.get_field("source_key")
    loose = models.CharField(max_length=200)
    loose.set_attributes_from_name("source_key")
    loose.model = model
    with connection.schema_editor() as editor:
        editor.alter_field(model, kept, loose)


def test_without_the_constraints_there_would_be_more(cast):
    version = publish_course(units=0, read_only=1)
    enrollment = begin(cast.learner.person, version)
    drop_uniqueness(Evidence)
    drop_uniqueness(Certificate)
    race(posts(cast.learner, address("read", enrollment, version.units.get())))
    assert Evidence.objects.count() > 1
    assert Certificate.objects.count() > 1


# Reads


class Slow:
    """A view that reads, and then takes its time until it is told to go on."""

    def __init__(self):
        self.has_begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, request):
        people = Person.objects.order_by("pk").iterator(chunk_size=1)
        next(people)
        self.has_begun.set()
        self.may_end.wait(PATIENCE)
        return HttpResponse(str(sum(1 for _person in people)))


urlpatterns = [path("", include("cms.urls"))]


@contextmanager
def slow_get(settings, wrap=lambda view: view):
    """Somebody's slow page is under way while the body runs."""
    slow = Slow()
    urlpatterns.insert(0, path(f"slow-{uuid.uuid4()}/", wrap(slow)))
    settings.ROOT_URLCONF = __name__
    url = "/" + str(urlpatterns[0].pattern)
    thread = threading.Thread(target=race, args=([lambda: Client().get(url)],))
    thread.start()
    try:
        assert slow.has_begun.wait(PATIENCE)
        yield
    finally:
        slow.may_end.set()
        thread.join(PATIENCE)
        urlpatterns.pop(0)


def took_its_turn(call, seconds):
    """Whether a request is answered within some seconds, while others go on. It is waited for in any case."""
    done = threading.Event()

    def run():
        try:
            call()
            done.set()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return done.wait(seconds), thread


def test_a_slow_page_delays_neither_reads_nor_writes(cast, settings):
    version = publish_course(units=0, read_only=1)
    enrollment, unit = begin(cast.learner.person, version), version.units.get()
    client = cast.learner.client()
    with slow_get(settings):
        for call in (
            lambda: client.get(address("unit", enrollment, unit)),
            lambda: client.post(address("read", enrollment, unit)),
            lambda: client.get(address("finished", enrollment)),
        ):
            in_time, thread = took_its_turn(call, seconds=15)
            assert in_time
            thread.join(PATIENCE)
    assert Certificate.objects.count() == 1


def test_with_a_transaction_round_each_read_a_slow_page_would_delay_writes(cast, settings):
    """The twin: what `ATOMIC_REQUESTS` does. On SQLite in IMMEDIATE mode it holds the one write lock."""
    version = publish_course(units=0, read_only=1)
    enrollment, unit = begin(cast.learner.person, version), version.units.get()
    client = cast.learner.client()
    with slow_get(settings, wrap=transaction.atomic):
        in_time, thread = took_its_turn(lambda: client.post(address("read", enrollment, unit)), seconds=3)
        assert in_time == (connection.vendor != "sqlite")
    thread.join(PATIENCE)
    assert Certificate.objects.count() == 1
