"""Counters without people: no row leads to anybody, and nothing shows of fewer than five, nor by difference."""

import uuid
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from cms.people.models import Person
from cms.people.registry import personal_data
from courses.actions import (
    AnswersMissing,
    complete_unit,
    counting,
    enroll,
    hand_in,
    open_attempt,
    save_answers,
    withdraw_course,
)
from courses.actions.counting import Mark, count, evaluate_course, use_slip
from courses.enums import Agreement, Matter, QuestionKind, Stage
from courses.grading import KINDS
from courses.models import CourseVersion, Enrollment, Slip, Tally
from courses.models.tallies import FEWEST
from courses.queries.insight import in_fives, insight
from courses.queries.voluntary import invitations, recall_questions
from courses.tallying import EVERYONE, RIGHT, right_only, slots, slots_of
from tests.cast import Cast
from tests.factories import PersonFactory
from tests.learning import address, begin, cut, publish_course, questions_of, right_answers, wrong_answers
from tests.test_courses_questions import course_with, question

pytestmark = pytest.mark.django_db


def take(person: Person, version: CourseVersion, *, right: bool = True, **kwargs: Any) -> Enrollment:
    """Go through a course; the first tries are right or wrong, and a second try is always right."""
    enrollment = begin(person, version, **kwargs)
    for unit in enrollment.version.units.select_related("content"):
        for answers in [right_answers(unit)] if right else [wrong_answers(unit), right_answers(unit)]:
            attempt = open_attempt(enrollment=enrollment, unit_version=unit)
            save_answers(attempt=attempt, values=answers)
            hand_in(attempt=attempt)
        if not unit.question_count(None):
            complete_unit(enrollment=enrollment, unit_key=unit.unit_key)
    enrollment.refresh_from_db()
    return enrollment


def tallies() -> list[tuple[Any, ...]]:
    rows = Tally.objects.order_by("stage", "subject", "question", "slot")
    return list(rows.values_list("stage", "question", "slot", "people", "waiting", "shown"))


@pytest.fixture
def version(db: None) -> CourseVersion:
    return publish_course(units=1, read_only=1)


# No row leads to anybody


def test_no_column_leads_to_a_person_or_a_moment() -> None:
    for model in (Tally, Slip):
        for field in model._meta.get_fields():
            assert not field.is_relation, field
            assert not isinstance(field, models.DateField | models.TimeField), field
    assert [field.name for field in Slip._meta.get_fields()] == ["digest"]
    # The twin: what is written about people does lead to them.
    assert any(field.is_relation for field in Enrollment._meta.get_fields())


def test_who_answered_what_makes_no_difference_to_the_rows(version: CourseVersion) -> None:
    """Two people change places: every row of every counter is the same."""
    found = []
    for turn in (False, True):
        with transaction.atomic():
            one, other = PersonFactory(), PersonFactory()
            take(one, version, right=turn)
            take(other, version, right=not turn)
            found.append(tallies())
            transaction.set_rollback(True)
    assert found[0] == found[1] != []


def test_a_slip_is_found_only_with_the_secret(version: CourseVersion, learner: Any, settings: Any) -> None:
    enrollment = take(learner.person, version)
    given_ = dict.fromkeys(Matter, Agreement.WHOLLY)
    assert evaluate_course(enrollment=enrollment, answers=given_)
    assert not evaluate_course(enrollment=enrollment, answers=given_)
    slip = Slip.objects.get().digest
    for known in (enrollment.key, learner.person.key, version.public_id):
        assert str(known).replace("-", "") not in slip
    settings.SECRET_KEY = "en annan"
    assert evaluate_course(enrollment=enrollment, answers=given_)  # nobody without the secret can tell
    words = [str(kind.rows(learner.person)) for kind in personal_data]
    assert not any(slip in some for some in words)


# From five up, and by fives


def test_nothing_shows_before_the_fifth_and_then_five_at_a_time(version: CourseVersion, cast: Cast) -> None:
    unit, people = version.units.select_related("content").first(), [PersonFactory() for _each in range(11)]
    assert unit is not None
    seen = []
    for number, person in enumerate(people):
        take(person, version, right=number % 2 == 0)
        told = insight(version).units[0]
        seen.append((told.questions[0].people, told.begun, told.done, sum(b.count for b in _bars(told.questions[0]))))
    assert seen == [(0, None, None, 0)] * 4 + [(5, 5, 5, 5)] * 5 + [(10, 10, 10, 10)] * 2
    right = next(bar for bar in _bars(insight(version).units[0].questions[0]) if bar.is_right)
    assert (right.count, right.per_cent) == (5, 50)
    page = reverse("courses_insight", args=[version.page_id])
    html = cast.editor.client().get(page).content.decode()
    assert "10 personer" in html
    assert not any(person.full_name in html for person in people)
    assert "Färre än fem svar" in html  # the evaluation


