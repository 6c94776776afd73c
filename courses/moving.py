"""What counts on a newer version of what was done on an earlier one. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class UnitText:
    """A unit as a version has it: which of its texts, and whether that version asks for it to be done again."""

    sha256: str
    must_redo: bool = False


def still_counts(done: UnitText, later: Iterable[UnitText]) -> bool:
    """Whether a unit that was done on one text is done on the last of those that came after it, in their order.

    It is as long as every change was editorial, and again wherever the text is the very one that was done.
    """
    counts = True
    for text in later:
        counts = text.sha256 == done.sha256 or (counts and not text.must_redo)
    return counts
