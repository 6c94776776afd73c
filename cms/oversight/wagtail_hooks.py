"""Where HR administrators find the requirements in Wagtail's admin."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.oversight.permissions import user_can_dispose, user_can_edit_requirements
from cms.oversight.views import disposal, requirements


class DisposalMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_dispose(request.user)


class RequirementsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_edit_requirements(request.user)


@hooks.register("register_admin_urls")
def requirement_urls() -> list[URLPattern]:
    return [
        path("krav/", requirements.requirements, name="ledstang_requirements"),
        path("krav/nytt/", requirements.new_requirement, name="ledstang_new_requirement"),
        path("krav/skrivs/<uuid:key>/", requirements.awaited_rule, name="ledstang_awaited_rule"),
        path("krav/<uuid:key>/", requirements.requirement, name="ledstang_requirement"),
        path("krav/<uuid:key>/avsluta/", requirements.end_requirement, name="ledstang_end_requirement"),
        path("gallring/", disposal.disposals, name="ledstang_disposals"),
        path("gallring/<slug:kind>/", disposal.run_disposal, name="ledstang_run_disposal"),
    ]


@hooks.register("register_settings_menu_item")
def disposal_item() -> MenuItem:
    return DisposalMenuItem(_("Disposal"), reverse("ledstang_disposals"), icon_name="bin", order=900)


@hooks.register("register_ledstang_staff_item")
def requirements_item() -> MenuItem:
    return RequirementsMenuItem(_("Requirements"), reverse("ledstang_requirements"), icon_name="tasks", order=420)


@hooks.register("register_permissions")
def requirement_permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="ledstang_compliance", codename__in=["add_requirement", "add_disposalrun"]
    )
