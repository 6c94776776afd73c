"""What a document may fetch while it is rendered: the named bytes that came with it, and nothing else."""

from collections.abc import Mapping
from typing import Any, NoReturn

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

SCHEME = "asset:"


class ClosedFetcher(URLFetcher):
    """Answers `asset:<name>` from a dictionary. Any other address stops the rendering.

    It has none of its parent's handlers for files, HTTP or data, so there is nothing to open by mistake.
    `FatalURLFetchingError` is a BaseException: WeasyPrint swallows lesser ones and would render on without.
    """

    def __init__(self, assets: Mapping[str, tuple[str, bytes]]) -> None:
        self.assets = assets
        self.handlers: list[Any] = []
        self._fail_on_errors = True

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix(SCHEME)
        if url.startswith(SCHEME) and name in self.assets:
            media_type, data = self.assets[name]
            return URLFetcherResponse(url, body=data, headers={"Content-Type": media_type})
        raise FatalURLFetchingError("a document may only fetch what came with it")

    def __call__(self, url: str) -> URLFetcherResponse:
        return self.fetch(url)

    def open(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise FatalURLFetchingError("a document opens nothing")
