"""A view as a file to keep: sent line by line, or as a sheet."""

from collections.abc import Iterable

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.text import slugify

from cms.core.sheets import csv_lines, in_pieces, xlsx_pieces
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
    """A table as a file."""
    if file_format == FileFormat.CSV:
        response: HttpResponseBase = StreamingHttpResponse(in_pieces(csv_lines(table)))
    else:
        response = StreamingHttpResponse(xlsx_pieces(table, too_long=too_long()))
    return as_download(response, file_name(name, file_format), file_format)


def kept_response(file: object, name: str, file_format: FileFormat) -> FileResponse:
    response = FileResponse(file)
    as_download(response, file_name(name, file_format), file_format)
    return response


def as_download(response: HttpResponseBase, name: str, file_format: FileFormat) -> HttpResponseBase:
    response["Content-Type"] = CONTENT_TYPES[file_format]
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
