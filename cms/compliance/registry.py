"""Target kinds: how a plugin tells the ground what can be required. A third kind needs no change here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from cms.core.registry import Registry

if TYPE_CHECKING:
    from django.db.models import Model

    from cms.compliance.models import Target
    from cms.people.models import Person


@dataclass(frozen=True)
class Progress:
    """How far one person has come with a target, and what to do next.

    `done` of `total` steps; `minutes_left` is None where time is not planned. `action` is the label of
    the next step ("Fortsätt med del 3") and `url` where it is done.
    """

    action: Any
    url: str
    done: int = 0
    total: int = 1
    minutes_left: int | None = None
    is_started: bool = False


@dataclass(frozen=True)
class TargetKind:
    """A kind of thing that can be required.

    `done_label` says what evidence of it means ("har genomfört"), `progress(person, targets, on)`
    answers for many targets at once, keyed by target id, in a constant number of queries.
    """

    name: str
    label: Any
    done_label: Any
    progress: Callable[["Person", "list[Target]", date], "dict[int, Progress]"]


target_kinds: Registry[TargetKind] = Registry("target kind")


@dataclass(frozen=True)
class DisposalKind:
    """Something that a city may decide to dispose of. Off until the setting LEDSTANG_RETENTION names it.

    `counted_from` says from when its months count; `find(before)` answers by model with the person of each row whose
    months ended before a day. What hangs on those rows goes with them. `is_ledger`: figures of days before can no
    longer be told afterwards.
    """

    name: str
    label: Any
    counted_from: Any
    find: "Callable[[date], dict[type[Model], dict[int, int]]]"
    is_ledger: bool = False


disposal_kinds: Registry[DisposalKind] = Registry("kind of disposal")
