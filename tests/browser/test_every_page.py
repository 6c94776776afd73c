"""Every page of the site with axe, in light and dark, narrow and enlarged: a sample, and all of them when proving.

The list is generated from the matrix of routes and the kinds of pages, so that no page can be forgotten.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver
from django.utils.translation import override
from playwright.sync_api import Browser, Page

from tests.browser.conftest import WCAG, where
from tests.browser.in_process import HOST, InProcess, taken_back
from tests.campaigns import Campaign, is_proving
from tests.cast import Member
from tests.factories import PersonFactory, UserFactory
from tests.page_list import ADMINISTRATOR, RECIPES, Look, Recipe, address_of, looks, without_recipe
from tests.page_rules import faults_of_head, is_page
from tests.route_table import matrix, read_row
from tests.test_routes import hide
from tests.world import World, standing_world

pytestmark = pytest.mark.once

IN_A_SAMPLE = 14


@dataclass(frozen=True)
class Mode:
    """How a page is looked at. 400 % of a window that is 1280 × 1024 is 320 × 256 at four times the density."""

    name: str
    width: int
    height: int
    scheme: Any
    density: int = 1
    forced: bool = False


MODES = [
    Mode("light 1280", 1280, 900, "light"),
    Mode("dark 320", 320, 640, "dark"),
    Mode("light 400 %", 320, 256, "light", density=4),
    Mode("dark 1280", 1280, 900, "dark"),
    Mode("light 320", 320, 640, "light"),
    Mode("dark 400 %", 320, 256, "dark", density=4),
    Mode("forced colours, still", 1280, 900, "dark", forced=True),
]

# What is Wagtail's own on pages of the admin: the rule, what names the element, and what it is.
WAGTAILS = [
    ("aria-input-field-name", "public-DraftEditor-content", "the field of a rich text, whose label stands beside it"),
    ("link-in-text-block", ">add one</a>", "the sentence of an empty list"),
    ("landmark-unique", 'class="w-panel', "choices of several questions, or what is folded under several blocks"),
    ("scrollable-region-focusable", "w-minimap__list", "the outline beside a form"),
    (
        "scrollable-region-focusable",
        "content-wrapper",
        "the whole page beside the menu, where nothing in it can be reached",
    ),
    ("target-size", "w-minimap__toggle", "the outline beside a form"),
]

LOOK = """() => {
  const wide = document.documentElement.clientWidth;
  const scrolls = (one) => { for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
    if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true; return false; };
  const outside = [...document.body.querySelectorAll('*')].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && box.right > wide + 1 && box.left < wide + 4000 &&
      getComputedStyle(one).visibility !== 'hidden' && !one.closest('.w-sr-only, svg') && !scrolls(one); });
  return { sideways: document.documentElement.scrollWidth - wide,
           outside: outside.slice(0, 3).map((one) => one.outerHTML.slice(0, 120)) };
}"""
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return '';
  const box = one.getBoundingClientRect();
  const name = one.outerHTML.slice(0, 120);
  const points = [0.5, 0.1, 0.9].flatMap((x) => [0.5, 0.15, 0.85].map((y) => [x, y]));
  const seen = points.some(([x, y]) => {
    const top = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
    return top && (one.contains(top) || top.contains(one) || top.closest('label')?.control === one); });
  const rings = (part) => { const style = getComputedStyle(one, part);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none'; };
  // A card's link draws its ring round the card; the browser draws one round each part of a date.
  const ring = rings(null) || rings('::after') || one.type === 'date';
  return !seen ? 'focus is covered on ' + name : !ring ? 'focus is not seen on ' + name : 'fine'; }"""
TABS = 25
SHIFT = """() => new Promise((resolve) => { let sum = 0; let timer;
  const observer = new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; });
  observer.observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => resolve(sum), 60); })"""


OF_PAGES = ("400", "403", "404", "405", "410", "422", "500")  # what they answer when not all is well


@pytest.fixture(autouse=True)
def clean_ground() -> None:
    """Files stay for as long as the world that made them."""
    cache.clear()


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with standing_world(django_db_blocker) as made:
        # What a look makes is taken back with it: what several looks share is made before.
        assert all((made.home, made.plain, made.statement, made.certificate, made.enrollment))
        hide(made)
        yield made


@pytest.fixture
def in_process(browser: Browser, world: World) -> Iterator[InProcess]:
    context = browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm", reduced_motion="no-preference")
    yield InProcess(context.new_page())
    context.close()


def member_of(world: World, name: str) -> Member:
    if name != ADMINISTRATOR:
        return world.cast[name]
    user = UserFactory(superuser=True)
    return Member(name, user, PersonFactory(user=user))


def is_wagtails(rule: str, html: str) -> bool:
    return any(rule == known and part in html for known, part, _what in WAGTAILS)


def ask(look: Look, world: World, client: Any, address: str) -> HttpResponse:
    if look.name.startswith("error "):
        status = int(look.name.split()[1])
        handler = get_resolver().resolve_error_handler(status)
        request = RequestFactory().get("/")
        request.user = AnonymousUser()
        with override(look.language):
            return handler(request) if status == 500 else handler(request, exception=ValueError("x"))
    if look.method == "POST":
        return client.post(address, world.data(look.name))
    return client.get(address)


