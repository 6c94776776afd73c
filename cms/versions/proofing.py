"""What a second reader would point out before a text is published. Values in, values out, no database.

The words that an editor wrote are looked at, not what registers put in their place: a phone number that comes from the
register of contacts is right where it stands.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import strip_tags

from cms.core.tokens import TOKEN
from cms.versions.enums import RemarkKind

HARDEST_LIX = 50  # 50 to 60 is the language of authorities, above 60 that of dissertations (Björnsson, 1968)
FEWEST_WORDS = 40  # a shorter text says too little about its language
NOT_WORDS = frozenset({"image", "key", "kind", "level", "tone", "audiences", "review"})

SENTENCE_END = re.compile(r"[.!?:](?=\s|$)|\n")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
PERSONAL_NUMBER = re.compile(r"(?<![\d-])(?:18|19|20)?(\d{2})(\d{2})(\d{2})[-+ ]?(\d{4})(?![\d-])")
PHONE = re.compile(r"(?<![\d/:.-])(?:\+46|0046|0)(?:[\s()-]{0,2}\d){6,11}(?!\d)|(?<!\d)116[  ]?\d{3}(?!\d)")
LAW = re.compile(
    r"\d+\s*(?:[a-z]\s*)?kap\.?\s*\d+|\b\d+\s*[a-z]?\s*§|§§?\s*\d+|\bSFS\s*\d{4}:\d+|\((?:19|20)\d{2}:\d+\)",
    re.IGNORECASE,
)
SHOWN = 60


@dataclass(frozen=True)
class Written:
    """A section as it was written: its key, its kind, the block's data, and the text that readers get."""

    key: str
    kind: str
    data: Any
    text: str


@dataclass(frozen=True)
class Remark:
    """One thing to look at: what it is, in which section (by key), and the words in question."""

    kind: RemarkKind
    key: str
    words: str = ""

    @property
    def stops(self) -> bool:
        """Whether it has to be mended before the text can be published."""
        return self.kind in RemarkKind.stopping()


def remarks(pieces: Sequence[Written]) -> Iterator[Remark]:
    """Everything that the words themselves give reason to, section by section, in order."""
    level = 1
    for piece in pieces:
        if piece.kind == "heading":
            wanted = int(piece.data.get("level") or 2)
            if wanted > level + 1:
                yield Remark(RemarkKind.HEADING_ORDER, piece.key, piece.text[:SHOWN])
            level = wanted
        if piece.kind == "picture" and not str(piece.data.get("alt") or "").strip():
            yield Remark(RemarkKind.NO_ALTERNATIVE, piece.key, str(piece.data.get("caption") or "")[:SHOWN])
        words = "\n".join(written(piece.data))
        yield from (Remark(RemarkKind.PERSONAL_NUMBER, piece.key) for _ in personal_numbers(words))
        yield from (Remark(RemarkKind.PHONE_BY_HAND, piece.key, found) for found in phone_numbers(words))
        yield from (Remark(RemarkKind.LAW_BY_HAND, piece.key, found) for found in paragraphs_of_law(words))
        if len(WORD.findall(piece.text)) >= FEWEST_WORDS and (hard := lix(piece.text)) > HARDEST_LIX:
            yield Remark(RemarkKind.HARD_TO_READ, piece.key, f"LIX {hard:.0f}: {piece.text[:SHOWN]}…")


def written(data: Any, name: str = "") -> Iterator[str]:
    """The words of a block's data, without markup and without what registers fill in."""
    if isinstance(data, str):
        if name not in NOT_WORDS:
            yield TOKEN.sub(" ", strip_tags(re.sub(r"<(?:/p|/li|br)\b[^>]*>", "\n", data)))
    elif isinstance(data, dict):
        for inner, value in data.items():
            yield from written(value, inner)
    elif isinstance(data, list):
        for value in data:
            yield from written(value, name)


def lix(text: str) -> float:
    """Readability (läsbarhetsindex): words a sentence plus the share in per cent of words with over six letters."""
    words = WORD.findall(text)
    if not words:
        return 0.0
    sentences = sum(1 for part in SENTENCE_END.split(text) if WORD.search(part))
    return len(words) / max(sentences, 1) + 100 * sum(len(word) > 6 for word in words) / len(words)


def personal_numbers(text: str) -> Iterable[str]:
    """Personal identity and coordination numbers: a real day (or day + 60) and a right check digit."""
    for match in PERSONAL_NUMBER.finditer(text):
        year, month, day, last = match.groups()
        days = int(day) - 60 if int(day) > 60 else int(day)
        if _is_day(int(month), days) and _luhn(year + month + day + last):
            yield match[0]


def _is_day(month: int, day: int) -> bool:
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(digits))
    return sum(number // 10 + number % 10 for number in doubled) % 10 == 0


def phone_numbers(text: str) -> list[str]:
    """Swedish numbers of seven digits and more, and the 116-numbers. 112 and 114 14 may be written out."""
    return [" ".join(match[0].split()) for match in PHONE.finditer(text)]


def paragraphs_of_law(text: str) -> list[str]:
    """Chapters, sections and statute numbers that somebody has typed instead of citing the register."""
    return [" ".join(match[0].split()) for match in LAW.finditer(text)]
