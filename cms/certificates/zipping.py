"""A ZIP that is sent while it is made: only one file is in memory at a time."""

import io
import zipfile
from collections.abc import Iterable, Iterator

EARLIEST = (1980, 1, 1, 0, 0, 0)


class Outlet(io.RawIOBase):
    """Where a ZIP is written: hands on what has come since it was last asked, and forgets it."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def stream(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The bytes of a ZIP of named files, stored as they are: PDFs are compressed already."""
    outlet = Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            archive.writestr(zipfile.ZipInfo(name, EARLIEST), data)
            yield outlet.take()
    yield outlet.take()
