"""Everything that one person holds, as the facts of a transcript."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import pgettext

from cms.certificates.enums import CertificateKind, CertificateState, EventKind
from cms.certificates.facts import TranscriptEntry, TranscriptFacts
from cms.certificates.models import Certificate
from cms.compliance.models import Evidence, Target
from cms.compliance.registry import target_kinds
from cms.people.models import Person


def transcript_facts(person: Person, on: date) -> TranscriptFacts:
    """What somebody has done by a day and nobody has taken back, the latest first, in three queries.

    In: what records merged into this person have done, and every renewal beside what it renews. Out: what was voided,
    or whose certificate was revoked. What is certified names its certificate: the one that counts, if it was corrected.
    """
    mine = Q(person=person) | Q(person__merged_into=person)
    rows = Evidence.objects.filter(mine, void=None, achieved_on__lte=on).select_related("target")
    certified = {
        _root(row): row for row in Certificate.objects.filter(mine, superseded_by=None).prefetch_related("events")
    }
    entries = [(row, certified.get(row.source_key)) for row in rows.order_by("-achieved_on", "-pk")]
    return TranscriptFacts(
        holder=person.full_name,
        as_of=on.isoformat(),
        entries=tuple(
            _entry(row, certificate)
            for row, certificate in entries
            if certificate is None or certificate.state == CertificateState.VALID
        ),
    )


def _root(certificate: Certificate) -> str:
    """What a certificate was issued for, also when it has been corrected since."""
    return certificate.source_key.split("#")[0]


def _entry(row: Evidence, certificate: Certificate | None) -> TranscriptEntry:
    facts: dict[str, Any] = certificate.facts if certificate is not None else {}
    kind = target_kinds.find(row.target.kind)
    return TranscriptEntry(
        label=str(kind.label) if kind is not None else pgettext("transcript", "Other"),
        title=facts.get("title") or row.target.title,
        version=row.version_number,
        done_on=row.achieved_on.isoformat(),
        valid_until=row.valid_until.isoformat() if row.valid_until is not None else None,
        minutes=facts.get("minutes"),
        certificate=certificate.public_id if certificate is not None else "",
    )


def course_certificates_of(people: Collection[int], target: Target | None) -> list[int]:
    """The course certificates of some people that count, of one target or of all, the oldest first."""
    theirs = Q(person__in=people) | Q(person__merged_into__in=people)
    rows = Certificate.objects.filter(theirs, kind=CertificateKind.COURSE, superseded_by=None)
    if target is not None:
        keys = Evidence.objects.filter(theirs, target=target).values("source_key")
        rows = rows.filter(Q(source_key__in=keys) | Q(supersedes__source_key__in=keys))
    return list(rows.exclude(events__kind=EventKind.REVOKED).order_by("pk").values_list("pk", flat=True))
