"""A learner plays a scenario: with the keyboard alone, on a phone, with and without script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from courses.models import ScenarioCompletion, UnitCompletion
from tests.browser.conftest import NARROWEST, PHONE
from tests.cast import Cast
from tests.factories import PASSWORD
from tests.learning import address
from tests.test_courses_scenarios import taking, unit_with

pytestmark = pytest.mark.once


@pytest.fixture
def begun(live_server: Any, cast: Cast) -> Any:
    return taking(cast.learner, unit_with())


def press(page: Page, words: str) -> None:
    """Reach a button as a keyboard does, and press it."""
    page.get_by_role("button", name=words, exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False])
def test_the_way_to_an_ending_and_back(
    begun: Any,
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
    script: bool,
) -> None:
    enrollment, unit = begun
    page = open_page(viewport=PHONE if script else NARROWEST, java_script_enabled=script)
    look = [axe, no_sideways_scroll] if script else []
    page.goto(f"/konto/logga-in/?next={address('unit', enrollment, unit)}")
    page.fill("[name=username]", "lena@example.se")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.get_by_role("link", name="Börja scenariot").press("Enter")

    def see(words: str) -> None:
        expect(page.get_by_role("main")).to_contain_text(words)
        for check in look:
            check(page)

    see("Elin har nya skor.")
    press(page, "Gör skratta")
    see("Tänk om här")
    if script:
        expect(page.locator(".lc-made")).to_be_focused()
        page.keyboard.press("Tab")  # to the first choice
        expect(page.get_by_role("button", name="Gör skratta")).to_be_focused()
    press(page, "Gör undra")
    see("Steg 2")
    press(page, "Ett steg tillbaka")
    see("Steg 1")
    press(page, "Gör undra")
    press(page, "Gör ljug")
    see("SLUTET är tyst.")
    press(page, "Gå tillbaka och välj annorlunda")
    press(page, "Gör neka")
    see("Det slutar bra")
    assert page.url.endswith("/scenario/")
    assert (ScenarioCompletion.objects.count(), UnitCompletion.objects.count()) == (1, 1)
