"""What people have stated about guidelines."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.compliance.models import Target
from cms.compliance.registry import Progress
from cms.people.models import Person
from cms.versions.queries import counts
from guidelines.enums import KIND, GuidelineKind
from guidelines.models import Acknowledgement, GuidelineVersion
from guidelines.queries.documents import in_force_by_key


def acknowledged_by(person: Person, keys: Collection[UUID]) -> dict[UUID, list[Acknowledgement]]:
    """A person's acknowledgements of some guidelines, the newest version first, in one query.

    In: those of records that have been merged into this person.
    """
    mine = Q(person=person) | Q(person__merged_into=person)
    rows = Acknowledgement.objects.filter(mine, version__key__in=keys).select_related("version")
    found: dict[UUID, list[Acknowledgement]] = {}
    for row in rows.order_by("-version__major", "-version__minor", "acknowledged_at"):
        found.setdefault(row.version.key, []).append(row)
    return found


@dataclass(frozen=True)
class Receipt:
    """Where somebody stands with the version on their screen.

    `counts` is what they have stated about this major version, `earlier` about one that no longer counts.
    """

    counts: Acknowledgement | None = None
    earlier: Acknowledgement | None = None

    @classmethod
    def of(cls, rows: list[Acknowledgement], version: GuidelineVersion) -> "Receipt":
        same = [row for row in rows if row.version.major == version.major]
        exact = [row for row in same if row.version_id == version.pk]
        older = [row for row in rows if row.version.major < version.major]
        return cls(counts=next(iter(exact or same), None), earlier=next(iter(older), None))

    @property
    def is_for_an_earlier_text(self) -> bool:
        return self.counts is None and self.earlier is not None


def can_be_acknowledged(version: GuidelineVersion) -> bool:
    """Not a proposal, and either free of open review marks (or a demo), or of a guideline that was required before."""
    if version.kind == GuidelineKind.PROPOSAL:
        return False
    return counts(version) or Target.objects.filter(kind=KIND, key=version.key).exists()


def progress(person: Person, targets: list[Target], on: date) -> dict[int, Progress]:
    """How far a person has come with many guidelines on a day, in two queries."""
    keys = [target.key for target in targets]
    versions = in_force_by_key(keys, on)
    stated = acknowledged_by(person, keys)
    end = timezone.make_aware(datetime.combine(on, time.max))
    found = {}
    for target in targets:
        version = versions.get(target.key)
        rows = [row for row in stated.get(target.key, ()) if row.acknowledged_at <= end]
        done = version is not None and any(row.version.major >= version.major for row in rows)
        found[target.pk] = Progress(action=_("Read and acknowledge"), url=target.path, done=int(done))
    return found


def receipt_subject(payload: dict[str, Any]) -> str:
    return _("You have acknowledged %(title)s, version %(number)s") % payload
