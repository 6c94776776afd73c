"""One range of a file's bytes (RFC 9110, 14.2), so that a player can seek. Values in, values out."""

import re
from collections.abc import Iterator
from typing import Any

ONE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
CHUNK = 64 * 1024


class NotSatisfiable(Exception):
    """The range begins after the file's end."""


def range_of(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte, both included. None: the whole file, also for what is not one plain range of bytes.

    Raises NotSatisfiable.
    """
    found = ONE.fullmatch(header.replace(" ", ""))
    if found is None or (found[2] and int(found[2]) < int(found[1])):
        return None
    if found[3] is not None:
        if int(found[3]) == 0 or size == 0:
            raise NotSatisfiable
        return max(0, size - int(found[3])), size - 1
    first = int(found[1])
    if first >= size:
        raise NotSatisfiable
    return first, min(int(found[2]), size - 1) if found[2] else size - 1


def pieces(file: Any, first: int, last: int) -> Iterator[bytes]:
    """The bytes of a range, a little at a time; the file is closed at the end."""
    with file:
        file.seek(first)
        left = last - first + 1
        while left > 0 and (piece := file.read(min(CHUNK, left))):
            left -= len(piece)
            yield piece
