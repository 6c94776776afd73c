from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.certificates.permissions import user_can_try_out
from cms.certificates.views import admin


class CertificatesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_try_out(request.user)


@hooks.register("register_admin_urls")
def certificate_addresses() -> list[URLPattern]:
    return [
        path("intyg/", admin.FindView.as_view(), name="ledstang_find_certificate"),
        path("intyg/prov/", admin.try_out, name="ledstang_try_out"),
        path("intyg/<str:public_id>/", admin.CertificateView.as_view(), name="ledstang_certificate"),
    ]


@hooks.register("register_ledstang_staff_item")
def certificates_item() -> MenuItem:
    return CertificatesMenuItem(
        _("Certificates"), reverse("ledstang_find_certificate"), icon_name="doc-full", order=320
    )


@hooks.register("register_permissions")
def correct_permission() -> QuerySet[Permission]:
    """So that the right to revoke and correct can be given to a group in the admin."""
    return Permission.objects.filter(content_type__app_label="ledstang_certificates", codename="correct_certificate")
