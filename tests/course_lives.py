"""Random lives of a course and of those who take it, through the real actions, beside a second book kept by hand.

The book knows nothing of how the house keeps things: it is what an editor and a learner have been promised.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cms.certificates.models import Certificate
from cms.compliance.actions import void_evidence
from cms.compliance.enums import VoidReason
from cms.compliance.models import Evidence
from cms.people.actions import merge_people
from cms.people.models import Person
from cms.versions.actions import AlreadyWithdrawn
from cms.versions.enums import Change
from courses.actions import (
    CannotMove,
    CourseNotOpen,
    NotDone,
    answer_unit,
    complete_unit,
    finish_course,
    hand_in,
    learning,
    mint_course_version,
    move_to_version,
    withdraw_unit,
)
from courses.freezing import UnitDraft, freeze_course, freeze_unit
from courses.models import Attempt, CoursePage, CourseVersion, Enrollment, UnitCompletion, UnitPage, UnitVersion
from courses.queries.drafts import Gathered, changes_since
from courses.queries.learning import courses_of
from tests.factories import CoursePageFactory, PersonFactory, UnitPageFactory, moment, true_false_question

START = date(2025, 1, 7)
UNITS = ("A", "B", "C")  # A has a question, the others are read
TEXTS = (0, 1, 2)
WHO = st.sampled_from([0, 0, 0, 0, 1, 2])
RARELY = st.integers(0, 7).map(lambda number: number == 0)
EDITS = st.sampled_from([*TEXTS, "out", 0, "first"])

Text = tuple[str, int]  # a unit and which of its texts


@dataclass(frozen=True)
class Stage:
    """What all lives share: drafts that are frozen once, and people who have done nothing yet."""

    page: CoursePage
    drafts: dict[Text, UnitDraft]
    people: tuple[Person, ...]
    question: str
    lengths: list[int] = field(default_factory=list)  # of the lives that have been lived

    @classmethod
    def build(cls) -> "Stage":
        page = CoursePageFactory(units=0, body=[])
        drafts = {}
        for unit in UNITS:
            child = UnitPageFactory(parent=page, title=unit, slug=unit.lower(), questions=False, body=[])
            child.questions = [true_false_question()] if unit == "A" else []
            for text in TEXTS:
                child.title = f"{unit}{text}"
                drafts[unit, text] = freeze_unit(_copied(child))
        question = drafts["A", 0].questions[0]["key"]
        return cls(page, drafts, tuple(PersonFactory() for _number in range(3)), question)

    def unit_of(self, key: UUID) -> str:
        return next(unit for (unit, _text), draft in self.drafts.items() if draft.key == key)

    def key_of(self, unit: str) -> UUID:
        return self.drafts[unit, 0].key

    def gathered(self, texts: list[Text], latest: CourseVersion | None) -> Gathered:
        course = freeze_course(self.page, [self.drafts[text] for text in texts])
        return Gathered(course=course, latest=latest, units=changes_since(latest, course.units))


def _copied(page: UnitPage) -> Any:
    made = UnitPage(title=page.title, key=page.key, minutes=page.minutes, body=page.body)
    made.questions = list(page.questions.all())
    return made


# The book


@dataclass(frozen=True)
class Cut:
    """A version as the editor was promised it: its units in order, and which are to be done again."""

    row: CourseVersion
    texts: tuple[Text, ...]
    redo: frozenset[str]
    effective_on: date
    is_whole: bool = False  # everybody does all of it again

    def text(self, unit: str) -> int | None:
        return dict(self.texts).get(unit)


@dataclass(frozen=True)
class Deed:
    """Somebody has done a unit, on a version, on a day."""

    unit: str
    version: int
    on: date


@dataclass
class Try:
    is_right: bool
    is_handed_in: bool = False

    @property
    def is_passed(self) -> bool:
        return self.is_right and self.is_handed_in


@dataclass
class Cycle:
    """One person's way through the course."""

    row: Enrollment
    person: int
    number: int
    version: int
    deeds: list[Deed] = field(default_factory=list)
    brought: list[Deed] = field(default_factory=list)  # from the cycle before
    done: dict[str, date] = field(default_factory=dict)
    tries: dict[Any, list["Try"]] = field(default_factory=dict)  # by the text that was asked
    tried_on: dict[Any, int] = field(default_factory=dict)  # and the version where they go on
    finished_on: date | None = None
    proof: tuple[str, date, tuple[tuple[str, str], ...]] | None = None
    is_void: bool = False


