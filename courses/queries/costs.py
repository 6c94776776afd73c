"""What a version would cost those who take the course: figures only, without people whose data are protected."""

from dataclasses import dataclass
from datetime import date

from cms.compliance.models import Target
from cms.compliance.queries import known_evidence, people_required
from cms.people.enums import Protection
from cms.people.models import Employment
from courses.models import CoursePage, Enrollment


@dataclass(frozen=True)
class Cost:
    """People of whom the course is required, at how many workplaces; those who have done it, those in the middle."""

    required: int = 0
    workplaces: int = 0
    done: int = 0
    in_the_middle: int = 0


def cost_of(page: CoursePage, on: date) -> Cost:
    middle = Enrollment.objects.filter(
        course_key=page.key, finished_at=None, person__protection=Protection.NONE
    ).count()
    target = Target.objects.filter(kind="course", key=page.key).first()
    if target is None:
        return Cost(in_the_middle=middle)
    required = people_required(target, on).filter(protection=Protection.NONE)
    done = known_evidence().filter(target=target, person__protection=Protection.NONE)
    places = Employment.objects.known_at().on(on).filter(person__in=required.order_by().values("pk"))
    return Cost(
        required=required.count(),
        workplaces=places.order_by().values("org_unit").distinct().count(),
        done=done.order_by().values("person").distinct().count(),
        in_the_middle=middle,
    )
