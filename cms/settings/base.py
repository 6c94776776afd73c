"""Settings that every installation of the reference site shares. Only these files read the environment."""

from pathlib import Path
from typing import Any

import environs

import cms

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environs.Env()

LEDSTANG_DEMO = env.bool("LEDSTANG_DEMO", False)
LEDSTANG_BASE_URL = env.str("LEDSTANG_BASE_URL", "")
LEDSTANG_FOUR_EYES = env.bool("LEDSTANG_FOUR_EYES", False)  # whoever has written a guideline cannot publish it
LEDSTANG_BASE_TEMPLATE = "ledstang_core/base.html"
DATA_DIR = Path(env.str("LEDSTANG_DATA_DIR", str(BASE_DIR / "var")))

SECRET_KEY = env.str("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "cms.home",
    "cms.accounts",
    "guidelines",
    "courses",
    *cms.APPS,
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "cms.core.middleware.PackedPagesMiddleware",
    "cms.accounts.middleware.AdminPolicyMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "cms.core.middleware.PrivateResponsesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "cms.core.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "cms.accounts.middleware.DoorMiddleware",
    "cms.accounts.middleware.SecondStepMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    "cms.core.middleware.AtomicPostMiddleware",
]

ROOT_URLCONF = "cms.urls"
WSGI_APPLICATION = "cms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": DATA_DIR / "ledstang.sqlite3",
    "CONN_MAX_AGE": 600,  # opening one takes as long as answering
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    },
}
DATABASES: dict[str, dict[str, Any]] = {
    "default": dict(env.dj_db_url("DATABASE_URL", "")) if env.str("DATABASE_URL", "") else SQLITE
}
# From the second time on PostgreSQL keeps the plan of what everybody waits for. 0 behind a pooler that cannot.
PREPARE_AFTER = env.int("LEDSTANG_PREPARE_AFTER", 1) or None
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = PREPARE_AFTER
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "ledstang_accounts.User"
AUTHENTICATION_BACKENDS = [
    "cms.accounts.backends.ThrottledDoor",
    "django.contrib.auth.backends.ModelBackend",
]
# Login through the city's own provider (docs/roster.md). allauth speaks with it; accounts, links and pages are ours.
SOCIALACCOUNT_ADAPTER = "cms.accounts.oidc.OidcAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []}}
if env.str("LEDSTANG_OIDC_URL", ""):
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"] = [
        {
            "provider_id": "staden",
            "name": env.str("LEDSTANG_OIDC_NAME", "Stadens inloggning"),
            "client_id": env.str("LEDSTANG_OIDC_CLIENT_ID"),
            "secret": env.str("LEDSTANG_OIDC_CLIENT_SECRET"),
            "settings": {
                "server_url": env.str("LEDSTANG_OIDC_URL"),
                "eppn_claim": env.str("LEDSTANG_OIDC_EPPN_CLAIM", ""),
                "second_step_values": env.list("LEDSTANG_OIDC_SECOND_STEP_VALUES", []),
            },
        }
    ]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "cms.accounts.second_step.SealedSecrets"
MFA_TOTP_ISSUER = "Ledstång"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
LEDSTANG_REQUIRE_MFA = env.bool("LEDSTANG_REQUIRE_MFA", True)  # of administrators, editors, heads and HR
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "ledstang_accounts:login"
LOGIN_REDIRECT_URL = "/min-utbildning/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24

LANGUAGE_CODE = "sv"
LANGUAGES = [("sv", "Svenska"), ("en", "English")]
LOCALE_PATHS = sorted(path for path in (BASE_DIR / "locale").iterdir() if path.is_dir())
TIME_ZONE = "Europe/Stockholm"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "ledstang": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "private", "base_url": None},
    },
}

# The seal that certificates are signed with: a PKCS#12 file, or a key and its certificates as PEM.
LEDSTANG_SEAL = {
    "pkcs12": env.str("LEDSTANG_SEAL_PKCS12", ""),
    "key": env.str("LEDSTANG_SEAL_KEY", ""),
    "certificate": env.str("LEDSTANG_SEAL_CERTIFICATE", ""),
    "passphrase": env.str("LEDSTANG_SEAL_PASSPHRASE", ""),
}
LEDSTANG_SEAL_DEMO_DIR = DATA_DIR / "seal"

# To standard error, also without DEBUG: Django's own answer to a fault is a mail to ADMINS, and nothing else.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "nameless": {
            "()": "cms.core.logs.NamelessFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "nameless"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "ERROR"}},  # a page that is not there is no fault of ours
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "SAMEORIGIN"

