from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest  # noqa: TID251 a door is where requests come in

from cms.accounts.throttle import LOGIN, is_shut

SHUT = "ledstang_shut_door"


class ThrottledDoor:
    """First among the authentication backends: whatever form asks, too many wrong passwords shut the door.

    Lets nobody in itself. Django stops at its PermissionDenied; the middleware answers with a page (429).
    """

    def authenticate(self, request: HttpRequest | None, username: str | None = None, **credentials: Any) -> None:
        account = username or credentials.get("email") or ""
        if request is not None and is_shut(LOGIN, request, account):
            setattr(request, SHUT, LOGIN)
            raise PermissionDenied

    def get_user(self, user_id: int) -> None:
        return None
