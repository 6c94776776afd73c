"""A teacher finds by search what to do, reads it on a phone, compares, acknowledges; axe finds nothing on the way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from guidelines.models import Acknowledgement
from tests.browser.conftest import NARROWEST, PHONE
from tests.browser.test_journeys import GUIDELINE, log_in, person_of

pytestmark = [pytest.mark.usefixtures("demo_city"), pytest.mark.once]

Axe = Callable[[Page], None]
OpenPage = Callable[..., Page]


def search(page: Page, words: str) -> None:
    page.get_by_label("Vad letar du efter?").fill(words)
    page.get_by_role("main").get_by_role("button", name="Sök").click()


def test_teacher_finds_reads_compares_and_acknowledges(open_page: OpenPage, axe: Axe, no_sideways_scroll: Axe) -> None:
    page = open_page(viewport=PHONE)
    log_in(page, "larare", "/")
    page.get_by_text("Meny", exact=True).click()
    page.get_by_role("navigation").get_by_role("link", name="Sök", exact=True).click()
    axe(page)
    search(page, "övervakade telefoner")
    expect(page.get_by_role("heading", name=re.compile("svarar på ”övervakade telefoner”"))).to_be_visible()
    axe(page)
    no_sideways_scroll(page)

    page.locator(".ls-hits").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/r/[0-9a-f-]+/(\?lasning=\w+)?#a-"))
    expect(page.get_by_role("heading", level=1)).to_have_text(GUIDELINE)
    place = page.locator(page.evaluate("location.hash"))
    expect(place).to_be_in_viewport()
    axe(page)
    no_sideways_scroll(page)

    word = page.locator("button.ls-term").first
    explanation = page.locator(f"#{word.get_attribute('popovertarget')}")
    expect(explanation).to_be_hidden()
    word.click()
    expect(explanation).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    expect(explanation).to_be_hidden()
    expect(word).to_be_focused()

    page.get_by_role("link", name="Se vad som har ändrats", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Det här skiljer version")
    axe(page)
    no_sideways_scroll(page)
    page.get_by_role("link", name="Tillbaka till riktlinjen").click()
    page.get_by_role("button", name=re.compile("Kvittera version")).click()
    expect(page.get_by_role("heading", name="Du har kvitterat")).to_be_visible()
    axe(page)
    assert Acknowledgement.objects.filter(person=person_of("larare"), version__major=2).exists()


def test_search_and_explanations_need_no_script(open_page: OpenPage, no_sideways_scroll: Axe) -> None:
    page = open_page(viewport=NARROWEST, java_script_enabled=False)
    page.goto("/sok/")
    search(page, "anmälningarna")
    expect(page.locator(".ls-hits li")).not_to_have_count(0)
    page.goto("/riktlinjer/hedersrelaterat-vald-och-fortryck/")
    word = page.locator("button.ls-term").first
    word.click()
    expect(page.locator(f"#{word.get_attribute('popovertarget')}")).to_be_visible()
