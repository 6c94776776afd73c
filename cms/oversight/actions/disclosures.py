"""Disclose a public record: open a request, decide on each line, release what can be released."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.core.models import Refused
from cms.core.sheets import write_csv
from cms.oversight.enums import LineDecision, SecrecyGround
from cms.oversight.models import Disclosure, DisclosureLine, DisclosureRelease
from cms.oversight.queries.disclosures import MOST_LINES, Line, list_asked_for, released_table
from cms.oversight.queries.filters import Filters, kept_filters
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import OrgUnit, Person


class TooManyLines(Refused):
    """More than anybody can go through line by line."""


class NotDecided(Refused):
    """Some line still waits for a decision, or it has been released already."""


@transaction.atomic
def open_disclosure(*, reference: str, org_unit: OrgUnit, filters: Filters, actor: Person) -> Disclosure:
    """Write down what has been asked for and its lines, none of them decided. Raises TooManyLines."""
    disclosure = Disclosure.objects.create(
        reference=reference,
        org_unit=org_unit,
        filters=kept_filters(filters),
        opened_at=timezone.now(),
        opened_by=actor,
    )
    rows = list(list_asked_for(actor, org_unit, filters).rows())
    if len(rows) > MOST_LINES:
        raise TooManyLines(_("That is more lines than can be gone through. Narrow the request."))
    DisclosureLine.objects.bulk_create(
        DisclosureLine(disclosure=disclosure, number=number, person=row.person, target=row.target)
        for number, row in enumerate(rows, 1)
    )
    return disclosure


@transaction.atomic
def decide_lines(*, disclosure: Disclosure, decisions: dict[int, tuple[LineDecision, SecrecyGround]]) -> None:
    """Decide on some lines, by number. Raises NotDecided once it has been released."""
    if DisclosureRelease.objects.filter(disclosure=disclosure).exists():
        raise NotDecided(_("This has been released already."))
    lines = list(disclosure.lines.filter(number__in=decisions))
    for line in lines:
        line.decision, line.ground = decisions[line.number]
    DisclosureLine.objects.bulk_update(lines, ["decision", "ground"])


@transaction.atomic
def release_disclosure(*, disclosure: Disclosure, lines: list[Line], actor: Person) -> DisclosureRelease:
    """Release what has been decided on, as a file that is kept. Everybody in it can see that it was released.

    Lines of those who may no longer be shown are withheld. Raises NotDecided while a line waits, and if it has been
    released already.
    """
    if DisclosureRelease.objects.filter(disclosure=disclosure).exists():
        raise NotDecided(_("This has been released already."))
    counts = {decision: [one for one in lines if one.line.decision == decision] for decision in LineDecision}
    if counts[LineDecision.PENDING]:
        raise NotDecided(_("Decide on every line first."))
    shown = [one.line.pk for one in lines]
    disclosure.lines.exclude(pk__in=shown).update(decision=LineDecision.WITHHOLD, ground=SecrecyGround.THREATENED)
    at = timezone.now()
    release = DisclosureRelease(
        disclosure=disclosure,
        released_at=at,
        released_by=actor,
        lines=len(counts[LineDecision.RELEASE]),
        masked=len(counts[LineDecision.MASK]),
        withheld=len(counts[LineDecision.WITHHOLD]),
    )
    _keep_file(release, released_table(disclosure, lines, actor))
    release.save()
    told = {"disclosure": str(disclosure.key), "lines": release.lines, "masked": release.masked}
    write_audit(action=AuditAction.DISCLOSED, actor=actor, org_unit=disclosure.org_unit, details=told, at=at)
    for person in {one.row.person.pk: one.row.person for one in counts[LineDecision.RELEASE]}.values():
        write_audit(action=AuditAction.DISCLOSED, actor=actor, subject=person, object_key=str(disclosure.key), at=at)
    return release


def _keep_file(release: DisclosureRelease, table: Any) -> None:
    with tempfile.TemporaryDirectory(prefix="ledstang-disclosure-") as folder:
        path = Path(folder) / f"{release.disclosure.key}.csv"
        write_csv(path, table)
        release.sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        with path.open("rb") as file:
            release.file.save(path.name, File(file), save=False)
