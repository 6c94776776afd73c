"""Long campaigns: a seeded tenth in `make test`, full size in `make prove` (LEDSTANG_PROVE=1)."""

import os
from dataclasses import dataclass, field
from random import Random

from django.db import connection

SEED = 20261123
LINES = "campaign"


def is_proving() -> bool:
    return os.environ.get("LEDSTANG_PROVE", "") not in ("", "0")


@dataclass
class Campaign:
    """What a long test asks: how much to do, and with which randomness. It tells what it has done in one line."""

    name: str
    random: Random = field(default_factory=lambda: Random(SEED))
    told: list[str] = field(default_factory=list)

    def size(self, full: int) -> int:
        """`full` when proving, otherwise a tenth of it, at least one."""
        return full if is_proving() else max(1, full // 10)

    def numbers(self, full: int) -> range:
        """Which of `full` cases to take: all of them when proving, otherwise a tenth; PostgreSQL has a fifth of it."""
        if is_proving():
            return range(full)
        size = self.size(full)
        theirs = range(size - max(1, size // 5), size)
        return theirs if connection.vendor == "postgresql" else range(theirs.start)

    def tell(self, what: str) -> None:
        """One line for the reader: "500 racing finishes: 1 evidence, 1 certificate each"."""
        self.told.append(f"{self.name}: {what}")
