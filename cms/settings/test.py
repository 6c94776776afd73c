"""The test suite, on SQLite or, with LEDSTANG_TEST_DATABASE=postgres, on a throw-away PostgreSQL."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

if "LEDSTANG_DATA_DIR" not in os.environ:
    os.environ["LEDSTANG_DATA_DIR"] = tempfile.mkdtemp(prefix="ledstang-test-")
    atexit.register(shutil.rmtree, os.environ["LEDSTANG_DATA_DIR"], ignore_errors=True)
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
if worker != os.environ.get("LEDSTANG_TEST_WORKER", ""):  # test processes share no files
    os.environ["LEDSTANG_DATA_DIR"] += f"/{worker}"
    os.environ["LEDSTANG_TEST_WORKER"] = worker

from cms.settings.base import *  # noqa: F403
from cms.settings.base import DATA_DIR, INSTALLED_APPS, PREPARE_AFTER, SQLITE, STORAGES, env

INSTALLED_APPS = [*INSTALLED_APPS, "demo", "tests.third_kind"]
LEDSTANG_DEMO = True
LEDSTANG_REQUIRE_MFA = False  # the tests of the second step turn it on
LEDSTANG_BASE_URL = "https://ledstang.example.se"
WAGTAILADMIN_BASE_URL = LEDSTANG_BASE_URL
SECRET_KEY = "only for tests"
ALLOWED_HOSTS = ["*"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "ledstang",
        "USER": env.str("PGUSER", "postgres"),
        "HOST": env.str("PGHOST", ""),
        "OPTIONS": {"prepare_threshold": PREPARE_AFTER},
        "TEST": {"NAME": "test_ledstang"},
    }
    if env.str("LEDSTANG_TEST_DATABASE", "sqlite") == "postgres"
    else {**SQLITE, "CONN_MAX_AGE": 0, "TEST": {"NAME": str(Path(DATA_DIR) / "test.sqlite3")}}
}
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
