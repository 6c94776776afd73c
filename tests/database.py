"""Migrate once: test databases are copies of a template that is made anew when a migration changes.

Run as a program it migrates one database: `python -m tests.database <name>`.
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

ROOT = Path(__file__).resolve().parent.parent


def migrations_hash() -> str:
    """One hash over every migration of every installed app: the name of the state they lead to."""
    digest = hashlib.sha256()
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label}/{file.name}".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _migrate(name: str) -> None:
    command = [sys.executable, "-m", "tests.database", name]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"migrating {name} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prepare(cache: Path, *, keep: bool) -> None:
    """Point the test database at a migrated copy of the template. `keep` lets an up-to-date one stay."""
    {"sqlite": _prepare_sqlite, "postgresql": _prepare_postgresql}[connections["default"].vendor](cache, keep)


def _prepare_sqlite(cache: Path, keep: bool) -> None:
    state = migrations_hash()
    template = cache / f"{state}.sqlite3"
    with _one_at_a_time(cache / "lock"):
        if not template.exists():
            for old in cache.glob("*.sqlite3*"):
                old.unlink()
            unfinished = cache / f"{state}.unfinished"
            unfinished.unlink(missing_ok=True)
            _migrate(str(unfinished))
            unfinished.rename(template)
        target = Path(connections["default"].settings_dict["TEST"]["NAME"])
        stamp = target.with_name(target.name + ".state")
        if keep and target.exists() and stamp.exists() and stamp.read_text() == state:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        for leftover in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
            leftover.unlink(missing_ok=True)
        shutil.copyfile(template, target)
        stamp.write_text(state)


def _prepare_postgresql(cache: Path, keep: bool) -> None:
    name = f"ledstang_template_{migrations_hash()}"
    connection = connections["default"]
    with _one_at_a_time(cache / "lock"), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute("DROP DATABASE IF EXISTS ledstang_unfinished")
            cursor.execute("CREATE DATABASE ledstang_unfinished")
            _migrate("ledstang_unfinished")
            cursor.execute(f"ALTER DATABASE ledstang_unfinished RENAME TO {name}")
    connection.settings_dict["TEST"]["TEMPLATE"] = name


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
