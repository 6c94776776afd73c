"""One text, several readings: pieces marked for some audiences are left out for the others."""

import re
from collections.abc import Iterable, Iterator

ONLY = re.compile(r"<!--only:([a-z_,]+)-->(.*?)<!--/only-->", re.DOTALL)


def only(audiences: Iterable[str], html: str) -> str:
    """Mark a piece of HTML as written for some audiences. Marks do not nest."""
    names = ",".join(sorted(audiences))
    return f"<!--only:{names}-->{html}<!--/only-->" if names else html


def is_for(audiences: Iterable[str], audience: str | None) -> bool:
    """Whether a piece is in a reading. No audiences: for all. No audience: the reading that has everything."""
    audiences = list(audiences)
    return not audiences or audience is None or audience in audiences


def read_for(html: str, audience: str | None) -> str:
    """The HTML of one reading: what is only for others is gone, the marks are gone."""
    return ONLY.sub(lambda match: match[2] if is_for(match[1].split(","), audience) else "", html)


def audiences_in(html: str) -> set[str]:
    """The audiences that some piece of the HTML is marked for."""
    return {name for names, _piece in ONLY.findall(html) for name in names.split(",")}


def pieces_of(html: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """The HTML in its pieces, each with the audiences that it is marked for; none: for all."""
    end = 0
    for match in ONLY.finditer(html):
        yield (), html[end : match.start()]
        yield tuple(match[1].split(",")), match[2]
        end = match.end()
    yield (), html[end:]
