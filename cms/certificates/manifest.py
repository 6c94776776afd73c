"""The list that goes with a bundle: CSV for a Swedish spreadsheet, with nothing in it that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable

BOM = "\ufeff"
DANGEROUS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "|", "%")


def _cell(value: str) -> str:
    text = "".join(char if char.isprintable() else " " for char in value).strip()
    return f"'{text}" if text.startswith(DANGEROUS) else text


def as_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows with `;` between cells and a byte order mark."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerows([_cell(value) for value in row] for row in rows)
    return (BOM + buffer.getvalue()).encode()
