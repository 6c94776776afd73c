"""A teacher answers control questions: with the keyboard alone, on a phone, with and without script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from guidelines.actions import publish_guideline
from guidelines.models import Acknowledgement, GuidelineVersion
from tests.browser.conftest import PHONE
from tests.cast import Cast
from tests.factories import PASSWORD, GuidelinePageFactory
from tests.test_guidelines import edit
from tests.test_guidelines_questions import MANY, ONE, QUESTIONS

pytestmark = pytest.mark.once


@pytest.fixture
def asking(live_server: Any, cast: Cast) -> GuidelineVersion:
    version = publish_guideline(page=edit(GuidelinePageFactory(), questions=QUESTIONS.to_python([ONE, MANY])))
    assert version is not None
    return version


def log_in(page: Page, version: GuidelineVersion) -> None:
    page.goto(f"/konto/logga-in/?next=/r/{version.key}/")
    page.fill("[name=username]", "lena@example.se")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"**/r/{version.key}/")


def pick(page: Page, key: str) -> None:
    """Reach a choice as a keyboard does, and pick it."""
    page.get_by_label(key, exact=True).focus()
    page.keyboard.press("Space")


@pytest.mark.parametrize("script", [True, False])
def test_wrong_is_pointed_out_and_right_is_kept(
    asking: GuidelineVersion,
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
    script: bool,
):
    page = open_page(viewport=PHONE, java_script_enabled=script)
    log_in(page, asking)
    pick(page, "Rektor")
    pick(page, "Ringer")
    page.keyboard.press("Enter")
    summary = page.locator(".ds-error-summary")
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(page.get_by_label("Rektor", exact=True)).to_be_checked()
    if script:
        expect(summary).to_be_focused()
        axe(page)
        no_sideways_scroll(page)
    summary.get_by_role("link").first.click()
    pick(page, "Du")
    pick(page, "Stannar")
    page.get_by_role("button", name="Kvittera version 1.0").press("Enter")
    expect(page.get_by_role("heading", name="Du har kvitterat")).to_be_visible()
    assert Acknowledgement.objects.get().version == asking
