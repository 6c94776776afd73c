"""What a page asks those above it in the house for: how its draft reads to somebody."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cms.core.registry import Registry


@dataclass(frozen=True)
class DraftReader:
    """`read(draft, user, audience)` gives the reading that a preview shows."""

    name: str
    read: Callable[[Any, Any, str], Any]


draft_readers: Registry[DraftReader] = Registry("draft reader")
