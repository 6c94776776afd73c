"""Taking turns for the length of a transaction, where no row could be locked."""

from enum import IntEnum

from django.db import connection


class Turn(IntEnum):
    """What turns are taken in. The numbers are those of PostgreSQL's advisory locks."""

    STANDING_STEPS = 20261127
    FROZEN_TEXT = 20261128
    CONTACT_PAGES = 20261129


def wait_for_turn(turn: Turn, *, alone: bool) -> None:
    """Wait for whoever is `alone` in it; and, to be alone oneself, for everybody. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{'' if alone else '_shared'}(%s)", [turn.value])
