"""The wheel installs into somebody else's Wagtail site, and each plugin without the other."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = """
from host.settings.dev import *
import cms
INSTALLED_APPS = list(dict.fromkeys([*INSTALLED_APPS, "wagtailmedia", "accounts", *cms.APPS, {plugins}]))
MIDDLEWARE += ["cms.core.middleware.AtomicPostMiddleware"]
ROOT_URLCONF = "host.ledstang_urls"
LANGUAGE_CODE = "sv"
TIME_ZONE = "Europe/Stockholm"
ALLOWED_HOSTS = ["127.0.0.1"]
LEDSTANG_BASE_URL = "https://utbildning.example.se"
LEDSTANG_BASE_TEMPLATE = "base.html"
DATABASES["default"]["NAME"] = BASE_DIR / "{name}.sqlite3"
"""
BEFORE = """
from host.settings.dev import *
LANGUAGE_CODE = "sv"
DATABASES["default"]["NAME"] = BASE_DIR / "before.sqlite3"
"""
FIRST = """
from host.settings.both import *
INSTALLED_APPS = ["cms.versions", *(app for app in INSTALLED_APPS if app != "cms.versions")]
"""
URLS = """
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
import cms
urlpatterns = [
    path("admin/", include(wagtailadmin_urls)),
    *cms.urlpatterns(),
    path("", include(wagtail_urls)),
]
"""
ACCOUNTS = """
from django.contrib.auth.models import User
from django.db import models

class Account(models.Model):
    id = models.BigAutoField(primary_key=True)
    user = models.OneToOneField(User, on_delete=models.CASCADE)
"""
OWN = re.compile(r"cms/(settings/|urls\.py|wsgi\.py)|demo/|tests/|tools/|bench/")
PLUGINS = {"both": ("guidelines", "courses"), "guidelines": ("guidelines",), "courses": ("courses",)}

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by way of the source distribution, as a release is."""
    out = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT], cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def host(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site made by `wagtail start` and in use, with an app of its own called accounts, and the wheel beside it."""
    folder = tmp_path_factory.mktemp("host")
    run([sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", "installed", wheel], cwd=folder)
    run([Path(sys.executable).with_name("wagtail"), "start", "host", "."], cwd=folder)
    (folder / "accounts").mkdir()
    (folder / "accounts/__init__.py").touch()
    (folder / "accounts/models.py").write_text(ACCOUNTS)
    (folder / "host/ledstang_urls.py").write_text(URLS)
    for name, plugins in PLUGINS.items():
        listed = ", ".join(repr(plugin) for plugin in plugins)
        (folder / f"host/settings/{name}.py").write_text(SETTINGS.format(name=name, plugins=listed))
    (folder / "host/settings/first.py").write_text(FIRST)
    (folder / "host/settings/before.py").write_text(BEFORE)
    manage(folder, "before", "migrate", "--verbosity", "0")
    for name in PLUGINS:
        shutil.copy(folder / "before.sqlite3", folder / f"{name}.sqlite3")
    return folder


def run(command: list[object], *, cwd: Path, settings: str = "", stderr: bool = False) -> str:
    """A program that knows the wheel and the host, and nothing of this repository."""
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    path = {"PYTHONPATH": str(cwd / "installed")} if settings else {}
    environment = {**known, **path, "DJANGO_SETTINGS_MODULE": f"host.settings.{settings}"}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr if stderr else done.stdout


def manage(host: Path, settings: str, *command: object, stderr: bool = False) -> str:
    return run([sys.executable, "manage.py", *command], cwd=host, settings=settings, stderr=stderr)


@contextmanager
def served(host: Path, settings: str) -> Iterator[str]:
    """The host's own server, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    environment = {
        **os.environ,
        "PYTHONPATH": str(host / "installed"),
        "DJANGO_SETTINGS_MODULE": f"host.settings.{settings}",
    }
    command = [sys.executable, "manage.py", "runserver", "--noreload", address]
    server = subprocess.Popen(command, cwd=host, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not answers(address) and server.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        yield f"http://{address}"
    finally:
        server.terminate()
        server.wait()


def answers(address: str) -> bool:
    name, port = address.split(":")
    with socket.socket() as probe:
        return probe.connect_ex((name, int(port))) == 0


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as response:
        return response.read().decode()


def test_wheel_carries_every_part_of_every_app(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    for folder in ("templates", "static"):
        for file in (ROOT / folder).glob("*/**/*"):
            if file.is_file():
                inside = file.relative_to(ROOT / folder)
                assert any(name.endswith(f"/{folder}/{inside}") for name in names), file
    for file in ROOT.glob("locale/*/sv/LC_MESSAGES/django.po"):
        app = file.parts[-4].removeprefix("ledstang_")
        assert any(name.endswith(f"{app}/locale/sv/LC_MESSAGES/django.mo") for name in names), file


def test_wheel_leaves_the_reference_sites_own_out(wheel: Path):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [
        name for name in names if re.match(r"cms/(settings/|urls\.py|wsgi\.py)|demo/|tests/|tools/|bench/", name)
    ]
    assert not [name for name in names if name.endswith((".pyc", ".sqlite3"))]


def test_a_host_publishes_a_guideline_and_opens_it_in_swedish(host: Path):
    """The second plugin comes later than the first."""
    manage(host, "guidelines", "migrate", "--verbosity", "0")
    shutil.copy(host / "guidelines.sqlite3", host / "both.sqlite3")
    manage(host, "both", "migrate", "--verbosity", "0")
    script = (ROOT / "tests/hosts/publish.py").read_text()
    path = manage(host, "both", "shell", "--verbosity", "0", "--command", script).strip().splitlines()[-1]
    with served(host, "both") as address:
        page = fetch(address + path)
    assert "Riktlinje om oro för barn" in page
    assert "Du ska anmäla oro." in page
    assert "gäller från" in page.lower()


def test_whose_schedule_runs_is_said(host: Path):
    """A host that lists us last publishes one failing page at the cost of the others, and is told."""
    ask = "from django.core.management import get_commands; print(get_commands()['publish_scheduled'])"
    assert "ledstang.I001" in manage(host, "both", "check", "--database", "default", stderr=True)
    assert manage(host, "both", "shell", "--verbosity", "0", "--command", ask).strip() == "wagtail"
    assert "ledstang.I001" not in manage(host, "first", "check", "--database", "default", stderr=True)
    assert manage(host, "first", "shell", "--verbosity", "0", "--command", ask).strip() == "cms.versions"


@pytest.mark.parametrize("plugin", ["guidelines", "courses"])
def test_each_plugin_installs_without_the_other_and_stands_without_our_style(host: Path, plugin: str):
    other, address = {"guidelines": ("courses", "/sok/"), "courses": ("guidelines", "/kurs/")}[plugin]
    manage(host, plugin, "migrate", "--verbosity", "0")
    manage(host, plugin, "check", "--database", "default", "--fail-level", "WARNING")
    ask = f"""
import sys
from django.test import Client
from django.conf import settings
visitor, sheet = Client(HTTP_HOST="127.0.0.1"), b"ledstang_core/ledstang.css"
assert sheet in visitor.get("/kontakter/").content
settings.LEDSTANG_THEME = False
for address in ("/kontakter/", {address!r}):
    page = visitor.get(address)
    assert page.status_code == 200 and b"<h1" in page.content and sheet not in page.content, address
print([name for name in sys.modules if name.split(".")[0] == {other!r}])
"""
    assert manage(host, plugin, "shell", "--verbosity", "0", "--command", ask).strip().splitlines()[-1] == "[]"
