from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "cms.core"
    label = "ledstang_core"
    verbose_name = _("Ledstång: foundation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.core import checks  # noqa: F401
        from cms.core.queries import tasks_waiting
        from cms.core.receivers import ask_triggers, put_triggers_back, take_triggers_down
        from cms.core.registry import CareFinder, care_finders

        care_finders.register(CareFinder("tasks", tasks_waiting, order=10))
        connection_created.connect(ask_triggers, dispatch_uid="ledstang_ask_triggers")
        pre_migrate.connect(take_triggers_down, sender=self, dispatch_uid="ledstang_triggers_down")
        post_migrate.connect(put_triggers_back, sender=self, dispatch_uid="ledstang_triggers")
