"""The way to the rendering process: one warm child for each process of ours, made anew when it is worn or stuck."""

import atexit
import logging
import os
import threading
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders

from cms.certificates.pdf import frames
from cms.certificates.pdf.child import Child

logger = logging.getLogger(__name__)

WORKER = "cms.certificates.pdf.worker"
START_SECONDS = 30.0


class RenderingFailed(RuntimeError):
    """No PDF came out. The certificate exists all the same, and can be tried again."""


@dataclass(frozen=True)
class Attachment:
    """A file to embed: `asset` names its bytes in the job, `relationship` as in ISO 19005-3."""

    asset: str
    name: str
    description: str
    relationship: str = "Data"


@dataclass(frozen=True)
class Job:
    """Everything that a document is made of. It can reach nothing else."""

    html: str
    css: tuple[str, ...]
    description: dict[str, Any]
    assets: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()

    def frame(self, seconds: float) -> frames.Frame:
        return frames.Frame(
            {
                "html": self.html,
                "css": list(self.css),
                "description": self.description,
                "types": {name: media_type for name, (media_type, _data) in self.assets.items()},
                "attachments": [vars(attachment) for attachment in self.attachments],
                "seconds": seconds,
            },
            {name: data for name, (_media_type, data) in self.assets.items()},
        )


@dataclass(frozen=True)
class Limits:
    """What a rendering may take, and when the process is replaced."""

    seconds: float = 15.0
    memory_mib: int = 1024
    jobs: int = 500
    rss_mib: int = 300

    @classmethod
    def from_settings(cls) -> "Limits":
        return cls(**getattr(settings, "LEDSTANG_RENDER_LIMITS", {}))


def font_folder() -> str:
    found = finders.find("ledstang_certificates/fonts/fonts.conf")
    if not found:
        raise RenderingFailed("the fonts of the certificates are missing")
    return os.path.dirname(str(found))


class Renderer:
    """Hands jobs to one child, one at a time. Safe to share between threads; a fork starts its own child."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._owner = 0
        self._jobs = 0
        self.rss = 0

    @property
    def limits(self) -> Limits:
        return self._limits or Limits.from_settings()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child is not None else None

    def render(self, job: Job) -> bytes:
        """The unsigned PDF. Raises RenderingFailed when it is refused, too slow, too big or crashes."""
        limits = self.limits
        with self._lock:
            child = self._ready(limits)
            try:
                # The child stops itself; a second later it is stopped from here.
                answer = child.ask(job.frame(limits.seconds), limits.seconds + 1)
            except OSError as error:
                self._end()
                raise RenderingFailed(f"the rendering process was lost: {error}") from error
            self._jobs += 1
            self.rss = int(answer.header.get("rss", 0))
            if self._jobs >= limits.jobs or self.rss > limits.rss_mib << 20:
                self._end()
        return self._pdf_of(answer)

    def _pdf_of(self, answer: frames.Frame) -> bytes:
        if not answer.header.get("ok"):
            raise RenderingFailed(str(answer.header.get("reason", "unknown")))
        for warning in answer.header.get("warnings", ()):
            logger.warning("rendering: %s", warning)
        pdf = answer.blobs.get("pdf", b"")
        if not pdf.startswith(b"%PDF-"):
            raise RenderingFailed("not a PDF")
        return pdf

    def _ready(self, limits: Limits) -> Child:
        if self._owner != os.getpid():
            self._child = None
        if self._child is None or not self._child.is_alive:
            self._child = self._start(limits)
            self._owner, self._jobs = os.getpid(), 0
        return self._child

    def _start(self, limits: Limits) -> Child:
        fonts = font_folder()
        child = Child(WORKER, {"FONTCONFIG_FILE": os.path.join(fonts, "fonts.conf")})
        setting = {
            "fonts": fonts,
            "font_dirs": [str(path) for path in getattr(settings, "LEDSTANG_CERTIFICATE_FONT_DIRS", ())],
            "memory_mib": limits.memory_mib,
        }
        try:
            child.ask(frames.Frame(setting), START_SECONDS)
        except OSError as error:
            child.end()
            raise RenderingFailed("the rendering process does not start") from error
        return child

    def _end(self) -> None:
        if self._child is not None and self._owner == os.getpid():
            self._child.end()
        self._child = None

    def close(self) -> None:
        with self._lock:
            self._end()


renderer = Renderer()
atexit.register(renderer.close)
