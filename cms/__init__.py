"""The ground that Ledstång's plugins stand on.

A host site lists ``cms.APPS`` and ``"guidelines", "courses"`` among its apps, each once, and, in its addresses,
``*cms.urlpatterns()`` before Wagtail's own. See docs/adopting.md.
"""

from typing import Any

APPS = [
    "cms.core",
    "cms.people",
    "cms.references",
    "cms.versions",
    "cms.certificates",
    "cms.compliance",
    "cms.reminders",
    "cms.oversight",
    "wagtail.contrib.settings",
    "wagtailmedia",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]


def urlpatterns() -> list[Any]:
    """The addresses of every installed app of ours; a plugin is one of them if its package says `LEDSTANG = True`."""
    from django.apps import apps
    from django.urls import include, path
    from django.utils.module_loading import module_has_submodule

    ground = {name for name in APPS if name.startswith("cms.")}
    ours = [app for app in apps.get_app_configs() if app.name in ground or hasattr(app.module, "LEDSTANG")]
    return [path("", include(f"{app.name}.urls")) for app in ours if module_has_submodule(app.module, "urls")]
