from typing import TYPE_CHECKING, Any

from wagtail.models import Page
from wagtail.permissions import policy_registry

if TYPE_CHECKING:
    from cms.home.models import AccessibilityPage


def user_can_see_faults(user: Any, statement: "AccessibilityPage | None") -> bool:
    """Whoever may edit the statement answers for it. A site without one leaves it to the administrators."""
    if statement is None:
        return bool(user.is_active and user.is_superuser)
    return bool(statement.permissions_for_user(user).can_edit())


def user_edits_pages(user: Any) -> bool:
    """Whether an account may change any page at all: told from what Wagtail's own menu has asked."""
    return bool(policy_registry.get_by_type(Page).user_has_permission(user, "change"))
