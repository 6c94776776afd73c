"""The plain text format of `demo/content`, read into StreamField data.

## Heading {S !SH #key v2}        a heading; what stands in braces is for whom (F, G, Y, S, I), which
                                  experts must review it (!J…), its lasting key, the version it is in
Text with **bold** and [links](https://…), lists with "- " or "1. ", in one text block until the next
line that begins another. A line with only braces begins a new text block with those marks.

:::fara Title {…} … :::           a call-out: info, viktigt or fara
:::steg, :::ansvar, :::tecken     rows, each begun by "= Title {…}"
:::checklista Title … :::         points, each begun by "- "; so for :::kort, which is read in half a minute
:::stund Title … :::              something to think about; :::innan key … ::: what comes, and whose support
:::fler … :::                     texts to unfold, each begun by "= Title {…}"
::lagrum key, ::kontakter list Title, ::riktlinje 1 Heading (of a section of the guideline, version 1.0)
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

NAMESPACE = uuid.UUID("6d0e3a52-7a6f-5d0c-9d35-0d1b6b8f3c11")
AUDIENCES = {
    "F": ["preschool"],
    "G": ["compulsory_school"],
    "Y": ["upper_secondary"],
    "S": ["compulsory_school", "upper_secondary"],
    "I": ["social_services"],
}
TONES = {"info": "info", "viktigt": "warning", "fara": "danger"}
ROWS = {
    "steg": ("steps", "title", "text"),
    "ansvar": ("responsibilities", "role", "duty"),
    "tecken": ("signs", "age", "signs"),
    "fler": ("accordion", "title", "text"),
}
WORDED = {"text": ("text", ""), "stund": ("reflection", "title"), "innan": ("what_comes", "support")}
ROWS_ALONE = {"steps": "steps", "accordion": "items"}  # blocks that have rows and no caption
MARKS = re.compile(r"\s*\{([^{}]*)\}$")
HEADING = re.compile(r"(#{2,3}) (.+)")
OPENING = re.compile(r":::(\w+)\s*(.*)")
ONE_LINE = re.compile(r"::(\w+) (\w+)\s*(.*)")
LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+|mailto:[^)\s]+|/[^)\s]*)\)")


class MarkupError(ValueError):
    """A text in `demo/content` that cannot be read."""


@dataclass(frozen=True)
class Marks:
    """What stands in braces after a heading, a block or a row."""

    audiences: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    key: str = ""
    version: int | None = None

    def is_in(self, version: int | None) -> bool:
        return self.version is None or version is None or self.version == version

    @property
    def value(self) -> dict[str, list[str]]:
        return {"audiences": list(self.audiences), "review": list(self.review)}


def read_marks(words: str) -> Marks:
    audiences: list[str] = []
    review: tuple[str, ...] = ()
    key, version = "", None
    for word in words.split():
        if word in AUDIENCES:
            audiences += AUDIENCES[word]
        elif word.startswith("!"):
            review = tuple(word[1:])
        elif word.startswith("#"):
            key = word[1:]
        elif re.fullmatch(r"v\d", word):
            version = int(word[1:])
        else:
            raise MarkupError(f"unknown mark {word!r}")
    return Marks(tuple(sorted(audiences)), review, key, version)


def split_marks(line: str) -> tuple[str, Marks]:
    """A line and its marks. A token in double braces is part of the line."""
    found = MARKS.search(line)
    if found is None:
        return line.strip(), Marks()
    return line[: found.start()].strip(), read_marks(found[1])


def inline(text: str) -> str:
    """One paragraph as rich text, tokens left as they are."""
    html = escape(text, quote=False)
    html = LINK.sub(r'<a href="\2">\1</a>', html)
    html = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html)
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", html)


def rich_text(lines: list[str]) -> str:
    """Paragraphs and lists as rich text."""
    groups: list[tuple[str, list[str]]] = []
    open_group = False
    for line in (line.strip() for line in lines):
        item = re.match(r"(- |\d+\. )(.*)", line)
        heading = HEADING.match(line)
        if not line:
            open_group = False
        elif heading:
            groups.append((f"h{len(heading[1])}", [heading[2]]))
            open_group = False
        elif item:
            kind = "ul" if item[1] == "- " else "ol"
            if not groups or groups[-1][0] != kind or not open_group:
                groups.append((kind, []))
            groups[-1][1].append(item[2])
            open_group = True
        elif open_group and groups:
            groups[-1][1][-1] += f" {line}"
        else:
            groups.append(("p", [line]))
            open_group = True
    return "".join(_group(kind, items) for kind, items in groups)


def _group(kind: str, items: list[str]) -> str:
    if kind not in ("ul", "ol"):
        return f"<{kind}>{inline(items[0])}</{kind}>"
    return f"<{kind}>{''.join(f'<li>{inline(item)}</li>' for item in items)}</{kind}>"


@dataclass(frozen=True)
class Piece:
    """A block as it was read: its type, the words of its first line, its marks and the lines inside."""

    kind: str
    title: str
    marks: Marks
    lines: list[str]


def _pieces(text: str) -> Iterator[Piece]:
    lines = iter(text.strip().splitlines())
    running, marks = [], Marks()
    for line in lines:
        begins = line.startswith("::") or HEADING.match(line) or re.fullmatch(r"\{[^{}]*\}", line.strip())
        if not begins:
            running.append(line)
            continue
        if any(part.strip() for part in running):
            yield Piece("text", "", marks, running)
        running, marks = [], Marks()
        if line.startswith("{"):
            marks = read_marks(line.strip()[1:-1])
        else:
            yield _block(line, lines)
    if any(part.strip() for part in running):
        yield Piece("text", "", marks, running)


def _block(line: str, lines: Iterator[str]) -> Piece:
    words, marks = split_marks(line)
    heading, opening, one_line = HEADING.match(words), OPENING.fullmatch(words), ONE_LINE.fullmatch(words)
    if heading:
        return Piece(heading[1], heading[2], marks, [])
    if opening:
        inside: list[str] = []
        for inner in lines:
            if inner.strip() == ":::":
                return Piece(opening[1], opening[2], marks, inside)
            inside.append(inner)
        raise MarkupError(f"{words!r} is never closed")
    if one_line:
        return Piece(one_line[1], one_line[3], marks, [one_line[2]])
    raise MarkupError(f"cannot read {line!r}")


def _rows(piece: Piece, version: int | None) -> Iterator[tuple[str, str, list[str]]]:
    """Title, rich text and audiences of each row that is in the version."""
    rows: list[tuple[str, list[str]]] = []
    for line in piece.lines:
        if line.startswith("= "):
            rows.append((line[2:], []))
        elif rows:
            rows[-1][1].append(line)
        elif line.strip():
            raise MarkupError(f"{line!r} stands before the first row")
    for first, lines in rows:
        title, marks = split_marks(first)
        if marks.is_in(version):
            yield title, rich_text(lines), list(marks.audiences)


def _points(piece: Piece) -> list[str]:
    return [line.strip()[2:] for line in piece.lines if line.strip().startswith("- ")]


def _value(piece: Piece, version: int | None) -> tuple[str, dict[str, Any]]:
    """The block's type in the StreamField and its value."""
    if piece.kind in TONES:
        return "callout", {"tone": TONES[piece.kind], "title": piece.title, "text": rich_text(piece.lines)}
    if piece.kind in ROWS:
        return _rows_value(piece, version)
    if piece.kind in ("##", "###"):
        return "heading", {"text": piece.title, "level": str(len(piece.kind))}
    if piece.kind in WORDED:
        block, name = WORDED[piece.kind]
        return block, {**({name: piece.title} if name else {}), "text": rich_text(piece.lines)}
    if piece.kind in ("checklista", "kort"):
        return _points_value(piece)
    return _one_line_value(piece)


