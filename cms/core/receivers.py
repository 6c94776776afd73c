from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from cms.core.immutability import install_triggers


def put_triggers_back(*, using: str, **kwargs: Any) -> None:
    install_triggers(using)


def ask_triggers(*, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """SQLite's REPLACE removes the row in its way without asking triggers, unless they are said to be recursive."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA recursive_triggers = ON")
