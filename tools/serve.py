"""What `make run` does once everything is installed: prepare the database, serve the demo city, work beside it.

Stops with Ctrl-C. Each later start skips what is already done.
"""

import argparse
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
SECONDS_TO_ANSWER = 60
CHORES = (
    "remind_owners",
    "send_reminders",
    "deliver_outbox",
    "publish_scheduled",
    "remove_exports",
    "remove_faults",
)  # what a clock does elsewhere
NIGHTLY = ("check_summaries", "finish_certificates", "write_contact_pages")
SECONDS_BETWEEN_CHORES = 30


def say(words: str) -> None:
    print(words, flush=True)


def is_taken(port: int) -> bool:
    with socket.socket() as candidate:
        candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            candidate.bind((HOST, port))
        except OSError:
            return True
    return False


# Preparing


def collect_static() -> None:
    """Collect and compress static files, unless none has changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = os.stat(storage.path(name))
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = Path(settings.DATA_DIR) / "static.stamp"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    say("Collecting static files …")
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest.hexdigest())


def prepare() -> None:
    """Bring translations, database, static files and the demo city up to date."""
    from tools.catalogs import compile_all

    compile_all()
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    from django.conf import settings

    if not Path(settings.DATABASES["default"]["NAME"]).exists():
        say("Making the database …")
    call_command("migrate", verbosity=0, interactive=False)
    collect_static()
    if "demo" in get_commands():
        call_command("demo", if_empty=True)


# Serving


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """A process of its own that Ctrl-C does not reach and that does not outlive this one."""
    tied = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
    return subprocess.Popen([*tied, sys.executable, *command], cwd=ROOT, start_new_session=True)


def start_worker() -> subprocess.Popen[bytes]:
    """What makes long files and imports, so that a page can show how far they have come."""
    return start(["manage.py", "db_worker", "--interval", "1", "--no-reload"])


def start_server(port: int) -> subprocess.Popen[bytes]:
    web = ["-m", "gunicorn", "cms.wsgi", "--bind", f"{HOST}:{port}", "--worker-class", "gthread", "--threads", "8"]
    return start([*web, "--log-level", "warning", "--no-control-socket", "--graceful-timeout", "5"])


def wait_for_answer(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/", timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server did not start; its message stands above.")


def watch(server: subprocess.Popen[bytes], beside: list[subprocess.Popen[bytes]]) -> int:
    """Until the server ends, keep a worker `beside` it and do what has to be done now and then."""
    due, done_on = time.monotonic(), ""
    while server.poll() is None:
        if time.monotonic() >= due:
            if not beside or beside[-1].poll() is not None:
                beside.append(start_worker())
            today = time.strftime("%Y-%m-%d")
            do_chores(CHORES if done_on == today else (*CHORES, *NIGHTLY))
            done_on = today
            due = time.monotonic() + SECONDS_BETWEEN_CHORES
        time.sleep(0.3)
    return server.returncode


def do_chores(chores: tuple[str, ...]) -> None:
    """Each on its own: one that fails says so, and is tried again the next time."""
    from django.core.management import call_command
    from django.db import connections

    for chore in chores:
        try:
            call_command(chore)
        except Exception as problem:
            say(f"{chore}: {problem}")
    connections.close_all()


def end(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()


def introduce(address: str) -> None:
    """The address and the accounts to try."""
    say(f"\nLedstång runs at {address}/ – stop it with Ctrl-C.")
    try:
        from demo.accounts import introduction
    except ImportError:
        return
    say(introduction())


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    if is_taken(port):
        say(f"Port {port} is taken by another program. Choose another one: make run PORT={port + 1}")
        return 1
    address = f"http://{HOST}:{port}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")
    os.environ.setdefault("LEDSTANG_BASE_URL", address)
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    prepare()
    signal.signal(signal.SIGTERM, _leave)
    os.environ["LEDSTANG_WORKER"] = "1"
    server, beside = start_server(port), list[subprocess.Popen[bytes]]()
    try:
        wait_for_answer(address, server)
        introduce(address)
        return watch(server, beside)
    except KeyboardInterrupt:
        say("")
        return 0
    finally:
        for process in (server, *beside):
            end(process)


if __name__ == "__main__":
    sys.exit(main())
