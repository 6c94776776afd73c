from typing import Any


def user_can_sign(user: Any) -> bool:
    """Whether an account may vouch for texts as, or on behalf of, an expert."""
    return bool(user.has_perm("ledstang_versions.add_reviewsignature"))
