"""Learning paths as one person meets them: what is done, what is left, whether it is complete. Few queries for many."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, UUIDField
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.certificates.models import Certificate
from cms.compliance.models import Evidence, Target
from cms.compliance.queries import known_evidence
from cms.compliance.registry import Progress
from cms.core.prepared import Prepared, Slot
from cms.people.enums import Right
from cms.people.models import Person
from cms.people.queries import records_of, view_of, visible_employments
from cms.versions.models import Withdrawal
from cms.versions.queries import in_force
from courses.models import CourseVersion, Enrollment, LearningPathCourse, LearningPathVersion, SignOff, UnitVersion
from courses.queries.catalogue import audience_of, fresh_units, versions_in_force, with_units
from courses.queries.units import gives_certificate, in_reading

KIND = "path"
COURSE = "course"


@dataclass(frozen=True)
class PathPart:
    """A course of a path for one person. `evidence` is what was last done of it; `version` what can be taken today.

    `minutes` are those of the person's own reading, once `with_minutes` has been asked for them.
    """

    course: LearningPathCourse
    evidence: Evidence | None = None
    version: CourseVersion | None = None
    minutes: int = 0

    @property
    def url(self) -> str:
        return reverse("courses:course", args=[self.course.course_key])

    def is_done(self, since: datetime | None) -> bool:
        return self.evidence is not None and (since is None or self.evidence.achieved_at > since)

    def is_needed(self, since: datetime | None) -> bool:
        """A required course that has been withdrawn, whole or unit by unit, is asked of nobody who has not done it."""
        return self.course.is_required and (self.version is not None or self.is_done(since))


@dataclass(frozen=True)
class Path:
    """A learning path for one person. `achieved` is the last time that it was completed: what was done before then
    is used up, so that a path that must be renewed asks for its courses anew."""

    version: LearningPathVersion
    parts: tuple[PathPart, ...]
    talk: SignOff | None = None
    achieved: Evidence | None = None

    @property
    def since(self) -> datetime | None:
        return self.achieved.achieved_at if self.achieved is not None else None

    @property
    def done(self) -> tuple[PathPart, ...]:
        return tuple(part for part in self.parts if part.is_done(self.since))

    @property
    def left(self) -> tuple[PathPart, ...]:
        """The required courses that are not done."""
        since = self.since
        return tuple(part for part in self.parts if part.is_needed(since) and not part.is_done(since))

    @property
    def has_talk(self) -> bool:
        return self.talk is not None and (self.since is None or self.talk.recorded_at > self.since)

    @property
    def lacks_talk(self) -> bool:
        return self.version.needs_talk and not self.has_talk

    @property
    def is_complete(self) -> bool:
        return bool(self.done) and not self.left and not self.lacks_talk


def paths_in_force(on: date, keys: Collection[UUID] | None = None) -> QuerySet[LearningPathVersion]:
    """The version of each path that applies on a day, withdrawn ones left out, by title."""
    candidates = LearningPathVersion.objects.filter(key=OuterRef("key")).in_force_on(on)
    versions = LearningPathVersion.objects.filter(pk=Subquery(candidates.values("pk")[:1]))
    if keys is not None:
        versions = versions.filter(key__in=keys)
    gone = Withdrawal.objects.filter(withdrawn_on__lte=on).values("key")
    found: QuerySet[LearningPathVersion] = versions.exclude(key__in=gone).order_by("title", "key")
    return found


def paths_of(person: Person | None, versions: Iterable[LearningPathVersion], on: date) -> list[Path]:
    """Some paths as one person, or a visitor, meets them: five queries however many there are."""
    versions = list(versions)
    courses: dict[int, list[LearningPathCourse]] = {}
    for course in LearningPathCourse.objects.filter(path_version__in=versions):
        courses.setdefault(course.path_version_id, []).append(course)
    keys = {course.course_key for some in courses.values() for course in some}
    open_today = {version.key: version for version in with_units(versions_in_force(on, keys))} if keys else {}
    evidence = _evidence(person, keys, {version.key for version in versions}) if person is not None else {}
    talks = _talks(person, versions) if person is not None else {}
    return [
        Path(
            version=version,
            parts=tuple(
                PathPart(one, evidence.get((COURSE, one.course_key)), open_today.get(one.course_key))
                for one in courses.get(version.pk, ())
            ),
            talk=talks.get(version.key),
            achieved=evidence.get((KIND, version.key)),
        )
        for version in versions
    ]


def path_of(person: Person | None, key: UUID, on: date) -> Path | None:
    """One path in the version in force. None for one that there is not, or that has been withdrawn."""
    version = in_force(LearningPathVersion, key, on)
    return paths_of(person, [version], on)[0] if version is not None else None


def with_minutes(paths: list[Path], person: Person | None, on: date) -> list[Path]:
    """The same paths, each course with the planned minutes of what its reader would do of it today."""
    versions = [part.version for path in paths for part in path.parts if part.version is not None]
    fresh = fresh_units(versions, audience_of(person, on) if person is not None and versions else "")
    minutes = {pk: sum(unit.minutes for unit in units) for pk, units in fresh.items()}

    def timed(part: PathPart) -> PathPart:
        return replace(part, minutes=minutes[part.version.pk]) if part.version is not None else part

    return [replace(path, parts=tuple(timed(part) for part in path.parts)) for path in paths]


def _records(person: Person) -> Any:
    return records_of(Person.objects.filter(pk=person.merged_into_id or person.pk)).values("pk")


def _evidence(person: Person, courses: set[UUID], paths: set[UUID]) -> dict[tuple[str, UUID], Evidence]:
    """The last that counts of each course and path."""
    wanted = Q(target__kind=COURSE, target__key__in=courses) | Q(target__kind=KIND, target__key__in=paths)
    rows = known_evidence().filter(wanted, person__in=_records(person)).select_related("target")
    return {(row.target.kind, row.target.key): row for row in rows.order_by("achieved_at", "pk")}


def _talks(person: Person, versions: list[LearningPathVersion]) -> dict[UUID, SignOff]:
    keys = [version.key for version in versions if version.needs_talk]
    if not keys:
        return {}
    rows = SignOff.objects.filter(person__in=_records(person), path_key__in=keys, void=None)
    return {row.path_key: row for row in rows.order_by("recorded_at", "pk")}


def _parts() -> QuerySet[LearningPathCourse]:
    parts = LearningPathCourse.objects.filter(course_key=Slot("course", UUIDField()))
    named: QuerySet[LearningPathCourse] = parts.annotate(path=F("path_version__key")).order_by("path_version__key")
    return named


PARTS = Prepared(_parts)  # whoever finishes a course waits for it


def paths_with(course_key: UUID) -> list[UUID]:
    """The paths that a course is or has been part of, in one query."""
    return list(dict.fromkeys(row["path"] for row in PARTS.rows(course=course_key)))


def certificates_of_paths(person: Person, course_key: UUID) -> list[Certificate]:
    """What somebody holds for paths that a course is part of, the latest of each first."""
    keys = paths_with(course_key)
    if not keys:
        return []
    rows = Evidence.objects.filter(person__in=_records(person), target__kind=KIND, target__key__in=keys)
    held = Certificate.objects.filter(source_key__in=list(rows.values_list("source_key", flat=True)))
    return list(held.order_by("-issued_at", "-pk"))


# What compliance and versions ask


def progress(person: Person, targets: list[Target], on: date) -> dict[int, Progress]:
    """How far a person has come with many paths. Out: paths that are not in force."""
    by_key = {target.key: target for target in targets}
    found = {}
    for path in with_minutes(paths_of(person, paths_in_force(on, list(by_key)), on), person, on):
        needed = [part for part in path.parts if part.is_needed(path.since)]
        talk = int(path.version.needs_talk)
        found[by_key[path.version.key].pk] = Progress(
            action=_next_step(path),
            url=address(path.version),
            done=len(needed) - len(path.left) + int(talk and path.has_talk),
            total=len(needed) + talk,
            minutes_left=sum(part.minutes for part in path.left),
            is_started=bool(path.done) or path.has_talk,
        )
    return found


def _next_step(path: Path) -> str:
    if path.left:
        return _("Go on with: %(course)s") % {"course": path.left[0].course.title}
    return _("See what is left: the supervisor's talk") if path.lacks_talk else _("Open the path")


def address(version: LearningPathVersion) -> str:
    return reverse("courses:path", args=[version.key])


def resolve(key: UUID) -> LearningPathVersion | None:
    return in_force(LearningPathVersion, key, timezone.localdate())


def may_read(content_ids: list[int], person: Any) -> bool:
    """What a path is can be read by everyone; it has no files."""
    return paths_in_force(timezone.localdate()).filter(content__in=content_ids).exists()


# What a certificate says


@dataclass(frozen=True)
class CourseDone:
    """A course of a path as it was done: which version, its planned minutes in the learner's reading, which day."""

    title: str
    number: str
    minutes: int
    done_on: date
    is_certified: bool


