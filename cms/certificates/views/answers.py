"""How every open page about certificates answers: never kept, never indexed, in HTML or JSON, within limits."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers

from cms.core.throttle import Limit, place_of
from cms.core.views import render_page

View = Callable[..., Any]
LOOK_UPS = Limit("certificate-look-ups", count=120, seconds=60)
NAMES = Limit("certificate-names", count=8, seconds=900)
NAMES_OF_ONE = Limit("certificate-names-of-one", count=40, seconds=86400)
UPLOADS = Limit("certificate-uploads", count=12, seconds=300)


def guarded(view: View) -> View:
    """No copies, no search engines, no referrer elsewhere, and not too often from one place."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = too_many(request) if LOOK_UPS.is_over(place_of(request)) else view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response["Referrer-Policy"] = "same-origin"  # "no-referrer" would send forms with Origin: null
        patch_vary_headers(response, ["Accept", "Cookie"])
        return response

    return answer


def wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def not_found(request: HttpRequest) -> HttpResponse:
    """The one answer to an id that is unknown, malformed, or of a certificate that the asker may not have."""
    if wants_json(request):
        return JsonResponse({"found": False}, status=404)
    return render_page(request, "ledstang_certificates/not_found.html", status=404)


def too_many(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        response: HttpResponse = JsonResponse({"error": "too many requests"}, status=429)
    else:
        response = render_page(request, "ledstang_certificates/too_many.html", status=429)
    response["Retry-After"] = "60"
    return response
