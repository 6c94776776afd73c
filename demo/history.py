"""Half a year of the city, laid down through the house's own actions, each with the moment it happened."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.db.models import F
from django.utils import timezone

from cms.certificates.actions import files_later
from cms.compliance.actions import grant_exemption, record_evidence, set_rule
from cms.compliance.enums import EvidenceKind, ExemptionReason
from cms.compliance.models import Requirement, Target
from cms.people.enums import MailOutcome, Protection
from cms.people.models import OutboxMessage, Person
from cms.versions.enums import Change
from courses.actions import cut_course_version, enroll, finish_scenario, hand_in, open_attempt, save_answers
from courses.actions.paths import publish_path
from courses.models import CoursePage, CourseVersion, Enrollment, UnitVersion
from courses.queries.units import questions_asked
from courses.scenario import parse
from demo.city import UNIT, Staff
from demo.clock import moment
from demo.past import (
    COURSE_ROLES,
    DEEPER_COURSE,
    LONG_COURSE,
    NEW_COURSE,
    SCHOOLS,
    SHORT_COURSE,
    Calendar,
    Step,
    reading_of,
)
from demo.people import Roster
from demo.site import key_of, make_path, rewrite_guideline
from guidelines.actions import acknowledge_guideline, publish_guideline
from guidelines.models import GuidelinePage, GuidelineVersion

CHANGE_NOTE = (
    "Vikarier och timanställda omfattas uttryckligen. Nytt om tecken på att en elevs telefon är övervakad. "
    "Oskuldskontroll och intyg om oskuld finns med bland brotten. Nytt om vad du gör när någon redan har kontaktat "
    "hemmet. En checklista inför hemgången har tillkommit."
)
BEFORE_WORK = 7


@dataclass
class Story:
    """What publishing has led to, and what is remembered while the steps are walked through."""

    roster: Roster
    staff: tuple[Staff, ...]
    calendar: Calendar
    users: dict[str, Any]
    guideline: GuidelinePage
    first_steps: GuidelinePage
    courses: dict[str, CoursePage]
    versions: dict[str, GuidelineVersion] = field(default_factory=dict)
    units: dict[str, list[UnitVersion]] = field(default_factory=dict)
    enrollments: dict[tuple[int, str], Enrollment] = field(default_factory=dict)

    @cached_property
    def officer(self) -> Person:
        """HR of the city, who set the requirements."""
        return self.roster.people[next(member.number for member in self.staff if member.account == "hr")]

    @cached_property
    def members(self) -> dict[int, Staff]:
        return {member.number: member for member in self.staff}


# Publishing, and what is required


def publish_guideline_1(story: Story) -> None:
    day = story.calendar.guideline_1
    version = publish_guideline(
        page=story.guideline,
        change=Change.SUBSTANTIVE,
        note="Första versionen.",
        effective_on=day,
        published_by=story.users["godkannare"],
        approved_by=story.users["godkannare"],
        at=moment(day - timedelta(days=4), 10),
    )
    assert version is not None
    story.versions["1.0"] = version
    target = Target.objects.get(kind="guideline", key=story.guideline.key)
    _require(story, target, "Läsa riktlinjen", day, due_days=30, org_unit_kinds=SCHOOLS)


def publish_first_steps(story: Story) -> None:
    """Support material: advice, which nobody has to have decided on or acknowledged."""
    publish_guideline(
        page=story.first_steps,
        change=Change.SUBSTANTIVE,
        note="Första versionen.",
        effective_on=story.calendar.first_steps,
        published_by=story.users["godkannare"],
        approved_by=story.users["godkannare"],
        at=moment(story.calendar.first_steps, 10),
    )


def publish_guideline_2(story: Story) -> None:
    page = rewrite_guideline(story.guideline, story.calendar.today, story.users["redaktor"])
    version = publish_guideline(
        page=page,
        change=Change.SUBSTANTIVE,
        note=CHANGE_NOTE,
        effective_on=story.calendar.guideline_2,
        redo_by=story.calendar.redo_by,
        published_by=story.users["godkannare"],
        approved_by=story.users["godkannare"],
        at=moment(story.calendar.guideline_2_published, 10),
    )
    assert version is not None
    story.versions["2.0"] = version


def publish_course(story: Story, slug: str, day: date, name: str, **rule: Any) -> None:
    """Cut a course's first version some days before it is required."""
    _cut(story, slug, day - timedelta(days=5))
    _require(story, Target.objects.get(kind="course", key=story.courses[slug].key), name, day, **rule)


def _cut(story: Story, slug: str, day: date) -> None:
    version = cut_course_version(
        page=story.courses[slug],
        change=Change.SUBSTANTIVE,
        note="Första versionen.",
        effective_on=day,
        published_by=story.users["godkannare"],
        at=moment(day, 10),
    )
    assert isinstance(version, CourseVersion)
    story.units[slug] = list(version.units.select_related("content"))


def publish_path_of_courses(story: Story) -> None:
    """A specialisation that is nobody's duty: two courses and a supervisor's talk."""
    day = story.calendar.path
    _cut(story, DEEPER_COURSE, day)
    page = make_path([story.courses[NEW_COURSE], story.courses[DEEPER_COURSE]])
    version = publish_path(page=page, published_by=story.users["godkannare"], at=moment(day, 11))
    assert version is not None
    page.get_latest_revision().publish(user=story.users["godkannare"])


def _require(story: Story, target: Target, name: str, day: date, **rule: Any) -> None:
    requirement = Requirement.objects.create(key=key_of("requirement", target.title), target=target, name=name)
    set_rule(
        requirement=requirement,
        effective_on=day,
        actor=story.officer,
        at=moment(day - timedelta(days=1), 14),
        **rule,
    )


