"""What the staff have done over half a year, as a plan: who did what at which moment. Pure and seeded.

Nothing lies on or after the day the demo is laid out. How diligent a workplace is differs, so that the pictures do.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cms.core.readings import is_for
from cms.people.enums import OrgUnitKind
from demo.city import SEED, UNIT, Staff
from demo.clock import working_moment
from demo.texts import COURSES, course_text

SHORT_COURSE, LONG_COURSE, NEW_COURSE, DEEPER_COURSE = COURSES
SCHOOLS = (OrgUnitKind.PRESCHOOL, OrgUnitKind.COMPULSORY_SCHOOL, OrgUnitKind.UPPER_SECONDARY)
COURSE_ROLES = {
    LONG_COURSE: ("socialsekreterare", "faltassistent", "skolsocionom", "skolkurator", "skolskoterska"),
    NEW_COURSE: ("socialsekreterare", "faltassistent", "skolsocionom", "rektor"),
}

DILIGENCE = {
    "kvarnnas": 0.96, "sjovalla": 0.88, "bjorkholmen": 0.92, "lindhojden": 0.74, "dalangen": 0.84, "hamnudden": 0.56,
    "kvisten": 0.95, "slandan": 0.78, "daggdroppen": 0.9, "vindsnurran": 0.82,
    "ungdom": 0.9, "jour": 0.6, "social_norr": 0.85, "social_soder": 0.7,
}  # fmt: skip


@dataclass(frozen=True)
class Calendar:
    """The days that the demo's story hangs on, counted back from the day it is laid out."""

    today: date

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    @property
    def informed(self) -> date:
        return self.ago(220)

    @property
    def guideline_1(self) -> date:
        return self.ago(205)

    @property
    def first_steps(self) -> date:
        return self.ago(182)

    @property
    def short_course(self) -> date:
        return self.ago(175)

    @property
    def long_course(self) -> date:
        return self.ago(125)

    @property
    def new_course(self) -> date:
        return self.ago(26)

    @property
    def path(self) -> date:
        return self.ago(12)

    @property
    def guideline_2_published(self) -> date:
        return self.ago(21)

    @property
    def guideline_2(self) -> date:
        return self.ago(14)

    @property
    def redo_by(self) -> date:
        return self.today + timedelta(days=16)


@dataclass(frozen=True)
class Step:
    """One thing somebody did: acknowledged a version (`what` is its number), or did a unit of a course (its slug)."""

    at: datetime
    number: int
    what: str
    unit: int | None = None
    is_first_wrong: bool = False


def plan_past(staff: tuple[Staff, ...], today: date, seed: int = SEED) -> list[Step]:
    """Every step of everyone, in the order of time."""
    calendar = Calendar(today)
    steps = [step for member in staff for step in _steps_of(member, calendar, random.Random(f"{seed}/{member.number}"))]  # noqa: S311
    first_moment = working_moment(calendar.ago(0), random.Random(seed)).replace(hour=0, minute=0)  # noqa: S311
    return sorted((step for step in steps if step.at < first_moment), key=lambda step: (step.at, step.number))


def _steps_of(member: Staff, calendar: Calendar, rng: random.Random) -> Iterator[Step]:
    if member.account == "larare":
        yield from _the_teacher(member, calendar, rng)
        return
    yield from _guideline(member, calendar, rng)
    courses = (
        (SHORT_COURSE, calendar.short_course),
        (LONG_COURSE, calendar.long_course),
        (NEW_COURSE, calendar.new_course),
    )
    for slug, since in courses:
        yield from _course(member, slug, since, calendar, rng)


def _the_teacher(member: Staff, calendar: Calendar, rng: random.Random) -> Iterator[Step]:
    """Began three weeks ago: read 1.0 at once, took the long course on her own account, has the rest before her."""
    yield Step(working_moment(calendar.ago(18), rng), member.number, "1.0")
    yield from _units(member, LONG_COURSE, working_moment(calendar.ago(12), rng), rng, stop=None)


def _is_asked(member: Staff, slug: str, day: date) -> bool:
    job = member.job_on(day)
    if job is None:
        return False
    return job.role in COURSE_ROLES[slug] if slug in COURSE_ROLES else UNIT[job.unit].kind in SCHOOLS


