from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "cms.compliance"
    label = "ledstang_compliance"
    verbose_name = _("Requirements and evidence")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from cms.compliance.receivers import recount_after_roster
        from cms.people.signals import roster_changed

        roster_changed.connect(recount_after_roster, dispatch_uid="ledstang_compliance.recount")
