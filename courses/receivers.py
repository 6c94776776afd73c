"""What courses do when something happens elsewhere."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Revision
from wagtail.signals import page_published

from cms.people.actions import ensure_person
from courses.actions import PublishedAlone, is_cutting
from courses.models import CoursePage, UnitPage
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


@receiver(user_logged_in, dispatch_uid="courses_answers_kept")
def save_answers_from_before(sender: Any, request: Any, user: Any, **kwargs: Any) -> None:
    """Whoever logs in again finds the answers saved that were on their way when the session ended."""
    if request is not None and STASH in getattr(request, "session", {}):
        save_kept_answers(request, ensure_person(user=user))