def reading_of(member: Staff, slug: str, day: date) -> str:
    """The reading of a course that somebody chooses: at schools, whoever must take a long one takes all of it."""
    job = member.job_on(day)
    kind = UNIT[job.unit].kind if job else ""
    if job and slug in COURSE_ROLES and kind in SCHOOLS and job.role in COURSE_ROLES[slug]:
        return ""
    return str(kind) if kind in (*SCHOOLS, OrgUnitKind.SOCIAL_SERVICES) else ""


def _asked_since(member: Staff, slug: str, since: date, today: date) -> date | None:
    """The first day on which something is asked of somebody. None: never so far."""
    start = max(since, min(job.starts_on for job in member.jobs))
    return start if start < today and _is_asked(member, slug, start) else None


def _diligence(member: Staff, day: date) -> float:
    job = member.job_on(day)
    if job is None:
        return 0.0
    if job.role in ("rektor", "enhetschef"):
        return 1.0
    return DILIGENCE.get(job.unit, 0.8) * (0.7 if job.role == "vikarie" else 1.0)


def _day_done(member: Staff, since: date, days_given: int, rng: random.Random) -> date | None:
    """The day somebody gets round to it: most in time, some late, some never."""
    chance, diligence = rng.random(), _diligence(member, since)
    delay = round(rng.triangular(1, days_given, days_given * 0.45))
    late = days_given + rng.randint(3, 60)
    if chance > diligence:
        return None
    day = since + timedelta(days=late if chance > diligence * 0.86 and diligence < 1 else delay)
    return day if _is_there(member, day) else None


def _is_there(member: Staff, day: date) -> bool:
    is_away = member.leave is not None and member.leave[0] <= day <= member.leave[1]
    return member.job_on(day) is not None and not is_away


def _guideline(member: Staff, calendar: Calendar, rng: random.Random) -> Iterator[Step]:
    since = _asked_since(member, "", calendar.guideline_1, calendar.today)
    if since is None:
        return
    first = _day_done(member, since, 30, rng)
    hurry = rng.random()
    second = calendar.guideline_2 + timedelta(days=rng.randint(1, 13))
    if first is not None and first < calendar.guideline_2:
        yield Step(working_moment(first, rng, since), member.number, "1.0")
    is_quick = hurry < 0.42 * _diligence(member, calendar.guideline_2) or member.account == "rektor"
    if is_quick and _is_there(member, second):
        yield Step(working_moment(second, rng, calendar.guideline_2), member.number, "2.0")


def _course(member: Staff, slug: str, since: date, calendar: Calendar, rng: random.Random) -> Iterator[Step]:
    asked = _asked_since(member, slug, since, calendar.today)
    days_given = 30 if slug == SHORT_COURSE else 60
    chance, stop = rng.random(), rng.randint(1, len(course_text(slug).units) - 1)
    recently = calendar.ago(rng.randint(2, 45))
    if asked is None:
        return
    day = _day_done(member, asked, days_given, rng)
    if day is None or day >= calendar.today:
        if chance < 0.45 and recently > asked and _is_there(member, recently):
            yield from _units(member, slug, working_moment(recently, rng, asked), rng, stop=stop)
        return
    yield from _units(member, slug, working_moment(day, rng, asked), rng, stop=None)


def _units(member: Staff, slug: str, at: datetime, rng: random.Random, stop: int | None) -> Iterator[Step]:
    """Unit after unit: at one sitting, or with days between. `stop`: how many are done."""
    spreads_out = rng.random() < (0.25 if slug == SHORT_COURSE else 0.7)
    reading = reading_of(member, slug, at.date()) or None
    mine = [(index, unit) for index, unit in enumerate(course_text(slug).units) if is_for(unit.audiences, reading)]
    for count, (index, unit) in enumerate(mine[:stop]):
        if count and spreads_out and rng.random() < 0.5:
            at = working_moment(at.date() + timedelta(days=rng.randint(3, 6)), rng)
        yield Step(at, member.number, slug, index, is_first_wrong=rng.random() < 0.18)
        at += timedelta(minutes=unit.minutes + rng.randint(1, 5))
