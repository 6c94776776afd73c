from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from cms.core.models import CitySettings
from cms.core.styles import icon_address
from cms.core.views import render_page


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    response = render_page(request, "ledstang_home/robots.txt")
    response["Content-Type"] = "text/plain; charset=utf-8"
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for an icon beside what is no page of ours, such as a PDF."""
    response = redirect(icon_address(CitySettings.current().colour))
    response["Cache-Control"] = "public, max-age=86400"
    return response
