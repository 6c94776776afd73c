"""What counts on a newer version of what somebody has done: seen before choosing, carried over when chosen."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from cms.compliance.models import Target
from cms.compliance.queries import known_evidence
from cms.versions.enums import Change
from cms.versions.queries import in_force
from courses.models import Attempt, CourseVersion, Enrollment, UnitCarried, UnitCompletion, UnitVersion
from courses.moving import UnitText, still_counts
from courses.queries.catalogue import asked_of
from courses.queries.units import in_reading


@dataclass(frozen=True)
class Plan:
    """A version's units in one reading, with the completions that count for them there.

    `done` are the keys of units that were done on any text, `gone` those that the version does not have, `waiting` the
    titles of changed units whose answers have not been handed in.
    """

    to: CourseVersion
    units: tuple[UnitVersion, ...]
    kept: dict[UUID, UnitCompletion]
    done: frozenset[UUID] = frozenset()
    gone: tuple[UnitVersion, ...] = ()
    waiting: tuple[str, ...] = ()

    @property
    def kept_units(self) -> list[UnitVersion]:
        return [unit for unit in self.units if unit.unit_key in self.kept]

    @property
    def to_do(self) -> list[UnitVersion]:
        return [unit for unit in self.units if unit.unit_key not in self.kept]

    @property
    def again(self) -> list[UnitVersion]:
        return [unit for unit in self.to_do if unit.unit_key in self.done]

    @property
    def other(self) -> list[UnitVersion]:
        return [unit for unit in self.to_do if unit.unit_key not in self.done]

    @property
    def minutes(self) -> int:
        return sum(unit.minutes for unit in self.to_do)

    @property
    def done_at(self) -> dict[UUID, datetime]:
        return {key: completion.completed_at for key, completion in self.kept.items()}

    @property
    def finishes(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self.units) and not self.to_do


def number_of(version: CourseVersion) -> tuple[int, int]:
    return version.major, version.minor


def newer_version(enrollment: Enrollment, on: date) -> CourseVersion | None:
    """The version in force, if it is newer than the one that somebody is in the middle of."""
    if enrollment.finished_at is not None:
        return None
    current = in_force(CourseVersion, enrollment.course_key, on)
    is_newer = current is not None and number_of(current) > number_of(enrollment.version)
    return current if is_newer else None


def plan_move(enrollment: Enrollment, to: CourseVersion) -> Plan:
    """What going on with a newer version means to somebody in the middle, in five queries."""
    units = _offered(to, enrollment.audience)
    completions = completions_behind(enrollment)
    own = UnitVersion.objects.filter(course_version=enrollment.version_id).order_by("position")
    hashes = {unit.unit_key: unit.sha256 for unit in units}
    tried = Attempt.objects.filter(enrollment=enrollment, submitted_at=None).select_related("unit_version")
    return Plan(
        to=to,
        units=units,
        kept=carried_to(units, completions, to),
        done=frozenset(completion.unit_key for completion in completions),
        gone=tuple(unit for unit in in_reading(own, enrollment.audience) if unit.unit_key not in hashes),
        waiting=tuple(
            attempt.unit_version.title
            for attempt in tried.order_by("unit_version__position")
            if hashes.get(attempt.unit_version.unit_key) != attempt.unit_version.sha256
        ),
    )


def plan_renewal(last: Enrollment, to: CourseVersion, audience: str, on: date) -> Plan | None:
    """What counts of a finished cycle in one that begins on a newer major version. None: it is done whole.

    It counts where that version, and every major one in between, asks only for what has changed; and as long as what
    was done has not been taken back or ceased to be valid.
    """
    majors = CourseVersion.objects.of(to.key).filter(
        change=Change.SUBSTANTIVE, major__gt=last.version.major, major__lte=to.major
    )
    keeps = set(majors.values_list("keeps_unchanged", flat=True))
    evidence = known_evidence().filter(source_key=last.source_key).exists()
    target = Target.objects.filter(kind="course", key=to.key).first()
    if keeps != {True} or not evidence or target is None:
        return None
    until = asked_of(last.person.merged_into or last.person, target, on).valid_until
    if until is not None and until < on:
        return None
    units, completions = _offered(to, audience), completions_behind(last)
    done = frozenset(completion.unit_key for completion in completions)
    return Plan(to=to, units=units, kept=carried_to(units, completions, to), done=done)


def _offered(version: CourseVersion, audience: str) -> tuple[UnitVersion, ...]:
    units = UnitVersion.objects.standing().filter(course_version=version).order_by("position")
    return tuple(in_reading(units, audience))


def completions_behind(enrollment: Enrollment) -> list[UnitCompletion]:
    """All that was done in a cycle, on whatever version, and all that was carried into it; the first first."""
    carried = UnitCarried.objects.filter(enrollment=enrollment).values("completion")
    rows = UnitCompletion.objects.filter(Q(enrollment=enrollment) | Q(pk__in=carried))
    return list(rows.select_related("unit_version__course_version").order_by("completed_at", "pk"))


def carried_to(
    units: Iterable[UnitVersion], completions: Collection[UnitCompletion], to: CourseVersion
) -> dict[UUID, UnitCompletion]:
    """The units of a version that need not be done, with the completion behind each: of several, the first."""
    wanted = {unit.unit_key for unit in units} & {completion.unit_key for completion in completions}
    texts = UnitVersion.objects.filter(course_version__key=to.key, unit_key__in=wanted).order_by(
        "course_version__major", "course_version__minor"
    )
    history: dict[UUID, list[tuple[tuple[int, int], UnitText]]] = {key: [] for key in wanted}
    for text in texts.select_related("course_version"):
        if number_of(text.course_version) <= number_of(to):
            history[text.unit_key].append((number_of(text.course_version), UnitText(text.sha256, text.must_redo)))
    kept: dict[UUID, UnitCompletion] = {}
    for completion in completions:
        text, key = completion.unit_version, completion.unit_key
        later = [one for number, one in history.get(key, ()) if number > number_of(text.course_version)]
        if key in wanted and still_counts(UnitText(text.sha256), later):
            kept.setdefault(key, completion)
    return kept