def inspect(look: Look, world: World, shown: InProcess, modes: list[Mode]) -> list[str] | None:
    """Everything that is wrong with a page; None if it is a file. What the look has written is taken back."""
    address = address_of(look, world)
    try:
        return taken_back(lambda: _inspect(look, world, shown, modes, address))
    except Exception as error:
        return [f"{look}: {error!r}"[:600]]


def _inspect(look: Look, world: World, shown: InProcess, modes: list[Mode], address: str) -> list[str] | None:
    recipe = RECIPES.get(look.name, Recipe(look.member)) if look.method == "GET" else Recipe(look.member)
    client = member_of(world, look.member).client(raise_request_exception=False, SERVER_NAME=HOST)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = look.language
    address = recipe.prepare(world) or address
    with recipe.as_if():
        response = ask(look, world, client, address)
        if 300 <= response.status_code < 400 and look.name.startswith("page "):
            return None  # readers get it at a route of its own
        if response.status_code >= 300 and str(response.status_code) not in OF_PAGES:
            return [f"{look}: {address} answered {response.status_code}"]
        if not is_page(response):
            return None
        shown.show(address, response, client)
        found = [f"{look}: {fault}" for fault in faults_of_head(response.content.decode())]
        return found + [
            fault for number, mode in enumerate(modes) for fault in _in_mode(look, shown, mode, number == 0)
        ]


def _in_mode(look: Look, shown: InProcess, mode: Mode, is_first: bool) -> list[str]:
    page = shown.page
    found = []
    is_admins = urlsplit(page.url).path.startswith("/admin/")
    if is_first and not is_admins and (shift := page.evaluate(SHIFT)) > 0.01:
        found.append(f"shifts by {shift:.3f}")
    shown.devtools.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": mode.width, "height": mode.height, "deviceScaleFactor": mode.density, "mobile": False},
    )
    page.emulate_media(
        color_scheme=mode.scheme,
        forced_colors="active" if mode.forced else "none",
        reduced_motion="reduce" if mode.forced else "no-preference",
    )
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")  # colours on their way are neither
    seen = page.evaluate(LOOK)
    if seen["sideways"] > 0:
        found.append(f"is {seen['sideways']} px too wide")
    found += [f"stands outside: {html}" for html in seen["outside"]]
    # What is forced is the system's: axe reads what the page had wanted.
    options = {
        "runOnly": WCAG,
        "resultTypes": ["violations"],
        "rules": {"color-contrast": {"enabled": not mode.forced}},
    }
    violations = Axe().run(page, options=options).response["violations"]
    for fault in violations:
        nodes = [node for node in fault["nodes"] if not (is_admins and is_wagtails(fault["id"], node["html"]))]
        found += [f"{fault['id']}: {fault['help']}\n  {where({'nodes': nodes})}"] if nodes else []
    found += _walk(page) if mode.width < 400 and mode.density == 1 and not is_admins else []
    found += [f"asks elsewhere: {address}" for address in shown.strayed]
    found += [f"complains: {words}" for words in shown.complaints]
    shown.strayed, shown.complaints = [], []
    return [f"{look} ({mode.name}): {fault}" for fault in found]


def _walk(page: Page) -> list[str]:
    """Along the page by Tab: focus is seen, and nothing lies over it."""
    found = []
    for _tab in range(TABS):
        page.keyboard.press("Tab")
        if not (told := page.evaluate(FOCUS)):
            break
        found += [told] if told != "fine" else []
    return found


@pytest.mark.campaign
def test_every_page(world: World, in_process: InProcess, campaign: Campaign):
    """Axe, no sideways scroll, one heading, a title, a language, nothing from elsewhere, no shift, no complaint.

    In English two ways of looking are enough: it is the same page with other words.
    """
    every = [*looks(), *(replace(look, language="en") for look in looks())]
    some = every if is_proving() else campaign.random.sample(every, IN_A_SAMPLE)
    found: list[str] = []
    pages, seen = 0, 0
    for look in some:
        modes = MODES if is_proving() else campaign.random.sample(MODES, 2)
        modes = MODES[:2] if look.language == "en" else modes
        faults = inspect(look, world, in_process, modes)
        pages += faults is not None
        seen += len(modes) if faults is not None else 0
        found += faults or []
    campaign.tell(f"{pages} of {len(every)} pages and files in {seen} views: {len(found)} faults")
    assert found == [], "\n".join(found)


def test_no_route_is_forgotten():
    assert without_recipe(matrix()) == []


def test_twin_a_route_that_shows_nobody_a_page_is_found():
    assert without_recipe([read_row("secret", "GET", "others on")]) == ["secret"]


def test_twin_a_fault_on_a_page_is_found(world: World, in_process: InProcess, monkeypatch: pytest.MonkeyPatch):
    look = Look("ledstang_references:contacts", "outsider")
    assert inspect(look, world, in_process, MODES[1:2]) == []
    html = '<html lang="sv"><title>x</title><main><h1>x</h1><img src="https://a.example/x.png"><p>' + "x" * 200
    monkeypatch.setattr("tests.browser.test_every_page.ask", lambda *given: HttpResponse(html))
    found = " ".join(inspect(look, world, in_process, MODES[1:2]) or [])
    assert all(words in found for words in ("image-alt", "px too wide", "asks elsewhere: https://a.example/x.png"))
