from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from cms.core.addresses import site_address
from cms.core.immutability import missing_triggers

ATOMIC_POSTS = "cms.core.middleware.AtomicPostMiddleware"


@register(Tags.database)
def check_triggers(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Records must be guarded in the database, not only in Python."""
    return [
        Error(
            f"The trigger {name} is missing in the database {alias!r}.",
            hint="Run `manage.py migrate`: it puts every trigger back.",
            id="ledstang.E001",
        )
        for alias in databases or []
        for name in missing_triggers(alias)
    ]


@register()
def check_posts_are_atomic(**kwargs: Any) -> list[CheckMessage]:
    if ATOMIC_POSTS in settings.MIDDLEWARE or settings.DATABASES["default"].get("ATOMIC_REQUESTS"):
        return []
    return [
        Warning(
            "Posts are not transactions: a publish that dies half-way would leave the page live.",
            hint=f"Add {ATOMIC_POSTS!r} last in MIDDLEWARE.",
            id="ledstang.W001",
        )
    ]


@register()
def check_packages_are_ours(**kwargs: Any) -> list[CheckMessage]:
    """A foreign package called cms, courses or guidelines would shadow ours."""
    problems: list[CheckMessage] = []
    for label, name in {
        "ledstang_core": "cms.core",
        "guidelines": "guidelines",
        "courses": "courses",
    }.items():
        if not apps.is_installed(name):
            continue
        module = apps.get_app_config(label).module if label in apps.app_configs else None
        if module is None or not hasattr(module, "LEDSTANG"):
            problems.append(Error(f"The package {name!r} that Python finds is not Ledstång's.", id="ledstang.E002"))
    return problems


@register()
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    if not site_address():
        problems.append(
            Warning(
                "LEDSTANG_BASE_URL is not set, so addresses in certificates and mails will be wrong.",
                hint='Set it to the public address, such as "https://utbildning.example.se".',
                id="ledstang.W002",
            )
        )
    return problems
