"""Cutting versions: one transaction, nothing alone, keys that stay."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from wagtail.actions.copy_page import CopyPageAction

from cms.compliance.models import Target, TargetRelease
from cms.references.models import LegalReference
from cms.versions.actions import AlreadyWithdrawn, NoteMissing
from cms.versions.enums import Change
from courses.actions import (
    CourseIncomplete,
    PublishedAlone,
    RedoDateMissing,
    cut_course_version,
    withdraw_course,
)
from courses.enums import UnitState
from courses.models import CoursePage, CourseVersion, Question, UnitPage, UnitVersion
from courses.queries.drafts import gather
from tests.factories import CourseIndexPageFactory, CoursePageFactory, UnitPageFactory

pytestmark = pytest.mark.django_db


def cut(page, change=Change.EDITORIAL, **kwargs):
    return cut_course_version(page=page, change=change, **kwargs)


def units_of(page):
    return list(UnitPage.objects.child_of(page).order_by("path"))


def edit(page, **fields):
    """A draft with other words, as an editor saves it."""
    draft = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision()
    return draft


@pytest.fixture
def course(db):
    return CoursePageFactory(units=2)


def keys_of(page):
    return [(question.key, tuple(choice.key for choice in question.choices.all())) for question in page.questions.all()]


def test_first_cut_publishes_everything_as_one_version(course):
    version = cut(course)
    course.refresh_from_db()
    assert version.number == "1.0"
    assert course.live
    assert all(unit.live and not unit.has_unpublished_changes for unit in units_of(course))
    frozen = list(version.units.all())
    assert [unit.unit_key for unit in frozen] == [unit.key for unit in units_of(course)]
    assert [unit.position for unit in frozen] == [1, 2]
    assert version.minutes == 20
    assert frozen[0].question_audiences == [[], [], []]
    target = Target.objects.get(kind="course", key=course.key)
    assert (target.title, target.path) == (course.title, f"/kurs/{course.key}/")


def test_unchanged_course_is_not_cut_again(course):
    cut(course)
    assert cut(course) is None
    assert CourseVersion.objects.count() == 1


def test_only_what_has_changed_differs(course):
    first = cut(course)
    two = units_of(course)[1]
    edit(two, title="Del två, bättre")
    second = cut(course)
    assert second.number == "1.1"
    before, after = list(first.units.all()), list(second.units.all())
    assert before[0].content_id == after[0].content_id
    assert before[1].sha256 != after[1].sha256
    assert before[1].title == "Del 2"
    assert after[1].title == "Del två, bättre"
    assert UnitPage.objects.get(pk=two.pk).title == "Del två, bättre"


def test_order_of_units_is_part_of_the_course(course):
    first = cut(course)
    one, two = units_of(course)
    two.move(one, pos="left")
    second = cut(CoursePage.objects.get(pk=course.pk))
    assert second is not None
    assert [unit.unit_key for unit in second.units.all()] == [two.key, one.key]
    assert {unit.sha256 for unit in second.units.all()} == {unit.sha256 for unit in first.units.all()}


def test_redo_units_marks_the_changed_ones(course):
    cut(course)
    edit(units_of(course)[0], title="Ny rubrik")
    version = cut(course, Change.REDO_UNITS)
    assert [unit.must_redo for unit in version.units.all()] == [True, False]
    edit(units_of(course)[0], title="Nyare rubrik")
    assert not any(unit.must_redo for unit in cut(course).units.all())


def test_substantive_cut_needs_a_note_and_a_day(course):
    cut(course)
    edit(course, summary="Helt ny")
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(RedoDateMissing):
        cut(course, Change.SUBSTANTIVE, note="Ny lag")
    with pytest.raises(RedoDateMissing):
        cut(course, Change.SUBSTANTIVE, note="Ny lag", effective_on=tomorrow, redo_by=timezone.localdate())
    with pytest.raises(NoteMissing):
        cut(course, Change.SUBSTANTIVE, redo_by=tomorrow)
    version = cut(course, Change.SUBSTANTIVE, note="Ny lag", redo_by=tomorrow)
    assert version.number == "2.0"
    release = TargetRelease.objects.get()
    assert (release.major, release.redo_by) == (2, tomorrow)


def test_a_cut_that_fails_publishes_nothing(course):
    cut(course)
    edit(units_of(course)[0], title="Ny rubrik")
    with pytest.raises(NoteMissing), transaction.atomic():
        cut(course, Change.SUBSTANTIVE, redo_by=timezone.localdate())
    assert UnitPage.objects.get(pk=units_of(course)[0].pk).title == "Del 1"
    assert CourseVersion.objects.count() == 1


def test_incomplete_units_are_named_with_their_questions(course):
    unit = units_of(course)[0]
    draft = unit.get_latest_revision_as_object()
    single, multiple, statement = draft.questions.all()
    choices = list(single.choices.all())
    choices[1].is_correct = True
    single.choices = choices
    multiple.choices = [multiple.choices.all()[2]]
    statement.is_true = None
    statement.read_again = "En rubrik som inte finns"
    draft.questions = [single, multiple, statement]
    draft.save_revision()
    with pytest.raises(CourseIncomplete) as caught:
        cut(course)
    lines = [str(problem) for problem in caught.value.problems]
    assert all(line.startswith("Del 1: ") for line in lines)
    assert sum("1" in line and "3" in line for line in lines) >= 1
    assert len(lines) == 5
    assert not CourseVersion.objects.exists()
    assert {problem.page_id for problem in caught.value.problems} == {unit.pk}


def test_a_course_without_units_is_not_cut(db):
    with pytest.raises(CourseIncomplete):
        cut(CoursePageFactory(units=0))


def test_unit_with_nothing_for_some_reader_is_refused(course):
    unit = units_of(course)[0]
    draft = unit.get_latest_revision_as_object()
    for child in draft.body:
        child.value["audiences"] = ["preschool"]
    draft.questions = []
    draft.save_revision()
    edit(units_of(course)[1], audiences=["upper_secondary"])
    with pytest.raises(CourseIncomplete) as caught:
        cut(course)
    assert len(caught.value.problems) == 1


def test_tokens_in_questions_are_looked_up_and_unknown_ones_refused(course):
    unit = units_of(course)[0]
    draft = unit.get_latest_revision_as_object()
    questions = list(draft.questions.all())
    questions[0].text = "Vad säger {{lag:orosanmalan}}?"
    draft.questions = questions
    draft.save_revision()
    with pytest.raises(CourseIncomplete, match="orosanmalan"):
        cut(course)
    LegalReference.objects.create(key="orosanmalan", title="Oro", citation="19 kap. 1 §")
    version = cut(course)
    parts = version.units.first().content.parts
    assert parts["cites"]["lag"]["orosanmalan"]["citation"] == "19 kap. 1 §"
    assert parts["extra"]["questions"][0]["text"] == "Vad säger {{lag:orosanmalan}}?"


def test_units_can_be_left_out_and_stay_out(course):
    first = cut(course)
    one, two = units_of(course)
    second = cut(course, units=[one.key])
    assert [unit.unit_key for unit in second.units.all()] == [one.key]
    assert not UnitPage.objects.get(pk=two.pk).live
    assert cut(course) is None
    states = {unit.key: unit.state for unit in gather(course).units}
    assert states == {one.key: UnitState.UNCHANGED, two.key: UnitState.LEFT_OUT}
    back = cut(course, units=[one.key, two.key])
    assert {unit.sha256 for unit in back.units.all()} == {unit.sha256 for unit in first.units.all()}


def test_changes_are_told_unit_by_unit(course):
    cut(course)
    one, two = units_of(course)
    draft = one.get_latest_revision_as_object()
    draft.minutes = 7
    draft.questions = list(draft.questions.all())[:2]
    draft.save_revision()
    two.delete()
    three = UnitPageFactory(parent=CoursePage.objects.get(pk=course.pk), title="Del 3", slug="del-3")
    changes = {change.key: change for change in gather(CoursePage.objects.get(pk=course.pk)).units}
    assert changes[one.key].state == UnitState.CHANGED
    assert len(changes[one.key].details) == 2
    assert changes[three.key].state == UnitState.ADDED
    assert changes[two.key].state == UnitState.REMOVED


# Nothing alone


@pytest.mark.parametrize("which", ["course", "unit"])
def test_nothing_is_published_alone(course, which):
    page = course if which == "course" else units_of(course)[0]
    with pytest.raises(PublishedAlone), transaction.atomic():
        page.save_revision().publish()
    page.refresh_from_db()
    assert not page.live


def test_nothing_is_scheduled(course):
    cut(course)
    unit = units_of(course)[0]
    unit.go_live_at = timezone.now() + timedelta(days=1)
    with pytest.raises(PublishedAlone), transaction.atomic():
        unit.save_revision().publish()


def test_schedule_on_a_draft_does_not_delay_the_cut(course):
    edit(units_of(course)[0], go_live_at=timezone.now() + timedelta(days=1), expire_at=timezone.now())
    cut(course)
    unit = units_of(course)[0]
    assert unit.live
    assert unit.expire_at is None


def test_without_the_guard_a_unit_would_be_published_alone(course):
    """The twin: it is the receiver that stops it."""
    from wagtail.signals import page_published

    from courses.receivers import refuse_alone

    page_published.disconnect(dispatch_uid="courses_published_together")
    try:
        units_of(course)[0].save_revision().publish()
    finally:
        page_published.connect(refuse_alone, dispatch_uid="courses_published_together")
    assert units_of(course)[0].live


def test_course_pages_have_no_workflow(course):
    assert course.get_workflow() is None
    assert not units_of(course)[0].has_workflow


# Keys


def test_keys_survive_drafts_publications_and_older_revisions(course):
    unit = units_of(course)[0]
    original = keys_of(unit)
    draft = unit.get_latest_revision_as_object()
    draft.title = "Ny rubrik"
    older = draft.save_revision()
    cut(course)
    assert keys_of(UnitPage.objects.get(pk=unit.pk)) == original
    edit(unit, title="Ännu nyare")
    cut(course)
    older.as_object().save_revision()
    cut(course)
    again = UnitPage.objects.get(pk=unit.pk)
    assert again.title == "Ny rubrik"
    assert again.key == unit.key
    assert keys_of(again) == original
    keys = {str(question["key"]) for question in UnitVersion.objects.last().content.parts["extra"]["questions"]}
    assert keys


@pytest.mark.parametrize("keep_live", [True, False])
def test_a_copy_gets_new_keys_and_starts_as_a_draft(course, keep_live):
    cut(course)
    unit = units_of(course)[0]
    draft = unit.get_latest_revision_as_object()
    added = Question(kind="true_false", text="Bara i utkastet", is_true=True, sort_order=3)
    draft.questions = [*draft.questions.all(), added]
    draft.save_revision()
    copied = CopyPageAction(
        course, recursive=True, keep_live=keep_live, update_attrs={"slug": "kopia", "title": "Kopia"}
    ).execute(skip_permission_checks=True)
    copies = units_of(copied)
    assert not copied.live
    assert not any(page.live for page in copies)
    assert copied.key != course.key
    assert {page.key for page in copies}.isdisjoint({page.key for page in units_of(course)})
    theirs = keys_of(copies[0].get_latest_revision_as_object())
    ours = keys_of(draft)
    assert len(theirs) == len(ours) == 4
    assert {key for key, _choices in theirs}.isdisjoint(key for key, _choices in ours)
    assert theirs[:3] == keys_of(copies[0])
    assert all(revision.as_object().key == copies[0].key for revision in copies[0].revisions.all())
    version = cut(copied)
    assert version.number == "1.0"
    assert version.units.count() == 2


def test_same_questions_in_two_courses(course):
    """Keys are unique in their unit, not in the world."""
    other = CoursePageFactory(units=0)
    unit = UnitPageFactory(parent=other)
    theirs = units_of(course)[0]
    questions = list(unit.questions.all())
    for mine, question in zip(questions, theirs.questions.all(), strict=True):
        mine.key = question.key
    unit.questions = questions
    unit.save()
    assert cut(course)
    assert cut(other)


# Withdrawing, deleting


def test_withdrawn_course_is_not_cut_again(course):
    cut(course)
    withdraw_course(page=course, reason="Ersatt")
    course.refresh_from_db()
    assert not course.live
    assert Target.objects.get(key=course.key).is_withdrawn
    edit(course, summary="Igen")
    with pytest.raises(AlreadyWithdrawn):
        cut(CoursePage.objects.get(pk=course.pk))


def test_deleting_pages_keeps_versions(course):
    version = cut(course)
    CoursePage.objects.get(pk=course.pk).delete()
    version = CourseVersion.objects.get(pk=version.pk)
    assert version.page_id is None
    assert version.units.count() == 2


def test_history_can_be_laid_down(course):
    at = timezone.make_aware(timezone.datetime(2026, 3, 2, 9))
    version = cut(course, at=at)
    assert (version.published_at, version.effective_on) == (at, date(2026, 3, 2))


def test_index_page_is_not_guarded(db):
    page = CourseIndexPageFactory(live=False)
    page.save_revision().publish()
    page.refresh_from_db()
    assert page.live


def test_a_proposal_is_part_of_a_version_only_with_the_citys_decision(course):
    one, two = units_of(course)
    edit(two, is_proposal=True, decided_by="Kommunstyrelsen")
    waiting = gather(course).units[-1]
    assert (waiting.state, waiting.details) == (UnitState.LEFT_OUT, ("ett förslag som väntar på stadens beslut",))
    with pytest.raises(CourseIncomplete, match="är ett förslag"):
        cut(course, units=[one.key, two.key])
    assert [unit.unit_key for unit in cut(course).units.all()] == [one.key]
    edit(two, decided_on=date(2026, 5, 4), decision_ref="Beslut 7")
    frozen = cut(course, units=[one.key, two.key]).units.get(unit_key=two.key)
    assert frozen.decision == {"by": "Kommunstyrelsen", "on": "2026-05-04", "reference": "Beslut 7"}
    # Without the flag nothing about a decision is frozen, so what was published before keeps its hash.
    edit(two, is_proposal=False)
    assert cut(course).units.get(unit_key=two.key).decision is None
