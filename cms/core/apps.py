from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CoreConfig(AppConfig):
    name = "cms.core"
    label = "ledstang_core"
    verbose_name = _("Ledstång: foundation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.core import checks  # noqa: F401
        from cms.core.queries import tasks_waiting
        from cms.core.receivers import ask_triggers, note_editors, put_triggers_back, take_triggers_down
        from cms.core.registry import CareFinder, care_finders

        care_finders.register(CareFinder("tasks", tasks_waiting, order=10))
        connection_created.connect(ask_triggers, dispatch_uid="ledstang_ask_triggers")
        pre_migrate.connect(take_triggers_down, sender=self, dispatch_uid="ledstang_triggers_down")
        post_migrate.connect(put_triggers_back, sender=self, dispatch_uid="ledstang_triggers")
        user_logged_in.connect(note_editors, dispatch_uid="ledstang_note_editors")
        self._register_way_to_admin()

    def _register_way_to_admin(self) -> None:
        from django.urls import NoReverseMatch, reverse

        from cms.core.enums import MAY_EDIT
        from cms.core.registry import NavItem, nav_items

        def address(request: Any) -> str | None:
            try:
                return reverse("wagtailadmin_home")
            except NoReverseMatch:  # a host may keep its admin elsewhere
                return None

        def is_editor(request: Any) -> bool:
            return bool(request.user.is_authenticated and request.session.get(MAY_EDIT))

        nav_items.register(NavItem("admin", pgettext_lazy("navigation", "Edit"), address, is_editor, order=90))
