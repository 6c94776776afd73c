"""Finish a scenario. What is kept is that it was finished, never what was chosen on the way."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from courses.actions.completing import Completed, complete_when_ready
from courses.actions.rules import NotDone, check_open
from courses.models import Enrollment, ScenarioCompletion, UnitVersion
from courses.scenario import BadPath, parse, walk


@transaction.atomic
def finish_scenario(
    *, enrollment: Enrollment, unit_version: UnitVersion, path: Sequence[str], at: datetime | None = None
) -> Completed | None:
    """Keep that a unit's scenario was played to an ending, and complete the unit if that was all it lacked.

    `path` is every choice since the first step: it is walked here, whoever calls. Where the unit's rule does not ask
    for the scenario nothing is kept. Raises NotDone unless the path leads to an ending, or CourseNotOpen.
    """
    at = at or timezone.now()
    check_open(enrollment, at)
    reading = enrollment.audience or None
    if not unit_version.shows_scenario(reading) or not _has_ended(unit_version, path):
        raise NotDone(_("The scenario has not come to an ending."))
    if not unit_version.needs(reading).scenario:
        return None
    ScenarioCompletion.objects.bulk_create(
        [ScenarioCompletion(enrollment=enrollment, unit_version=unit_version, completed_at=at)], ignore_conflicts=True
    )
    return complete_when_ready(enrollment=enrollment, unit_key=unit_version.unit_key, at=at)


def _has_ended(unit_version: UnitVersion, path: Sequence[str]) -> bool:
    try:
        return walk(parse(unit_version.content.parts["extra"]["scenario"]), path).has_ended
    except BadPath:
        return False
