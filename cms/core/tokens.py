"""Tokens such as `{{lag:orosanmalan}}`, by which text cites the registers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

TOKEN = re.compile(r"\{\{\s*([a-z_]+):([a-z0-9_]+)\s*\}\}")
SLOT = re.compile(r"<!--slot:([a-z_]+):([a-z0-9_]+)-->(.*?)<!--/slot-->", re.DOTALL)


@dataclass(frozen=True, order=True)
class Token:
    """One citation: the kind of register and the key in it."""

    kind: str
    key: str


def find_tokens(text: str) -> list[Token]:
    """The distinct tokens of a text, in the order they first appear."""
    return list(dict.fromkeys(Token(*match.groups()) for match in TOKEN.finditer(text)))


def replace_tokens(text: str, replacement: Callable[[Token], str]) -> str:
    return TOKEN.sub(lambda match: replacement(Token(*match.groups())), text)


def slot(token: Token, html: str = "") -> str:
    """Markup that says: this place is filled when the text is served."""
    return f"<!--slot:{token.kind}:{token.key}-->{html}<!--/slot-->"


def replace_slots(html: str, replacement: Callable[[Token, str], str]) -> str:
    """Fill each slot; `replacement` gets the token and what was frozen inside the slot."""
    return SLOT.sub(lambda match: replacement(Token(match[1], match[2]), match[3]), html)


def find_slots(html: str) -> list[Token]:
    return list(dict.fromkeys(Token(match[1], match[2]) for match in SLOT.finditer(html)))
