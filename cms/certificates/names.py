"""People's names as values: whether two spellings are the same, and which way they are written."""

import hashlib
import hmac
import unicodedata

LONGEST = 600


def normal(name: str) -> str:
    """A name without what people type differently: composition, case, spaces and invisible marks."""
    text = unicodedata.normalize("NFC", name[:LONGEST]).casefold()
    text = "".join(" " if char.isspace() else char for char in text if unicodedata.category(char) != "Cf")
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_same(typed: str, kept: str) -> bool:
    """Whether a typed name is the kept one, in a time that depends on neither. An empty name is never right."""
    one, two = (hashlib.sha256(normal(name).encode()).digest() for name in (typed, kept))
    return hmac.compare_digest(one, two) and bool(normal(kept))


def direction(text: str) -> str:
    """`rtl` if the first letter with a direction is Arabic, Hebrew or the like, otherwise `ltr`."""
    for char in text:
        side = unicodedata.bidirectional(char)
        if side in ("R", "AL"):
            return "rtl"
        if side == "L":
            return "ltr"
    return "ltr"
