"""Issue our documents: a version as PDF, the receipt of an acknowledgement, contact routes to put up."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import Q

from cms.certificates.actions import files_later, issue_certificate, revoke_certificate
from cms.certificates.enums import CertificateState, RevocationReason
from cms.certificates.facts import as_json, sha256
from cms.certificates.models import Certificate
from cms.people.models import District, Person
from guidelines.models import Acknowledgement, GuidelineVersion
from guidelines.queries.documents import Document
from guidelines.queries.papers import document_facts, pictures_in, poster_facts, receipt_facts


def issue_document(*, document: Document, version: GuidelineVersion, audience: str | None, on: date) -> Certificate:
    """The document of a version in one reading: the one issued before, or a new one if it would say something else.

    So a changed contact gives a new document, and a thousand readers get the same. Its file is made when fetched.
    """
    facts = document_facts(document, version, audience, on)
    source_key = f"guidelines:{version.public_id}:{sha256(as_json(facts))}"
    known: Certificate | None = Certificate.objects.filter(source_key=source_key).select_related("file").first()
    if known is not None:
        return known
    with transaction.atomic(), files_later():
        issued, _is_new = issue_certificate(facts, source_key=source_key, person=None, assets=pictures_in(facts))
    return issued


def issue_receipt(*, acknowledgement: Acknowledgement) -> Certificate:
    """The receipt of an acknowledgement, exactly once for each."""
    with transaction.atomic():
        issued, _is_new = issue_certificate(
            receipt_facts(acknowledgement),
            source_key=f"guidelines:{acknowledgement.key}",  # the same as of its evidence
            person=acknowledgement.person,
        )
    return issued


@transaction.atomic
def take_back_documents(*, contents: Collection[int], actor: Person | None) -> int:
    """Take back every document that was made of versions with some frozen contents: nobody is handed them any more.

    What somebody has stored themselves cannot be reached. Returns how many were valid until now.
    """
    made = Q(pk__in=[])
    for public_id in GuidelineVersion.objects.filter(content__in=contents).values_list("public_id", flat=True):
        made |= Q(source_key__startswith=f"guidelines:{public_id}:")
    rows = Certificate.objects.filter(made).select_related("superseded_by").prefetch_related("events")
    valid = [certificate for certificate in rows if certificate.state == CertificateState.VALID]
    for certificate in valid:
        revoke_certificate(certificate=certificate, reason=RevocationReason.WRONG_FACTS, actor=actor)
    return len(valid)


def issue_poster(*, district: District | None, on: date) -> Certificate:
    """A district's contact routes to put up: the sheet issued before, or a new one once a route has changed."""
    facts = poster_facts(district, on)
    source_key = f"contacts:{sha256(as_json(facts))}"
    known: Certificate | None = Certificate.objects.filter(source_key=source_key).select_related("file").first()
    if known is not None:
        return known
    with transaction.atomic(), files_later():
        issued, _is_new = issue_certificate(facts, source_key=source_key, person=None)
    return issued
