from typing import Any


def user_can_correct(user: Any) -> bool:
    """Whether an account may revoke certificates and issue them anew."""
    return bool(user.has_perm("ledstang_certificates.correct_certificate"))


def user_can_try_out(user: Any) -> bool:
    """Whether an account may see how documents look, with made-up contents: everyone who writes here."""
    return bool(user.has_perm("wagtailadmin.access_admin"))
