"""An edit storm: versions are cut while people are in the middle, and nobody loses, gains or is shown a fault."""

import threading
from random import Random
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from cms.certificates.actions import files_later
from cms.certificates.models import Certificate
from cms.versions.enums import Change
from courses.actions import cut_course_version, withdraw_unit
from courses.models import CoursePage, CourseVersion, Enrollment, Move, UnitCompletion, UnitPage, UnitVersion
from courses.queries.learning import courses_of, own_course
from courses.queries.moving import newer_version
from tests.campaigns import SEED, Campaign, is_proving
from tests.cast import Member
from tests.factories import CoursePageFactory, PersonFactory, UnitPageFactory, UserFactory, body, true_false_question
from tests.learning import address, begin, cut, form_data, right_answers

VERSIONS = 20
PATIENCE = 60
FINE = {200, 302}


class Storm:
    """A course that never rests. What each learner has been told is done is written down beside."""

    def __init__(self, seed: int, units: int = 4) -> None:
        self.random = Random(seed)
        self.page = CoursePageFactory(units=0)
        for _number in range(units):
            self.add()
        self.first = cut(self.page)
        self.told: set[tuple[int, Any]] = set()
        self.asked: set[tuple[int, Any]] = set()
        self.faults: list[Any] = []

    # The editor

    def add(self) -> None:
        number = UnitPage.objects.child_of(self.page).count() + 1
        page = UnitPageFactory(
            parent=self.page, title=f"Del {number}", slug=f"d-{number}", questions=False, body=body("Läs.")
        )
        if number % 2:
            page.questions = [true_false_question()]
            page.save()
        self.page = CoursePage.objects.get(pk=self.page.pk)

    def pages(self) -> list[UnitPage]:
        return list(UnitPage.objects.child_of(self.page).order_by("path"))

    def edit(self, number: int) -> CourseVersion | None:
        """One more version: something is added, removed, reworded, moved or withdrawn."""
        pages = self.pages()
        latest = CourseVersion.objects.of(self.page.key).latest_first().first()
        chosen = set(latest.units.values_list("unit_key", flat=True))
        what = self.random.choice(["add", "remove", "reword", "reword", "swap", "withdraw"])
        if what == "add":
            self.add()
            chosen.add(self.pages()[-1].key)
        elif what == "remove" and len(chosen) > 2:
            chosen.discard(self.random.choice(sorted(chosen)))
        elif what == "swap":
            pages[0].move(pages[-1], pos="right")
        elif what == "withdraw" and len(chosen) > 2:
            gone = self.random.choice(sorted(chosen))
            withdraw_unit(page=self.page, unit_key=gone, reason="Fel")
            chosen.discard(gone)
        course = CoursePage.objects.get(pk=self.page.pk)
        course.summary = f"Version {number}"
        course.save_revision()
        draft = self.random.choice(pages).get_latest_revision_as_object()
        draft.goal = f"Mål i version {number}"
        draft.save_revision()
        change = self.random.choice([Change.EDITORIAL, Change.REDO_UNITS, Change.REDO_UNITS, Change.SUBSTANTIVE])
        day = timezone.localdate() if change == Change.SUBSTANTIVE else None
        return cut_course_version(page=course, change=change, note="Nytt", units=chosen, redo_by=day)

    # The learners

    def learner(self, number: int) -> tuple[Member, Any, Enrollment]:
        user = UserFactory(email=f"storm{number}@example.se")
        member = Member(f"storm{number}", user, PersonFactory(user=user))
        client = member.client(raise_request_exception=False)
        return member, client, begin(member.person, self.first)

    def check(self, answer: Any, what: str) -> Any:
        if answer.status_code not in FINE:
            self.faults.append((what, answer.status_code))
        return answer

    def step(self, random: Random, member: Member, client: Any, enrollment: Enrollment) -> None:
        """Somebody looks at the course and does something about it, or comes with a page from long ago."""
        self.check(client.get(address("home", enrollment)), "home")
        course = own_course(member.person, enrollment.key, timezone.localdate())
        roll = random.random()
        if course.is_ready:
            self.check(client.post(address("finish", enrollment)), "finish")
        elif roll < 0.25 and newer_version(course.enrollment, timezone.localdate()):
            self.move(client, enrollment)
        elif roll < 0.35:
            old = random.choice(list(self.first.units.all()))
            for name in ("unit", "read", "submit"):
                self.asked.add((enrollment.pk, old.unit_key))
                self.check(client.post(address(name, enrollment, old)) if name != "unit" else client.get(
                    address(name, enrollment, old)
                ), f"old {name}")  # fmt: skip
        elif course.next is not None:
            self.do(client, enrollment, course.next.unit)

    def move(self, client: Any, enrollment: Enrollment) -> None:
        shown = self.check(client.get(address("move", enrollment)), "move")
        plan = shown.context and shown.context.get("plan")
        if plan:
            self.check(client.post(address("move", enrollment), {"version": plan.to.public_id}), "move it")

    def do(self, client: Any, enrollment: Enrollment, unit: UnitVersion) -> None:
        unit = UnitVersion.objects.select_related("content").get(pk=unit.pk)
        self.check(client.get(address("unit", enrollment, unit)), "unit")
        self.asked.add((enrollment.pk, unit.unit_key))
        answers = right_answers(unit)
        name, data = ("submit", form_data(answers)) if answers else ("read", {})
        answer = self.check(client.post(address(name, enrollment, unit), data), name)
        if answer.status_code == 302 and (name == "read" or "#resultat" in answer.url or "genomford" in answer.url):
            back = address("unit", enrollment, unit)
            if answer.url not in (back, address("home", enrollment)):
                self.told.add((enrollment.pk, unit.unit_key))

    # Whether it is so

    def agree(self, count: int) -> dict[str, int]:
        assert self.faults == []
        rows = list(Enrollment.objects.filter(course_key=self.page.key).select_related("version"))
        assert len(rows) == count
        done = UnitCompletion.objects.filter(enrollment__in=rows)
        kept = set(done.values_list("enrollment", "unit_key"))
        assert self.told <= kept <= self.asked
        courses = courses_of(rows)
        papers = {paper.source_key: paper.facts for paper in Certificate.objects.all()}
        finished = [row for row in rows if row.finished_at is not None]
        assert set(papers) == {row.source_key for row in finished}
        for row in finished:
            facts = papers[row.source_key]
            steps = courses[row.pk].steps
            dates = [step.done_at and timezone.localdate(step.done_at).isoformat() for step in steps]
            assert facts["version"] == row.version.number
            assert [(one["title"], one["done_on"]) for one in facts["units"]] == [
                (step.unit.title, day) for step, day in zip(steps, dates, strict=True)
            ]
            assert {step.unit.course_version_id for step in steps} == {row.version_id}
            left_out = set(row.version.units.values_list("pk", flat=True)) - {step.unit.pk for step in steps}
            assert not UnitVersion.objects.standing().filter(pk__in=left_out).exists()
        moves = Move.objects.filter(enrollment__in=rows).count()
        return {"finished": len(finished), "moves": moves, "completions": done.count()}


