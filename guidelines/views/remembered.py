"""Say again what a page said, while all that decides it is the same.

Only to visitors without an account, a session or a message, in the house's own frame. What decides the text is read
anew at each request (`queries.inputs`); header and footer, which also ask other apps, may be half a minute old.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from cms.core.addresses import site_address
from cms.core.enums import THEME_COOKIE, Theme
from cms.core.views import base_template
from guidelines.queries.inputs import inputs_of
from guidelines.queries.readings import AUDIENCE, DISTRICT

SECONDS = 30
MOST = 200  # pages in each process's memory: some ten megabytes
Place = tuple[object, ...]
OURS = "ledstang_core/base.html"
ASKED = {AUDIENCE, DISTRICT}  # other questions are rare, and have too many answers to remember
MESSAGES = "messages"
HEADERS = ("Content-Type", "X-Robots-Tag")


@dataclass(frozen=True)
class Said:
    """What a page said, and which frozen content it showed. Without a body: only what to look at the next time."""

    content: int
    inputs: str = ""
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Memory:
    """What was said in which place, for a while; the places that were asked for longest ago are forgotten first.

    Not Django's cache, which counts how often somebody knocks at a door: whoever asks for many pages would clear it.
    """

    def __init__(self) -> None:
        self._said: OrderedDict[Place, tuple[float, Said]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, place: Place) -> Said | None:
        with self._lock:
            until, said = self._said.get(place, (0.0, None))
            if said is None or until < time.monotonic():
                return None
            self._said.move_to_end(place)
            return said

    def set(self, place: Place, said: Said) -> None:
        with self._lock:
            self._said[place] = (time.monotonic() + SECONDS, said)
            self._said.move_to_end(place)
            while len(self._said) > MOST:
                self._said.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._said.clear()


memory = Memory()


def say_again(request: HttpRequest, key: UUID, make: Callable[[], HttpResponse]) -> HttpResponse:
    """The page as it was said before if it would say the same now, otherwise made anew. `make` notes the content."""
    if not _is_for_anybody(request):
        return make()
    place = _place(request)
    said = memory.get(place)
    inputs = inputs_of(key, said.content) if said is not None else ""
    if said is not None and said.body and said.inputs == inputs:
        return _response(said)
    response = make()
    content = getattr(request, "_ledstang_content", None)
    if response.status_code != 200 or content is None or not _is_the_same_for_all(request, response):
        return response
    known = Said(content)
    if (
        said is not None and said.content == content and inputs_of(key, content) == inputs
    ):  # nothing has moved meanwhile
        headers = tuple((name, response[name]) for name in HEADERS if response.has_header(name))
        known = Said(content, inputs, response.content, headers)
    memory.set(place, known)
    return response


def note_content(request: HttpRequest, content: int) -> None:
    """Which frozen content a page shows."""
    request._ledstang_content = content  # type: ignore[attr-defined]


def _is_for_anybody(request: HttpRequest) -> bool:
    has_own = settings.SESSION_COOKIE_NAME in request.COOKIES or MESSAGES in request.COOKIES
    is_plain = request.method == "GET" and not has_own and ASKED.issuperset(request.GET)
    return is_plain and base_template() == OURS and not request.user.is_authenticated


def _is_the_same_for_all(request: HttpRequest, response: HttpResponse) -> bool:
    return not response.cookies and not request.session.modified and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")


def _place(request: HttpRequest) -> Place:
    theme = request.COOKIES.get(THEME_COOKIE)
    return (
        request.scheme,
        request.get_host(),
        request.get_full_path(),
        get_language(),
        theme if theme in Theme.values else "",
        timezone.localdate().isoformat(),
        getattr(settings, "LEDSTANG_DEMO", False),
        site_address(),
    )


def _response(said: Said) -> HttpResponse:
    response = HttpResponse(said.body)
    for name, value in said.headers:
        response[name] = value
    response["Vary"] = "Cookie"
    return response
