from typing import Any

from wagtail.models import Page
from wagtail.permissions import policy_registry


def user_can_sign(user: Any) -> bool:
    """Whether an account may vouch for texts as, or on behalf of, an expert."""
    return bool(user.has_perm("ledstang_versions.add_reviewsignature"))


def user_can_redact(user: Any) -> bool:
    """Whether an account may take a passage out of what has been published: a right of its own."""
    return bool(user.has_perm("ledstang_versions.add_redaction"))


def user_edits_pages(user: Any) -> bool:
    """Whether an account may change any page at all: told from what Wagtail's own menu has asked."""
    return bool(policy_registry.get_by_type(Page).user_has_permission(user, "change"))
