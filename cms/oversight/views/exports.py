"""A view as a file to keep: sent line by line, or as a sheet."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from cms.core.sheets import csv_lines, in_pieces, write_xlsx
from cms.oversight.enums import FileFormat
from cms.oversight.queries.tables import Row
from cms.oversight.tasks import too_long

CONTENT_TYPES = {
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def format_of(ending: str) -> FileFormat:
    """The format that an address ends with. 404 for any other."""
    if ending not in FileFormat.values:
        raise Http404
    return FileFormat(ending)


def file_name(name: str, file_format: FileFormat) -> str:
    return f"{slugify(name) or 'enhet'}-{timezone.localdate().isoformat()}.{file_format}"


def table_response(name: str, table: Iterable[Row], file_format: FileFormat) -> HttpResponseBase:
    """A table as a file. Nothing of a sheet stays on the disk."""
    if file_format == FileFormat.CSV:
        response: HttpResponseBase = StreamingHttpResponse(in_pieces(csv_lines(table)))
    else:
        response = StreamingHttpResponse(_sheet(table))
    return as_download(response, file_name(name, file_format), file_format)


def _sheet(table: Iterable[Row]) -> Iterator[bytes]:
    with tempfile.TemporaryDirectory(prefix="ledstang-export-") as folder:
        path = Path(folder) / "export.xlsx"
        write_xlsx(path, table, too_long=too_long())
        with path.open("rb") as file:
            while piece := file.read(1 << 16):
                yield piece


def kept_response(file: object, name: str, file_format: FileFormat) -> FileResponse:
    response = FileResponse(file)
    as_download(response, file_name(name, file_format), file_format)
    return response


def as_download(response: HttpResponseBase, name: str, file_format: FileFormat) -> HttpResponseBase:
    response["Content-Type"] = CONTENT_TYPES[file_format]
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
