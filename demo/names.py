"""Made-up names for the staff of the demo city, of the many origins that a Swedish city has.

Given and family names are drawn apart from one another, and most family names are rare or made up, so that a
pair is nobody's in particular.
"""

import random
import unicodedata
from collections.abc import Iterable, Iterator

from demo.texts import table

GIVEN, FAMILY = (table("namn")["namn"][part].split() for part in ("given", "family"))


def plain(word: str) -> str:
    """A word as it stands in an e-mail address."""
    folded = unicodedata.normalize("NFKD", word.lower().replace("ı", "i"))
    return "".join(letter for letter in folded if letter.isascii() and (letter.isalnum() or letter == "-"))


def names(rng: random.Random, taken: Iterable[tuple[str, str]] = ()) -> Iterator[tuple[str, str]]:
    """Given and family names without end, no pair twice and none that is taken."""
    seen = set(taken)
    while True:
        pair = rng.choice(GIVEN), rng.choice(FAMILY)
        if pair not in seen:
            seen.add(pair)
            yield pair
