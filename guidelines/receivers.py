"""What guidelines do when something happens elsewhere."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import Revision
from wagtail.signals import page_published

from cms.people.queries import person_of
from cms.versions.models import Redaction, ReviewSignature
from cms.versions.queries import latest_version
from cms.versions.signals import passage_redacted, review_signed, version_minted
from guidelines.actions import index_guideline, mint_published, require_guideline
from guidelines.actions.papers import take_back_documents
from guidelines.models import GuidelinePage, GuidelineVersion


@receiver(page_published, sender=GuidelinePage, dispatch_uid="guidelines_mint")
def make_version(sender: Any, instance: GuidelinePage, revision: Revision, **kwargs: Any) -> None:
    """Every road of publication ends here: one version, or none, or the transaction rolls back."""
    mint_published(page=instance, revision=revision)


@receiver(version_minted, sender=GuidelineVersion, dispatch_uid="guidelines_index")
def index_version(sender: Any, version: GuidelineVersion, **kwargs: Any) -> None:
    """What has been published can be searched at once, or not at all if the transaction rolls back."""
    index_guideline(key=version.key)


@receiver(passage_redacted, sender=Redaction, dispatch_uid="guidelines_unindex")
def index_what_is_left(sender: Any, contents: list[int], **kwargs: Any) -> None:
    """What has been taken out cannot be searched for any more."""
    keys = GuidelineVersion.objects.filter(content__in=contents).values_list("key", flat=True)
    for key in sorted(set(keys)):  # in one order, as a rebuild has it
        index_guideline(key=key)


@receiver(review_signed, sender=ReviewSignature, dispatch_uid="guidelines_reviewed")
def require_what_is_reviewed(sender: Any, signature: ReviewSignature, **kwargs: Any) -> None:
    """A version that was published before review can be required from the moment its last mark is signed."""
    signed = GuidelineVersion.objects.filter(content__fragments__sha256=signature.fragment_sha256)
    for key in set(signed.values_list("key", flat=True)):
        version = latest_version(GuidelineVersion, key)
        if version is not None:
            require_guideline(version=version, at=timezone.now())


@receiver(passage_redacted, sender=Redaction, dispatch_uid="guidelines_redacted")
def take_back_what_was_printed(sender: Any, redaction: Redaction, contents: list[int], **kwargs: Any) -> None:
    """Documents of a version still hold what has been taken out of it."""
    take_back_documents(contents=contents, actor=person_of(redaction.redacted_by))
