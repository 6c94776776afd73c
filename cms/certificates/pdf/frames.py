"""How a parent and its child process talk: a JSON header and named blobs, each with its length. Nothing is pickled,
so a child that was taken over can say nothing but bytes."""

import json
import os
import select
import struct
import time
from dataclasses import dataclass, field
from typing import Any

MAX_HEADER = 1 << 20
MAX_BLOBS = 64 << 20
LENGTH = struct.Struct(">I")


class BrokenFrame(OSError):
    """The other side is gone, is too slow, or does not keep to the form."""


@dataclass(frozen=True)
class Frame:
    """One message: `header` is JSON-ready, `blobs` are bytes by name."""

    header: dict[str, Any]
    blobs: dict[str, bytes] = field(default_factory=dict)


def encode(frame: Frame) -> bytes:
    sizes = [[name, len(data)] for name, data in frame.blobs.items()]
    header = json.dumps({"header": frame.header, "blobs": sizes}).encode()
    return b"".join([LENGTH.pack(len(header)), header, *frame.blobs.values()])


def _wait(fd: int, deadline: float | None, *, writing: bool = False) -> None:
    if deadline is None:
        return
    left = deadline - time.monotonic()
    wanted: tuple[list[int], list[int]] = ([], [fd]) if writing else ([fd], [])
    if left <= 0 or not any(select.select(*wanted, [], left)):
        raise BrokenFrame("too slow")


def _read_exactly(fd: int, size: int, deadline: float | None) -> bytes:
    pieces = []
    while size:
        _wait(fd, deadline)
        piece = os.read(fd, min(size, 1 << 20))
        if not piece:
            raise BrokenFrame("gone")
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def read(fd: int, deadline: float | None = None) -> Frame:
    """The next message; raises BrokenFrame. `deadline` is a reading of the monotonic clock."""
    (length,) = LENGTH.unpack(_read_exactly(fd, LENGTH.size, deadline))
    if length > MAX_HEADER:
        raise BrokenFrame("header too long")
    try:
        envelope = json.loads(_read_exactly(fd, length, deadline))
        sizes = [(str(name), int(size)) for name, size in envelope["blobs"]]
        header = dict(envelope["header"])
    except (ValueError, TypeError, KeyError) as error:
        raise BrokenFrame("not a frame") from error
    if any(size < 0 for _name, size in sizes) or sum(size for _name, size in sizes) > MAX_BLOBS:
        raise BrokenFrame("blobs too long")
    return Frame(header, {name: _read_exactly(fd, size, deadline) for name, size in sizes})


def write(fd: int, frame: Frame, deadline: float | None = None) -> None:
    data = memoryview(encode(frame))
    while data:
        _wait(fd, deadline, writing=True)
        data = data[os.write(fd, data[:65536]) :]
