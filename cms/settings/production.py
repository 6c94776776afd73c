"""A real installation: everything from the environment, PostgreSQL, HTTPS."""

from cms.settings.base import *  # noqa: F403
from cms.settings.base import env

SECRET_KEY = env.str("SECRET_KEY")
LEDSTANG_BASE_URL = env.str("LEDSTANG_BASE_URL")
LEDSTANG_FOUR_EYES = env.bool("LEDSTANG_FOUR_EYES", True)
WAGTAILADMIN_BASE_URL = LEDSTANG_BASE_URL
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL")
EMAIL_CONFIG = env.dj_email_url("EMAIL_URL", "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
