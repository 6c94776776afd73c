"""Issue a guideline's documents: a version as PDF, and the receipt of an acknowledgement."""

from datetime import date

from django.db import transaction

from cms.certificates.actions import files_later, issue_certificate
from cms.certificates.facts import as_json, sha256
from cms.certificates.models import Certificate
from guidelines.models import Acknowledgement, GuidelineVersion
from guidelines.queries.documents import Document
from guidelines.queries.papers import document_facts, pictures_in, receipt_facts


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