@pytest.mark.campaign
def test_an_edit_storm_loses_and_invents_nothing(campaign: Campaign, db):
    storm, count = Storm(SEED), 100 if is_proving() else 10
    with files_later():
        learners = [storm.learner(number) for number in range(count)]
        for number in range(VERSIONS):
            assert storm.edit(number) is not None
            for learner in learners:
                if storm.random.random() < 0.5:
                    storm.step(storm.random, *learner)
        for _more in range(4):
            for learner in learners:
                storm.step(storm.random, *learner)
    told = storm.agree(count)
    assert told["finished"] > count // 2
    assert told["moves"] > count // 4
    campaign.tell(f"{count} learners in the middle while {VERSIONS} versions were cut: {told}, no fault")


@pytest.mark.django_db(transaction=True)
def test_the_storm_with_learners_at_the_same_time():
    """Each learner in a thread of their own, on a connection of their own, while the editor cuts."""
    storm, count = Storm(SEED + 1), 6
    with files_later():
        learners = [storm.learner(number) for number in range(count)]

    def live(number: int) -> None:
        random = Random(SEED + number)
        try:
            with files_later():
                for _step in range(8):
                    storm.step(random, *learners[number])
        except Exception as error:
            storm.faults.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=live, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for number in range(4):
        storm.edit(number)
    for thread in threads:
        thread.join(PATIENCE)
    storm.agree(count)
