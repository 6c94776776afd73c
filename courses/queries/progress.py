"""What compliance and versions ask of courses, through their registries."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from cms.compliance.models import Target
from cms.compliance.registry import Progress
from cms.core.languages import written
from cms.people.models import Person
from cms.versions.models import Withdrawal
from cms.versions.queries import in_force
from courses.models import CourseVersion, Enrollment, UnitVersion
from courses.queries.catalogue import audience_of, fresh_units, versions_in_force
from courses.queries.learning import Course, courses_of


def progress(person: Person, targets: list[Target], on: date) -> dict[int, Progress]:
    """How far a person has come with many courses. Out: courses that can neither be begun nor gone on with."""
    keys = [target.key for target in targets]
    versions = {version.key: version for version in versions_in_force(on, keys)}
    latest = {
        enrollment.course_key: enrollment
        for enrollment in Enrollment.objects.latest_of_courses(person, keys).select_related("version")
    }
    under_way = [one for key, one in latest.items() if one.finished_at is None and key in versions]
    courses = {course.enrollment.course_key: course for course in courses_of(under_way).values()}
    waiting = [version for key, version in versions.items() if key not in courses]
    fresh = fresh_units(waiting, audience_of(person, on) if waiting else "")
    found: dict[int, Progress] = {}
    for target in targets:
        if target.key in courses:
            found[target.pk] = _going_on(courses[target.key])
        elif target.key in versions:
            units = fresh[versions[target.key].pk]
            found[target.pk] = Progress(
                action=_("Take the course again") if target.key in latest else _("Start the course"),
                url=reverse("courses:course", args=[target.key]),
                total=len(units),
                minutes_left=sum(unit.minutes for unit in units),
            )
    return found


def invitation(course: Course) -> str:
    """What the way on is called: "Fortsätt med del 3: …"."""
    step = course.next
    if step is None:
        return _("Open the course")
    begun = course.is_started
    words = _("Continue with unit %(number)s: %(title)s") if begun else _("Begin unit %(number)s: %(title)s")
    return mark_safe(escape(words) % {"number": step.number, "title": written(step.unit.title)})


def _going_on(course: Course) -> Progress:
    return Progress(
        action=invitation(course),
        url=reverse("courses:resume", args=[course.enrollment.key]),
        done=course.done,
        total=course.total,
        minutes_left=course.minutes_left,
        is_started=True,
    )


# Versions


def address(version: CourseVersion) -> str:
    return reverse("courses:course", args=[version.key])


def resolve(key: UUID) -> CourseVersion | None:
    return in_force(CourseVersion, key, timezone.localdate())


def current_contents() -> dict[int, str]:
    """The texts of every version that applies or will apply, with their units, by the content's primary key."""
    today = timezone.localdate()
    coming = CourseVersion.objects.filter(effective_on__gt=today)
    gone = Withdrawal.objects.filter(withdrawn_on__lte=today).values("key")
    current = CourseVersion.objects.filter(
        Q(pk__in=versions_in_force(today).order_by().values("pk")) | Q(pk__in=coming.exclude(key__in=gone).values("pk"))
    )
    texts = dict(current.values_list("content_id", "title"))
    units = UnitVersion.objects.filter(course_version__in=current.values("pk"))
    for content, course, unit in units.values_list("content_id", "course_version__title", "title"):
        texts[content] = f"{course}: {unit}"
    return texts


def may_read(content_ids: list[int], person: Any) -> bool:
    """Whether somebody may see any of these texts: a course's description is for everyone, a unit for those who
    take part in its course."""
    if versions_in_force(timezone.localdate()).filter(content__in=content_ids).exists():
        return True
    if person is None:
        return False
    mine = Enrollment.objects.of(person)
    return (
        mine.filter(version__content__in=content_ids).exists()
        or mine.filter(version__units__content__in=content_ids).exists()
    )
