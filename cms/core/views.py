"""How every view of the house answers with a page."""

import gzip
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from wagtail.admin.ui.components import Component

from cms.core.enums import THEME_COOKIE, Theme
from cms.core.languages import offered
from cms.core.models import CitySettings, Refused
from cms.core.registry import care_finders
from cms.core.styles import coloured_icon, dressed

View = Callable[..., HttpResponse]
AnyView = Callable[..., HttpResponseBase]


def base_template() -> str:
    return getattr(settings, "LEDSTANG_BASE_TEMPLATE", "ledstang_core/base.html")


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """Render a template that extends `ledstang_core/layout.html`, in the host's base template."""
    return render(request, template, {"base_template": base_template(), **(context or {})}, status=status)


def safe_next(request: HttpRequest, default: str = "/") -> str:
    """The address on this site that a form wants to go on to, or the default."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else default


def only_for(may: Callable[[Any], bool]) -> Callable[[View], View]:
    """A view for those users of whom the permission says yes; the others get 403."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return guard


def require_post(view: AnyView) -> AnyView:
    """A view that a button posts to. Whoever only comes to its address, such as from the login, is told so in words."""

    @wraps(view)
    def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            return view(request, *args, **kwargs)
        response = render_page(request, "ledstang_core/errors/405.html", status=405)
        response["Allow"] = "POST"
        return response

    return posted


def login_required(view: AnyView) -> AnyView:
    """Django's, which also says to whoever posts that nothing has been done, and leads back to where they pressed."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        here = request.get_full_path()
        if request.method != "POST":
            return redirect_to_login(here)
        ask_to_press_again(request)
        return redirect_to_login(came_from(request, here))

    return asked


def require_own_post(view: AnyView) -> AnyView:
    """`require_post` for those who have logged in."""
    return require_post(login_required(view))


def ask_to_press_again(request: HttpRequest) -> None:
    """What the login says to whoever had a button before them when their session had ended."""
    messages.info(
        request,
        _("You have been logged out meanwhile, so nothing is done. Log in, see to your choices, and press again."),
    )


def came_from(request: HttpRequest, default: str = "/") -> str:
    """The page on this site that the request was sent from, or the default."""
    here = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(here, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    page = urlsplit(here)._replace(scheme="", netloc="").geturl()
    return page if ours and url_has_allowed_host_and_scheme(page, allowed_hosts=None) else default


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Say why nothing was done, where it can be mended or where the request came from.

    Wagtail's dialogs ask from a script; "success" makes them go to the address.
    """
    messages.error(request, str(refusal))
    address = refusal.where or came_from(request)
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        return JsonResponse({"step": "success", "redirect": address})
    return HttpResponseRedirect(address)


@require_safe
def style(request: HttpRequest, colour: str, digest: str) -> HttpResponse:
    """The house's style sheet in the city's colour: one file, as without it. Its address tells all that decides it."""
    body = dressed(colour, digest) if f"#{colour}" == CitySettings.current().colour.lower() else None
    if body is None:
        raise Http404
    is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(gzip.compress(body) if is_packed else body, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    patch_vary_headers(response, ["Accept-Encoding"])
    if is_packed:
        response["Content-Encoding"] = "gzip"
    return response


@require_safe
def icon(request: HttpRequest, colour: str) -> HttpResponse:
    """The house's icon on a ground of the city's colour."""
    body = coloured_icon(colour) if f"#{colour}" == CitySettings.current().colour.lower() else None
    if body is None:
        raise Http404
    return HttpResponse(body, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


@require_post
@transaction.non_atomic_requests
@csrf_exempt  # only a preference: a token here would give every visitor a cookie
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device says, kept in a cookie and not with the account."""
    chosen = request.POST.get("theme")
    return _preferred(request, THEME_COOKIE, chosen if chosen in Theme.values else None)


@require_post
@transaction.non_atomic_requests
@csrf_exempt  # as above
def set_language(request: HttpRequest) -> HttpResponse:
    """The language of the interface, kept in Django's own cookie. The texts stay in the site's language."""
    chosen = request.POST.get("language")
    return _preferred(request, settings.LANGUAGE_COOKIE_NAME, chosen if chosen in dict(offered()) else None)


def _preferred(request: HttpRequest, cookie: str, value: str | None) -> HttpResponse:
    """Back to where one was, with the preference in a cookie for a year if it is one that there is."""
    response = HttpResponseRedirect(safe_next(request))
    if value is not None:
        response.set_cookie(
            cookie, value, max_age=60 * 60 * 24 * 365, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
    return response


class CarePanel(Component):
    """First on the admin's home page: what waits for the account today, each line a link to where it is dealt with."""

    order = 60
    template_name = "ledstang_core/admin/care.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        request, today = parent_context["request"], timezone.localdate()
        finders = sorted(care_finders, key=lambda finder: finder.order)
        cares = [care for finder in finders for care in finder.find(request.user, today)]
        return {"cares": sorted(cares, key=lambda care: not care.is_late), "request": request}