def _one_line_value(piece: Piece) -> tuple[str, dict[str, Any]]:
    """What cites a register or the guideline."""
    if piece.kind == "lagrum":
        return "legal_reference", {"key": piece.lines[0]}
    if piece.kind == "kontakter":
        return "contacts", {"kind": piece.lines[0], "title": piece.title}
    if piece.kind == "riktlinje":
        return "quote", {"section": piece.title, "version": f"{piece.lines[0]}.0"}
    raise MarkupError(f"unknown block {piece.kind!r}")


def _points_value(piece: Piece) -> tuple[str, dict[str, Any]]:
    """A checklist has plain points, a brief has rich ones."""
    if piece.kind == "kort":
        return "brief", {"title": piece.title, "points": [f"<p>{inline(point)}</p>" for point in _points(piece)]}
    return "checklist", {"title": piece.title, "items": _points(piece)}


def _rows_value(piece: Piece, version: int | None) -> tuple[str, dict[str, Any]]:
    """Steps and tables: each row has a title, a text and its audiences, under names of the block's own."""
    block, title, text = ROWS[piece.kind]
    rows = [{title: words, text: html, "audiences": whom} for words, html, whom in _rows(piece, version)]
    if block in ROWS_ALONE:
        return block, {ROWS_ALONE[block]: rows}
    return block, {"caption": piece.title, "rows": rows}


def stream(text: str, *, document: str, version: int | None = None) -> list[dict[str, Any]]:
    """A StreamField's raw value. A block keeps its id through versions by its key, or by how it begins."""
    blocks: list[dict[str, Any]] = []
    taken: set[str] = set()
    for piece in _pieces(text):
        if not piece.marks.is_in(version):
            continue
        kind, value = _value(piece, version)
        name = piece.marks.key or f"{kind}:{piece.title or ' '.join(piece.lines).strip()[:80]}"
        while name in taken:
            name += "+"
        taken.add(name)
        block_id = str(uuid.uuid5(NAMESPACE, f"{document}/{name}"))
        blocks.append({"id": block_id, "type": kind, "value": {**value, **piece.marks.value}})
    return blocks
