"""Everything that one person holds, as the facts of a transcript."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import pgettext

from cms.certificates.enums import CertificateState
from cms.certificates.facts import TranscriptEntry, TranscriptFacts
from cms.certificates.models import Certificate
from cms.compliance.models import Evidence
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
