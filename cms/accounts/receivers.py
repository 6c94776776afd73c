"""What the throttle learns from Django's login signals."""

from typing import Any

from django.http import HttpRequest  # noqa: TID251 a door is where requests come in

from cms.accounts.backends import SHUT
from cms.accounts.second_step import NEEDED, NOT_NEEDED, STATE, is_needed
from cms.accounts.throttle import LOGIN, count, forgive


def note_wrong_password(*, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """A shut door is not knocked at: trying on does not make the wait longer."""
    if request is not None and not hasattr(request, SHUT):
        count(LOGIN, request, credentials.get("username") or credentials.get("email") or "")


def note_login(*, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    if request is not None:
        forgive(LOGIN, request, user.get_username())


def begin_second_step(*, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Every session begins by saying whether a second step is asked of it."""
    if request is not None and hasattr(request, "session"):
        request.session[STATE] = NEEDED if is_needed(user) else NOT_NEEDED
