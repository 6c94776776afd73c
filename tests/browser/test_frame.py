"""The frame round every page in a real browser: quick exit, menu, light and dark, the login, with axe."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROWEST, PHONE
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.once

ELSEWHERE = "https://www.smhi.se/"
OWN = ["/kontakter/", "/konto/logga-in/", "/konto/glomt-losenord/", "/konto/nytt-losenord/x/y/", "/finns-inte/"]


@pytest.fixture
def elsewhere(page: Page) -> list[str | None]:
    """Stands in for the harmless site; keeps what it was told of where the visitor came from."""
    referrers: list[str | None] = []

    def answer(route: Any) -> None:
        referrers.append(route.request.headers.get("referer"))
        route.fulfill(body="<title>Väder</title>", content_type="text/html; charset=utf-8")

    page.route(f"{ELSEWHERE}**", answer)
    return referrers


def test_esc_twice_leaves_no_way_back(page: Page, elsewhere: list[str | None], cast: Cast):
    page.goto("/konto/logga-in/")
    page.goto("/kontakter/")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page).to_have_title("Väder")
    assert elsewhere == [None]
    page.go_back()
    expect(page).to_have_url("/konto/logga-in/")


def test_one_esc_stays(page: Page, elsewhere: list[str | None], cast: Cast):
    page.goto("/kontakter/")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    assert elsewhere == []


def test_the_exit_is_reached_wherever_one_reads(page: Page, elsewhere: list[str | None], cast: Cast):
    page.set_viewport_size(PHONE)
    page.goto("/kontakter/")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    exit_link = page.get_by_role("link", name="Lämna sidan")
    expect(exit_link).to_be_in_viewport()
    box = exit_link.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    exit_link.click()
    expect(page).to_have_title("Väder")


def test_menu_and_appearance_work_without_scripts(open_page: Callable[..., Page], cast: Cast):
    page = open_page(java_script_enabled=False, viewport=NARROWEST)
    page.goto("/kontakter/")
    link = page.locator(".ls-menu").get_by_role("link", name="Logga in")
    expect(link).to_be_hidden()
    page.get_by_text("Meny", exact=True).click()
    expect(link).to_be_visible()
    page.get_by_role("button", name="Mörkt").click()
    expect(page).to_have_url("/kontakter/")
    expect(page.locator("html")).to_have_attribute("data-color-scheme", "dark")
    expect(page.get_by_role("button", name="Mörkt")).to_have_attribute("aria-pressed", "true")


def test_login_by_keyboard_alone(page: Page, cast: Cast):
    page.goto("/kontakter/?omrade=norr")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Hoppa till innehållet")).to_be_focused()
    page.get_by_role("link", name="Logga in").first.click()
    expect(page).to_have_title("Logga in – Ledstång")
    page.get_by_label("E-post").focus()
    page.keyboard.type(cast.learner.user.email)
    page.keyboard.press("Tab")
    page.keyboard.type("fel")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url("/kontakter/?omrade=norr")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_own_pages_have_no_faults(
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
    cast: Cast,
    scheme: str,
):
    page = open_page(color_scheme=scheme, viewport=NARROWEST)
    for address in OWN:
        page.goto(address)
        axe(page)
        no_sideways_scroll(page)


def test_nothing_is_asked_of_another_server(page: Page, live_server: Any, cast: Cast):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in OWN:
        page.goto(address)
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
