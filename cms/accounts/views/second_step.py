"""The second step of the login, in the house's own pages."""

import base64
from io import BytesIO
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from cms.accounts import second_step
from cms.accounts.forms import SecondStepForm
from cms.accounts.oidc import safe_next
from cms.accounts.throttle import SECOND_STEP, count, forgive, is_shut
from cms.accounts.views.login import shut
from cms.core.views import login_required, render_page

SECRET, NEXT = "ledstang_second_step_secret", "ledstang_second_step_next"


def _onwards(request: HttpRequest) -> HttpResponse:
    return redirect(safe_next(request, request.session.pop(NEXT, None)))


@never_cache
@login_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The code from the app, or a recovery code. Whoever has no app yet connects one first."""
    user: Any = request.user
    if second_step.state_of(request) == second_step.DONE:
        return _onwards(request)
    if not second_step.has_app(user):
        return redirect("ledstang_accounts:connect_app")
    if is_shut(SECOND_STEP, request, user.get_username()):
        return shut(request, SECOND_STEP)
    form = SecondStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if second_step.check_code(user=user, code=form.cleaned_data["code"]):
            forgive(SECOND_STEP, request, user.get_username())
            request.session.cycle_key()
            second_step.mark_done(request)
            return _onwards(request)
        count(SECOND_STEP, request, user.get_username())
        form.add_error("code", _("The code is not right. Wait for the next one in the app, and try again."))
    return render_page(request, "ledstang_accounts/second_step.html", {"form": form})


@never_cache
@login_required
@sensitive_variables("secret", "codes")
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def connect_app(request: HttpRequest) -> HttpResponse:
    """Connect an app and get recovery codes. Whoever has one already must have used it in this session."""
    user: Any = request.user
    if second_step.has_app(user) and second_step.state_of(request) != second_step.DONE:
        return redirect("ledstang_accounts:second_step")
    if is_shut(SECOND_STEP, request, user.get_username()):
        return shut(request, SECOND_STEP)
    secret = request.session.get(SECRET) or second_step.new_secret()
    form = SecondStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if second_step.is_right(secret, form.cleaned_data["code"]):
            codes = second_step.activate(user=user, secret=secret)
            request.session.pop(SECRET, None)
            request.session.cycle_key()
            second_step.mark_done(request)
            shown: dict[str, Any] = {"codes": codes, "onwards": safe_next(request, request.session.pop(NEXT, None))}
            return render_page(request, "ledstang_accounts/recovery_codes.html", shown)
        count(SECOND_STEP, request, user.get_username())
        form.add_error("code", _("The code is not right. Wait for the next one in the app, and try again."))
    request.session[SECRET] = secret
    context = {
        "form": form,
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "picture": _picture(second_step.app_address(user, secret)),
        "is_asked": second_step.must_have(user),
        "has_app": second_step.has_app(user),
    }
    return render_page(request, "ledstang_accounts/connect_app.html", context)


def _picture(address: str) -> str:
    """A QR code as an image in the page itself: nothing is asked from elsewhere."""
    kept = BytesIO()
    segno.make(address, error="m").save(kept, kind="png", scale=5, border=3)
    return f"data:image/png;base64,{base64.b64encode(kept.getvalue()).decode()}"


@never_cache
@login_required
@require_http_methods(["POST"])
def remove_app(request: HttpRequest) -> HttpResponse:
    """Go back to one step, for those of whom two are not asked."""
    user: Any = request.user
    if second_step.must_have(user) or second_step.state_of(request) != second_step.DONE:
        return redirect("ledstang_accounts:connect_app")
    second_step.take_away(user=user)
    messages.success(request, _("You log in with one step again."))
    return redirect(resolve_url(settings.LOGIN_REDIRECT_URL))
