"""The ground that Ledstång's plugins stand on.

A host site adopts with ``INSTALLED_APPS += cms.APPS + ["guidelines", "courses"]``.
"""

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
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]
