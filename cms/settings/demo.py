"""The demo city on one machine: embedded SQLite, mails on the console, everything marked as an example."""

from cms.settings.base import *  # noqa: F403
from cms.settings.base import DATA_DIR, INSTALLED_APPS, LOGGING, env

INSTALLED_APPS = [*INSTALLED_APPS, "demo"]
LEDSTANG_DEMO = True
LEDSTANG_BASE_URL = env.str("LEDSTANG_BASE_URL", "http://127.0.0.1:8000")
WAGTAILADMIN_BASE_URL = LEDSTANG_BASE_URL
LEDSTANG_REQUIRE_MFA = env.bool("LEDSTANG_REQUIRE_MFA", False)  # one password that is no secret, and no phone at hand
LEDSTANG_ROSTER_SOURCES = {"exempelstaden:anställningsnummer": {"label": "Exempelstadens HR-system"}}
DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def _secret_key() -> str:
    """A key of this machine's own, made at the first start."""
    from django.core.management.utils import get_random_secret_key

    path = DATA_DIR / "secret_key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(get_random_secret_key())
        path.chmod(0o600)
    return path.read_text()


SECRET_KEY = env.str("SECRET_KEY", "") or _secret_key()
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = "Ledstång <ledstang@example.se>"
LOGGING["handlers"]["stderr"]["level"] = "WARNING"  # the worker tells of each task
if not env.bool("LEDSTANG_WORKER", False):  # `make run` has a worker beside its server
    TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
