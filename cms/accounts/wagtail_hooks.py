from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.accounts.actions import invite
from cms.accounts.models import User
from cms.accounts.views import login as views


class InvitationsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("ledstang_accounts.add_user")


@hooks.register("register_admin_urls")
def invitation_urls() -> list[URLPattern]:
    return [path("inbjudningar/", views.invitations, name="ledstang_invitations")]


@hooks.register("register_settings_menu_item")
def invitations_item() -> MenuItem:
    return InvitationsMenuItem(_("Invitations"), reverse("ledstang_invitations"), icon_name="mail", order=610)


@hooks.register("after_create_user")
def invite_new_account(request: HttpRequest, user: Any) -> None:
    """An account made in the admin has no password: its owner is asked to choose one."""
    if isinstance(user, User) and user.awaits_password:
        invite(user=user)
