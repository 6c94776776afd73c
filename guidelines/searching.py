"""What somebody searches for, and how well a section answers it: values in, values out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import combining, normalize

from cms.core.stems import COMMON, composed, key_of_word, plain_word, words_in

MOST_WORDS = 8
SURE, BEGINS, WITHIN = 4, 2, 1  # how much a word of a text counts that is, begins with or has what is looked for
OTHER_WORDS = 0.6  # what a synonym counts beside the word that was written
SAFE_TO_BEGIN, SAFE_WITHIN = 4, 5  # letters that must be there before longer words are looked into
MOST_SLIPS = 2  # letters of a word that may be wrong
DOUBLED = re.compile(r"(.)\1")
EXCERPT = 220
LEAD = 70
TAG = re.compile(r"</?(?:p|li|ul|ol|td|th|tr|div|h\d|dt|dd|br|caption|figcaption|figure|table)\b[^>]*>")


@dataclass(frozen=True)
class Word:
    """A word that is looked for. `root` is what longer words are looked into for; empty when it is too short."""

    key: str
    root: str

    @classmethod
    def of(cls, written: str) -> "Word":
        """Compounds begin with the word as it is written (heder, hedersvåld), or with what its forms share."""
        key, plain = key_of_word(written), plain_word(written)
        root = key if len(key) >= SAFE_TO_BEGIN else plain
        return cls(key, root if len(root) >= SAFE_TO_BEGIN else "")

    @property
    def is_looked_for_within(self) -> bool:
        return len(self.root) >= SAFE_WITHIN

    def grade(self, term: str) -> int:
        if term == self.key:
            return SURE
        if not self.root:
            return 0
        if term.startswith(self.root):
            return BEGINS
        within = self.root in term if self.is_looked_for_within else term.endswith(self.root)
        return WITHIN if within else 0


Phrase = tuple[Word, ...]


@dataclass(frozen=True)
class Sought:
    """One thing that is looked for, as it was written and as it could also be said."""

    ways: tuple[Phrase, ...]

    def score(self, weights: Mapping[str, int]) -> float | None:
        """How much a section's words say about it. None unless every word of some way is there."""
        found = []
        for place, way in enumerate(self.ways):
            score = _score(way, weights, _least(place))
            if score is not None:
                found.append(score if place == 0 else OTHER_WORDS * score)
        return max(found, default=None)

    def marks(self, term: str) -> bool:
        return any(word.grade(term) >= _least(place) for place, way in enumerate(self.ways) for word in way)


def _least(place: int) -> int:
    """The word that was written is looked for within words; what it could also be is not (gifta sig in uppgift)."""
    return BEGINS if place else WITHIN


def _score(way: Phrase, weights: Mapping[str, int], least: int) -> float | None:
    found = []
    for word in way:
        grades = [(grade, weight) for term, weight in weights.items() if (grade := word.grade(term)) >= least]
        if not grades:
            return None
        found.append(max(grade * weight for grade, weight in grades))
    return float(min(found))


def phrase(words: str) -> Phrase:
    found = [match[0] for match in words_in(composed(words))]
    kept = [word for word in found if plain_word(word) not in COMMON] or found
    return tuple(Word.of(word) for word in kept)


def sought_in(question: str, synonyms: Iterable[Sequence[str]] = ()) -> tuple[Sought, ...]:
    """What a question looks for. `synonyms` are groups of words or phrases that mean the same."""
    asked = list(phrase(question))[:MOST_WORDS]
    groups = [[way for said in group if (way := phrase(said))] for group in synonyms]
    found: list[Sought] = []
    while asked:
        taken = 1
        ways = [tuple(asked[:1])]
        for group in groups:
            said = max((way for way in group if _begins(asked, way)), key=len, default=None)
            if said is not None and len(said) >= taken:
                known = ways if len(said) == taken else [said]
                ways = [*known, *(way for way in group if way not in known)]
                taken = len(said)
        found.append(Sought(tuple(ways)))
        asked = asked[taken:]
    return tuple(found)


def _begins(asked: Sequence[Word], way: Phrase) -> bool:
    return [word.key for word in asked[: len(way)]] == [word.key for word in way]


# Words that are written wrong


