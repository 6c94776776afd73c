"""Every page that somebody can look at, generated from the matrix of routes and the kinds of pages.

A route that leads nobody of the cast to a page is looked at as an administrator; one that needs more has a recipe here,
and one that never shows a page says why. Whatever has neither is found by `without_recipe`.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from django.apps import apps
from django.urls import reverse
from wagtail.models import Page

from cms.accounts import second_step
from cms.versions.enums import Change
from courses.enums import Stage
from courses.models import Enrollment, LearningPathPage, UnitPage
from tests.factories import CourseIndexPageFactory
from tests.learning import cut
from tests.route_table import OUR_PACKAGES, Row, matrix
from tests.world import World

ADMINISTRATOR = "administrator"
SHOWN = {"200", "403", "410", "422"}  # answers that are pages; 404 is looked at by itself
NOTHING = {"404", "405"}
PREFERRED = ("outsider", "learner", "head", "hr", "editor", "approver")

LEADS_ON = {
    "admin/login/": "to our login",
    "^admin/password_reset/": "to our own page",
    "wagtailcore_login": "to our login",
    "_util/login/": "to our login",
    "openid_connect_login": "to the city's provider, or 404",
    "openid_connect_callback": "to where one was going, or 404",
    "media/<path:path>": "a file",
    "ledstang_versions:asset": "a file",
    "ledstang_roster_report": "a file",
    "ledstang_home:favicon": "to a picture",
    "guidelines:acknowledge": "back to the guideline",
    "courses:resume": "to the unit that is next",
    "courses:save": "back to the unit",
    "courses:submit": "back to the unit",
    "courses:read": "back to the unit",
    "courses:renew": "back to the editor",
    "courses:evaluate": "to its form, and on from it",
    "ledstang_certificates:upload": "to its form",
}

Prepare = Callable[[World], str | None]  # puts the world in order; the address, where it is not the route's own


@dataclass(frozen=True)
class Recipe:
    """How to get to see a page: as whom, after what, and as if what were so."""

    member: str
    prepare: Prepare = lambda world: None
    as_if: Callable[[], AbstractContextManager[Any]] = nullcontext


def _newer_version(world: World) -> None:
    assert world.enrollment
    unit = UnitPage.objects.child_of(world.course.page).first()
    unit.goal = "Ett nytt mål"
    unit.save_revision()
    cut(world.course.page, change=Change.EDITORIAL)


def _finished(world: World) -> str:
    assert world.certificate
    enrollment = Enrollment.objects.filter(person=world.learner).exclude(finished_at=None).get()
    return reverse("courses:finished", args=[enrollment.key])


RECIPES = {
    "ledstang_accounts:code": Recipe(
        "outsider",
        as_if=lambda: patch(
            "cms.accounts.views.sso.pending_login", return_value=(SimpleNamespace(subject="x"), "/", False)
        ),
    ),
    "ledstang_accounts:second_step": Recipe(
        "head",
        as_if=lambda: patch.multiple(
            second_step, state_of=lambda request: "", has_app=lambda user: True, mark_done=lambda request: None
        ),
    ),
    "courses:recall": Recipe(
        "learner",
        prepare=lambda world: reverse("courses:recall", args=[world.enrollment.key, 14]),
        as_if=lambda: patch("courses.views.voluntary.stages_open", return_value=list(Stage)),
    ),
    "courses:move": Recipe("learner", prepare=_newer_version),
    "courses:finished": Recipe("learner", prepare=_finished),
}

# Kinds of pages in Wagtail's tree, with one of each. None: readers get it at a route of its own.
KINDS: dict[str, Callable[[World], Any]] = {
    "HomePage": lambda world: world.home,
    "PlainPage": lambda world: world.plain,
    "AccessibilityPage": lambda world: world.statement,
    "GuidelineIndexPage": lambda world: world.guideline.page.get_parent(),
    "GuidelinePage": lambda world: world.guideline.page,
    "CourseIndexPage": lambda world: CourseIndexPageFactory(),
    "CoursePage": lambda world: world.course.page,
    "UnitPage": lambda world: UnitPage.objects.child_of(world.course.page).first(),
    "LearningPathPage": lambda world: LearningPathPage.objects.get(key=world.path.key),
}
PARTS = {"UnitPage"}  # of a course: no address of its own
ERRORS = (400, 403, 404, 500)


@dataclass(frozen=True)
class Look:
    """One page as one member of the cast sees it."""

    name: str
    member: str
    method: str = "GET"
    language: str = "sv"

    def __str__(self) -> str:
        return f"{self.name} {self.method} as {self.member} in {self.language}"


def looks(rows: list[Row] | None = None) -> list[Look]:
    """All of them, in the order of the matrix."""
    found = [look for row in (matrix() if rows is None else rows) for look in _looks_of(row)]
    kinds = [kind.__name__ for kind in kinds_of_pages()]
    found += [Look(f"page {kind}", member) for kind in kinds if kind not in PARTS for member in ("outsider", "learner")]
    found += [Look(f"edit {kind}", ADMINISTRATOR) for kind in kinds]
    found += [Look(f"add {kind.__name__}", ADMINISTRATOR) for kind in kinds_of_pages() if kind.max_count is None]
    found += [
        Look("settings", ADMINISTRATOR),
        Look("admin", "approver"),
        Look("missing", "learner"),
        Look("pressed", "learner"),
    ]
    return [*found, *(Look(f"error {status}", "outsider") for status in ERRORS)]


def _looks_of(row: Row) -> Iterator[Look]:
    seeing = [name for name in PREFERRED if row.expected[name] in SHOWN]
    if row.method == "POST":
        yield from (Look(row.route, name, "POST") for name in seeing[:1])
    elif seeing:  # as a visitor where that is possible, and as the first who is signed in
        yield from (Look(row.route, name) for name in seeing[: 2 if seeing[0] == "outsider" else 1])
    elif row.route in RECIPES:
        yield Look(row.route, RECIPES[row.route].member)
    elif _is_for_administrators(row):
        yield Look(row.route, ADMINISTRATOR)


def _is_for_administrators(row: Row) -> bool:
    return row.expected["editor"] == "on" and row.expected["outsider"] == "login" and row.route not in LEADS_ON


def without_recipe(rows: list[Row]) -> list[str]:
    """Routes that lead to no page, and nobody has said why."""
    return sorted(
        row.route
        for row in rows
        if row.method == "GET"
        and row.route not in LEADS_ON
        and set(row.expected.values()) - NOTHING - {"login"}
        and not list(_looks_of(row))
    )


def kinds_of_pages() -> list[type[Page]]:
    return [
        model for model in apps.get_models() if issubclass(model, Page) and model.__module__.startswith(OUR_PACKAGES)
    ]


def address_of(look: Look, world: World) -> str:
    """Where a look is taken, once the world is in order."""
    what, _space, kind = look.name.partition(" ")
    if not kind or what == "error":
        single = {
            "settings": f"/admin/settings/ledstang_core/citysettings/{world.site.pk}/",
            "admin": "/admin/",
            "missing": "/finns-inte/",
            "pressed": reverse("ledstang_oversight:transcript"),  # a button's address without its button
        }
        return single.get(what) or ("/" if kind else world.address(look.name))
    page = KINDS[kind](world).specific
    if what == "page":
        return str(page.get_url())
    if what == "edit":
        return reverse("wagtailadmin_pages:edit", args=[page.pk])
    parent = page.get_parent()
    return reverse("wagtailadmin_pages:add", args=[page._meta.app_label, page._meta.model_name, parent.pk])
