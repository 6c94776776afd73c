from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from courses.models import CoursePage


def user_can_cut(user: Any, page: "CoursePage") -> bool:
    """Whoever may publish the course page cuts its versions and withdraws it."""
    return bool(page.permissions_for_user(user).can_publish())
