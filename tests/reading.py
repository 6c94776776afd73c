"""All that somebody can read in an answer: headers, pages, sheets, archives, and documents with their metadata."""

import io
import zipfile
from typing import Any

import openpyxl
import pikepdf

from tests.certificates.reading import words_in

CLOCK = ("Date", "Expires", "Last-Modified")  # when it was answered, to the second: says nothing of anybody


def text_of(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = {name: value for name, value in response.headers.items() if name not in CLOCK}
    return str(headers) + read(content, response.headers.get("Content-Type", ""))


def read(content: bytes, kind: str) -> str:
    if "spreadsheet" in kind:
        return _sheets(content)
    if "zip" in kind:
        archive = zipfile.ZipFile(io.BytesIO(content))
        return " ".join(name + read(archive.read(name), kind_of(name)) for name in archive.namelist())
    if "pdf" in kind and content.startswith(b"%PDF-1"):
        return _document(content)
    return content.decode(errors="replace")


def kind_of(name: str) -> str:
    return "application/pdf" if name.endswith(".pdf") else ""


def _sheets(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    return " ".join([*book.sheetnames, str(book.properties.creator), str(book.properties.title), *cells])


def _document(content: bytes) -> str:
    """Its text, its title and the rest of what it says of itself, and the files inside it."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            inside = [bytes(file.get_file().read_bytes()).decode(errors="replace") for file in pdf.attachments.values()]
            return " ".join([words_in(content), str(dict(pdf.docinfo)), str(pdf.open_metadata()), *inside])
    except pikepdf.PdfError:
        return content.decode(errors="replace")
