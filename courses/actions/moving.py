"""Go on with the version in force in the middle of an older one: what has not changed is kept, nothing is lost."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.actions.completing import Completed, finish_if_done, lock_enrollment
from courses.actions.rules import CannotMove
from courses.models import Attempt, CourseVersion, Enrollment, Move, UnitCarried, UnitVersion
from courses.queries.moving import Plan, newer_version, plan_move


@dataclass(frozen=True)
class Moved:
    """A move that was made, and what it led to when nothing was left to do."""

    plan: Plan
    completed: Completed


@transaction.atomic
def move_to_version(*, enrollment: Enrollment, version: CourseVersion, at: datetime | None = None) -> Moved:
    """Go on with a version, which must be the one in force: the one that the learner was shown.

    Units whose text is unchanged or changed editorially count as they were done; a begun attempt goes along where the
    unit is unchanged. If nothing is left the course is finished in the same transaction. All that was done on the old
    version stays there. Raises CannotMove, or CourseNotOpen for a withdrawn course. Safe to race.
    """
    at = at or timezone.now()
    enrollment = lock_enrollment(enrollment.pk, at)
    current = newer_version(enrollment, timezone.localdate(at))
    if current is None or current.pk != version.pk:
        raise CannotMove(_("There is no such newer version of the course to go on with."))
    plan = plan_move(enrollment, current)
    if not plan.units:
        raise CannotMove(_("The newer version has nothing for the workplace that you have chosen."))
    Move.objects.create(enrollment=enrollment, from_version=enrollment.version, to_version=current, moved_at=at)
    Enrollment.objects.filter(pk=enrollment.pk).update(version=current)
    enrollment.version = current
    carry(enrollment=enrollment, plan=plan)
    _take_attempts_along(enrollment, plan)
    return Moved(plan, finish_if_done(enrollment, plan.units, plan.done_at, at))


def carry(*, enrollment: Enrollment, plan: Plan) -> None:
    """Let units count in an enrollment by completions of an earlier text."""
    UnitCarried.objects.bulk_create(
        [
            UnitCarried(enrollment=enrollment, unit_version=unit, completion=plan.kept[unit.unit_key])
            for unit in plan.kept_units
        ],
        ignore_conflicts=True,
    )


def _take_attempts_along(enrollment: Enrollment, plan: Plan) -> None:
    """An attempt follows the text that it was made at: where that is the same, it goes on in the new version."""
    same_text = {(unit.unit_key, unit.sha256): unit for unit in plan.units}
    tried = UnitVersion.objects.filter(attempts__enrollment=enrollment).exclude(course_version=plan.to)
    for old in tried.distinct():
        unit = same_text.get((old.unit_key, old.sha256))
        if unit is not None:
            Attempt.objects.filter(enrollment=enrollment, unit_version=old).update(unit_version=unit)
