"""Compare two frozen texts: section by section, then word by word. Values in, values out, no database.

Sections are matched by their keys, which blocks keep through all versions. What is removed stands where it stood.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

WORDS = re.compile(r"\s+|\w+(?:[-/:.]\w+)*|[^\w\s]")  # a date or a record number is one word

How = Literal["same", "changed", "added", "removed"]
Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Passage:
    """A section of one version: its key through all versions, what kind of block it is, its plain text.

    `mark` is what tells whether it is the very same, such as its hash: two marks may differ where the words do not
    (an image, a level of heading).
    """

    key: str
    kind: str
    text: str
    mark: str


@dataclass(frozen=True)
class Run:
    """Words in a row that are the same in both, only in the later (`added`) or only in the earlier (`removed`)."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Compared:
    """One section of the two texts: how it differs, whether it has changed places, and its words."""

    passage: Passage
    how: How
    runs: tuple[Run, ...]
    is_moved: bool = False

    @property
    def is_same(self) -> bool:
        return self.how == "same" and not self.is_moved

    @property
    def differs_elsewhere(self) -> bool:
        """Changed, though every word is the same: an image, a form, for whom it is."""
        return self.how == "changed" and all(run.kind == "same" for run in self.runs)


@dataclass(frozen=True)
class Stretch:
    """Sections in a row, either all of them unchanged (to be folded) or all of them of interest."""

    is_same: bool
    sections: tuple[Compared, ...]


def compare_words(before: str, after: str) -> tuple[Run, ...]:
    """The runs of words that lead from one text to another. Equal texts are one run.

    The texts come back in full: `same` and `removed` joined are `before`, `same` and `added` are `after`.
    """
    old, new = WORDS.findall(before), WORDS.findall(after)
    runs: list[Run] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run("same", "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            runs.append(Run("removed", "".join(old[old_from:old_to])))
        if new_to > new_from:
            runs.append(Run("added", "".join(new[new_from:new_to])))
    return tuple(_readable(runs))


def _readable(runs: Sequence[Run]) -> Iterator[Run]:
    """Join changes that only a space keeps apart: three words replaced are one change, not three."""
    removed, added = "", ""
    for place, run in enumerate(runs):
        is_bridge = run.kind == "same" and run.text.isspace() and (removed or added) and place < len(runs) - 1
        if run.kind == "same" and not is_bridge:
            yield from _change(removed, added)
            removed, added = "", ""
            yield run
            continue
        removed += run.text if run.kind != "added" else ""
        added += run.text if run.kind != "removed" else ""
    yield from _change(removed, added)


def _change(removed: str, added: str) -> Iterator[Run]:
    if removed:
        yield Run("removed", removed)
    if added:
        yield Run("added", added)


def compare(before: Sequence[Passage], after: Sequence[Passage]) -> tuple[Compared, ...]:
    """Every section of both texts once, in the later one's order."""
    old = {passage.key: passage for passage in before}
    new = {passage.key: passage for passage in after}
    stayed = _stayed([p.key for p in before if p.key in new], [p.key for p in after if p.key in old])
    gone = _gone_before(before, new)
    found: list[Compared] = []
    for passage in after:
        found += [_removed(one) for one in gone.pop(passage.key, ())]
        earlier = old.get(passage.key)
        if earlier is None:
            found.append(Compared(passage, "added", compare_words("", passage.text)))
            continue
        how: How = "same" if earlier.mark == passage.mark else "changed"
        runs = compare_words(earlier.text, passage.text)
        found.append(Compared(passage, how, runs, is_moved=passage.key not in stayed))
    for rest in gone.values():
        found += [_removed(one) for one in rest]
    return tuple(found)


def _removed(passage: Passage) -> Compared:
    return Compared(passage, "removed", compare_words(passage.text, ""))


def _stayed(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The keys that keep their order; the others have moved past them."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {key for block in blocks for key in before[block.a : block.a + block.size]}


def _gone_before(before: Iterable[Passage], new: dict[str, Passage]) -> dict[str, list[Passage]]:
    """What was removed, by the key of the section that followed it; "" for what stood last."""
    gone: dict[str, list[Passage]] = {}
    waiting: list[Passage] = []
    for passage in before:
        if passage.key not in new:
            waiting.append(passage)
        elif waiting:
            gone[passage.key] = waiting
            waiting = []
    return {**gone, "": waiting} if waiting else gone


def folded(sections: Iterable[Compared]) -> tuple[Stretch, ...]:
    """The same sections in stretches, so that what is unchanged can be folded."""
    stretches: list[list[Compared]] = []
    for section in sections:
        if stretches and stretches[-1][-1].is_same == section.is_same:
            stretches[-1].append(section)
        else:
            stretches.append([section])
    return tuple(Stretch(stretch[0].is_same, tuple(stretch)) for stretch in stretches)
