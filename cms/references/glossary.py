"""Explain words where a text first uses them. Pure: the frozen text is read, never changed.

What a word means is no part of what was published: a better explanation helps readers of every version at once, and no
hash moves. So the explanation is laid on when a text is served, as a button with a popover: it opens without a script,
is read aloud after its word, is printed in brackets, and stands in brackets in a browser that knows no popovers.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString

from cms.core.stems import WORD, key_of_word

PART = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
TAG = re.compile(r"<(/?)(\w+)")
SHUT = frozenset({"a", "button", "h1", "h2", "h3", "h4", "th", "caption", "code", "q"})  # nothing is laid on in these
SLOT, SLOT_END = "<!--slot:", "<!--/slot-->"


@dataclass(frozen=True)
class Term:
    """A word or phrase with what it means. `keys` are those of its words, so that its forms are known."""

    name: str
    explanation: str
    keys: tuple[str, ...]

    @classmethod
    def of(cls, name: str, explanation: str) -> "Term":
        return cls(name, explanation, tuple(key_of_word(match[0]) for match in WORD.finditer(name)))


def explain(pieces: Sequence[str], terms: Iterable[Term]) -> list[str]:
    """Pieces of a text's HTML in order, with each term explained where it is first used."""
    left = tuple(sorted((term for term in terms if term.keys), key=lambda term: (-len(term.keys), term.name)))
    explained = []
    for piece in pieces:
        html, found = _explain_in(piece, left) if left else (piece, frozenset())
        explained.append(html)
        left = tuple(term for term in left if term.name not in found) if found else left
    return explained


@lru_cache(maxsize=2048)
def _explain_in(html: str, terms: tuple[Term, ...]) -> tuple[str, frozenset[str]]:
    """One piece with its first uses explained, and the names of the terms that were."""
    by_first: dict[str, list[Term]] = {}
    for term in terms:
        by_first.setdefault(term.keys[0], []).append(term)
    out: list[str] = []
    found: set[str] = set()
    shut = 0
    for match in PART.finditer(html):
        part = match[0]
        if part.startswith("<"):
            shut += _opens(part)
            out.append(part)
        else:
            out.append(part if shut else _explain_words(part, by_first, found))
    return "".join(out), frozenset(found)


def _opens(tag: str) -> int:
    """How much deeper a tag leads into what is left alone: links, headings, what is filled when served."""
    if tag.startswith("<!--"):
        return 1 if tag.startswith(SLOT) else -1 if tag == SLOT_END else 0
    match = TAG.match(tag)
    if match is None or match[2].lower() not in SHUT:
        return 0
    return -1 if match[1] else 1


def _explain_words(text: str, by_first: dict[str, list[Term]], found: set[str]) -> str:
    words = list(WORD.finditer(text))
    out: list[str] = []
    end = 0
    for place, word in enumerate(words):
        if word.start() < end:
            continue
        for term in by_first.get(key_of_word(word[0]), ()):
            same = words[place : place + len(term.keys)]
            if term.name not in found and tuple(key_of_word(one[0]) for one in same) == term.keys:
                out += [text[end : word.start()], explained_html(text[word.start() : same[-1].end()], term)]
                end = same[-1].end()
                found.add(term.name)
                break
    return "".join([*out, text[end:]])


def explained_html(said: str, term: Term) -> SafeString:
    """The word as the text has it, with its explanation. `said` is HTML already."""
    place = "ord-" + "-".join(term.keys)
    return format_html(
        '<button type="button" class="ls-term" popovertarget="{}">{}</button>'
        '<span class="ls-explanation" id="{}" popover role="note">'
        '<span class="ls-bracket"> (</span>{}<span class="ls-bracket">)</span></span>',
        place,
        SafeString(said),
        place,
        term.explanation,
    )