def guessed(
    sought: Sequence[Sought], known: Iterable[str], synonyms: Iterable[Sequence[str]] = ()
) -> tuple[Sought, ...]:
    """The same, but for single words that no text has: the known words most like each instead, where any is."""
    groups = [tuple(way for said in group if (way := phrase(said))) for group in synonyms]
    said = {way[0].key: (way, *group) for group in groups for way in group if len(way) == 1}
    folded = {key: _folded(key) for key in {*known, *said}}
    found = []
    for one in sought:
        if len(one.ways[0]) == 1 and not any(one.marks(key) for key in folded):
            near = _nearest(one.ways[0][0].key, folded)
            ways = dict.fromkeys(way for key in near for way in said.get(key, ((Word(key, key),),)))
            found.append(Sought(tuple(ways)) if ways else one)
        else:
            found.append(one)
    return tuple(found)


def _folded(key: str) -> str:
    """As it sounds rather than as it is spelt: without rings and dots, and each letter once."""
    bare = "".join(sign for sign in normalize("NFD", key) if not combining(sign))
    return DOUBLED.sub(r"\1", bare)


def _nearest(key: str, folded: Mapping[str, str]) -> list[str]:
    """The known words that take the fewest slips; one of three letters is only ever meant as it sounds."""
    asked = _folded(key)
    if not asked.isalpha():
        return []  # a number is never like another
    most = min(len(key) // 3, MOST_SLIPS) if len(asked) >= SAFE_TO_BEGIN else 0
    alike = {
        key: known
        for key, known in folded.items()
        if known == asked or (known[:1] == asked[:1] and len(known) >= SAFE_TO_BEGIN)
    }
    steps = {key: _steps(asked, known, most) for key, known in alike.items()}
    least = min(steps.values(), default=MOST_SLIPS)
    return sorted(key for key, number in steps.items() if number == least <= most)


def _steps(asked: str, known: str, most: int) -> int:
    """Letters to put in, take out, change or let change places; at least `most` + 1 where there are more."""
    if abs(len(asked) - len(known)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(known) + 1))
    for i, sign in enumerate(asked, 1):
        last, row, earlier = row, [i], before
        for j, other in enumerate(known, 1):
            row.append(min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (sign != other)))
            if i > 1 and j > 1 and (sign, asked[i - 2]) == (known[j - 2], other):
                row[j] = min(row[j], earlier[j - 2] + 1)
        before = last
    return row[-1]


@dataclass(frozen=True)
class Ranked:
    """A section that answers: how many of the things looked for it has, and how much it says about them."""

    section: int
    has: int
    score: float


def rank(sought: Sequence[Sought], weights: Mapping[int, Mapping[str, int]]) -> list[Ranked]:
    """The sections that have as many of the things looked for as any has, the best first.

    What stands above a section, such as its document's title, weighs nothing: alone it makes no answer.
    """
    found = []
    for section, of_section in weights.items():
        scores = [score for one in sought if (score := one.score(of_section)) is not None]
        if sum(scores) > 0:
            found.append(Ranked(section, len(scores), sum(scores)))
    most = max((one.has for one in found), default=0)
    return sorted((one for one in found if one.has == most), key=lambda one: (-one.score, one.section))


# What is shown of a section


@dataclass(frozen=True)
class Run:
    text: str
    is_sought: bool


def excerpt(text: str, sought: Sequence[Sought]) -> tuple[Run, ...]:
    """A stretch of the text round the first word that was looked for, with all such words marked."""
    words = [(match.span(), any(one.marks(key_of_word(match[0])) for one in sought)) for match in words_in(text)]
    first = next((span[0] for span, is_sought in words if is_sought), 0)
    start = _word_edge(text, first - LEAD) if first > LEAD else 0
    end = len(text) if start + EXCERPT >= len(text) else _word_edge(text, start + EXCERPT)
    edges = sorted(
        {start, end, *(edge for span, is_sought in words if is_sought for edge in span if start < edge < end)}
    )
    marked = {span[0] for span, is_sought in words if is_sought}
    runs = [Run(text[a:b], a in marked) for a, b in pairwise(edges)]
    before, after = Run("… ", False), Run(" …", False)
    return (*([before] if start else []), *runs, *([after] if end < len(text) else []))


def _word_edge(text: str, place: int) -> int:
    """The nearest beginning of a word from a place on."""
    space = text.find(" ", max(place, 0))
    return len(text) if space < 0 else space + 1
