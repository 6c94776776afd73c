"""The site's own door: log in and out, choose a password by a mailed link, invite."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from cms.accounts.actions import AlreadyInUse, ask_for_reset, choose_password, invite, make_account
from cms.accounts.forms import ChangePasswordForm, ChoosePasswordForm, InvitationForm, LoginForm, ResetForm
from cms.accounts.models import User
from cms.accounts.oidc import providers
from cms.accounts.throttle import RESET, SET_PASSWORD, Door, count, is_shut
from cms.accounts.tokens import LinkKind, owner_of_link
from cms.core.views import base_template, render_page

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


def shut(request: HttpRequest, door: Door) -> HttpResponse:
    """Too many tries: says how long to wait and what else to do."""
    minutes = int(door.window.total_seconds() // 60)
    response = render_page(request, "ledstang_accounts/shut.html", {"minutes": minutes, "door": door.name}, status=429)
    response["Retry-After"] = str(int(door.window.total_seconds()))
    return response


def session_has_ended(request: HttpRequest) -> bool:
    """Whether the browser brought a session that there is no more: too old, or ended from elsewhere."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.is_empty()


class InBase:
    """Django's own account views in the house's layout."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return {**context, "base_template": base_template()}


class LoginView(InBase, auth_views.LoginView):
    template_name = "ledstang_accounts/login.html"
    authentication_form = LoginForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {**super().get_context_data(**kwargs), "providers": providers(self.request)}
        return {**context, "has_ended": session_has_ended(self.request)}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Somebody who is logged in and sent here lacks a right: a redirect back would go in circles."""
        if not request.user.is_authenticated:
            return super().get(request, *args, **kwargs)
        if not self.get_redirect_url():
            return redirect(resolve_url(self.get_default_redirect_url()))
        return render_page(request, "ledstang_accounts/no_right.html", status=403)


class LogoutView(auth_views.LogoutView):
    http_method_names = ["post", "options"]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest) -> HttpResponse:
    """Ask for a link to choose a new password. The answer never tells whether there is such an account."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        if is_shut(RESET, request, email):
            return shut(request, RESET)
        count(RESET, request, email)
        ask_for_reset(email=email)
        return redirect("ledstang_accounts:reset_sent")
    return render_page(request, "ledstang_accounts/reset.html", {"form": form})


def reset_sent(request: HttpRequest) -> HttpResponse:
    return render_page(request, "ledstang_accounts/reset_sent.html")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, uid: str, token: str, *, kind: LinkKind) -> HttpResponse:
    """Choose a password by a mailed link, once, and be logged in."""
    if is_shut(SET_PASSWORD, request):
        return shut(request, SET_PASSWORD)
    user = owner_of_link(uid, token, kind)
    if user is None:
        if request.method == "POST":
            count(SET_PASSWORD, request)
        return render_page(request, "ledstang_accounts/link_spent.html", {"kind": kind}, status=410)
    form = ChoosePasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose_password(user=user, password=form.cleaned_data["new_password1"])
        start_session(request, user, MODEL_BACKEND)
        messages.success(request, _("Your password is saved, and you are logged in."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render_page(request, "ledstang_accounts/choose.html", {"form": form, "kind": kind, "owner": user})


class ChangeView(InBase, auth_views.PasswordChangeView):
    template_name = "ledstang_accounts/change.html"
    form_class = ChangePasswordForm
    success_url = reverse_lazy("ledstang_accounts:change")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("Your password is changed. You are logged out everywhere else."))
        return super().form_valid(form)


@permission_required("ledstang_accounts.add_user", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Invite somebody by e-mail, in Wagtail's admin."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = make_account(**form.cleaned_data)
        try:
            invite(user=user)
        except AlreadyInUse:
            form.add_error("email", _("This account is in use. Its owner gets a new password by the login page."))
        else:
            messages.success(request, _("An invitation is on its way. The link can be used once, within 24 hours."))
            return redirect("ledstang_invitations")
    waiting = User.objects.filter(last_login=None, is_active=True).order_by("-date_joined")[:50]
    context = {"form": form, "waiting": [user for user in waiting if user.awaits_password]}
    return render(request, "ledstang_accounts/admin/invitations.html", context)
