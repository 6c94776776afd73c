"""A child process in a bare environment, spoken to in frames and ended by its own id."""

import os
import subprocess
import sys
import time
from pathlib import Path

from cms.certificates.pdf import frames

ROOT = Path(__file__).resolve().parent.parent.parent.parent


class Child:
    """A running Python module. It gets no environment but what it needs: no secrets, no database address."""

    def __init__(self, module: str, environment: dict[str, str] | None = None) -> None:
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={
                "PATH": os.defpath,
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(ROOT),
                "PYTHONNOUSERSITE": "1",
                "PYTHONWARNINGS": "ignore",
                **(environment or {}),
            },
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, frame: frames.Frame, seconds: float) -> frames.Frame:
        """Send a frame and wait for the answer; raises BrokenFrame, after which the child must be ended."""
        deadline = time.monotonic() + seconds
        frames.write(self._in, frame, deadline)
        return frames.read(self._out, deadline)

    def end(self) -> None:
        if self.is_alive:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
