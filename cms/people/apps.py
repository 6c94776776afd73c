from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "cms.people"
    label = "ledstang_people"
    verbose_name = _("People and org units")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.people.actions.importing import work_through
        from cms.people.registry import Job, jobs

        jobs.register(Job("roster_import", work_through))
