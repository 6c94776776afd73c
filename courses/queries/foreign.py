"""What comes from outside: a ZIP, its pictures and its HTML. Neither names nor sizes nor tags are taken on trust."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image as Picture

from courses.queries.parcels import ASSET_NAME, JSON_NAME, MOST_BYTES, MOST_FILES, MOST_JSON

PICTURES = {"PNG", "JPEG", "GIF", "WEBP", "AVIF"}
MOST_PIXELS = 60_000_000
TAGS = {
    "p", "br", "b", "strong", "i", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "hr", "embed", "blockquote", "sub",
    "sup",
}  # fmt: skip
ATTRIBUTES = {"data-block-key", "href", "linktype", "embedtype", "ref", "alt", "format", "title"}
SCHEMES = ("http://", "https://", "mailto:", "tel:", "/", "#")


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: a JSON path such as `$.course.units[0].questions[1].text`, or a name in the ZIP."""

    place: str
    words: str

    def __str__(self) -> str:
        return f"{self.place}: {self.words}"


@dataclass
class Unpacked:
    """A file that has been read. `data` is whole only without faults."""

    data: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: str, words: str) -> None:
        self.faults.append(Fault(place, words))


def opened(content: bytes, found: Unpacked) -> str | None:
    """The text of `course.json`; the other files are laid in `found`. None with faults."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
            for place, words in _refused(infos):
                found.fault(place, words)
            if found.faults:
                return None
            total = 0
            for info in infos:
                data = _read(archive, info, MOST_BYTES - total, found)
                total += len(data)
                found.files[info.filename] = data
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError, zlib.error):
        found.fault("ZIP", _("is not a ZIP that can be read"))
    if found.faults:
        return None
    try:
        return found.files.pop(JSON_NAME).decode()
    except UnicodeDecodeError:
        found.fault(JSON_NAME, _("is not written in UTF-8"))
    return None


def _refused(infos: list[zipfile.ZipInfo]) -> Iterator[tuple[str, str]]:
    """What is wrong with the list of files, before anything is unpacked."""
    names = [info.filename for info in infos]
    if len(infos) > MOST_FILES:
        yield "ZIP", _("holds more than %(most)s files") % {"most": MOST_FILES}
        return
    if JSON_NAME not in names:
        yield "ZIP", _("holds no %(name)s") % {"name": JSON_NAME}
    for info in infos:
        name = info.filename[:80]
        most = MOST_JSON if name == JSON_NAME else MOST_BYTES
        if name != JSON_NAME and not ASSET_NAME.fullmatch(info.filename):
            yield name, _("is no name that a file may have")
        elif names.count(info.filename) > 1:
            yield name, _("is there twice")
        elif not _is_plain(info):
            yield name, _("is not a ZIP that can be read")
        elif info.file_size > most:
            yield name, _("is too large")


def _is_plain(info: zipfile.ZipInfo) -> bool:
    """Whether a file is neither encrypted nor packed in a way that we do not read."""
    return not info.flag_bits & 0x1 and info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int, found: Unpacked) -> bytes:
    """The bytes of a file, never more than what is left: what the ZIP says of its size is not believed."""
    if info.filename == JSON_NAME:
        most = min(most, MOST_JSON)
    with archive.open(info) as opened:
        data = opened.read(max(0, most) + 1)
    if len(data) > most:
        found.fault(info.filename, _("is too large"))
        raise ValueError(info.filename)
    if info.filename != JSON_NAME and hashlib.sha256(data).hexdigest() not in info.filename:
        found.fault(info.filename, _("does not have the hash that it is named by"))
    return data


def is_picture(data: bytes) -> bool:
    try:
        with Picture.open(io.BytesIO(data)) as picture:
            return picture.format in PICTURES and picture.width * picture.height <= MOST_PIXELS
    except (OSError, ValueError, Picture.DecompressionBombError):
        return False


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.strange.append(f"<{tag[:20]}>")
        for name, value in attrs:
            is_bad_link = name == "href" and not (value or "").strip().lower().startswith(SCHEMES)
            if name not in ATTRIBUTES or is_bad_link:
                self.strange.append(f"{name[:20]}=")

    handle_startendtag = handle_starttag

    def handle_comment(self, data: str) -> None:
        self.strange.append("<!--")

    def handle_decl(self, decl: str) -> None:
        self.strange.append("<!")

    def unknown_decl(self, data: str) -> None:
        self.strange.append("<!")

    def handle_pi(self, data: str) -> None:
        self.strange.append("<?")


def strange_html(html: str) -> list[str]:
    """Tags and attributes that the editor would not have written."""
    parser = _Html()
    parser.feed(html)
    parser.close()
    return parser.strange
