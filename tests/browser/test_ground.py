"""The browser tests' own ground: Chromium starts, reaches the server, and sees what the test has committed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page

from demo.accounts import PASSWORD, address
from tests.browser.conftest import NARROWEST
from tests.cast import Cast

pytestmark = pytest.mark.once


def test_chromium_reaches_the_server(page: Page, live_server: Any, cast: Cast):
    response = page.goto("/robots.txt")
    assert response is not None
    assert response.status < 500


def test_pages_open_without_scripts(open_page: Callable[..., Page]):
    page = open_page(java_script_enabled=False, viewport=NARROWEST)
    page.set_content("<html lang='sv'><title>x</title><script>document.title = 'y'</script>")
    assert page.title() == "x"


def test_axe_finds_a_fault(page: Page, axe: Callable[[Page], None]):
    page.set_content("<html><body><img src='a.png'></body></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_the_demo_city_stands_behind_the_server(demo_city: None, page: Page):
    page.goto("/konto/logga-in/?next=/min-utbildning/")
    page.fill("[name=username]", address("larare"))
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/min-utbildning/")
    assert page.locator("h1").count() == 1


def test_and_is_gone_afterwards(cast: Cast):
    assert not get_user_model().objects.filter(email=address("larare")).exists()
