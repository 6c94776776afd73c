"""The order of Swedish names: a database sorts å, ä and ö as it likes, and small letters after capital ones."""

import unicodedata

AFTER_Z = {"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"}


def swedish_order(text: str) -> tuple[str, str]:
    """A key to sort by: å, ä, ö last, other accents as the plain letter, capitals as small ones."""
    letters = []
    for letter in unicodedata.normalize("NFC", text).casefold():
        plain = AFTER_Z.get(letter) or unicodedata.normalize("NFD", letter)[0]
        letters.append("y" if letter == "ü" else plain)
    return "".join(letters), text
