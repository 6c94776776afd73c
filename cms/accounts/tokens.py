"""Links that let somebody choose a password: made from the account, so using one spends them all."""

from datetime import timedelta
from enum import Enum
from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import connection
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_decode, urlsafe_base64_encode

from cms.accounts.models import User


class LimitedTokens(PasswordResetTokenGenerator):
    """Django's tokens with a lifetime of their own, at most `PASSWORD_RESET_TIMEOUT`."""

    def __init__(self, salt: str, lifetime: timedelta) -> None:
        super().__init__()
        self.key_salt = salt
        self.lifetime = lifetime

    def check_token(self, user: Any, token: str | None) -> bool:
        if not super().check_token(user, token):
            return False
        made = base36_to_int(str(token).split("-")[0])
        age: float = self._num_seconds(self._now()) - made
        return age <= self.lifetime.total_seconds()


class LinkKind(Enum):
    """What a mailed link is for. A link of one kind is never taken for the other."""

    INVITATION = "invitation"
    RESET = "reset"

    @property
    def hours(self) -> int:
        return {LinkKind.INVITATION: 24, LinkKind.RESET: 2}[self]

    @property
    def tokens(self) -> LimitedTokens:
        return LimitedTokens(f"cms.accounts.{self.value}", timedelta(hours=self.hours))

    def parts_for(self, user: User) -> tuple[str, str]:
        """The two parts of a link's address: who, and the proof."""
        return urlsafe_base64_encode(force_bytes(user.pk)), self.tokens.make_token(user)


def owner_of_link(uid: str, token: str, kind: LinkKind) -> User | None:
    """Whose password a link may choose. None if it is forged, spent or too old, or the account is closed.

    In a transaction the account's row is held, so that a link is used once even when it is posted twice.
    """
    try:
        pk = int(urlsafe_base64_decode(uid).decode())
    except (ValueError, OverflowError):
        return None
    users = User.objects.filter(pk=pk, is_active=True)
    if connection.in_atomic_block:
        users = users.select_for_update()
    user = users.first()
    return user if user is not None and kind.tokens.check_token(user, token) else None
