"""A workbook to fill in: the two tables with their columns, and what each column is for."""

import io

from cms.people.roster.columns import STAFF, UNITS, Column

SHEETS: dict[str, tuple[Column, ...]] = {"Enheter": UNITS, "Personal": STAFF}


def template_workbook() -> bytes:
    """Headers only: an example row would be imported. Cells are text, so that codes keep their zeros."""
    import openpyxl
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, columns in SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append([column.header for column in columns])
        sheet.freeze_panes = "A2"
        for number, column in enumerate(columns, start=1):
            sheet.cell(1, number).font = Font(bold=column.is_required)
            sheet.column_dimensions[get_column_letter(number)].width = max(14, len(column.header) + 4)
            sheet.column_dimensions[get_column_letter(number)].number_format = "@"
    guide = book.create_sheet("Så fyller du i")
    guide.append(["Tabell", "Kolumn", "Måste finnas", "Vad", "Exempel"])
    for name, columns in SHEETS.items():
        for column in columns:
            guide.append([name, column.header, "ja" if column.is_required else "", str(column.help), column.example])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
