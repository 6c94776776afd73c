from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "cms.home"
    label = "ledstang_home"
    verbose_name = _("Home page")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from functools import partial

        from cms.core.registry import CareFinder, NavItem, care_finders, footer_items
        from cms.home.queries import about_page, faults_waiting

        labels = {"tillganglighet": _("Accessibility"), "personuppgifter": _("Personal data")}
        for order, (slug, label) in enumerate(labels.items()):
            footer_items.register(NavItem(name=slug, label=label, url=partial(about_page, slug=slug), order=order))
        care_finders.register(CareFinder("faults", faults_waiting, order=70))
