"""Asking a service over HTTP as a client with credentials of its own (OAuth 2, RFC 6749 section 4.4)."""

import base64
import json
import time
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from cms.people.roster.facts import SourceUnavailable

TRIES, TIMEOUT, LONGEST_WAIT = 3, 60, 30
LARGEST_ANSWER = 50 * 1024 * 1024
PASSING = (429, 500, 502, 503, 504)


class _NoRedirects(HTTPRedirectHandler):
    """A token is never carried to another address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Client:
    """Fetches JSON with a token that is asked for once, and anew when it has expired."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.opener: OpenerDirector = build_opener(_NoRedirects)
        self.token = ""
        self.pause = float(options.get("pause", 1))

    def get(self, path: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Raises SourceUnavailable after three tries, or at once for what trying again does not mend."""
        address = f"{str(self.options['base_url']).rstrip('/')}{path}?{urlencode(parameters)}"
        if not self.token:
            self.token = self._ask_for_token()
        for is_last in (False, True):
            try:
                return self._answer(Request(address, headers=self._headers()), path)  # noqa: S310 the scheme is checked
            except HTTPError as error:
                if error.code != 401 or is_last:
                    raise SourceUnavailable(f"{path} answers {error.code}") from None
                self.token = self._ask_for_token()
        raise SourceUnavailable(path)

    def pages(self, path: str, parameters: dict[str, Any]) -> Iterator[Any]:
        """The data of every page. Filters go with the first question only: a page token stands for them."""
        limit = {"limit": self.options.get("page_size", 500)}
        page = self.get(path, {**limit, **parameters})
        seen: set[str] = set()
        while True:
            yield page.get("data")
            token = page.get("pageToken")
            if not token:
                return
            if token in seen:
                raise SourceUnavailable(f"{path} gives the same page again")
            seen.add(token)
            page = self.get(path, {**limit, "pageToken": token})

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}

    def _ask_for_token(self) -> str:
        secret = f"{self.options['client_id']}:{self.options['client_secret']}"
        form = {"grant_type": "client_credentials"}
        if self.options.get("scope"):
            form["scope"] = self.options["scope"]
        request = Request(  # noqa: S310 the scheme is checked
            self.options["token_url"],
            data=urlencode(form).encode(),
            headers={
                "Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
            },
        )
        try:
            token = self._answer(request, "the token").get("access_token")
        except HTTPError as error:
            raise SourceUnavailable(f"no token: {error.code}") from None
        if not isinstance(token, str) or not token:
            raise SourceUnavailable("no token in the answer")
        return token

    def _answer(self, request: Request, what: str) -> dict[str, Any]:
        parts = urlsplit(request.full_url)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise SourceUnavailable(f"{what}: only https is asked")
        for tried in range(1, TRIES + 1):
            try:
                with self.opener.open(request, timeout=TIMEOUT) as response:
                    content = response.read(LARGEST_ANSWER + 1)
                break
            except HTTPError as error:
                if error.code not in PASSING or tried == TRIES:
                    raise
                self._wait(tried, error.headers.get("Retry-After"))
            except (URLError, HTTPException, OSError) as error:
                if tried == TRIES:
                    raise SourceUnavailable(f"{what} cannot be reached: {type(error).__name__}") from None
                self._wait(tried, None)
        return _parsed(content, what)

    def _wait(self, tried: int, asked: str | None) -> None:
        wanted = float(asked) if asked and asked.isdigit() else self.pause * tried
        time.sleep(min(wanted, LONGEST_WAIT))


def _parsed(content: bytes, what: str) -> dict[str, Any]:
    if len(content) > LARGEST_ANSWER:
        raise SourceUnavailable(f"{what}: the answer is too large")
    try:
        found = json.loads(content)
    except ValueError:
        raise SourceUnavailable(f"{what}: the answer is not JSON") from None
    if not isinstance(found, dict):
        raise SourceUnavailable(f"{what}: the answer is not what was asked for")
    return found
