#!/usr/bin/env python
"""The whole suite on both databases at the same time: `suite.py [arguments of pytest]`.

One database alone leaves a core idle whenever its tests wait for a browser, for a template or for the last file. What
happens on SQLite, which has more to do, is shown as it goes; the whole of PostgreSQL follows. Fails if either fails.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [str(Path(sys.executable).with_name("pytest")), "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
ON_POSTGRESQL = [sys.executable, str(ROOT / "tools" / "postgres.py"), "--"]
OF_ITS_OWN = ["-o", "cache_dir=.pytest_cache/postgresql"]  # each keeps its templates there


def run(arguments: Sequence[str]) -> int:
    with tempfile.TemporaryFile() as told:
        # Many tests start programs, which would compile everything anew.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        command = [*ON_POSTGRESQL, *PYTEST, *OF_ITS_OWN, "-m", "not once", *arguments]
        other = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=subprocess.STDOUT)
        try:
            print("On SQLite (PostgreSQL runs meanwhile and is shown afterwards):", flush=True)
            here = subprocess.run([*PYTEST, *arguments], cwd=ROOT, env=environment, check=False).returncode
            there = _show(other, told)
        finally:
            if other.poll() is None:
                other.terminate()
                other.wait()
    return int(bool(here or there))


def _show(process: "subprocess.Popen[bytes]", told: IO[bytes]) -> int:
    """What a process has written so far, and what it goes on to write until it ends. Returns its exit code."""
    print("On PostgreSQL:", flush=True)
    at, has_ended = 0, False
    while not has_ended:
        try:
            has_ended = process.wait(1) is not None
        except subprocess.TimeoutExpired:
            has_ended = False
        text = _since(told, at)
        at += len(text)
        sys.stdout.buffer.write(text)
        sys.stdout.flush()
    return process.returncode


def _since(told: IO[bytes], at: int) -> bytes:
    return os.pread(told.fileno(), os.fstat(told.fileno()).st_size - at, at)


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    sys.exit(run(sys.argv[1:]))
