"""Fonts: embedded, with the widths and the Unicode values that the document says, and a glyph for each letter."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pikepdf
from fontTools.ttLib import TTFont, TTLibError

from cms.certificates.pdf.conformance.reading import Reading, Rule, as_list, key_of

PREDEFINED = {"/Identity-H", "/Identity-V"}
PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>")
CID = re.compile(rb"<([0-9a-fA-F]+)>\s*(\d+)")
NOT_TEXT = {"\x00", "\ufeff", "\ufffe"}


@dataclass
class Used:
    """A font with the codes that are shown in it."""

    font: pikepdf.Object
    codes: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        return str(self.font.get("/BaseFont", "?"))[1:]

    @property
    def descendant(self) -> pikepdf.Object | None:
        return next(iter(as_list(self.font.get("/DescendantFonts"))), None)

    @property
    def program(self) -> pikepdf.Object | None:
        below: Any = self.descendant if self.descendant is not None else self.font
        descriptor = below.get("/FontDescriptor", {})
        return next((descriptor[key] for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in descriptor), None)

    def cid(self, code: int) -> int:
        """What a code selects. Our own encodings are the identity, or say it in a CMap of theirs."""
        encoding = self.font.get("/Encoding")
        if isinstance(encoding, pikepdf.Stream):
            return dict(_cids(encoding.read_bytes())).get(code, 0)
        return code

    def unicode(self) -> dict[int, str]:
        stream = self.font.get("/ToUnicode")
        if not isinstance(stream, pikepdf.Stream):
            return {}
        return {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be", errors="replace")
            for code, text in PAIR.findall(_between(stream.read_bytes(), b"beginbfchar", b"endbfchar"))
        }


def _between(data: bytes, start: bytes, end: bytes) -> bytes:
    return b"\n".join(part.split(end)[0] for part in data.split(start)[1:])


@lru_cache(maxsize=8)
def _cids(cmap: bytes) -> tuple[tuple[int, int], ...]:
    found = CID.findall(_between(cmap, b"begincidchar", b"endcidchar"))
    return tuple((int(code, 16), int(cid)) for code, cid in found)


def used_fonts(reading: Reading) -> list[Used]:
    found: dict[tuple[int, int], Used] = {}
    for one in reading.painted:
        if one.font is None:
            continue
        used = found.setdefault(key_of(one.font), Used(one.font))
        for text in one.codes:
            used.codes.update(int.from_bytes(text[at : at + 2], "big") for at in range(0, len(text), 2))
    return list(found.values())


@lru_cache(maxsize=32)
def _parsed(program: bytes) -> TTFont | None:
    try:
        return TTFont(io.BytesIO(program), lazy=True)
    except TTLibError:
        return None


def are_composite(reading: Reading) -> Iterator[str]:
    for used in used_fonts(reading):
        if used.font.get("/Subtype") != "/Type0" or used.descendant is None:
            yield f"{used.name} is not a composite font"


def are_embedded(reading: Reading) -> Iterator[str]:
    for used in used_fonts(reading):
        if used.program is None or _parsed(used.program.read_bytes()) is None:
            yield f"{used.name} is not embedded, or cannot be read"


def have_character_collections(reading: Reading) -> Iterator[str]:
    for used in used_fonts(reading):
        below = used.descendant
        if below is None:
            continue
        if "/CIDSystemInfo" not in below:
            yield f"{used.name} names no character collection"
        if below.get("/Subtype") == "/CIDFontType2" and "/CIDToGIDMap" not in below:
            yield f"{used.name} does not say which glyph a character is"


def have_known_encodings(reading: Reading) -> Iterator[str]:
    for used in used_fonts(reading):
        encoding = used.font.get("/Encoding")
        if not isinstance(encoding, pikepdf.Stream) and str(encoding) not in PREDEFINED:
            yield f"{used.name} has the encoding {encoding}, which is neither embedded nor predefined"


def say_what_they_mean(reading: Reading) -> Iterator[str]:
    for used in used_fonts(reading):
        known = used.unicode()
        for code in sorted(used.codes):
            text = known.get(code, "")
            if not text or set(text) & NOT_TEXT:
                yield f"{used.name}: the character {code:04x} has no Unicode value"


def have_every_glyph(reading: Reading) -> Iterator[str]:
    for used in used_fonts(reading):
        font = _parsed(used.program.read_bytes()) if used.program is not None else None
        count = font["maxp"].numGlyphs if font is not None else 0
        for code in sorted(used.codes):
            cid = used.cid(code)
            if cid == 0 or (font is not None and cid >= count):
                yield f"{used.name}: the character {code:04x} has no glyph"


def have_true_widths(reading: Reading) -> Iterator[str]:
    for used in used_fonts(reading):
        font = _parsed(used.program.read_bytes()) if used.program is not None else None
        if font is None or used.descendant is None or "hmtx" not in font:
            continue
        said, scale = _widths(used.descendant), 1000 / font["head"].unitsPerEm
        order = font.getGlyphOrder()
        for cid in sorted({used.cid(code) for code in used.codes}):
            if 0 < cid < len(order) and abs(said.get(cid, 1000.0) - font["hmtx"][order[cid]][0] * scale) > 1.5:
                yield f"{used.name}: the width of glyph {cid} is not the font's own"


def _widths(font: pikepdf.Object) -> dict[int, float]:
    found: dict[int, float] = {}
    items = as_list(font.get("/W"))
    while items:
        first, second = int(items[0]), items[1]
        if isinstance(second, pikepdf.Array):
            found.update({first + index: float(width) for index, width in enumerate(second)})
            items = items[2:]
        else:
            found.update(dict.fromkeys(range(first, int(second) + 1), float(items[2])))
            items = items[3:]
    return found


RULES = (
    Rule("ISO 14289-1 7.21.3.1 composite fonts", are_composite),
    Rule("ISO 14289-1 7.21.3.2 character collections", have_character_collections),
    Rule("ISO 14289-1 7.21.3.3 encodings", have_known_encodings),
    Rule("ISO 14289-1 7.21.4.1 embedded fonts", are_embedded),
    Rule("ISO 14289-1 7.21.5 widths", have_true_widths),
    Rule("ISO 14289-1 7.21.7 Unicode", say_what_they_mean),
    Rule("ISO 14289-1 7.21.8 missing glyphs", have_every_glyph),
)
