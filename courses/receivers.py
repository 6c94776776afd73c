"""What courses do when something happens elsewhere."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Revision
from wagtail.signals import page_published, page_unpublished

from cms.compliance.models import Evidence
from cms.compliance.signals import evidence_recorded
from cms.people.actions import ensure_person
from courses.actions import PublishedAlone, is_cutting
from courses.actions.cutting import KIND
from courses.actions.paths import go_on_with_paths, publish_path, withdraw_path
from courses.models import CoursePage, LearningPathPage, UnitPage
from courses.views.stash import STASH, save_kept_answers

CUT_TOGETHER = (CoursePage, UnitPage)


def _refuse(page: Any) -> None:
    refusal = PublishedAlone(_("Courses and units are published together, when a version of the course is cut."))
    course = page if isinstance(page, CoursePage) else page.get_parent()
    refusal.where = reverse("courses_cut", args=[course.pk])
    raise refusal


@receiver(page_published, dispatch_uid="courses_published_together")
def refuse_alone(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Whatever road a publication took, it rolls back unless it is part of a cut."""
    if isinstance(instance, CUT_TOGETHER) and not is_cutting():
        _refuse(instance)


@receiver(pre_save, sender=Revision, dispatch_uid="courses_never_scheduled")
def refuse_schedule(sender: Any, instance: Revision, **kwargs: Any) -> None:
    if instance.approved_go_live_at is None or instance.content_type is None:
        return
    model = instance.content_type.model_class()
    if model is not None and issubclass(model, CUT_TOGETHER):
        _refuse(instance.content_object)


@receiver(page_published, sender=LearningPathPage, dispatch_uid="courses_mint_path")
def make_path_version(sender: Any, instance: LearningPathPage, revision: Revision, **kwargs: Any) -> None:
    """Every road of publication ends here: one version, or none. A page that is only scheduled is not live yet."""
    if instance.live and instance.alias_of_id is None:
        publish_path(page=instance, published_by=getattr(revision, "user", None), revision_id=revision and revision.pk)


@receiver(page_unpublished, sender=LearningPathPage, dispatch_uid="courses_withdraw_path")
def withdraw_with_page(sender: Any, instance: LearningPathPage, **kwargs: Any) -> None:
    if instance.alias_of_id is None:
        withdraw_path(page=instance)


@receiver(evidence_recorded, sender=Evidence, dispatch_uid="courses_go_on_with_paths")
def go_on(sender: Any, evidence: Evidence, target: Any, person: Any, **kwargs: Any) -> None:
    """A course is done, in whatever way: perhaps it was the last part of a learning path."""
    if target.kind == KIND:
        go_on_with_paths(course_key=target.key, person=person, at=evidence.recorded_at)


@receiver(user_logged_in, dispatch_uid="courses_answers_kept")
def save_answers_from_before(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Whoever logs in again finds the answers saved that were on their way when the session ended."""
    if request is not None and STASH in getattr(request, "session", {}):
        save_kept_answers(request, ensure_person(user=user))
