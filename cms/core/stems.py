"""Swedish words as they are searched: the forms of a word share one key.

Snowball's Swedish stemmer knows most endings, but leaves some that are everywhere in plain text: *-an* (skolan,
anmälan), *-et* of short words (barnet, våldet), *-n* after *or, el, er, ro* (rektorn, oron). They are taken off first,
and what it leaves is asked again (rektorer, rektor). A key is for comparing only and never shown; the same function
makes those of the text and those of the question.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

WORD = re.compile(r"[^\W_]+")
VOWEL = re.compile(r"[aeiouyåäö]")
LEFT_BY_SNOWBALL = re.compile(r"(?:(?<=or)n|(?<=el)n|(?<=er)n|(?<=ro)n|an|(?<!h)et|(?<=mäl)d(?:e|a|es|as)?)s?$")
SHORTEST = 3
ROUNDS = 3
DOING = re.compile(r"(?<=\w{4})ning$")  # anmälning and anmäla, könsstympning and könsstympad
# hemm(et) and hem, teckn(et) and teck(en), regl(er) and regel
EVENED = ((re.compile(r"([mn])\1$"), r"\1"), (re.compile(r"([kp])n$"), r"\1"), (re.compile(r"([bdgkpt])el$"), r"\1l"))
LONGEST = 64
# What stands in every sentence, and tells none from another.
COMMON = frozenset(
    WORD.findall(
        "alla att av bli blir da de dem den denna deras det detta dig din du då där efter eller en er ett för från ha "
        "han har henne hon hur här i ingen inte ja jag kan man med men mig min mot när ni nu något någon några och om "
        "oss på sig ska som så till under upp ut utan vad var vara vem vi vid vilka vilken vill vår är även"
    )
)
_own = threading.local()


def composed(text: str) -> str:
    """With å, ä and ö as one sign each, as some keyboards and PDFs do not write them."""
    return unicodedata.normalize("NFC", text)


def plain_word(word: str) -> str:
    return composed(word).lower()[:LONGEST]


@lru_cache(maxsize=20_000)
def key_of_word(word: str) -> str:
    """The key that the forms of a word share: *anmälan*, *anmäla* and *anmäler* have the same."""
    if not hasattr(_own, "stemmer"):
        _own.stemmer = snowballstemmer.stemmer("swedish")  # has a state, so each thread needs its own
    word = plain_word(word)
    bare = LEFT_BY_SNOWBALL.sub("", word)
    if len(bare) < SHORTEST or not VOWEL.search(bare):
        bare = word
    for _round in range(ROUNDS):
        bare = _own.stemmer.stemWord(bare)
    bare = DOING.sub("", bare)
    for uneven, even in EVENED:
        bare = uneven.sub(even, bare)
    return bare


def words_in(text: str) -> Iterator[re.Match[str]]:
    """The words of a text, where they stand."""
    return WORD.finditer(text)


def keys_in(text: str) -> list[str]:
    """The keys of a text's words in order, without those that stand in every sentence."""
    words = (match[0] for match in words_in(composed(text)))
    return [key_of_word(word) for word in words if plain_word(word) not in COMMON]
