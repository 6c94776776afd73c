"""What the reference site adds round every request: the shut door, the policy of the admin, the way to the login."""

from collections.abc import Callable
from urllib.parse import quote

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url

from cms.accounts.backends import SHUT
from cms.accounts.views import shut


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


class AdminPolicyMiddleware(CSPMiddleware):
    """Wagtail's admin has a content security policy of its own; every other page the strict one."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith("/admin/") and not report_only and parts.config is None:
            parts.config = settings.CONTENT_SECURITY_POLICY_ADMIN["DIRECTIVES"]
        return parts