def publish_short_course(story: Story) -> None:
    name = "Gå Riktlinjen på 20 minuter"
    publish_course(story, SHORT_COURSE, story.calendar.short_course, name, due_days=30, org_unit_kinds=SCHOOLS)


def publish_long_course(story: Story) -> None:
    _publish_for_roles(story, LONG_COURSE, story.calendar.long_course, "Gå Sugardejting")


def publish_new_course(story: Story) -> None:
    _publish_for_roles(story, NEW_COURSE, story.calendar.new_course, "Gå Unga i riskzon för kriminalitet")


def _publish_for_roles(story: Story, slug: str, day: date, name: str) -> None:
    roles = [story.roster.roles[role] for role in COURSE_ROLES[slug]]
    publish_course(story, slug, day, name, due_days=60, roles=roles)


# What people did


def walk(story: Story, steps: Iterable[Step], tell: Callable[[int], None]) -> None:
    """Publications and people's steps in the order of time. `tell` hears how many steps are done."""
    calendar = story.calendar
    due: list[tuple[date, Callable[[Story], None]]] = [
        (calendar.guideline_1, publish_guideline_1),
        (calendar.first_steps, publish_first_steps),
        (calendar.short_course, publish_short_course),
        (calendar.long_course, publish_long_course),
        (calendar.new_course, publish_new_course),
        (calendar.guideline_2, publish_guideline_2),
        (calendar.path, publish_path_of_courses),
    ]
    with files_later():
        for count, step in enumerate(steps, start=1):
            while due and moment(due[0][0], BEFORE_WORK) <= step.at:
                due.pop(0)[1](story)
            take(story, step)
            tell(count)
        for _day, publish in due:
            publish(story)
    _let_some_off(story)
    _write_down_what_has_expired(story)
    settle_mail()


def settle_mail() -> None:
    """What was owed then was sent then, but never to those whose data are protected."""
    owed = OutboxMessage.objects.filter(settled_at=None)
    guarded = owed.exclude(person__protection=Protection.NONE)
    guarded.update(settled_at=F("created_at"), outcome=MailOutcome.PROTECTED)
    owed.update(settled_at=F("created_at"), outcome=MailOutcome.SENT)


def take(story: Story, step: Step) -> None:
    if step.unit is None:
        person = story.roster.people[step.number]
        acknowledge_guideline(person=person, version=story.versions[step.what], at=step.at)
    else:
        _do_unit(story, step, step.unit)


def _do_unit(story: Story, step: Step, index: int) -> None:
    enrollment = _enrollment(story, step)
    unit = story.units[step.what][index]
    at = step.at
    if step.is_first_wrong:
        _attempt(enrollment, unit, at, is_right=False)
        at += timedelta(minutes=1)
    _attempt(enrollment, unit, at, is_right=True)
    if unit.needs(enrollment.audience or None).scenario:
        path = parse(unit.content.parts["extra"]["scenario"]).solution
        finish_scenario(enrollment=enrollment, unit_version=unit, path=path, at=at)


def _attempt(enrollment: Enrollment, unit: UnitVersion, at: Any, *, is_right: bool) -> None:
    attempt = open_attempt(enrollment=enrollment, unit_version=unit, at=at)
    questions = questions_asked(unit, enrollment, attempt.number, attempt.asked)
    values = {question.key: question.solution if is_right else question.mistake for question in questions}
    save_answers(attempt=attempt, values=values, at=at)
    hand_in(attempt=attempt, at=at)


def _enrollment(story: Story, step: Step) -> Enrollment:
    mine = step.number, step.what
    if mine not in story.enrollments:
        story.enrollments[mine] = enroll(
            person=story.roster.people[step.number],
            course_key=story.courses[step.what].key,
            audience=reading_of(story.members[step.number], step.what, timezone.localdate(step.at)),
            at=step.at - timedelta(minutes=2),
        )
    return story.enrollments[mine]


def _let_some_off(story: Story) -> None:
    """Two who need not: one has had the same training elsewhere, one soon leaves."""
    target = Target.objects.get(kind="course", key=story.courses[SHORT_COURSE].key)
    idle = [
        member
        for member in story.staff
        if not member.account
        and member.job_on(story.calendar.today)
        and UNIT[member.jobs[0].unit].key in ("lindhojden", "hamnudden")
        and (member.number, SHORT_COURSE) not in story.enrollments
    ]
    reasons = (ExemptionReason.OTHER_TRAINING, ExemptionReason.LEAVING_SOON)
    for member, reason in zip(idle, reasons, strict=False):
        day = story.calendar.ago(40)
        grant_exemption(
            person=story.roster.people[member.number],
            target=target,
            reason=reason,
            starts_on=day,
            until=story.calendar.today + timedelta(days=140),
            actor=story.officer,
            at=moment(day, 11),
        )


def _write_down_what_has_expired(story: Story) -> None:
    """The teacher had the same training where she worked before; it ran out before she began here."""
    teacher = next(member for member in story.staff if member.account == "larare")
    record_evidence(
        source_key=f"oversight:{key_of('earlier training', teacher.number)}",
        person=story.roster.people[teacher.number],
        target=Target.objects.get(kind="course", key=story.courses[SHORT_COURSE].key),
        kind=EvidenceKind.RECORDED,
        achieved_at=moment(story.calendar.ago(390), 13),
        valid_until=story.calendar.ago(25),
        recorded_by=story.officer,
        at=moment(story.calendar.ago(19), 15),
    )
