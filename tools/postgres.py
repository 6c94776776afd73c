#!/usr/bin/env python
"""A throw-away PostgreSQL on a Unix socket: `postgres.py [--durable] -- pytest …` runs a command against it.

The command finds PGHOST, PGUSER and LEDSTANG_TEST_DATABASE=postgres in its environment. The cluster lies in a
temporary folder, listens to no network and is stopped afterwards, whatever happens. PostgreSQL refuses to run
as root: root hands it to the system user `postgres`. Crash tests import `cluster(durable=True)`.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

SUPERUSER = "postgres"
SECONDS_TO_START = 30
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
LONGEST_SOCKET_FOLDER = 80  # a socket's whole path may have 107 bytes


class PostgresMissing(RuntimeError):
    """No PostgreSQL server is installed."""


def binaries() -> Path:
    """The folder of the newest installed server. Raises PostgresMissing."""
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise PostgresMissing(
        "PostgreSQL is not installed. Install it with: apt-get install --no-install-recommends postgresql"
    )


class Cluster:
    """One server and its data. `durable` keeps what is committed through a crash, as in production."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "log"
        self.bin = binaries()
        self.settings = {} if durable else FAST
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {"PGHOST": str(self.folder), "PGUSER": SUPERUSER, "PGPORT": "5432", "LEDSTANG_TEST_DATABASE": "postgres"}

    def create(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, SUPERUSER, SUPERUSER)
        command = [
            "initdb",
            "-D",
            str(self.data),
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ]
        done = subprocess.run(self._as_postgres(command), capture_output=True, text=True, cwd=self.folder, check=False)
        if done.returncode:
            raise RuntimeError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def start(self) -> None:
        """Start the server and wait until it answers; after a crash this is the recovery."""
        settings = {"listen_addresses": "", "unix_socket_directories": str(self.folder), **self.settings}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = self._as_postgres(["postgres", "-D", str(self.data), *options])
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Stop at once, without a checkpoint: what a power cut leaves behind, as far as the server knows."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            self.process.wait(SECONDS_TO_START)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None

    def _answers(self) -> bool:
        command = [str(self.bin / "pg_isready"), "-q", "-h", str(self.folder)]
        return subprocess.run(command, check=False).returncode == 0

    def _as_postgres(self, command: list[str]) -> list[str]:
        """The command run by a user who may, and ended should this process be killed."""
        who = ["--reuid", SUPERUSER, "--regid", SUPERUSER, "--init-groups"] if os.geteuid() == 0 else []
        return ["setpriv", *who, "--pdeathsig", "QUIT", "--", str(self.bin / command[0]), *command[1:]]


def _temporary_folder() -> Path:
    folder = tempfile.mkdtemp(prefix="ledstang-pg-")
    if len(folder) > LONGEST_SOCKET_FOLDER:
        os.rmdir(folder)
        folder = tempfile.mkdtemp(prefix="ledstang-pg-", dir="/tmp")
    return Path(folder)


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A running cluster that is stopped and removed afterwards."""
    folder = _temporary_folder()
    try:
        server = Cluster(folder, durable=durable)
        server.create()
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end; a signal to us ends it too."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    child = subprocess.Popen(command, env={**os.environ, "PATH": path, **environment})
    try:
        return child.wait()
    except KeyboardInterrupt:  # a terminal sends it to the command as well
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait()


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--durable", action="store_true", help="fsync on: what is committed survives a crash")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        with cluster(durable=arguments.durable) as server:
            return run(arguments.command, server.environment)
    except PostgresMissing as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