class Lives(RuleBasedStateMachine):
    """What may happen, in any order: each step is taken for real and written into the book."""

    stage: Stage
    often = 25  # the whole book is compared each time that so many steps have been taken

    def __init__(self) -> None:
        super().__init__()
        self.undo = _savepoint()
        self.undo.__enter__()
        self.day = START
        self.steps = 0
        self.cuts: list[Cut] = []
        self.cycles: list[Cycle] = []
        self.withdrawn: set[tuple[int, str]] = set()
        self.people = list(Person.objects.filter(pk__in=[one.pk for one in self.stage.people]).order_by("pk"))
        self.root = list(range(len(self.people)))

    def teardown(self) -> None:
        self.stage.lengths.append(self.steps)
        self.undo.__exit__(None, None, None)

    # What the book says

    def in_force(self) -> int | None:
        by_then = [place for place, cut in enumerate(self.cuts) if cut.effective_on <= self.day]
        return max(by_then, key=lambda place: (self.cuts[place].effective_on, place), default=None)

    def latest(self, person: int) -> Cycle | None:
        mine = [cycle for cycle in self.cycles if self.root[cycle.person] == self.root[person]]
        return max(
            mine, key=lambda cycle: (cycle.finished_on is None, cycle.number, self.cycles.index(cycle)), default=None
        )

    def asked(self, version: int, done: dict[str, date]) -> list[Text]:
        texts = self.cuts[version].texts
        return [(unit, text) for unit, text in texts if unit in done or (version, unit) not in self.withdrawn]

    def counts(self, deed: Deed, version: int) -> bool:
        """Since the last time that the unit had the very text that was done, nobody has asked for it again."""
        was = self.cuts[deed.version].text(deed.unit)
        same = [one for one in range(deed.version, version + 1) if self.cuts[one].text(deed.unit) == was]
        return not any(deed.unit in self.cuts[one].redo for one in range(max(same) + 1, version + 1))

    def kept(self, deeds: list[Deed], version: int) -> dict[str, Deed]:
        """What need not be done again on a version: of several deeds that count, the first."""
        offered = [unit for unit, _text in self.asked(version, {})]
        found: dict[str, Deed] = {}
        for deed in sorted(deeds, key=lambda deed: deed.on):
            if deed.unit in offered and self.counts(deed, version):
                found.setdefault(deed.unit, deed)
        return found

    def finish_if_done(self, cycle: Cycle) -> bool:
        asked = self.asked(cycle.version, cycle.done)
        if not asked or any(unit not in cycle.done for unit, _text in asked):
            return False
        if cycle.proof is None:
            units = tuple((f"{unit}{text}", cycle.done[unit].isoformat()) for unit, text in asked)
            cycle.finished_on = self.day
            cycle.proof = (self.cuts[cycle.version].row.number, self.day, units)
        return True

    # What happens

    @initialize(again=st.booleans())
    def begin(self, again: bool) -> None:
        """There is a first version, and somebody takes it."""
        self.cut("editorial", [("C", 0)], 0)
        for who in range(len(self.people)):
            self.enrol(who, again)

    @rule(days=st.sampled_from([1, 1, 4, 40]))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(
        change=st.sampled_from(["editorial", "editorial", "redo", "redo", "redo by", "whole"]),
        edits=st.lists(st.tuples(st.sampled_from(UNITS), EDITS), min_size=1, max_size=2),
        wait=st.sampled_from([0, 0, 0, 3]),
    )  # fmt: skip
    def cut(self, change: str, edits: list[tuple[str, Any]], wait: int) -> None:
        before = self.cuts[-1] if self.cuts else None
        texts = dict(before.texts) if before else dict.fromkeys(UNITS, 0)
        for unit, edit in edits:
            texts = _edited(texts, unit, edit)
        now = tuple(texts.items())
        if not now or (before and now == before.texts):
            return
        effective_on = max(self.day + timedelta(days=wait), before.effective_on if before else self.day)
        kind = {"editorial": Change.EDITORIAL, "whole": Change.SUBSTANTIVE}.get(change, Change.REDO_UNITS)
        row = mint_course_version(
            gathered=self.stage.gathered(list(now), before.row if before else None),
            change=kind,
            note="Nytt",
            effective_on=effective_on,
            redo_by=effective_on + timedelta(days=9) if change in ("redo by", "whole") else None,
            at=moment(self.day),
        )
        changed = {unit for unit, text in now if before and before.text(unit) != text}
        redo = frozenset(changed if kind != Change.EDITORIAL else ())
        marked = row.units.filter(must_redo=True).values_list("unit_key", flat=True)
        assert set(marked) == {self.stage.key_of(unit) for unit in redo}
        self.cuts.append(Cut(row, now, redo, effective_on, is_whole=change == "whole"))

    @rule(who=WHO, again=st.booleans())
    def enrol(self, who: int, again: bool) -> None:
        """Begin, go on, or begin again: a renewal."""
        who, place = self.root[who], self.in_force()
        key, at = self.stage.page.key, moment(self.day)
        if place is None:
            with pytest.raises(CourseNotOpen):
                learning.enroll(person=self.people[who], course_key=key, at=at)
            return
        row = learning.enroll(person=self.people[who], course_key=key, again=again, at=at)
        last = self.latest(who)
        is_newer = last is not None and self.cuts[place].row.major > self.cuts[last.version].row.major
        if last is not None and (last.finished_on is None or not (again or is_newer)):
            assert row == last.row
            return
        cycle = Cycle(row, who, last.number + 1 if last else 1, place)
        self.cycles.append(cycle)
        majors = [cut for cut in self.cuts[last.version + 1 : place + 1] if cut.row.minor == 0] if last else []
        if last is not None and is_newer and not last.is_void and not any(cut.is_whole for cut in majors):
            kept = self.kept([*last.brought, *last.deeds], place)
            cycle.brought, cycle.done = list(kept.values()), {unit: deed.on for unit, deed in kept.items()}
            self.finish_if_done(cycle)

    def unit_row(self, cycle: Cycle, unit: str) -> UnitVersion | None:
        version = self.cuts[cycle.version].row
        return version.units.select_related("content").filter(unit_key=self.stage.key_of(unit)).first()

    @precondition(lambda self: self.cycles)
    @rule(who=WHO, is_right=st.sampled_from([True, True, False]))
    def answer(self, who: int, is_right: bool) -> None:
        """Begin an attempt at the question, or change the answer."""
        cycle = self.latest(who)
        text = ("A", self.cuts[cycle.version].text("A")) if cycle else None
        if cycle is None or text not in self.asked(cycle.version, cycle.done):
            return
        tries = cycle.tries.setdefault(text, [])
        cycle.tried_on[text] = cycle.version
        if tries and tries[-1].is_handed_in:
            if tries[-1].is_right:
                return
            tries.append(Try(is_right))
        elif tries:
            tries[-1].is_right = is_right
        else:
            tries.append(Try(is_right))
        answer_unit(
            enrollment=cycle.row,
            unit_version=self.unit_row(cycle, "A"),
            number=len(tries),
            values={self.stage.question: ["true" if is_right else "false"]},
            at=moment(self.day),
        )

    @precondition(lambda self: self.cycles)
    @rule(who=WHO, unit=st.sampled_from(UNITS))
    def complete(self, who: int, unit: str) -> None:
        """Hand in the answer, or mark a unit as read."""
        cycle = self.latest(who)
        if cycle is None:
            return
        text = (unit, self.cuts[cycle.version].text(unit))
        is_asked = text in self.asked(cycle.version, cycle.done)
        tries = cycle.tries.get(text, []) if unit == "A" else []
        if is_asked and tries and not tries[-1].is_handed_in:
            attempt = Attempt.objects.get(
                enrollment=cycle.row, unit_version=self.unit_row(cycle, unit), submitted_at=None
            )
            tries[-1].is_handed_in = True
            handed_in = hand_in(attempt=attempt, at=moment(self.day))
            assert handed_in.attempt.is_passed == tries[-1].is_right
            completed = handed_in.completed
        elif not is_asked or (unit == "A" and not any(one.is_passed for one in tries)):
            with pytest.raises(NotDone):
                complete_unit(enrollment=cycle.row, unit_key=self.stage.key_of(unit), at=moment(self.day))
            return
        else:
            completed = complete_unit(enrollment=cycle.row, unit_key=self.stage.key_of(unit), at=moment(self.day))
        if completed is not None:
            if unit not in cycle.done:
                cycle.deeds.append(Deed(unit, cycle.version, self.day))
                cycle.done[unit] = self.day
            assert completed.finished == self.finish_if_done(cycle)

    @precondition(lambda self: self.cycles)
    @rule(who=WHO, but=st.sampled_from([0, 0, 1, 1, 2]))
    def study(self, who: int, but: int) -> None:
        """Complete all that is left, but for some units."""
        cycle = self.latest(who)
        asked = self.asked(cycle.version, cycle.done) if cycle else []
        left = [unit for unit, _text in reversed(asked) if cycle and unit not in cycle.done]
        for unit in left[: len(left) - but]:
            if unit == "A":
                self.answer(who, True)
            self.complete(who, unit)

    @precondition(lambda self: self.cycles)
    @rule(who=WHO)
    def finish(self, who: int) -> None:
        cycle = self.latest(who)
        if cycle is None:
            return
        if self.finish_if_done(cycle):
            assert finish_course(enrollment=cycle.row, at=moment(self.day)).finished
        else:
            with pytest.raises(NotDone):
                finish_course(enrollment=cycle.row, at=moment(self.day))

    @precondition(lambda self: self.cycles)
    @rule(who=WHO)
    def move(self, who: int) -> None:
        cycle, place = self.latest(who), self.in_force()
        if cycle is None or place is None:
            return
        version, at = self.cuts[place].row, moment(self.day)
        if cycle.finished_on is not None or place <= cycle.version or not self.asked(place, {}):
            with pytest.raises(CannotMove):
                move_to_version(enrollment=cycle.row, version=version, at=at)
            return
        moved = move_to_version(enrollment=cycle.row, version=version, at=at)
        cycle.version = place
        cycle.tried_on.update(dict.fromkeys(cycle.tries.keys() & set(self.asked(place, {})), place))
        cycle.done = {unit: deed.on for unit, deed in self.kept([*cycle.brought, *cycle.deeds], place).items()}
        assert moved.completed.finished == self.finish_if_done(cycle)

    @precondition(lambda self: self.cycles)
    @rule(who=WHO, edit=st.tuples(st.sampled_from(UNITS), EDITS), but=st.sampled_from([1, 1, 2]), out=st.booleans())
    def overtake(self, who: int, edit: tuple[str, Any], but: int, out: bool) -> None:
        """Somebody comes some way, one or two versions overtake them, and they change, perhaps to nothing left."""
        self.enrol(who, True)
        self.study(who, but)
        self.answer(who, True)
        cycle = self.latest(who)
        left = [unit for unit, _text in self.cuts[-1].texts if cycle and unit not in cycle.done]
        self.cut("redo", [(left[0], "out") if out and left else edit], 0)
        if not out:
            self.cut("editorial", [("C", "first")], 0)
        self.move(who)

    @precondition(lambda self: self.cycles)
    @rule(who=WHO, edit=st.tuples(st.sampled_from(UNITS), EDITS), is_void=st.booleans())
    def ask_again(self, who: int, edit: tuple[str, Any], is_void: bool) -> None:
        """Somebody has finished, perhaps by mistake, and what has changed is to be redone by a day."""
        self.study(who, 0)
        if is_void:
            self.void(who, True)
        self.cut("redo by", [edit], 0)
        self.enrol(who, False)

    @precondition(lambda self: self.cycles)
    @rule(unit=st.sampled_from(UNITS), is_time=RARELY)
    def withdraw(self, unit: str, is_time: bool) -> None:
        if not is_time:
            return
        standing = {
            (place, unit)
            for place, cut in enumerate(self.cuts)
            if cut.text(unit) is not None and (place, unit) not in self.withdrawn
        }
        key, at = self.stage.key_of(unit), moment(self.day)
        if not standing:
            with pytest.raises(AlreadyWithdrawn):
                withdraw_unit(page=self.stage.page, unit_key=key, reason="Fel", at=at)
            return
        withdraw_unit(page=self.stage.page, unit_key=key, reason="Fel", at=at)
        self.withdrawn |= standing

    @precondition(lambda self: any(cycle.proof for cycle in self.cycles))
    @rule(who=WHO, is_time=RARELY)
    def void(self, who: int, is_time: bool) -> None:
        cycle = self.latest(who)
        if not is_time or cycle is None or cycle.proof is None or cycle.is_void:
            return
        evidence = Evidence.objects.get(source_key=cycle.row.source_key)
        void_evidence(evidence=evidence, reason=VoidReason.NOT_DONE, actor=None, at=moment(self.day))
        cycle.is_void = True

    @precondition(lambda self: len(set(self.root)) > 1)
    @rule(one=st.integers(0, 2), other=st.integers(0, 2), is_time=st.integers(0, 2).map(lambda number: number == 0))
    def merge(self, one: int, other: int, is_time: bool) -> None:
        if not is_time:
            return
        one, other = self.root[one], self.root[other]
        if one != other:
            merge_people(duplicate=self.people[one], into=self.people[other], actor=None)
            self.root = [other if root == one else root for root in self.root]

    # Whether it is so

    @invariant()
    def agrees(self) -> None:
        self.steps += 1
        if self.steps % self.often == 0:
            self.compare()

    def compare(self) -> None:
        mine = [cycle.row.pk for cycle in self.cycles]
        rows = list(Enrollment.objects.filter(course_key=self.stage.page.key).select_related("version").order_by("pk"))
        assert [
            (row.pk, row.person_id, row.cycle, row.version_id, row.finished_at and timezone.localdate(row.finished_at))
            for row in rows
        ] == [
            (one.row.pk, self.people[one.person].pk, one.number, self.cuts[one.version].row.pk, one.finished_on)
            for one in self.cycles
        ]
        self._compare_units(rows)
        self._compare_papers()
        tries = {
            (cycle.row.pk, self.cuts[cycle.tried_on[text]].row.pk, self.stage.drafts[text].draft.sha256, number): (
                one.is_right,
                one.is_handed_in,
            )
            for cycle in self.cycles
            for text, some in cycle.tries.items()
            for number, one in enumerate(some, start=1)
        }
        kept = Attempt.objects.filter(enrollment__in=mine).values_list(
            "enrollment",
            "unit_version__course_version",
            "unit_version__sha256",
            "number",
            "answers__value",
            "submitted_at",
        )
        assert {row[:4]: (row[4] == ["true"], row[5] is not None) for row in kept} == tries

    def _compare_units(self, rows: list[Enrollment]) -> None:
        """What each learner sees, and everything that was ever done: on its own version, on its own day."""
        seen = courses_of(rows)
        for cycle in self.cycles:
            steps = seen[cycle.row.pk].steps
            assert [(step.unit.title, step.done_at and timezone.localdate(step.done_at)) for step in steps] == [
                (f"{unit}{text}", cycle.done.get(unit)) for unit, text in self.asked(cycle.version, cycle.done)
            ]
        deeds = UnitCompletion.objects.filter(enrollment__in=rows).order_by("pk").select_related("unit_version")
        found = [(row.enrollment_id, row.unit_version.title, timezone.localdate(row.completed_at)) for row in deeds]
        assert sorted(found) == sorted(
            (cycle.row.pk, f"{deed.unit}{self.cuts[deed.version].text(deed.unit)}", deed.on)
            for cycle in self.cycles
            for deed in cycle.deeds
        )

    def _compare_papers(self) -> None:
        proved = {cycle.row.source_key: cycle for cycle in self.cycles if cycle.proof is not None}
        evidence = Evidence.objects.filter(target__key=self.stage.page.key).values_list(
            "source_key", "version_number", "achieved_on", "void"
        )
        assert {key: (number, on, void is not None) for key, number, on, void in evidence} == {
            key: (*cycle.proof[:2], cycle.is_void) for key, cycle in proved.items()
        }
        papers = Certificate.objects.filter(source_key__in=proved).values_list("source_key", "facts")
        listed = {key: tuple((unit["title"], unit["done_on"]) for unit in facts["units"]) for key, facts in papers}
        assert listed == {key: cycle.proof[2] for key, cycle in proved.items()}


def _edited(texts: dict[str, int], unit: str, edit: Any) -> dict[str, int]:
    if edit == "out":
        return {one: text for one, text in texts.items() if one != unit}
    if edit == "first":
        return {unit: texts.get(unit, 0), **{one: text for one, text in texts.items() if one != unit}}
    return {**texts, unit: edit}


class Undo(Exception):
    pass


@contextmanager
def _savepoint() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass
