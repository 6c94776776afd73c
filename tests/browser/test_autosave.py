"""A press on a slow line, while Wagtail's autosave is on its way: what is new is saved once."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from courses.models import UnitPage
from tests.cast import Cast
from tests.factories import PASSWORD, CoursePageFactory

pytestmark = pytest.mark.once

# The answers to what is saved in the background take three seconds.
SLOW = """() => {
  const real = window.fetch;
  window.fetch = async (...asked) => {
    const answer = await real(...asked);
    const isSave = asked[1]?.method?.toUpperCase() === "POST" && String(asked[0]).includes("/edit/");
    if (isSave) await new Promise((done) => setTimeout(done, 3000));
    return answer;
  };
}"""

# Wagtail has looked at the form as it came, and from now on sees what differs.
IS_WATCHED = """() => window.wagtail?.app?.getControllerForElementAndIdentifier(
  document.querySelector("[data-edit-form]"), "w-unsaved")?.initialFormData"""


def is_save(response: Any) -> bool:
    return "/edit/" in response.url and "json" in response.headers.get("content-type", "") and response.ok


@pytest.fixture
def unit(live_server: Any, cast: Cast) -> UnitPage:
    CoursePageFactory(units=1)
    UnitPage.objects.update(live=False)  # what has been published has its rows in the draft alone until then
    return UnitPage.objects.get()


def write_a_step(page: Page, unit: UnitPage, cast: Cast) -> None:
    page.goto(f"/konto/logga-in/?next={reverse('wagtailadmin_pages:edit', args=[unit.pk])}")
    page.fill("[name=username]", cast.editor.user.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator("[data-edit-form]")).to_be_visible()
    page.wait_for_function(IS_WATCHED)
    page.evaluate(f"({SLOW})()")
    add = page.locator("#id_steps-ADD")
    if not add.is_visible():  # the panel begins closed
        page.locator("button[aria-controls*=scenario]").first.click()
    add.click()
    page.locator("[name=steps-0-name]").fill("Början")
    page.locator("[name=steps-0-text]").fill("Någon berättar.")


def press(page: Page, unit: UnitPage) -> int:
    """How many steps there are when *Spara utkast* has saved them."""
    page.get_by_role("button", name="Spara utkast").locator("visible=true").first.click()
    expect(page.locator(".messages")).to_contain_text("uppdaterad")
    draft = UnitPage.objects.get(pk=unit.pk).get_latest_revision_as_object()
    assert {step.text for step in draft.steps.all()} == {"Någon berättar."}
    return int(draft.steps.count())


def test_what_is_new_is_saved_once(open_page: Callable[..., Page], unit: UnitPage, cast: Cast) -> None:
    page = open_page()
    with page.expect_response(is_save):
        write_a_step(page, unit, cast)
    assert press(page, unit) == 1


def test_twin_without_the_wait_it_is_saved_twice(open_page: Callable[..., Page], unit: UnitPage, cast: Cast) -> None:
    page = open_page()
    page.route(re.compile(r"ledstang_core/admin\b.*\.js"), lambda route: route.fulfill(body=""))
    with page.expect_response(is_save):
        write_a_step(page, unit, cast)
    assert press(page, unit) == 2


def test_what_has_not_been_sent_yet_is_not_waited_for(
    open_page: Callable[..., Page], unit: UnitPage, cast: Cast
) -> None:
    page, saves = open_page(), []
    page.on("response", lambda response: is_save(response) and saves.append(response))
    write_a_step(page, unit, cast)
    assert press(page, unit) == 1
    assert saves == []
