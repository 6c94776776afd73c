"""Issue certificates, make their files, revoke and supersede them."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cms.certificates.enums import EventKind
from cms.certificates.facts import Facts, as_json, sha256
from cms.certificates.models import Certificate, CertificateEvent
from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person


@transaction.atomic
def issue_certificate(
    facts: Facts,
    *,
    source_key: str,
    person: Person | None,
    at: datetime | None = None,
) -> tuple[Certificate, bool]:
    """Freeze facts as a certificate, exactly once per `source_key`; the PDF is made after the commit.

    Returns the certificate and whether this call issued it.
    """
    at = at or timezone.now()
    data = as_json(facts)
    mine = Certificate(
        source_key=source_key,
        kind=facts.kind,
        person=person,
        facts=data,
        facts_sha256=sha256(data),
        issued_at=at,
    )
    Certificate.objects.bulk_create([mine], ignore_conflicts=True)
    kept = Certificate.objects.filter(source_key=source_key).order_by("pk").last()
    created = Certificate.objects.filter(public_id=mine.public_id).exists()
    if created:
        CertificateEvent.objects.create(certificate=kept, kind=EventKind.ISSUED, at=at)
        write_audit(
            action=AuditAction.CERTIFICATE_ISSUED,
            actor=person,
            subject=person,
            object_key=kept.public_id,
            at=at,
        )
    return kept, created
