"""Issue our documents: a version as PDF, the receipt of an acknowledgement, contact routes to put up."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from cms.certificates.actions import files_later, issue_certificate, revoke_certificate
from cms.certificates.enums import CertificateState, RevocationReason
from cms.certificates.facts import as_json, sha256
from cms.certificates.models import Certificate
from cms.core.locks import Turn, wait_for_turn
from cms.people.models import District, Person
from guidelines.models import Acknowledgement, GuidelineVersion
from guidelines.queries.documents import Document
from guidelines.queries.papers import document_facts, pictures_in, poster_facts, receipt_facts


def issue_document(*, document: Document, version: GuidelineVersion, audience: str | None, on: date) -> Certificate:
    """The document of a version in one reading: the one issued before, or a new one if it would say something else.

    So a changed contact gives a new document, and a thousand readers get the same. Its file is made when fetched.
    """

    def say() -> tuple[str, Any]:
        facts = document_facts(document, version, audience, on)
        return f"guidelines:{version.public_id}:{sha256(as_json(facts))}", facts

    return _issued_once(say, pictures_in)


def issue_poster(*, district: District | None, on: date) -> Certificate:
    """A district's contact routes to put up: the sheet issued before, or a new one once a route has changed."""

    def say() -> tuple[str, Any]:
        facts = poster_facts(district, on)
        return f"contacts:{sha256(as_json(facts))}", facts

    return _issued_once(say)


def _issued_once(say: Callable[[], tuple[str, Any]], assets_of: Callable[[Any], Any] | None = None) -> Certificate:
    """The certificate with what is said now, issued if it is not there. `say`: a name for what is said, and it."""
    source_key, facts = say()
    known: Certificate | None = Certificate.objects.filter(source_key=source_key).select_related("file").first()
    if known is not None:
        return known
    with transaction.atomic(), files_later():
        wait_for_turn(Turn.FROZEN_TEXT, alone=False)  # what is being taken out stands in no new document
        source_key, facts = say()
        assets = assets_of(facts) if assets_of else None
        issued, _is_new = issue_certificate(facts, source_key=source_key, person=None, assets=assets)
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