WAGTAIL_SITE_NAME = "Ledstång"
WAGTAILADMIN_BASE_URL = LEDSTANG_BASE_URL
WAGTAIL_I18N_ENABLED = False
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True  # who changes a text in a step sends it through all steps again
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "odt", "xlsx", "txt", "vtt"]
WAGTAILMEDIA = {
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
    "AUDIO_EXTENSIONS": ["m4a", "mp3"],
    "MEDIA_FORM_BASE": "cms.versions.admin_forms.FilmForm",
}
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAIL_AUTOSAVE_INTERVAL = 8000
WAGTAIL_ALLOW_UNICODE_SLUGS = False  # addresses survive being pasted into a mail
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "swedish"}}
WAGTAIL_FRONTEND_LOGIN_URL = "/konto/logga-in/"
WAGTAILADMIN_LOGIN_URL = "ledstang_accounts:login"
WAGTAIL_PASSWORD_RESET_ENABLED = False  # ours is the one door
WAGTAILUSERS_PASSWORD_ENABLED = False  # nobody sets a password for somebody else: new accounts are invited
WAGTAIL_PRIVATE_PAGES = {"SHARED_PASSWORD": False}  # a door whose password is in many hands
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # no request leaves the site
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False

# When people are reminded: docs/reminders.md.
LEDSTANG_REMINDERS_DAYS_BEFORE = env.list("LEDSTANG_REMINDERS_DAYS_BEFORE", [30, 7, 0], subcast=int)
LEDSTANG_REMINDERS_OVERDUE_EVERY = env.int("LEDSTANG_REMINDERS_OVERDUE_EVERY", 7)
LEDSTANG_REMINDERS_ESCALATE_AFTER = env.int("LEDSTANG_REMINDERS_ESCALATE_AFTER", 14)
LEDSTANG_REMINDERS_QUIET_WEEKENDS = env.bool("LEDSTANG_REMINDERS_QUIET_WEEKENDS", True)
LEDSTANG_REMINDERS_QUIET_HOLIDAYS = env.bool("LEDSTANG_REMINDERS_QUIET_HOLIDAYS", True)
LEDSTANG_REMINDERS_QUIET_DAYS: list[str] = env.list("LEDSTANG_REMINDERS_QUIET_DAYS", [])
LEDSTANG_MAIL_PROTECTED = env.bool("LEDSTANG_MAIL_PROTECTED", False)  # mails to people with protected personal data

# Where the roster comes from (docs/roster.md). The name is the issuer of the source's keys and never changes.
LEDSTANG_ROSTER_SOURCES: dict[str, dict[str, object]] = {
    env.str("LEDSTANG_ROSTER_FILES", "hr"): {"label": "Filer från HR-systemet"}
}
if env.str("LEDSTANG_SS12000_URL", ""):
    LEDSTANG_ROSTER_SOURCES["ss12000"] = {
        "kind": "ss12000",
        "label": "SS 12000",
        "vocabulary": env.str("LEDSTANG_SS12000_VOCABULARY", "ss12000-sis"),
        "base_url": env.str("LEDSTANG_SS12000_URL"),
        "token_url": env.str("LEDSTANG_SS12000_TOKEN_URL"),
        "client_id": env.str("LEDSTANG_SS12000_CLIENT_ID"),
        "client_secret": env.str("LEDSTANG_SS12000_CLIENT_SECRET"),
        "scope": env.str("LEDSTANG_SS12000_SCOPE", ""),
    }

# How many proxies stand in front, so that a visitor's own address can be told from what they claim.
LEDSTANG_TRUSTED_PROXIES = env.int("LEDSTANG_TRUSTED_PROXIES", 0)

# Disposal (gallring), off by default: {"answers": {"months": 12, "decision": "KS 2027/12"}, "former_staff": {…}}
LEDSTANG_RETENTION = env.json("LEDSTANG_RETENTION", {})

# How long a report of an accessibility fault is kept after it has been dealt with.
LEDSTANG_FAULTS_KEPT_DAYS = env.int("LEDSTANG_FAULTS_KEPT_DAYS", 90)

# Where "Lämna sidan" leads: harmless, and the same for everyone.
LEDSTANG_EXIT_URL = env.str("LEDSTANG_EXIT_URL", "https://www.smhi.se/")

SELF, NONE = "'self'", "'none'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [SELF],
    }
}
CONTENT_SECURITY_POLICY_ADMIN = {
    "DIRECTIVES": {
        **CONTENT_SECURITY_POLICY["DIRECTIVES"],
        "default-src": [SELF],
        "script-src": [SELF, "'unsafe-inline'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "frame-src": [SELF],
        "worker-src": [SELF, "blob:"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        *["accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope"],
        *["magnetometer", "microphone", "midi", "payment", "usb", "xr-spatial-tracking"],
    )
}
