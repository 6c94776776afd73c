"""What the reference site adds round every request: the shut door, the second step, the admin's policy."""

from collections.abc import Callable
from urllib.parse import quote

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.urls import reverse

from cms.accounts.backends import SHUT
from cms.accounts.second_step import NEEDED, NOT_NEEDED, state_of
from cms.accounts.views.login import shut
from cms.accounts.views.second_step import NEXT


class DoorMiddleware:
    """Answers 429 wherever a shut door was knocked at, whatever form was used.

    A part of a page that asks for login (htmx) sends the whole page to the login, and back afterwards.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        door = getattr(request, SHUT, None)
        if door is not None:
            return shut(request, door)
        location = response.headers.get("Location", "")
        if getattr(request, "htmx", False) and location.startswith(resolve_url(settings.LOGIN_URL)):
            page = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
            redirect = HttpResponse()
            redirect["HX-Redirect"] = f"{resolve_url(settings.LOGIN_URL)}?next={quote(page)}"
            return redirect
        return response


class SecondStepMiddleware:
    """Nobody of whom a second step is asked gets anywhere before it is taken, whichever door they came in by.

    What is left open is the step itself, and the way out.
    """

    OPEN = ("second_step", "connect_app", "logout")
    AFRESH = ("/admin/", "/uppfoljning/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._is_asked(request):
            return self.get_response(request)
        if request.method == "GET" and not getattr(request, "htmx", False):
            request.session[NEXT] = request.get_full_path()
        return redirect("ledstang_accounts:second_step")

    def _is_asked(self, request: HttpRequest) -> bool:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or SESSION_KEY not in request.session:
            return False
        if request.path_info in {reverse(f"ledstang_accounts:{name}") for name in self.OPEN}:
            return False
        if state_of(request) == NOT_NEEDED and not request.path_info.startswith(self.AFRESH):
            return False
        return request.user.is_authenticated and state_of(request, afresh=True) == NEEDED


class AdminPolicyMiddleware(CSPMiddleware):
    """Wagtail's admin has a content security policy of its own; every other page the strict one."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/") and not report_only and parts.config is None:
            parts.config = settings.CONTENT_SECURITY_POLICY_ADMIN["DIRECTIVES"]
        return parts
