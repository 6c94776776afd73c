"""Every address of the site, and the written matrix of who gets what there (tests/routes.toml)."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, get_resolver
from django.views import View

from tests.cast import NAMES

MATRIX = Path(__file__).with_name("routes.toml")
TEST_404 = "admin/test404/"  # a template of Wagtail's, behind its login
OUR_PACKAGES = ("cms.", "guidelines.", "courses.")


@dataclass(frozen=True)
class Route:
    """An address: its name (or its pattern, where it has no name), and the view behind it."""

    name: str
    pattern: str
    view: Any

    @property
    def is_wagtails(self) -> bool:
        """Wagtail's own or wagtailmedia's, which one rule covers; but not what serves a model of ours."""
        module = getattr(self.view, "view_class", self.view).__module__
        is_wagtails = module.startswith(("wagtail.", "wagtailmedia.")) or self.name == TEST_404
        return is_wagtails and not self.serves_a_model_of_ours

    @property
    def serves_a_model_of_ours(self) -> bool:
        model = getattr(self.view, "view_initkwargs", {}).get("model")
        if self.name.startswith("wagtail"):  # Wagtail's pages about accounts, whoever's model an account is
            return False
        return isinstance(model, type) and model.__module__.startswith(OUR_PACKAGES)


def _walk(patterns: list[Any], namespace: str = "", before: str = "") -> Iterator[Route]:
    for entry in patterns:
        pattern = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            name = ":".join(part for part in (namespace, entry.name or "") if part)
            yield Route(name if entry.name else pattern, pattern, entry.callback)
        else:
            inner = ":".join(part for part in (namespace, entry.namespace or "") if part)
            yield from _walk(entry.url_patterns, inner, pattern)


def routes() -> list[Route]:
    return list(_walk(get_resolver().url_patterns))


def own_routes(some: list[Route] | None = None) -> list[Route]:
    return [route for route in (routes() if some is None else some) if not route.is_wagtails]


def methods_of(route: Route) -> set[str]:
    """The methods that a row must speak of: a class says which it has, a function is asked both ways."""
    view_class: type[View] | None = getattr(route.view, "view_class", None)
    if view_class is None:
        return {"GET", "POST"}
    return {method for method in ("GET", "POST") if hasattr(view_class, method.lower())}


@dataclass(frozen=True)
class Row:
    """What each member of the cast gets from one route with one method."""

    route: str
    method: str
    expected: dict[str, str]


def read_row(route: str, method: str, words: str) -> Row:
    """ "learner 200, outsider login, others 404" as a row. Whoever is not named and not among `others` is missing."""
    stated = dict(part.split() for part in words.split(","))
    others = stated.pop("others", None)
    unknown = set(stated) - set(NAMES)
    if unknown:
        raise ValueError(f"{route}: nobody in the cast is called {', '.join(sorted(unknown))}")
    expected = {name: stated.get(name, others) for name in NAMES}
    missing = [name for name, answer in expected.items() if answer is None]
    if missing:
        raise ValueError(f"{route} {method}: what does {', '.join(missing)} get?")
    return Row(route, method, {name: str(answer) for name, answer in expected.items()})


def matrix() -> list[Row]:
    """Every row; one that names several routes, with spaces between, speaks of each."""
    table = tomllib.loads(MATRIX.read_text())
    return [
        read_row(route, method, words)
        for routes_named, row in table.items()
        for route in routes_named.split()
        for method, words in row.items()
    ]


def missing_rows(some: list[Route], rows: list[Row]) -> list[str]:
    stated = {(row.route, row.method) for row in rows}
    return sorted(
        {f"{route.name} {method}" for route in own_routes(some) for method in methods_of(route)}
        - {f"{route} {method}" for route, method in stated}
    )
