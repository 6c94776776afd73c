"""Rows as CSV and XLSX that a Swedish spreadsheet opens as they are, with nothing in them that it would run."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext

BOM = "\ufeff"
# What makes a spreadsheet take a cell for a formula; the wide forms count in East Asian settings.
DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")
ROWS_IN_A_SHEET = 1_048_576
LONGEST_CELL = 32_767
COLUMN_WIDTH = 22


def plain(text: str) -> str:
    """A text on one line: line breaks and other control characters become spaces, since they could hide a formula."""
    return text.strip() if text.isprintable() else "".join(c if c.isprintable() else " " for c in text).strip()


@lru_cache(maxsize=16_384)
def _safe_text(text: str) -> str:
    text = plain(text)
    return f"'{text}" if text.startswith(DANGEROUS) else text


@lru_cache(maxsize=16_384)
def _day(day: date) -> str:
    return day.isoformat()


def safe_cell(value: Any) -> str:
    """A value as text that no spreadsheet runs: a leading apostrophe before what could be a formula.

    Whole numbers and dates of ours are written as they are, moments in local time.
    """
    if value is None:
        return ""
    if type(value) is str:
        return _safe_text(value)
    if isinstance(value, datetime):
        return _moment(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, int):
        return str(value)
    return _safe_text(str(value))


def without_guard(text: str) -> str:
    """A cell of a file that we wrote, as it was before `safe_cell` guarded it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def xlsx_pieces(rows: Iterable[Iterable[Any]], *, too_long: str) -> Iterator[bytes]:
    """Rows as a sheet, in pieces worth sending. Nothing of it stays on the disk."""
    with tempfile.TemporaryDirectory(prefix="ledstang-export-") as folder:
        path = Path(folder) / "export.xlsx"
        write_xlsx(path, rows, too_long=too_long)
        with path.open("rb") as file:
            while piece := file.read(1 << 16):
                yield piece


def _moment(at: datetime) -> datetime:
    return timezone.localtime(at) if timezone.is_aware(at) else at


class _Echo:
    """Gives a line back instead of writing it anywhere."""

    def write(self, line: str) -> str:
        return line


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Rows as the lines of a file, one at a time. The first begins with the byte order mark."""
    write = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n").writerow
    start = BOM
    for row in rows:
        yield start + str(write([safe_cell(value) for value in row]))
        start = ""


def in_pieces(lines: Iterable[str], size: int = 1 << 16) -> Iterator[bytes]:
    """Lines as bytes, in pieces worth sending."""
    waiting: list[str] = []
    length = 0
    for line in lines:
        waiting.append(line)
        length += len(line)
        if length >= size:
            yield "".join(waiting).encode()
            waiting, length = [], 0
    yield "".join(waiting).encode()


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """A short table as the whole file."""
    return "".join(csv_lines(rows)).encode()


def write_csv(path: Path, rows: Iterable[Iterable[Any]]) -> None:
    with path.open("wb") as file:
        for piece in in_pieces(csv_lines(rows)):
            file.write(piece)


def write_xlsx(path: Path, rows: Iterable[Iterable[Any]], *, too_long: str, most: int = ROWS_IN_A_SHEET) -> None:
    """Rows as one sheet, a row at a time in memory. Texts are texts, never formulas or links.

    A sheet holds `most` rows; where there are more, the last one says so in the words of `too_long`.
    """
    options = {"constant_memory": True, "tmpdir": tempfile.gettempdir(), "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(gettext("Table"))
        sheet.set_column(0, 15, COLUMN_WIDTH)
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, row in enumerate(rows):
            if number == most - 1:
                sheet.write_string(number, 0, too_long)
                break
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, moment)


def _write_cell(sheet: Any, row: int, column: int, value: Any, moment: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, _moment(value).replace(tzinfo=None), moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, plain(str(value))[:LONGEST_CELL])
