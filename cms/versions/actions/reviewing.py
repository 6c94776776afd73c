"""Experts sign what they have reviewed."""

from datetime import date

from django.db import transaction

from cms.people.actions import write_audit
from cms.people.enums import AuditAction
from cms.people.models import Person
from cms.versions.models import ReviewMark, ReviewSignature
from cms.versions.signals import review_signed


@transaction.atomic
def sign_review(
    *, mark: ReviewMark, signed_by_function: str, signed_on: date, signed_by: Person | None
) -> ReviewSignature:
    """An expert vouches for a marked fragment's exact text; it holds in every version that has it unchanged.

    The first signature stands. Sends `review_signed` inside the transaction.
    """
    return sign_passage(
        fragment_sha256=mark.fragment.sha256,
        competence=mark.competence,
        signed_by_function=signed_by_function,
        signed_on=signed_on,
        signed_by=signed_by,
    )


@transaction.atomic
def sign_passage(
    *, fragment_sha256: str, competence: str, signed_by_function: str, signed_on: date, signed_by: Person | None
) -> ReviewSignature:
    """The same for a text that may not have been published yet, by its hash."""
    about = {"fragment_sha256": fragment_sha256, "competence": competence}
    mine = ReviewSignature(
        **about, signed_by_function=signed_by_function.strip(), signed_on=signed_on, signed_by=signed_by
    )
    known = ReviewSignature.objects.filter(**about).exists()
    ReviewSignature.objects.bulk_create([mine], ignore_conflicts=True)
    signature = ReviewSignature.objects.get(**about)
    if not known:
        write_audit(action=AuditAction.REVIEW_SIGNED, actor=signed_by, object_key=fragment_sha256)
        review_signed.send(sender=ReviewSignature, signature=signature)
    return signature
