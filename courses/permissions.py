from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from courses.models import CoursePage


def user_can_cut(user: Any, page: "CoursePage") -> bool:
    """Whoever may publish the course page cuts its versions and withdraws it."""
    return bool(page.permissions_for_user(user).can_publish())


def user_can_edit(user: Any, page: Any) -> bool:
    """Whoever may edit the course page may fetch it as a file, and see what its counters tell."""
    return bool(page.permissions_for_user(user).can_edit())


def user_can_add_course(user: Any, index: Any) -> bool:
    """Whoever may add pages under a list of courses may take in a course there."""
    return bool(index.permissions_for_user(user).can_add_subpage())
