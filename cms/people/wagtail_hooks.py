"""Where HR administrators find the roster in Wagtail's admin."""

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.people.permissions import user_can_give_scopes, user_can_import_roster, user_can_merge_people
from cms.people.views import merging, roster, scopes


class RosterMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_import_roster(request.user)


@hooks.register("register_admin_urls")
def roster_urls() -> list[URLPattern]:
    return [
        path("personalregister/dubbletter/", merging.people, name="ledstang_merge"),
        path("personalregister/dubbletter/<uuid:one>/<uuid:other>/", merging.pair, name="ledstang_merge_pair"),
        path("personalregister/", roster.roster, name="ledstang_roster"),
        path("personalregister/mall.xlsx", roster.template, name="ledstang_roster_template"),
        path("personalregister/kolumner/", roster.columns, name="ledstang_roster_columns"),
        path("personalregister/ord/", roster.words, name="ledstang_roster_words"),
        path("behorigheter/", scopes.scopes, name="ledstang_scopes"),
        path("behorigheter/<uuid:key>/", scopes.give, name="ledstang_give_scope"),
        path("behorigheter/<int:number>/avsluta/", scopes.end, name="ledstang_end_scope"),
        path("personalregister/<uuid:key>/", roster.roster_import, name="ledstang_roster_import"),
        path("personalregister/<uuid:key>/avbryt/", roster.discard, name="ledstang_roster_discard"),
        path("personalregister/<uuid:key>/igen/", roster.restart, name="ledstang_roster_restart"),
        path("personalregister/<uuid:key>/rapport.csv", roster.report, name="ledstang_roster_report"),
    ]


@hooks.register("register_ledstang_staff_item")
def roster_item() -> MenuItem:
    return RosterMenuItem(_("Roster"), reverse("ledstang_roster"), icon_name="group", order=430)


class MergeMenuItem(MenuItem):
    """For those who may merge without importing; others find it under the roster."""

    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_merge_people(request.user) and not user_can_import_roster(request.user)


@hooks.register("register_ledstang_staff_item")
def merge_item() -> MenuItem:
    return MergeMenuItem(_("Merge records"), reverse("ledstang_merge"), icon_name="group", order=431)


class ScopesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return user_can_give_scopes(request.user)


@hooks.register("register_ledstang_staff_item")
def scopes_item() -> MenuItem:
    return ScopesMenuItem(_("Rights over org units"), reverse("ledstang_scopes"), icon_name="user", order=432)


@hooks.register("register_permissions")
def roster_permissions() -> QuerySet[Permission]:
    return Permission.objects.filter(
        content_type__app_label="ledstang_people", codename__in=["import_roster", "merge_people", "add_scope"]
    )
