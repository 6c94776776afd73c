from typing import Any


def user_can_sign(user: Any) -> bool:
    """Whether an account may vouch for texts as, or on behalf of, an expert."""
    return bool(user.has_perm("ledstang_versions.add_reviewsignature"))


def user_can_redact(user: Any) -> bool:
    """Whether an account may take a passage out of what has been published: a right of its own."""
    return bool(user.has_perm("ledstang_versions.add_redaction"))
