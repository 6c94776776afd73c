from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cms.home.models import AccessibilityPage


def user_can_see_faults(user: Any, statement: "AccessibilityPage | None") -> bool:
    """Whoever may edit the statement answers for it. A site without one leaves it to the administrators."""
    if statement is None:
        return bool(user.is_active and user.is_superuser)
    return bool(statement.permissions_for_user(user).can_edit())
