"""Real Chromium on a real server. `live_server` has the cast, `demo_city` the demo city; nothing is downloaded."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

# Playwright's event loop runs in the thread of the tests, which use the database all the same.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
expect.set_options(timeout=20_000)  # a busy machine is slow; what is wrong stays wrong

PHONE = {"width": 390, "height": 844}
NARROWEST = {"width": 320, "height": 640}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = os.environ.get("LEDSTANG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is missing. Install it with: apt-get install --no-install-recommends chromium")
    quiet = ["--disable-background-networking", "--disable-component-update", "--no-first-run", "--disable-quic"]
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": path, "args": [*quiet, *as_root, "--disable-dev-shm-usage"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "sv-SE", "timezone_id": "Europe/Stockholm"}


@pytest.fixture(scope="session")
def base_url(live_server: Any) -> str:
    """Lets `page.goto("/kurser/")` find the server."""
    return str(live_server.url)


@pytest.fixture
def open_page(browser: Any, browser_context_args: dict[str, Any], live_server: Any) -> Iterator[Callable[..., Page]]:
    """More browsers in one test: `open_page(java_script_enabled=False)`, `open_page(viewport=PHONE)`."""
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, "base_url": live_server.url, **options})
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """Fails with every accessibility fault that axe finds on a page."""

    def check(page: Page) -> None:
        found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
        faults = [f"{fault['id']}: {fault['help']}\n  {where(fault)}" for fault in found]
        assert faults == [], f"{page.url}\n" + "\n".join(faults)

    return check


def where(fault: dict[str, Any]) -> str:
    return "\n  ".join(node["html"][:200] for node in fault["nodes"][:4])


@pytest.fixture
def no_sideways_scroll() -> Callable[[Page], None]:
    """Fails if a page is wider than its window."""

    def check(page: Page) -> None:
        width = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{page.url} is {width} px too wide"

    return check
