from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from cms.core.enums import MAY_EDIT
from cms.core.immutability import drop_triggers, install_triggers


def take_triggers_down(*, using: str, **kwargs: Any) -> None:
    """SQLite renames tables while it rebuilds them, and refuses to where a trigger of another table names one."""
    if connections[using].vendor == "sqlite":
        drop_triggers(using)


def put_triggers_back(*, using: str, **kwargs: Any) -> None:
    install_triggers(using)


def ask_triggers(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """SQLite's REPLACE removes the row in its way without asking triggers, unless they are said to be recursive."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")


def note_editors(*, request: Any, user: AbstractBaseUser, **kwargs: Any) -> None:
    """So that the way to the admin can stand on every page without a question to the database.

    It decides nothing: the admin asks for the permission itself.
    """
    if getattr(request, "session", None) is not None and user.has_perm("wagtailadmin.access_admin"):  # type: ignore[attr-defined]
        request.session[MAY_EDIT] = True
