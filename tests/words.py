"""Find words in the wrong language: each text of a page has the language of the nearest `lang`, and no other's message.

A message is told by its words in order, so that places which are filled, tags and punctuation do not matter. Several
words are found inside a longer text; a single one only where it is all that a text says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from html.parser import HTMLParser

from django.utils.translation import trans_real

from tools.catalogs import PLACEHOLDER, messages, read, sources

SITE, OTHER = "sv", "en"
FEW = 2  # words that a part of a message must have to be found inside a text
SAID = {"aria-label", "title", "alt", "placeholder", "aria-description", "data-failed", "data-offline"}
UNSAID = {"script", "style", "template", "svg"}
VOID = {"br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "area", "base"}
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
NAMES = {"Kurser"}  # a page of the tests' world, whose name Wagtail's header shows
ADDRESS = re.compile(r"\S*/\S*")
GAP = re.compile(rf"{PLACEHOLDER.pattern}|<[^>]*>|%%")

Words = tuple[str, ...]


def words_of(text: str) -> Words:
    return tuple(word.casefold() for word in WORD.findall(text))


@dataclass
class Lexicon:
    """The messages of one language that must not stand in text of the other, by their first words."""

    whole: set[Words] = field(default_factory=set)
    parts: dict[Words, list[Words]] = field(default_factory=dict)

    def found_in(self, text: str) -> str:
        """The first message of this language in a text, or nothing."""
        words = words_of(text)
        if words in self.whole:
            return " ".join(words)
        for place in range(len(words) - FEW + 1):
            for part in self.parts.get(words[place : place + FEW], ()):
                if words[place : place + len(part)] == part:
                    return " ".join(part)
        return ""


def _forms(label: str) -> Iterator[tuple[list[str], list[str]]]:
    """Of each message its English and its Swedish forms."""
    for message in messages(read(label)):
        yield (
            list(message.id) if isinstance(message.id, tuple) else [message.id],
            list(message.string) if isinstance(message.string, (tuple, list)) else [message.string],
        )


def _lexicon(forms: list[str], theirs: list[str], all_theirs: set[Words]) -> Lexicon:
    within = {words[i : i + FEW] for words in map(words_of, theirs) for i in range(len(words) - FEW + 1)}
    lexicon = Lexicon()
    for form in forms:
        parts = [words_of(part) for part in GAP.split(form)]
        if len(parts) == 1 and parts[0] not in all_theirs:
            lexicon.whole.add(parts[0])
        for part in parts:
            if len(part) >= FEW and part[:FEW] not in within:
                lexicon.parts.setdefault(part[:FEW], []).append(part)
    lexicon.whole.discard(())
    return lexicon


def _everybodys() -> tuple[set[Words], set[Words]]:
    """Every message that this site knows, Django's and Wagtail's too, in English and in Swedish."""
    known = list(trans_real.translation(SITE)._catalog.items())
    names = [key[0] if isinstance(key, tuple) else key for key, _string in known]
    return {words_of(name.rpartition("\4")[2]) for name in names}, {words_of(string) for _key, string in known}


@cache
def lexicons() -> dict[str, Lexicon]:
    """For each language what must not stand in it."""
    pairs = [pair for label in sources() for pair in _forms(label)]
    english = [form for ids, _strings in pairs for form in ids]
    swedish = [form for _ids, strings in pairs for form in strings]
    all_english, all_swedish = _everybodys()
    return {SITE: _lexicon(english, swedish, all_swedish), OTHER: _lexicon(swedish, english, all_english)}


class _Reader(HTMLParser):
    """Every text of a page that somebody sees or hears, with its language."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: set[tuple[str, str]] = set()
        self._open: list[tuple[str, str, bool]] = [("", "", False)]  # tag, language, whether nobody sees it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        _tag, language, is_unseen = self._open[-1]
        language = given.get("lang") or language
        for name, value in given.items():
            is_said = name in SAID or (name == "value" and given.get("type") in ("submit", "button", "reset"))
            if is_said or (name == "content" and given.get("name") == "description"):
                self._say(language, value or "")
        if tag not in VOID:
            self._open.append((tag, language, is_unseen or "hidden" in given or tag in UNSAID))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, *_rest in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        _tag, language, is_unseen = self._open[-1]
        if not is_unseen:
            self._say(language, data)

    def _say(self, language: str, text: str) -> None:
        text = " ".join(text.split())
        if text and not ADDRESS.fullmatch(text):
            self.texts.add((language, text))


def texts_of(html: str) -> set[tuple[str, str]]:
    reader = _Reader()
    reader.feed(html.replace("<wbr>", ""))  # where an address may break, it is still one
    return reader.texts


def mixed_in(html: str) -> list[str]:
    """The texts of a page that hold a message in another language than the text says it has."""
    texts = sorted(texts_of(html))
    said = [(language, text, said_in(language, text)) for language, text in texts if text not in NAMES]
    return [f"{language}: {text[:100]!r} says {message!r}" for language, text, message in said if message]


@lru_cache(maxsize=5000)
def said_in(language: str, text: str) -> str:
    lexicon = lexicons().get(language)
    return lexicon.found_in(text) if lexicon else ""
