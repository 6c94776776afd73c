"""What a version would cost those who take the course: figures only, without people whose data are protected."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from cms.compliance.models import Target
from cms.compliance.queries import employments_required, known_evidence
from cms.people.enums import Protection
from cms.people.queries import people_behind
from courses.models import CoursePage, CourseVersion, Enrollment, UnitCompletion


@dataclass(frozen=True)
class Cost:
    """Whom a new version of a course touches.

    Of `required` people at `workplaces`, `done` have completed the major version before. `in_the_middle` are of
    `versions`; `touched` of them have done a unit that has changed.
    """

    required: int = 0
    workplaces: int = 0
    done: int = 0
    in_the_middle: int = 0
    touched: int = 0
    versions: tuple[str, ...] = ()


OPEN = Q(person__protection=Protection.NONE) & (
    Q(person__merged_into=None) | Q(person__merged_into__protection=Protection.NONE)
)


def cost_of(page: CoursePage, on: date, latest: CourseVersion | None = None, changed: Collection[UUID] = ()) -> Cost:
    """In a constant number of queries, whoever asks: the figures are the same for every editor."""
    touched = UnitCompletion.objects.filter(enrollment=OuterRef("pk"), unit_key__in=changed)
    middle = Enrollment.objects.filter(OPEN, course_key=page.key, finished_at=None)
    numbers = (
        middle.order_by("version__major", "version__minor")
        .values_list("version__major", "version__minor")
        .annotate(people=Count("pk"), touched=Count("pk", filter=Exists(touched)))
    )
    rows = list(numbers)
    here = {
        "in_the_middle": sum(people for _major, _minor, people, _touched in rows),
        "touched": sum(some for _major, _minor, _people, some in rows),
    }
    versions = tuple(f"{major}.{minor}" for major, minor, _people, _touched in rows)
    target = Target.objects.filter(kind="course", key=page.key).first()
    if target is None:
        return Cost(**here, versions=versions)
    employments = employments_required(target, on).filter(OPEN)
    required = people_behind(employments).filter(protection=Protection.NONE).order_by()
    return Cost(
        required=required.count(),
        workplaces=employments.order_by().values("org_unit").distinct().count(),
        done=required.filter(_has_done(target, latest)).count() if latest else 0,
        **here,
        versions=versions,
    )


def _has_done(target: Target, latest: CourseVersion) -> Exists:
    """Whether a person, or a record that was merged into theirs, has done the latest major version."""
    rows = known_evidence().filter(target=target, version_major__gte=latest.major)
    return Exists(rows.filter(Q(person=OuterRef("pk")) | Q(person__merged_into=OuterRef("pk"))))
