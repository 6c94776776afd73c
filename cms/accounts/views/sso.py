"""Logging in through the city's own login, and connecting it by a code from the head."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from cms.accounts.forms import CodeForm
from cms.accounts.linking import AccountClosed, WrongCode, connect_by_code, make_login_code
from cms.accounts.oidc import PENDING, open_door, pending_login
from cms.accounts.throttle import CODE, count, is_shut
from cms.accounts.views.login import shut
from cms.core.addresses import site_address
from cms.core.views import login_required, render_page
from cms.people.queries import person_views_are_open, visible_people
from cms.people.views import acting_person


@require_safe
def sso_failed(request: HttpRequest) -> HttpResponse:
    return render_page(request, "ledstang_accounts/sso_failed.html", status=403)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Somebody has logged in whom nobody here is known by: the code from the head tells who it is."""
    pending = pending_login(request)
    if pending is None:
        return redirect("ledstang_accounts:login")
    if is_shut(CODE, request, pending[0].subject):
        return shut(request, CODE)
    login, wanted, is_second_step = pending
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = connect_by_code(login=login, code=form.cleaned_data["code"])
        except WrongCode:
            count(CODE, request, login.subject)
            form.add_error("code", _("The code does not work. Check it, or ask your head for a new one."))
        except AccountClosed:
            return redirect("ledstang_accounts:sso_failed")
        else:
            del request.session[PENDING]
            messages.success(request, _("Your login is connected. The next time you just log in."))
            return open_door(request, user, wanted, is_second_step=is_second_step)
    return render_page(request, "ledstang_accounts/code.html", {"form": form})


@never_cache
@login_required
@sensitive_variables("made")
@require_http_methods(["GET", "HEAD", "POST"])
def print_code(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A head prints a code for one of their own staff: shown once, to be handed over on paper."""
    actor, today = acting_person(request), timezone.localdate()
    if not person_views_are_open():
        raise Http404
    person = get_object_or_404(visible_people(actor, today), key=key)
    if person == actor:
        raise Http404
    made = make_login_code(person=person, actor=actor) if request.method == "POST" else None
    door = site_address() + reverse("ledstang_accounts:login")  # paper has no links
    context = {"person": person, "made": made, "on": today, "door": door}
    return render_page(request, "ledstang_accounts/print_code.html", context)
