"""The browser tests' own ground: Chromium starts, reaches the server, and sees what the test has committed."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NARROWEST
from tests.cast import Cast


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
