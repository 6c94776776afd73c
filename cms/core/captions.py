"""WebVTT, the form of captions (W3C): whether a file is one that a browser shows. Bytes in, a fault out."""

import re
from collections.abc import Iterator
from enum import StrEnum

STAMP = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
TIMING = re.compile(rf"{STAMP}[ \t]+-->[ \t]+{STAMP}(?:[ \t].*)?")
SIGNATURE = re.compile(r"WEBVTT(?:[ \t].*)?")
BESIDE = ("NOTE", "STYLE", "REGION")


class Fault(StrEnum):
    """What keeps a file from being captions."""

    ENCODING = "encoding"
    SIGNATURE = "signature"
    TIMING = "timing"
    ORDER = "order"
    EMPTY = "empty"


def fault_in(data: bytes) -> Fault | None:
    """The first fault of a WebVTT file: its encoding, its first line, times, their order, or no words at all."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Fault.ENCODING
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not SIGNATURE.fullmatch(lines[0]):
        return Fault.SIGNATURE
    last, is_said = 0, False
    for cue in _cues(lines[1:]):
        timing, words = (cue[0], cue[1:]) if "-->" in cue[0] else (cue[1] if len(cue) > 1 else "", cue[2:])
        found = TIMING.fullmatch(timing.strip())
        if found is None:
            return Fault.TIMING
        start, end = _milliseconds(found.groups()[:4]), _milliseconds(found.groups()[4:])
        if start < last or end <= start:
            return Fault.ORDER
        last, is_said = start, is_said or any(word.strip() for word in words)
    return None if is_said else Fault.EMPTY


def _cues(lines: list[str]) -> Iterator[list[str]]:
    """The blocks that empty lines part, those that say nothing on the screen left out."""
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
        elif block:
            if not block[0].startswith(BESIDE):
                yield block
            block = []


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, rest = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
