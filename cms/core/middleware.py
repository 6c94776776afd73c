from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cms.core.models import Refused
from cms.core.views import refused

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class AtomicPostMiddleware:
    """Every request that may write is one transaction; one that only reads takes no lock.

    Django's `ATOMIC_REQUESTS` would open a transaction for each GET too, and with SQLite's IMMEDIATE
    mode each GET would then wait for every other request. Must stand last in `MIDDLEWARE`.

    A refusal that no view has answered (Wagtail's own views know none) rolls back and is told where one came from.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if request.method in SAFE_METHODS or "default" in getattr(view, "_non_atomic_requests", ()):
            return None
        try:
            with transaction.atomic():
                return view(request, *args, **kwargs)
        except Refused as refusal:
            return refused(request, refusal)


class PackedPagesMiddleware(GZipMiddleware):
    """Pages travel packed: a quarter of the bytes on a poor line. A site whose proxy packs can leave this out.

    Django pads what it packs, so that nothing of a token can be told from lengths (BREACH). Files and streams go as
    they are, with their length and in any range.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
            return response
        packed: HttpResponseBase = super().process_response(request, response)
        return packed


class ChosenLanguageMiddleware:
    """The site's language, or the one that the visitor has chosen (Django's language cookie).

    Unlike Django's own it takes no notice of what the browser asks for: the texts are Swedish, and whoever has not
    chosen gets a page in one language. What it says of an answer's language is true of pages only, not of files.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ["Cookie"])
        return response


class PrivateResponsesMiddleware:
    """What is answered to somebody with a session is stored nowhere, neither by shared caches nor after logging out.

    A view that has said how its answer may be kept is left alone; what visitors get must be asked for again.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.has_header("Cache-Control"):
            return response
        name = settings.SESSION_COOKIE_NAME
        has_session = name in request.COOKIES or name in response.cookies
        response["Cache-Control"] = "no-store, private" if has_session else "no-cache, private"
        return response
