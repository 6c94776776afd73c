"""What a page asks those above it in the house for: how its draft reads to somebody."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from cms.core.registry import Registry


@dataclass(frozen=True)
class DraftReader:
    """`read(draft, user, audience)` gives the reading that a preview shows."""

    name: str
    read: Callable[[Any, Any, str], Any]


@dataclass(frozen=True)
class Approval:
    """What a step of a workflow asks. `authors(page)` are the accounts that have written what is to be approved.

    `approve(state, step, user)` checks and signs in the transaction that approves.
    """

    name: str
    authors: Callable[[Any], Collection[Any]]
    approve: Callable[[Any, Any, Any], Any]


approvals: Registry[Approval] = Registry("approval")
draft_readers: Registry[DraftReader] = Registry("draft reader")
