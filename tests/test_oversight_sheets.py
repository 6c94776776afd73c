"""CSV cells that no spreadsheet runs."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.core.sheets import DANGEROUS, csv_lines, safe_cell


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+46 70", "'+46 70"),
        ("-2", "'-2"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'=1"),
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ("\x00=1", "'=1"),
        ("\u200b=1", "'=1"),
        ("\ufeff=1", "'=1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ("|calc", "'|calc"),
        ("Åsa; Öst", "Åsa; Öst"),
        ('say "hi"', 'say "hi"'),
        ("two\nlines", "two lines"),
        (None, ""),
        (0, "0"),
        (-3, "-3"),
        (date(2026, 11, 23), "2026-11-23"),
    ],
)
def test_cells(value: object, cell: str):
    assert safe_cell(value) == cell


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), max_size=6))
def test_what_is_read_back_is_one_cell_for_each_and_never_a_formula(rows: list[list[str]]):
    text = "".join(csv_lines(rows))
    assert text.startswith("\ufeff") or not rows
    found = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert [len(row) for row in found] == [len(row) for row in rows]
    for row in found:
        assert not any(cell.startswith((*DANGEROUS, " ", "\t", "\r", "\n")) for cell in row)


def test_lines_come_one_at_a_time():
    def endless():
        while True:
            yield ["a", "b"]

    lines = csv_lines(endless())
    assert [next(lines), next(lines)] == ["\ufeffa;b\r\n", "a;b\r\n"]


def test_the_test_can_fail(monkeypatch: pytest.MonkeyPatch):
    """The twin: a writer that takes cells as they are lets a formula through."""
    monkeypatch.setattr("cms.core.sheets.safe_cell", str)
    assert "=1+1" in next(csv_lines([["=1+1"]])).split(";")[0].lstrip("\ufeff")[:4]
