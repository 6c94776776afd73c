"""Rows as CSV that a Swedish spreadsheet opens as it is: `;`, a byte order mark, and nothing that it would run."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

BOM = "\ufeff"
# What makes a spreadsheet take a cell for a formula; the wide forms count in East Asian settings.
DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")


def safe_cell(value: Any) -> str:
    """A value as text that no spreadsheet runs: a leading apostrophe before what could be a formula.

    Line breaks and other control characters become spaces, since they could hide one. Whole numbers and dates of ours
    are written as they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, (int, date)):
        return str(value) if isinstance(value, int) else value.isoformat()
    text = "".join(char if char.isprintable() else " " for char in str(value)).strip()
    return f"'{text}" if text.startswith(DANGEROUS) else text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Rows as the lines of a file, one at a time. The first begins with the byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    start = BOM
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        yield start + buffer.getvalue()
        start = ""
        buffer.seek(0)
        buffer.truncate()
