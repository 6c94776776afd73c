from wagtail.models import Page

from cms.versions.actions import settle_draft
from courses.freezing import freeze_course, freeze_unit
from courses.models import CoursePage, UnitPage


def settle_course_draft(page: Page) -> None:
    """A course or a unit that was saved as it was has no changes that learners do not see yet."""
    if isinstance(page, UnitPage):
        settle_draft(page, lambda one: freeze_unit(one, strict=False).draft.sha256)
    elif isinstance(page, CoursePage):
        settle_draft(page, lambda one: freeze_course(one, (), strict=False).draft.sha256)