def courses_done(path: Path) -> list[CourseDone]:
    """What was done of a path's courses, in its order. Training recorded by hand has neither version nor extent."""
    done = [part for part in path.done if part.evidence is not None]
    keys = {part.evidence.source_key.removeprefix("courses:") for part in done if part.evidence is not None}
    enrollments = {
        one.source_key: one
        for one in Enrollment.objects.filter(key__in=[key for key in keys if _is_uuid(key)]).select_related("version")
    }
    return [_course_done(part, enrollments) for part in done]


def _is_uuid(words: str) -> bool:
    try:
        return str(UUID(words)) == words
    except ValueError:
        return False


def _course_done(part: PathPart, enrollments: dict[str, Enrollment]) -> CourseDone:
    evidence = part.evidence
    assert evidence is not None
    enrollment = enrollments.get(evidence.source_key)
    if enrollment is None:
        return CourseDone(part.course.title, evidence.version_number, 0, evidence.achieved_on, is_certified=True)
    units = in_reading(UnitVersion.objects.filter(course_version=enrollment.version_id), enrollment.audience)
    return CourseDone(
        title=enrollment.version.title,
        number=evidence.version_number,
        minutes=sum(unit.minutes for unit in units),
        done_on=evidence.achieved_on,
        is_certified=gives_certificate(enrollment.version),
    )


# Who may write that a talk was held


def is_head_of(actor: Person, person: Person, on: date) -> bool:
    """Whether somebody is head of a workplace where a person works on a day, and may see them there. Never oneself."""
    if actor.pk in (person.pk, person.merged_into_id):
        return False
    view = view_of(actor, on)
    roots = actor.scopes.held_on(on).filter(right=Right.HEAD).values_list("org_unit_id", flat=True)
    places = view.tree.union_of_subtrees(roots) & view.org_units
    return visible_employments(view, on).filter(person__in=_records(person), org_unit__in=places).exists()


def talks_with(person: Person) -> list[tuple[SignOff, str]]:
    """The talks that have been written down about a person and not taken back, each with the path's name."""
    rows = list(
        SignOff.objects.filter(person__in=_records(person), void=None)
        .select_related("recorded_by")
        .order_by("-held_on", "-pk")
    )
    titles = titles_of({row.path_key for row in rows})
    return [(row, titles.get(row.path_key, "")) for row in rows]


def titles_of(keys: Collection[UUID]) -> dict[UUID, str]:
    """What some paths are called in their latest version."""
    rows = LearningPathVersion.objects.filter(key__in=keys).order_by("major", "minor")
    return dict(rows.values_list("key", "title"))
