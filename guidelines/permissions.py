from collections.abc import Collection
from typing import Any

from wagtail.models import PageViewRestriction


def user_can_read(
    user: Any, restrictions: Collection[PageViewRestriction], *, passed: Collection[int] = (), is_orphan: bool = False
) -> bool:
    """Whether an account may read a text whose page lies under some of Wagtail's view restrictions.

    `passed` are the password restrictions that this session has passed. `is_orphan`: the page is gone, and it was
    restricted when the text was published; whoever is signed in may then read it.
    """
    if is_orphan and not user.is_authenticated:
        return False
    return all(_passes(user, restriction, passed) for restriction in restrictions)


def _passes(user: Any, restriction: PageViewRestriction, passed: Collection[int]) -> bool:
    if restriction.restriction_type == PageViewRestriction.PASSWORD:
        return restriction.pk in passed
    if not user.is_authenticated or restriction.restriction_type == PageViewRestriction.LOGIN:
        return bool(user.is_authenticated)
    if user.is_superuser:
        return True
    groups = {group.pk for group in restriction.groups.all()}
    return not groups.isdisjoint(group.pk for group in user.groups.all())


def user_can_plan(user: Any, page: Any) -> bool:
    """Whoever may edit the page may decide how it is to be published."""
    return bool(page.permissions_for_user(user).can_edit())


def user_can_publish(user: Any, page: Any) -> bool:
    return bool(page.permissions_for_user(user).can_publish())


def user_can_override(user: Any) -> bool:
    """Only an administrator may go past the review of a workflow and four eyes, and says why."""
    return bool(user.is_superuser)


def user_can_withdraw(user: Any, page: Any) -> bool:
    """Whoever may publish may also take out of use."""
    return user_can_publish(user, page)


def user_can_lay_notice(user: Any, page: Any) -> bool:
    """Whoever may publish may lay a notice, and stop a text alone."""
    return user_can_publish(user, page)