def _bars(question: Any) -> list[Any]:
    return [bar for _label, bars in question.groups for bar in bars]


@given(st.lists(st.integers(0, 2), min_size=0, max_size=23))
@settings(max_examples=25, deadline=None)
def test_any_two_looks_differ_by_at_least_five_people(chosen: list[int]) -> None:
    """Whatever is chosen in whatever order, each figure is the sum over whole fives."""
    with transaction.atomic():
        subject, looks = uuid.uuid4(), [(0, 0, 0, 0)]
        for choice in chosen:
            marks = [Mark("q", EVERYONE, True), *(Mark("q", str(slot), slot == choice) for slot in range(3))]
            count(stage=Stage.FIRST_TRY, subject=subject, sha256="0" * 64, marks=marks)
            rows = dict(Tally.objects.filter(subject=subject).values_list("slot", "shown"))
            looks.append((rows[EVERYONE], rows["0"], rows["1"], rows["2"]))
        whole = len(chosen) - len(chosen) % FEWEST
        assert looks[-1] == (whole, *(chosen[:whole].count(slot) for slot in range(3)))
        assert {look[0] % FEWEST for look in looks} == {0}
        assert all(one == other or other[0] - one[0] >= FEWEST for one, other in pairwise(looks))
        transaction.set_rollback(True)


def test_five_tries_of_one_are_not_five_people(version: CourseVersion, learner: Any) -> None:
    for _cycle in range(5):
        take(learner.person, version, right=False, again=True)
    everyone = Tally.objects.filter(slot=EVERYONE)
    assert {(row.people, row.shown) for row in everyone} == {(1, 0)}
    assert in_fives(4) is None
    assert (in_fives(5), in_fives(14)) == (5, 10)


