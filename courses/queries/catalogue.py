"""Courses as everyone meets them: the versions in force, and what counts, stated before the start."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from cms.compliance.due import Validity
from cms.compliance.enums import State
from cms.compliance.models import Target
from cms.compliance.queries import load_people, load_rules, standings
from cms.core.enums import Audience
from cms.people.models import Person
from cms.people.queries import employments_on
from cms.versions.models import Withdrawal
from courses.models import CourseIndexPage, CourseVersion, Enrollment, UnitVersion
from courses.queries.units import in_reading

FOR_EVER = Validity()
OPEN = (State.TO_DO, State.OVERDUE, State.EXPIRING)


def versions_in_force(on: date, keys: Collection[UUID] | None = None) -> QuerySet[CourseVersion]:
    """The version of each course that applies on a day, withdrawn courses left out, by title."""
    candidates = CourseVersion.objects.filter(key=OuterRef("key")).in_force_on(on)
    versions = CourseVersion.objects.filter(pk=Subquery(candidates.values("pk")[:1]))
    if keys is not None:
        versions = versions.filter(key__in=keys)
    gone = Withdrawal.objects.filter(withdrawn_on__lte=on).values("key")
    found: QuerySet[CourseVersion] = versions.exclude(key__in=gone).order_by("title", "key")
    return found


def with_units(versions: QuerySet[CourseVersion]) -> QuerySet[CourseVersion]:
    """Those of which something can be taken: their units have not all been withdrawn one by one."""
    return versions.filter(Exists(UnitVersion.objects.standing().filter(course_version=OuterRef("pk"))))


@dataclass(frozen=True)
class CatalogueEntry:
    """A course in the list, as far as the visitor has come with it. `standing`: with what is asked of them."""

    version: CourseVersion
    enrollment: Enrollment | None
    minutes: int
    units: int
    standing: State | None = None

    @property
    def is_finished(self) -> bool:
        return self.enrollment is not None and self.enrollment.finished_at is not None

    @property
    def left(self) -> State | None:
        """Where they stand with what is asked and not under way: never begun, or finished and asked anew."""
        is_under_way = self.enrollment is not None and not self.is_finished
        return self.standing if self.standing in OPEN and not is_under_way else None

    @property
    def is_done(self) -> bool:
        """Also by what was done elsewhere, or in a record that has been merged."""
        return self.is_finished or self.standing == State.DONE


def catalogue(person: Person | None, on: date) -> list[CatalogueEntry]:
    """Every course in force, with minutes and units, in a constant number of queries.

    Those of the reading that a begun course was begun in, else of the reader's own.
    """
    versions = list(versions_in_force(on))
    audience = audience_of(person, on) if person else ""
    mine = {}
    if person is not None:
        mine = {
            enrollment.course_key: enrollment
            for enrollment in Enrollment.objects.latest_of_courses(person, [version.key for version in versions])
        }
    standing = _standing_with(person, [version.key for version in versions], on) if person is not None else {}
    chosen = {key: enrollment.audience for key, enrollment in mine.items() if enrollment.finished_at is None}
    fresh = fresh_units(versions, audience, chosen)
    entries = []
    for version in versions:
        own = fresh[version.pk]
        minutes = sum(unit.minutes for unit in own)
        entries.append(CatalogueEntry(version, mine.get(version.key), minutes, len(own), standing.get(version.key)))
    return entries


def fresh_units(
    versions: Collection[CourseVersion], audience: str, chosen: Mapping[UUID, str] = MappingProxyType({})
) -> dict[int, list[UnitVersion]]:
    """The units that somebody of a reading who begins now would have, by version, in one query.

    `chosen` are other readings, by course.
    """
    units: dict[int, list[UnitVersion]] = {version.pk: [] for version in versions}
    for unit in UnitVersion.objects.standing().filter(course_version__in=versions) if versions else ():
        units[unit.course_version_id].append(unit)
    readings = {version.pk: chosen.get(version.key, audience) for version in versions}
    return {pk: in_reading(some, readings[pk]) for pk, some in units.items()}


def _standing_with(person: Person, keys: list[UUID], on: date) -> dict[UUID, State]:
    """Where somebody stands with some courses, by key, as far as these are asked of anybody."""
    targets = list(Target.objects.filter(kind="course", key__in=keys)) if keys else []
    found = standings(Person.objects.filter(pk=person.pk), targets, on).get(person.pk, {}) if targets else {}
    return {one.key: found[one.pk].state for one in targets if one.pk in found}


def audience_of(person: Person, on: date) -> str:
    """The reading that fits where somebody works; empty if their workplace has none."""
    kinds = [employment.org_unit.kind for employment in employments_on(person, on)]
    return next((kind for kind in kinds if kind in Audience.values), "")


@dataclass(frozen=True)
class Asked:
    """What is asked of one person concerning a course on a day."""

    state: State
    due_on: date | None = None
    valid_until: date | None = None
    validity: Validity = FOR_EVER

    @property
    def is_required(self) -> bool:
        return self.state != State.NOT_REQUIRED

    @property
    def is_open(self) -> bool:
        """Whether it is there to be done: for the first time, or again."""
        return self.state in OPEN

    @property
    def is_late(self) -> bool:
        return self.state == State.OVERDUE

    @property
    def is_met(self) -> bool:
        """Whether it is required and done: also by what was done elsewhere, or in a record that has been merged."""
        return self.state == State.DONE


def asked_of(person: Person, target: Target, on: date) -> Asked:
    """Whether a course is required of a person, by when, and for how long it then holds."""
    people = Person.objects.filter(pk=person.pk)
    standing = standings(people, [target], on).get(person.pk, {}).get(target.pk)
    if standing is None:
        return Asked(State.NOT_REQUIRED)
    validity = _validity(person, target, on) if standing.state != State.NOT_REQUIRED else FOR_EVER
    return Asked(standing.state, standing.due_on, standing.valid_until, validity)


def _validity(person: Person, target: Target, on: date) -> Validity:
    jobs = load_people(Person.objects.filter(pk=person.pk), [target]).of(person.pk, target.pk).jobs
    readings = [reading for rule in load_rules([target], on).get(target.pk, ()) for reading in rule.readings]
    mine = [
        reading.validity
        for reading in readings
        if reading.span.has(on)
        and any(
            audience.span.has(on) and audience.has(job)
            for audience in reading.audiences
            for job in jobs
            if job.span.has(on)
        )
    ]
    return next((validity for validity in mine if validity != FOR_EVER), FOR_EVER)


def index_page() -> CourseIndexPage | None:
    """The page that introduces the catalogue, if the editors have made one."""
    page: CourseIndexPage | None = CourseIndexPage.objects.live().order_by("path").first()
    return page
