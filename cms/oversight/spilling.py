"""Sorting more rows than memory should hold: sorted pieces lie in temporary files and are read side by side."""

import heapq
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, TypeVar

Row = TypeVar("Row")
ROWS_IN_A_BATCH = 200


def merged(pieces: Iterable[list[Row]], key: Callable[[Row], Any]) -> Iterator[Row]:
    """All rows of the pieces in one order, of which at most one piece and a batch of each is in memory.

    A single piece never reaches a disk. Files are unlinked from the start, and gone when they are closed.
    """
    waiting = iter(pieces)
    first, second = next(waiting, []), next(waiting, None)
    if second is None:
        return iter(sorted(first, key=key))
    files = [_written(sorted(piece, key=key)) for piece in _chained(first, second, waiting)]
    return heapq.merge(*map(_read, files), key=key)


def _chained(first: list[Row], second: list[Row], rest: Iterable[list[Row]]) -> Iterator[list[Row]]:
    yield first
    yield second
    yield from rest


def _written(rows: list[Row]) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 lives as long as its rows are read
    for start in range(0, len(rows), ROWS_IN_A_BATCH):
        pickle.dump(rows[start : start + ROWS_IN_A_BATCH], file, pickle.HIGHEST_PROTOCOL)
    file.seek(0)
    return file


def _read(file: IO[bytes]) -> Iterator[Any]:
    with file:
        while True:
            try:
                yield from pickle.load(file)  # noqa: S301 written by this very process a moment ago
            except EOFError:
                return
