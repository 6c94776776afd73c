"""Certify what has been done of a course that is not finished."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.certificates.actions import issue_certificate
from cms.certificates.facts import UnitFacts, UnitsFacts, sha256
from cms.certificates.models import Certificate
from courses.actions.rules import NotDone
from courses.models import Enrollment
from courses.queries.units import gives_certificate, units_with_completions


@transaction.atomic
def certify_units(*, enrollment: Enrollment, at: datetime | None = None) -> Certificate:
    """Issue a certificate of the units done so far: one for each stage, however often it is asked for.

    Raises NotDone if nothing has been done yet, or if the version gives no certificates.
    """
    at = at or timezone.now()
    units, done = units_with_completions(enrollment)
    facts = tuple(
        UnitFacts(title=unit.title, minutes=unit.minutes, done_on=_day(done[unit.unit_key]))
        for unit in units
        if unit.unit_key in done
    )
    if not facts:
        raise NotDone(_("No unit has been done yet."))
    if not gives_certificate(enrollment.version):
        raise NotDone(_("There is no certificate: experts have not yet reviewed all of the content."))
    stage = sha256({"units": sorted(str(unit.unit_key) for unit in units if unit.unit_key in done)})[:16]
    person, version = enrollment.person, enrollment.version
    issued, _is_new = issue_certificate(
        UnitsFacts(
            holder=person.full_name,
            title=version.title,
            version=version.number,
            version_sha256=version.sha256,
            units=facts,
            of_units=len(units),
            minutes=sum(unit.minutes for unit in facts),
            started_on=timezone.localdate(enrollment.started_at).isoformat(),
            as_of=timezone.localdate(at).isoformat(),
        ),
        source_key=f"{enrollment.source_key}:units:{stage}",
        person=person,
        at=at,
    )
    return issued


def _day(moment: datetime) -> str:
    return timezone.localdate(moment).isoformat()
