"""Approve a step of a workflow: never one's own text, and what experts had to review is signed with it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import TaskState

from cms.people.queries import person_of
from cms.versions.actions import PublishingError, sign_passage
from cms.versions.queries import signed_reviews
from guidelines.models import GuidelinePage, ReviewTask
from guidelines.queries.approvals import authors_of_page


class FourEyes(PublishingError):
    """Somebody tried to approve or publish their own text."""


class NotInStep(PublishingError):
    """Somebody tried to approve a step that is for others."""


@transaction.atomic
def approve_step(state: TaskState, step: ReviewTask, user: Any) -> int:
    """Let an account approve the text as it stands now, and sign the marks of the step's experts in it.

    Wagtail then saves the state. Returns how many passages were signed. Raises NotInStep for those who are not in the
    step's groups, FourEyes for whoever wrote any of it.
    """
    if not step.groups.filter(user=user).exists():  # an administrator has another way, with a reason
        raise NotInStep(_("Only members of the step's groups approve it."))
    subject = state.workflow_state.content_object
    page = getattr(subject, "specific", subject)
    if user.pk in authors_of_page(page):
        raise FourEyes(_("Whoever has written a part of the text cannot approve it. Ask a colleague."))
    state.revision = page.get_latest_revision()
    return _sign(state.revision.as_object(), step, user) if isinstance(page, GuidelinePage) else 0


def _sign(page: GuidelinePage, step: ReviewTask, user: Any) -> int:
    draft, actor, today = page.draft(), person_of(user), timezone.localdate()
    signed = signed_reviews(piece.sha256 for piece in draft.fragments)
    wanted = {(piece.sha256, mark) for piece in draft.fragments for mark in piece.review if mark in step.competences}
    for fragment_sha256, competence in sorted(wanted - signed):
        sign_passage(
            fragment_sha256=fragment_sha256,
            competence=competence,
            signed_by_function=step.function,
            signed_on=today,
            signed_by=actor,
        )
    return len(wanted - signed)
