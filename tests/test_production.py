"""A real installation: its settings load from the environment alone, and its log names nobody."""

import io
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cms.core.logs import NamelessFormatter

ROOT = Path(__file__).resolve().parent.parent
CITY = {
    "DJANGO_SETTINGS_MODULE": "cms.settings.production",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzåäöABCDEFGHIJKLMNOPQRST",
    "ALLOWED_HOSTS": "ledstang.example.se",
    "LEDSTANG_BASE_URL": "https://ledstang.example.se",
    "DATABASE_URL": "postgres://stad@/ledstang?host=%2Frun%2Fpostgresql",
    "EMAIL_URL": "smtp+tls://stad:hemligt@post.example.se:587",
    "DEFAULT_FROM_EMAIL": "ledstang@example.se",
}
# As they should be: HSTS is for this host alone, without preload; Wagtail's preview is a frame of the site's own.
MEANT = {"security.W005", "security.W019", "security.W021"}


def started(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    path = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env={**path, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.once
def test_a_real_installation_is_whole(tmp_path: Path):
    done = started({**CITY, "LEDSTANG_DATA_DIR": str(tmp_path)}, "manage.py", "check", "--deploy")
    assert done.returncode == 0, done.stderr
    named = {word.strip("(:)") for word in done.stderr.split() if word.startswith(("(security.", "(ledstang."))}
    assert named == MEANT


@pytest.mark.once
@pytest.mark.parametrize("missing", ["SECRET_KEY", "DEFAULT_FROM_EMAIL"])
def test_what_is_missing_is_named(missing: str):
    settings = {name: value for name, value in CITY.items() if name != missing}
    done = started(settings, "-c", "import cms.settings.production")
    assert done.returncode == 1
    assert missing in done.stderr.splitlines()[-1]


REFUSED = """duplicate key value violates unique constraint "email_once"
DETAIL:  Key (email)=(frans@example.se) already exists."""


def logged(formatter: logging.Formatter) -> str:
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(formatter)
    try:
        raise ValueError(REFUSED)
    except ValueError:
        handler.emit(logging.getLogger().makeRecord("x", logging.ERROR, "x", 1, "Fel", (), sys.exc_info()))
    return told.getvalue()


def test_a_log_names_nobody():
    told = logged(NamelessFormatter())
    assert "email_once" in told
    assert "frans" not in told


def test_twin_a_plain_log_names_somebody():
    assert "frans" in logged(logging.Formatter())
