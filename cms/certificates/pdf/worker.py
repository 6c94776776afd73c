"""The rendering process: reads jobs, answers with PDF bytes, knows neither Django, database, keys nor network.

Started by `renderer`. Between jobs only fonts and parsed style sheets are kept: a new FontConfiguration for each
document costs more than the document and leaks.
"""

import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from weasyprint import CSS, DEFAULT_OPTIONS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.logger import LOGGER
from weasyprint.text.ffi import ffi, fontconfig, pangoft2
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from cms.certificates.pdf import enclosure, frames, tagging
from cms.certificates.pdf.fetching import SCHEME, ClosedFetcher
from cms.certificates.pdf.xmp import Description, rdf

MAX_PAGES = 400
STATM = os.open("/proc/self/statm", os.O_RDONLY)  # opened before the walls are up


class Refused(Exception):
    """The document is not rendered: it reaches outside, misses something, or is too much."""


class OutOfTime(BaseException):
    """The alarm rang. Not an Exception, so that nothing on the way swallows it."""


class Listener(logging.Handler):
    """Keeps what WeasyPrint complains about: an error means that something is missing from the page."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.errors: list[str] = []
        self.warnings: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        (self.errors if record.levelno >= logging.ERROR else self.warnings).append(record.getMessage()[:300])


class Press:
    """What is kept between jobs."""

    def __init__(self, font_dirs: list[str]) -> None:
        self.fonts = FontConfiguration()
        self.sheets: dict[str, CSS] = {}
        for folder in font_dirs:
            self._add_fonts(Path(folder))

    def _add_fonts(self, folder: Path) -> None:
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in (".ttf", ".otf", ".ttc"):
                fontconfig.FcConfigAppFontAddFile(self.fonts._config, str(file).encode())
        pangoft2.pango_fc_font_map_config_changed(ffi.cast("PangoFcFontMap *", self.fonts.font_map))

    def sheet(self, css: str, fetcher: ClosedFetcher) -> CSS:
        if css not in self.sheets:
            self.sheets[css] = CSS(string=css, font_config=self.fonts, url_fetcher=fetcher)
        return self.sheets[css]

    def render(self, job: frames.Frame) -> bytes:
        """A tagged PDF/A-2a (3a with attachments) that is marked as PDF/UA-1 too."""
        fetcher = ClosedFetcher(_assets(job))
        sheets = [self.sheet(css, fetcher) for css in job.header["css"]]
        html = HTML(string=job.header["html"], base_url=SCHEME, url_fetcher=fetcher)
        description = Description(**job.header["description"])
        variant = f"pdf/a-{description.part}a"
        options = {**DEFAULT_OPTIONS, "pdf_variant": variant, "stylesheets": sheets, "cache": {}}
        document = html.render(font_config=self.fonts, **{k: v for k, v in options.items() if k in RENDER_OPTIONS})
        if len(document.pages) > MAX_PAGES:
            raise Refused("too many pages")
        _describe(document, description)
        return document.write_pdf(  # type: ignore[no-any-return]
            pdf_variant=variant, attachments=_attachments(job), finisher=tagging.finish
        )


RENDER_OPTIONS = ("pdf_variant", "stylesheets", "cache")


def _assets(job: frames.Frame) -> dict[str, tuple[str, bytes]]:
    types: dict[str, str] = job.header["types"]
    return {name: (types[name], data) for name, data in job.blobs.items()}


def _attachments(job: frames.Frame) -> list[Attachment]:
    return [
        Attachment(
            string=job.blobs[one["asset"]],
            name=one["name"],
            description=one["description"],
            relationship=one["relationship"],
        )
        for one in job.header["attachments"]
    ]


def _describe(document: Document, description: Description) -> None:
    """Let the information dictionary and the XMP say the same, and the XMP say it in one rdf:RDF."""
    metadata = document.metadata
    metadata.title, metadata.authors, metadata.description = (
        description.title,
        [description.author],
        description.subject,
    )
    metadata.generator, metadata.lang = description.generator, description.language
    metadata.created = metadata.modified = description.created
    metadata.generate_rdf_metadata = lambda *args, **kwargs: rdf(description)


@contextmanager
def _listening() -> Iterator[Listener]:
    listener = Listener()
    LOGGER.addHandler(listener)
    try:
        yield listener
    finally:
        LOGGER.removeHandler(listener)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    def ring(signum: int, frame: Any) -> None:
        raise OutOfTime

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def answer(press: Press, job: frames.Frame) -> frames.Frame:
    """Render one job. Whatever goes wrong is said, not raised: the process goes on to the next.

    A document is thousands of boxes that refer to each other. They are thrown away at once and together, when nothing
    needs them any more: cheaper than looking for them all the time, and the next document finds the same room.
    """
    try:
        return _rendered(press, job)
    finally:
        gc.collect()


def _rendered(press: Press, job: frames.Frame) -> frames.Frame:
    try:
        with _listening() as listener, _alarm(job.header["seconds"]):
            pdf = press.render(job)
            if listener.errors:
                raise Refused(listener.errors[0])
        return frames.Frame({"ok": True, "warnings": listener.warnings[:20], "rss": _rss()}, {"pdf": pdf})
    except OutOfTime:
        reason = "out of time"
    except MemoryError:
        reason = "out of memory"
    except FatalURLFetchingError as error:
        reason = f"fetch: {error}"
    except Refused as error:
        reason = str(error)
    except RecursionError:
        reason = "nested too deeply"
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"[:300]
    return frames.Frame({"ok": False, "reason": reason, "rss": _rss()})


def _rss() -> int:
    """Resident memory in bytes."""
    return int(os.pread(STATM, 200, 0).split()[1]) * os.sysconf("SC_PAGESIZE")


def main() -> None:
    """Serve jobs until the parent closes the pipe."""
    jobs, answers = enclosure.take_pipes()
    settings = frames.read(jobs).header
    press = Press(settings["font_dirs"])
    enclosure.limit_memory(settings["memory_mib"])
    enclosure.shut(readable=[settings["fonts"], *settings["font_dirs"]])
    gc.freeze()
    gc.disable()
    frames.write(answers, frames.Frame({"ok": True, "rss": _rss()}))
    while True:
        try:
            job = frames.read(jobs)
        except frames.BrokenFrame:
            sys.exit(0)
        frames.write(answers, answer(press, job))


if __name__ == "__main__":
    main()