def test_constraints_and_their_twins(version: CourseVersion, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database itself refuses a batch of five that has not turned, and two rows of one slot."""
    row = {"stage": "first_try", "subject": uuid.uuid4(), "sha256": "0" * 64, "question": "q", "slot": "*"}
    Tally.objects.create(**row)
    for change in ({}, {"slot": "=", "people": FEWEST}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Tally.objects.create(**{**row, **change})
    assert use_slip("a" * 64)
    assert not use_slip("a" * 64)
    monkeypatch.setattr(counting, "FEWEST", 1)  # the twin: shown at once
    count(stage=Stage.FIRST_TRY, subject=row["subject"], sha256="1" * 64, marks=[Mark("q", EVERYONE, True)] * 1)
    count(stage=Stage.FIRST_TRY, subject=row["subject"], sha256="1" * 64, marks=[Mark("q", EVERYONE, True)])
    assert Tally.objects.get(sha256="1" * 64).shown > 0


# What is counted


def test_every_kind_of_question_counts_in_slots_of_its_own() -> None:
    version = cut(course_with(*(question(kind, number=number) for number, kind in enumerate(QuestionKind))))
    seen = set()
    for unit in version.units.select_related("content"):
        for asked in questions_of(unit):
            seen.add(str(asked.kind))
            every = slots(asked)
            assert len(every) == len(set(every))
            for answer, is_right in ((asked.solution, True), (asked.mistake, False)):
                hits = slots_of(asked, answer)
                assert hits <= set(every)
                assert (RIGHT in hits) == is_right
                assert not any(len(slot) > 80 for slot in every)
            assert right_only(asked, asked.solution)[1] == {EVERYONE, RIGHT}
    assert seen == set(KINDS)


def test_counting_costs_two_statements_and_rolls_back_with_the_rest(version: CourseVersion) -> None:
    people = [PersonFactory() for _each in range(2)]
    unit = version.units.select_related("content").first()
    assert unit is not None
    enrollment = enroll(person=people[0], course_key=version.key)
    attempt = open_attempt(enrollment=enrollment, unit_version=unit)
    with pytest.raises(AnswersMissing):
        hand_in(attempt=attempt)
    assert not Tally.objects.exists()
    save_answers(attempt=attempt, values=right_answers(unit))
    with transaction.atomic():
        hand_in(attempt=attempt)
        transaction.set_rollback(True)
    assert not Tally.objects.exists()
    with CaptureQueriesContext(connection) as caught:
        hand_in(attempt=attempt)
    about = [query["sql"] for query in caught.captured_queries if "tally" in query["sql"]]
    assert len(about) == 1
    assert Tally.objects.count() == sum(len(slots(one)) for one in questions_of(unit))


def test_insight_asks_as_much_of_a_long_course(django_assert_num_queries: Any) -> None:
    for units in (1, 4):
        version = publish_course(units=units)
        with django_assert_num_queries(6):
            insight(version)


# Evaluation and recall


def test_evaluation_on_the_page_where_the_course_ends(version: CourseVersion, cast: Cast) -> None:
    enrollment = take(cast.learner.person, version)
    client = cast.learner.client()
    assert "Hur var kursen?" in client.get(address("finished", enrollment)).content.decode()
    where = address("evaluate", enrollment)
    faults = client.post(where, {"use": "4"})
    assert faults.status_code == 422
    assert "Den var lätt att förstå. Välj hur väl det stämmer." in faults.content.decode()
    assert "<title>Fel: Hur var kursen?" in faults.content.decode()
    posted = {str(matter): "3" for matter in Matter}
    for _twice in range(2):
        assert client.post(where, posted).url == address("finished", enrollment)
    assert "Hur var kursen?" not in client.get(address("finished", enrollment)).content.decode()
    rows = Tally.objects.filter(stage=Stage.EVALUATION)
    assert sorted(rows.filter(waiting=1).values_list("slot", flat=True)) == ["*"] * 3 + ["3"] * 3
    assert all(not bars for _label, _people, bars in insight(version).evaluation)
    for person in [PersonFactory() for _each in range(4)]:
        other = take(person, version)
        evaluate_course(enrollment=other, answers=dict.fromkeys(Matter, Agreement.NOT))
    label, people, bars = insight(version).evaluation[0]
    assert (people, [bar.count for bar in bars]) == (5, [0, 1, 0, 4])
    assert str(label) == "Jag har nytta av kursen i mitt arbete."


def finished_ago(enrollment: Enrollment, days: int) -> None:
    moment = timezone.now() - timedelta(days=days)
    Enrollment.objects.filter(pk=enrollment.pk).update(finished_at=moment, started_at=moment)
    enrollment.refresh_from_db()


def test_recall_is_offered_answered_once_and_counted_without_a_name(version: CourseVersion, cast: Cast) -> None:
    person, today = cast.learner.person, timezone.localdate()
    enrollment = take(person, version)
    client, training = cast.learner.client(), "/min-utbildning/"
    offered = []
    for days in (13, 14, 45, 46, 60, 120, 121):
        finished_ago(enrollment, days)
        offered.append((days, [one.days for one in invitations(person, today)]))
    assert offered == [(13, []), (14, [14]), (45, [14]), (46, []), (60, [60]), (120, [60]), (121, [])]
    finished_ago(enrollment, 20)
    page = reverse("courses:recall", args=[enrollment.key, 14])
    assert page in client.get(training).content.decode()
    questions = [one for _unit, some in recall_questions(enrollment) for one in some]
    assert len(questions) == 2
    html = client.get(page).content.decode()
    assert html.count("<h1") == 1
    before = _everything(person)
    assert client.post(page, {}).status_code == 422
    posted: dict[str, Any] = {"fragor": [one.key for one in questions]}
    posted |= {f"svar-{one.key}": list(one.solution) for one in questions}
    for _twice in range(2):
        told = client.post(page, posted).content.decode()
        assert "2 av 2 rätt" in told
    assert page not in client.get(training).content.decode()
    assert _everything(person) == before  # nothing of it is kept about the person
    rows = Tally.objects.filter(stage=Stage.AFTER_14)
    assert {(row.slot, row.people, row.waiting, row.shown) for row in rows} == {("*", 1, 1, 0), ("=", 1, 1, 0)}
    for other in [PersonFactory() for _each in range(4)]:
        mine = take(other, version, right=False)
        finished_ago(mine, 20)
        counting.count_recall(
            enrollment=mine, stage=Stage.AFTER_14, on=today,
            answers={one.key: one.mistake for one in questions},
        )  # fmt: skip
    remembered = [question.remembered for question in insight(version).units[0].questions if question.remembered]
    assert [[(bar.label, bar.per_cent) for bar in bars] for bars in remembered] == [
        [("Första försöket", 20), ("Efter 14 dagar", 20)]
    ] * 2
    for stranger in (cast.second_learner, cast.head, cast.hr):
        assert stranger.client().get(page).status_code == 404


def _everything(person: Person) -> list[Any]:
    """Every row of every table that leads to a person."""
    return [kind.rows(person) for kind in personal_data]


def test_recall_is_not_asked_of_what_no_longer_holds(version: CourseVersion, learner: Any) -> None:
    enrollment = take(learner.person, version)
    finished_ago(enrollment, 20)
    assert invitations(learner.person, timezone.localdate())
    withdraw_course(page=version.page, reason="Ersatt")
    assert invitations(learner.person, timezone.localdate()) == []
