"""CSV and XLSX as tables of text: whatever separator, encoding or sheet somebody's system writes."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

LARGEST = 60 * 1024 * 1024
LARGEST_UNPACKED = 600 * 1024 * 1024
MOST_ROWS = 500_000
MOST_COLUMNS = 60


DATES = ("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%d.%m.%Y", "%Y/%m/%d")


class UnreadableTable(ValueError):
    """Its text is a code: `not_a_table`, `no_table` or `too_large`. Who asked puts it in words."""


@dataclass(frozen=True)
class Table:
    """Rows with the number that a spreadsheet shows; the header is not among them."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def plain(header: str) -> str:
    """A header as it is compared: letters and digits only."""
    return re.sub(r"[\W_]+", "", header.casefold())


def read_day(cell: str) -> date:
    """A day, however somebody's system writes it; a time after it is passed over. Raises ValueError."""
    for form in DATES:
        try:
            return datetime.strptime(cell.split("T")[0].split(" ")[0], form).date()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
    raise ValueError(cell)


def read_tables(name: str, content: bytes) -> list[Table]:
    """The tables of a file: one of a CSV, one a sheet of an XLSX. Raises UnreadableTable."""
    if len(content) > LARGEST:
        raise UnreadableTable("too_large")
    is_workbook = content.startswith(b"PK")
    if name.lower().endswith(".xlsx") and not is_workbook:
        raise UnreadableTable("not_a_table")  # a broken workbook is no text either
    tables = list(_sheets(content)) if is_workbook else [_csv(name, content)]
    tables = [table for table in tables if any(table.header)]
    if not tables:
        raise UnreadableTable("no_table")
    return tables


def _table(name: str, lines: Iterator[list[str]]) -> Table:
    """The first row with two names in it is the header; empty rows are passed over."""
    header: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = []
    for number, line in enumerate(lines, start=1):
        cells = tuple(cell.strip() for cell in line[:MOST_COLUMNS])
        if not any(cells):
            continue
        if not header:
            header = cells
        else:
            rows.append((number, cells))
        if len(rows) > MOST_ROWS:
            raise UnreadableTable("too_large")
    return Table(name, header, tuple(rows))


def _csv(name: str, content: bytes) -> Table:
    text = _decoded(content)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(";,\t", key=first.count)
    try:
        return _table(name, iter(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)))
    except csv.Error as error:
        raise UnreadableTable("not_a_table") from error


def _decoded(content: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, otherwise Windows-1252."""
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if is_wide else ["utf-8-sig", "cp1252"]:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableTable("not_a_table")


def _sheets(content: bytes) -> Iterator[Table]:
    import openpyxl  # slow to load, and only needed here

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST_UNPACKED:
                raise UnreadableTable("too_large")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except UnreadableTable:
        raise
    except Exception as error:  # a broken workbook fails in many ways
        raise UnreadableTable("not_a_table") from error
    for sheet in book.worksheets:
        try:
            yield _table(sheet.title, ([_text(value) for value in row] for row in sheet.iter_rows(values_only=True)))
        except UnreadableTable:
            raise
        except Exception as error:
            raise UnreadableTable("not_a_table") from error


def _text(value: Any) -> str:
    """A cell as somebody would have written it. Numbers keep no decimals that they do not have."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
