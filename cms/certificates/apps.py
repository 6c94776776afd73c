from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    name = "cms.certificates"
    label = "ledstang_certificates"
    verbose_name = _("Certificates")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import NoReverseMatch, reverse

        from cms.core.registry import NavItem, footer_items

        def address(request: object) -> str | None:
            try:
                return reverse("ledstang_certificates:start")
            except NoReverseMatch:  # a host that has left the pages out
                return None

        footer_items.register(NavItem("verify", _("Verify a certificate"), address, order=15))
