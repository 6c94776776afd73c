"""A browser whose pages are answered by Django's test client in this very process: no server, and nothing is committed.

Everything that a page asks for goes through here, so that nothing can leave the site unseen.
"""

from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import CDPSession, Page, Request, Route

from tests.page_rules import static_file

HOST = "localhost"  # which a browser trusts without a certificate
SITE = f"http://{HOST}"


@dataclass
class InProcess:
    """`show` opens an answer that is there already; what it needs besides is asked for by the client."""

    page: Page
    client: Client = field(init=False)
    shown: HttpResponse | None = None
    strayed: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    context: Context = field(default_factory=copy_context)

    def __post_init__(self) -> None:
        self.page.route("**/*", self._serve)
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text[:300]))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)[:300]))

    @property
    def devtools(self) -> CDPSession:
        return self.page.context.new_cdp_session(self.page)

    def show(self, address: str, response: HttpResponse, client: Client) -> None:
        self.shown, self.client = response, client
        self.strayed, self.complaints = [], []
        # Playwright answers in a context of its own, where Django would open another connection.
        self.context = copy_context()
        self.page.goto(SITE + address)

    def _serve(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        if not route.request.url.startswith(f"{SITE}/"):
            self.strayed.append(route.request.url)
            route.abort()
        elif asked.path.startswith("/static/"):
            kind = guess_type(asked.path)[0] or "application/octet-stream"
            route.fulfill(body=static_file(asked.path), content_type=kind)
        elif self.shown is not None and route.request.is_navigation_request():
            response, self.shown = self.shown, None
            _fulfil(route, response)
        elif route.request.method == "GET":
            address = f"{asked.path}?{asked.query}"
            _fulfil(route, self.context.run(taken_back, lambda: self.client.get(address)))
        else:
            _fulfil(route, self.context.run(taken_back, lambda: self._post(route.request)))

    def _post(self, request: Request) -> HttpResponse:
        """What a script sends, such as Wagtail's that tells who else is editing."""
        asked, kind = urlsplit(request.url), request.headers.get("content-type", "text/plain")
        address = f"{asked.path}?{asked.query}"
        return self.client.generic(request.method, address, request.post_data_buffer or b"", content_type=kind)


def _fulfil(route: Route, response: HttpResponse) -> None:
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    # What was refused is a page too: the browser would complain of the status.
    route.fulfill(status=200, headers=dict(response.headers), body=content)


def taken_back(ask: Callable[[], Any]) -> Any:
    """What a request writes is gone afterwards."""
    with transaction.atomic():
        try:
            return ask()
        finally:
            transaction.set_rollback(True)
