"""Walls round a child process that handles other people's input: no files, no network, no programs, bounded memory.

The walls stand in Python's own audit events, behind the closed fetcher: whatever a library tries to open, it is
refused before it happens. They are a second line, not the first.
"""

import os
import resource
import sys
import sysconfig
from typing import Any

FORBIDDEN = (
    "socket.connect",
    "socket.bind",
    "socket.send",
    "socket.get",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.symlink",
    "os.link",
    "urllib.Request",
    "http.client",
    "ftplib",
    "shutil.",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def take_pipes() -> tuple[int, int]:
    """The pipes to the parent, taken away from standard input and output so that no stray print gets in."""
    jobs, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return jobs, answers


def limit_memory(mebibytes: int) -> None:
    size = mebibytes << 20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _roots(readable: list[str]) -> tuple[str, ...]:
    libraries = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    libraries.append(os.path.join(sys.base_prefix, "lib"))
    own = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    paths = [os.path.realpath(path) for path in (*libraries, own, *readable)]
    return tuple(os.path.join(path, "") for path in paths)


def shut(readable: list[str]) -> None:
    """From now on this process opens only libraries and `readable` folders, for reading. Cannot be undone."""
    roots = _roots(readable)

    def guard(event: str, args: tuple[Any, ...]) -> None:
        if event.startswith(FORBIDDEN):
            raise PermissionError(f"{event} is not for a closed process")
        if event != "open" or isinstance(args[0], int) or args[0] is None:
            return
        path, flags = os.path.realpath(os.fsdecode(args[0])), args[2] or 0
        if flags & WRITING or not path.startswith(roots):
            raise PermissionError("this file is not for a closed process")

    sys.addaudithook(guard)
