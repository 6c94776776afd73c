"""Migrate once: test databases are copies of a template that is made anew when a migration changes.

There are two templates, `migrated` and `demo` (with the demo city). A transactional test gets its database
replaced by a fresh copy afterwards, so it may commit what it likes and the next test does not notice.
Run as a program it fills one database: `python -m tests.database <name> migrated|demo`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.db import connections
from django.utils import timezone

ROOT = Path(__file__).resolve().parent.parent
MIGRATED, DEMO = "migrated", "demo"
TOLD = "told.txt"  # what the command that filled it said
UNFINISHED = "ledstang_unfinished"
STRANGER = "Innan"  # somebody who was there before the demo city was laid out, and is to be gone


def _digest(files: list[Path], day: str) -> str:
    digest = hashlib.sha256(day.encode())
    for file in sorted(files):
        digest.update(str(file).encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def state_of(kind: str) -> str:
    """A hash of what a template follows from: migrations and receivers; for the demo city all our code and the day."""
    files = [file for app in apps.get_app_configs() for file in Path(app.path, "migrations").glob("*.py")]
    if kind == DEMO:
        ours = ("cms", "guidelines", "courses", "demo", "templates")
        files += [file for folder in ours for file in (ROOT / folder).rglob("*") if file.suffix != ".pyc"]
    else:
        names = ("receivers.py", "immutability.py", "permissions.py")
        files += [file for name in names for file in ROOT.glob(f"c*/**/{name}")]
    day = timezone.localdate().isoformat() if kind == DEMO else ""
    return _digest([file for file in files if file.is_file()], day)


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


class Templates:
    """Makes templates and copies of them for the database that the tests use."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.connection = connections["default"]
        self.name = self.connection.settings_dict["TEST"]["NAME"]
        self.names: dict[str, str] = {}

    def begin(self) -> None:
        """Let the connection point at a fresh copy."""
        self.make(MIGRATED)
        self.connection.settings_dict["NAME"] = self.name
        self.put(MIGRATED)

    def end(self) -> None:
        connections.close_all()
        self.remove()

    def remove(self) -> None:
        raise NotImplementedError

    def make(self, kind: str) -> None:
        """See that a template stands ready; other processes wait meanwhile."""
        name = f"ledstang_{kind}_{state_of(kind)}"
        with _one_at_a_time(self.cache / f"{kind}.lock"):
            if not self.exists(name):
                self.build(kind, name)
        self.names[kind] = name

    def files(self, kind: str) -> Path:
        """The folder with what a template has outside the database."""
        return self.cache / f"{self.names[kind]}.files"

    def _fill(self, target: str, kind: str, name: str) -> None:
        files = self.cache / f"{name}.files"
        shutil.rmtree(files, ignore_errors=True)
        command = [sys.executable, "-m", "tests.database", target, kind]
        environment = {**os.environ, "LEDSTANG_DATA_DIR": str(files)}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"filling {target} failed:\n{done.stdout}{done.stderr}")
        files.mkdir(parents=True, exist_ok=True)
        (files / TOLD).write_text(done.stdout)

    def exists(self, name: str) -> bool:
        raise NotImplementedError

    def build(self, kind: str, name: str) -> None:
        raise NotImplementedError

    def put(self, kind: str) -> None:
        """Replace the test database by a copy of a template; content types have other numbers in it."""
        from django.contrib.contenttypes.models import ContentType

        self._replace(kind)
        ContentType.objects.clear_cache()

    def _replace(self, kind: str) -> None:
        raise NotImplementedError


class SqliteTemplates(Templates):
    def path(self, name: str) -> Path:
        return self.cache / f"{name}.sqlite3"

    @property
    def target(self) -> Path:
        return Path(self.name)

    def exists(self, name: str) -> bool:
        return self.path(name).exists()

    def build(self, kind: str, name: str) -> None:
        for old in self.cache.glob(f"ledstang_{kind}_*"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        unfinished = self.cache / f"{name}.unfinished"
        if kind == DEMO:
            self.make(MIGRATED)
            shutil.copyfile(self.path(self.names[MIGRATED]), unfinished)
        self._fill(str(unfinished), kind, name)
        unfinished.rename(self.path(name))

    def remove(self) -> None:
        for leftover in (self.target, Path(f"{self.target}-wal"), Path(f"{self.target}-shm")):
            leftover.unlink(missing_ok=True)

    def _replace(self, kind: str) -> None:
        connections.close_all()
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.remove()
        shutil.copyfile(self.path(self.names[kind]), self.target)


class PostgresTemplates(Templates):
    def run(self, *statements: str) -> None:
        with self.connection._nodb_cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def exists(self, name: str) -> bool:
        with self.connection._nodb_cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def build(self, kind: str, name: str) -> None:
        origin = "template1"
        if kind == DEMO:
            self.make(MIGRATED)
            origin = self.names[MIGRATED]
        unfinished = f"{UNFINISHED}_{kind}"
        self.run(f"DROP DATABASE IF EXISTS {unfinished}", f"CREATE DATABASE {unfinished} TEMPLATE {origin}")
        self._fill(unfinished, kind, name)
        self.run(f"ALTER DATABASE {unfinished} RENAME TO {name}")

    def remove(self) -> None:
        self.run(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")

    def _replace(self, kind: str) -> None:
        connections.close_all()
        self.remove()
        self.run(f"CREATE DATABASE {self.name} TEMPLATE {self.names[kind]}")


def templates(cache: Path) -> Templates:
    return {"sqlite": SqliteTemplates, "postgresql": PostgresTemplates}[connections["default"].vendor](cache)


def _fill_database(name: str, kind: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.DATABASES["default"]["NAME"] = name
    django.setup()
    if kind == MIGRATED:
        call_command("migrate", verbosity=0, interactive=False)
    else:
        from cms.people.models import Person

        Person.objects.create(given_name="Någon", family_name=STRANGER)
        call_command("demo", reset=True, verbosity=0)


if __name__ == "__main__":
    _fill_database(*sys.argv[1:])
