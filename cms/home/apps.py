from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "cms.home"
    label = "ledstang_home"
    verbose_name = _("Home page")
    default_auto_field = "django.db.models.BigAutoField"
