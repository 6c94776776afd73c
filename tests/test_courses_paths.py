"""Learning paths: completed exactly once, whichever part comes last; kept when they change; heads learn nothing."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from cms.certificates.models import Certificate
from cms.compliance.actions import require, void_evidence
from cms.compliance.enums import EvidenceKind, VoidReason
from cms.compliance.models import Evidence, Target
from cms.compliance.signals import evidence_recorded
from cms.oversight.actions import record_training
from cms.people.actions import enter_oversight_terms
from cms.people.models import AuditEntry, OutboxMessage, Person
from cms.versions.actions import PublishingError
from courses import receivers
from courses.actions import complete_unit, enroll, withdraw_course, withdraw_unit
from courses.actions.paths import (
    NotTheirHead,
    complete_path,
    publish_path,
    sign_off,
    take_sign_off_back,
)
from courses.models import (
    CoursePage,
    CourseVersion,
    LearningPathPage,
    LearningPathStep,
    LearningPathVersion,
    SignOff,
)
from courses.queries.paths import path_of, progress, with_minutes
from tests.cast import Cast, Member
from tests.factories import CourseIndexPageFactory
from tests.learning import cut, publish_course, without_noise

pytestmark = pytest.mark.django_db


def make_path(
    *required: CourseVersion, optional: tuple[CourseVersion, ...] = (), talk: bool = True
) -> LearningPathPage:
    page = LearningPathPage(title="Fördjupning: unga i kriminalitet", summary="För dig.", needs_talk=talk)
    page.steps = [
        LearningPathStep(course=version.page, is_required=version in required, sort_order=place)
        for place, version in enumerate((*required, *optional))
    ]
    CourseIndexPageFactory().add_child(instance=page)
    return page


def publish(page: LearningPathPage) -> LearningPathVersion | None:
    page.save_revision().publish()
    return LearningPathVersion.objects.of(page.key).latest_first().first()


def take(person: Person, version: CourseVersion, **kwargs: Any) -> None:
    enrollment = enroll(person=person, course_key=version.key, **kwargs)
    for unit in enrollment.version.units.all():
        complete_unit(enrollment=enrollment, unit_key=unit.unit_key)


def proofs(path: LearningPathVersion) -> list[Evidence]:
    return list(Evidence.objects.filter(target__kind="path", target__key=path.key).order_by("pk"))


@pytest.fixture
def courses() -> tuple[CourseVersion, CourseVersion]:
    one, two = publish_course(units=0, read_only=1, title="Unga i riskzon"), publish_course(units=0, read_only=2)
    return one, two


@pytest.fixture
def path(courses: tuple[CourseVersion, CourseVersion]) -> LearningPathVersion:
    version = publish(make_path(courses[0], optional=(courses[1],)))
    assert version is not None
    return version


def talk(cast: Cast, path: LearningPathVersion, key: uuid.UUID | None = None) -> SignOff:
    return sign_off(
        key=key or uuid.uuid4(), person=cast.learner.person, path_key=path.key, held_on=timezone.localdate(),
        actor=cast.head.person,
    )  # fmt: skip


@pytest.mark.parametrize("order", ["course first", "talk first", "recorded by hand"])
def test_whichever_part_comes_last_completes_it_once(
    cast: Cast, courses: tuple[CourseVersion, CourseVersion], path: LearningPathVersion, order: str
) -> None:
    person, (required, optional) = cast.learner.person, courses
    take(person, optional)
    key = uuid.uuid4()

    def by_hand() -> None:
        record_training(
            key=uuid.uuid4(), person=person, target=Target.objects.get(kind="course", key=required.key),
            done_on=timezone.localdate(), actor=cast.hr.person,
        )  # fmt: skip

    steps: list[Callable[[], Any]] = [lambda: take(person, required), lambda: talk(cast, path, key)]
    if order == "talk first":
        steps.reverse()
    if order == "recorded by hand":
        steps = [steps[1], by_hand]
    steps[0]()
    assert proofs(path) == []
    steps[1]()
    talk(cast, path, key)  # the button pressed twice
    assert complete_path(person=person, path_key=path.key) is None
    evidence = proofs(path)
    assert [(one.kind, one.version_number) for one in evidence] == [(EvidenceKind.COMPLETED, "1.0")]
    certificate = Certificate.objects.get(kind="path")
    assert certificate.source_key == evidence[0].source_key
    facts = certificate.facts
    assert facts["talk_on"] == timezone.localdate().isoformat()
    assert {one["title"].rpartition(" ")[0] or one["title"] for one in facts["units"]} >= {optional.title}
    assert len(facts["units"]) == 2
    assert OutboxMessage.objects.filter(kind="path_finished").count() == 1
    assert SignOff.objects.count() == 1
    assert AuditEntry.objects.filter(details__talk=True).count() == 1


def test_without_the_receiver_a_path_would_stay_open(
    cast: Cast, courses: tuple[CourseVersion, CourseVersion], path: LearningPathVersion
) -> None:
    evidence_recorded.disconnect(sender=Evidence, dispatch_uid="courses_go_on_with_paths")
    try:
        talk(cast, path)
        take(cast.learner.person, courses[0])
    finally:
        evidence_recorded.connect(receivers.go_on, sender=Evidence, dispatch_uid="courses_go_on_with_paths")
    assert proofs(path) == []
    page = reverse("courses:path", args=[path.key])
    client = cast.learner.client()
    assert "Hämta intyget" in client.get(page).content.decode()
    assert proofs(path) == []  # looking writes nothing
    client.post(page)
    assert len(proofs(path)) == 1


def test_a_changed_path_takes_nothing_away(
    cast: Cast, courses: tuple[CourseVersion, CourseVersion], path: LearningPathVersion
) -> None:
    person = cast.learner.person
    take(person, courses[0])
    talk(cast, path)
    before = Certificate.objects.get(kind="path").facts
    page = LearningPathPage.objects.get(key=path.key)
    assert publish(page) == path  # published again as it was
    third = publish_course(units=0, read_only=1)
    page.steps = [LearningPathStep(course=version.page, sort_order=n) for n, version in enumerate((*courses, third))]
    page.save()
    later = publish(page)
    assert later is not None
    assert later.number == "1.1"
    assert [course.is_required for course in later.courses.all()] == [True] * 3
    target = Target.objects.get(kind="path", key=path.key)
    requirement = require(target=target, name="Fördjupning", effective_on=timezone.localdate(), due_days=30)
    assert requirement
    take(person, third)
    assert len(proofs(path)) == 1
    assert Certificate.objects.get(kind="path").facts == before
    told = cast.learner.client().get(reverse("courses:path", args=[path.key])).content.decode()
    assert "Du genomförde" in told


def test_a_renewal_counts_from_what_was_done_afterwards(cast: Cast, courses: Any, path: LearningPathVersion) -> None:
    person = cast.learner.person
    take(person, courses[0])
    talk(cast, path)
    take(person, courses[0], again=True)
    assert len(proofs(path)) == 1
    talk(cast, path)
    assert [one.source_key.rpartition(":")[2] for one in proofs(path)] == ["1", "2"]
    void_evidence(evidence=proofs(path)[1], reason=VoidReason.NOT_DONE, actor=cast.hr.person)
    assert path_of(person, path.key, timezone.localdate()).is_complete  # and is written anew under a number of its own
    complete_path(person=person, path_key=path.key)
    assert [one.source_key.rpartition(":")[2] for one in proofs(path)] == ["1", "2", "3"]


def test_a_talk_taken_back_counts_no_more(cast: Cast, courses: Any, path: LearningPathVersion) -> None:
    found = talk(cast, path)
    take_sign_off_back(sign_off=found, actor=cast.head.person)
    take(cast.learner.person, courses[0])
    assert proofs(path) == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_withdrawn_course_leaves_nobody_stuck(cast: Cast, courses: Any, *, whole: bool) -> None:
    page = make_path(*courses, talk=False)
    path = publish(page)
    assert path is not None
    take(cast.learner.person, courses[1])
    assert proofs(path) == []
    course = CoursePage.objects.get(key=courses[0].key)
    if whole:
        withdraw_course(page=course, reason="Ersatt")
    else:
        withdraw_unit(page=course, unit_key=courses[0].units.get().unit_key, reason="Fel")
    complete_path(person=cast.learner.person, path_key=path.key)
    assert len(proofs(path)) == 1
    page.refresh_from_db()
    page.unpublish()
    assert Target.objects.get(kind="path").is_withdrawn
    assert cast.outsider.client().get(reverse("courses:path", args=[path.key])).status_code == 410


def test_only_a_head_of_the_person_signs(cast: Cast, path: LearningPathVersion, settings: Any) -> None:
    on = timezone.localdate()
    for actor, person in (
        (cast.hr, cast.learner), (cast.head, cast.second_learner), (cast.head, cast.head), (cast.learner, cast.learner),
    ):  # fmt: skip
        with pytest.raises(NotTheirHead):
            sign_off(key=uuid.uuid4(), person=person.person, path_key=path.key, held_on=on, actor=actor.person)
    cast.learner.person.protection = "confidential"
    cast.learner.person.save()
    with pytest.raises(NotTheirHead):
        talk(cast, path)


def test_what_must_be_right_before_it_is_published(courses: Any) -> None:
    for page in (make_path(optional=courses), make_path(courses[0], courses[0])):
        with pytest.raises(PublishingError):
            publish_path(page=page)
    scheduled = make_path(*courses)
    Page.objects.filter(pk=scheduled.pk).update(live=False)
    scheduled.refresh_from_db()
    scheduled.go_live_at = timezone.now() + timedelta(days=3)
    scheduled.save_revision().publish()
    assert not LearningPathVersion.objects.of(scheduled.key).exists()


@pytest.fixture
def open_house(cast: Cast) -> None:
    enter_oversight_terms(
        purpose="Att se att alla har gått de utbildningar som krävs.", staff_informed_on=timezone.localdate(),
        consultation_ref="MBL 2025/17", actor=cast.hr.person,
    )  # fmt: skip


def test_head_writes_a_talk_down_and_learns_nothing_of_progress(
    cast: Cast, courses: Any, path: LearningPathVersion, open_house: None
) -> None:
    page = reverse("ledstang_oversight:person", args=[cast.learner.person.key])
    head = cast.head.client()

    def part() -> str:
        html = head.get(page).content.decode()
        return html.partition('aria-labelledby="talks"')[2].partition("</section>")[0]

    before = part()
    assert path.title in before
    take(cast.learner.person, courses[0])
    assert without_noise(part()) == without_noise(before)
    posted = {"vag": str(path.key), "dag": "2026-13-40", "key": str(uuid.uuid4()), "next": page}
    where = reverse("courses:talk", args=[cast.learner.person.key])
    assert head.post(where, posted).status_code == 422
    assert "talk_dag" in head.get(where).content.decode(), "the answer loaded anew is the form"
    posted["dag"] = timezone.localdate().isoformat()
    assert head.post(where, posted).url == page
    assert len(proofs(path)) == 1
    assert cast.head.person.full_name in part()
    for stranger in (cast.hr, cast.second_learner, cast.learner):
        assert stranger.client().post(where, posted).status_code == 404
    found = SignOff.objects.get()
    away = reverse("courses:take_talk_back", args=[cast.learner.person.key, found.key])
    assert head.post(away, {"next": page}).url == page
    assert head.post(away, {"next": "https://example.org/"}).status_code == 404


def test_progress_and_pages(cast: Cast, courses: Any, path: LearningPathVersion, learner: Member) -> None:
    person, on = cast.learner.person, timezone.localdate()
    target = Target.objects.get(kind="path", key=path.key)
    require(target=target, name="Fördjupning", effective_on=on - timedelta(days=9), due_days=30)
    seen = progress(person, [target], on)[target.pk]
    assert (seen.done, seen.total, seen.is_started) == (0, 2, False)
    take(person, courses[0])
    seen = progress(person, [target], on)[target.pk]
    assert (seen.done, seen.total, seen.minutes_left) == (1, 2, 0)
    client = cast.learner.client()
    training = client.get("/min-utbildning/").content.decode()
    assert path.title in training
    assert "handledarsamtal" in training.lower()
    assert path.title in client.get(reverse("courses:index")).content.decode()
    told = client.get(reverse("courses:path", args=[path.key])).content.decode()
    assert told.count("<h1") == 1
    assert courses[1].title in told
    assert cast.outsider.client().get(reverse("courses:path", args=[uuid.uuid4()])).status_code == 404


def test_more_paths_cost_no_more_queries(cast: Cast, courses: Any, django_assert_num_queries: Any) -> None:
    person, on = cast.learner.person, timezone.localdate()
    for count in (1, 3):
        while Target.objects.filter(kind="path").count() < count:
            publish(make_path(*courses))
        targets = list(Target.objects.filter(kind="path"))
        with django_assert_num_queries(7):
            assert len(progress(person, targets, on)) == count


def test_a_path_says_the_minutes_that_its_reader_would_take(courses: Any, path: LearningPathVersion) -> None:
    def minutes() -> list[int]:
        found = path_of(None, path.key, timezone.localdate())
        assert found is not None
        return [part.minutes for part in with_minutes([found], None, timezone.localdate())[0].parts]

    before, unit = minutes(), courses[0].units.first()
    withdraw_unit(page=CoursePage.objects.get(key=courses[0].key), unit_key=unit.unit_key, reason="Fel")
    assert minutes() == [before[0] - unit.minutes, *before[1:]]


def test_preview_is_the_page(courses: Any, cast: Cast) -> None:
    page = make_path(courses[0])
    response = page.make_preview_request(extra_request_attrs={"user": cast.editor.user})
    assert courses[0].title in response.content.decode()


def test_cut_of_its_course_changes_no_path(courses: Any, path: LearningPathVersion) -> None:
    page = CoursePage.objects.get(key=courses[0].key)
    page.title = "Ett nytt namn"
    page.save_revision()
    cut(page)
    assert LearningPathVersion.objects.of(path.key).count() == 1
