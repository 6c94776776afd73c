"""What courses do when something happens elsewhere."""

from typing import Any

from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from wagtail.models import Revision
from wagtail.signals import page_published

from courses.actions import PublishedAlone, is_cutting
from courses.models import CoursePage, UnitPage

CUT_TOGETHER = (CoursePage, UnitPage)


def _refuse() -> None:
    raise PublishedAlone(_("Courses and units are published together, when a version of the course is cut."))


@receiver(page_published, dispatch_uid="courses_published_together")
def refuse_alone(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Whatever road a publication took, it rolls back unless it is part of a cut."""
    if isinstance(instance, CUT_TOGETHER) and not is_cutting():
        _refuse()


@receiver(pre_save, sender=Revision, dispatch_uid="courses_never_scheduled")
def refuse_schedule(sender: Any, instance: Revision, **kwargs: Any) -> None:
    if instance.approved_go_live_at is None or instance.content_type is None:
        return
    model = instance.content_type.model_class()
    if model is not None and issubclass(model, CUT_TOGETHER):
        _refuse()
