"""A whole course with the keyboard alone, on the narrowest phone: each kind of question in each state, with axe."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from courses.models import Enrollment
from tests.browser.conftest import NARROWEST
from tests.cast import Cast
from tests.factories import PASSWORD
from tests.learning import address, begin, cut
from tests.test_courses_questions import KINDS, NAMES, course_with, question

pytestmark = pytest.mark.once

RIGHT = {"single": NAMES[:1], "multiple": NAMES[:2], "true_false": ("Sant",)}


@pytest.fixture
def begun(live_server: Any, cast: Cast) -> Any:
    version = cut(course_with(*(question(kind, number=number) for number, kind in enumerate(KINDS))))
    return begin(cast.learner.person, version), version.units.first()


def tab_to(page: Page, wanted: Locator) -> None:
    """Go there as a keyboard does. Fails if it cannot be reached, or does not show that it has been."""
    for _press in range(90):
        if wanted.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def press(page: Page, role: Any, words: str | re.Pattern[str]) -> None:
    tab_to(page, page.get_by_role(role, name=words).first)
    page.keyboard.press("Enter")
    page.wait_for_load_state()


def choose(page: Page, asked: Locator, words: str) -> None:
    """One of several radios: Tab leads to the group, arrows go through it."""
    wanted = asked.get_by_label(words, exact=True)
    for _press in range(90):
        if asked.evaluate("asked => document.activeElement.matches('input') && asked.contains(document.activeElement)"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    for _press in range(4):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def give(page: Page, kind: str, asked: Locator, is_right: bool) -> None:
    if kind in ("single", "true_false"):
        choose(page, asked, RIGHT[kind][0])
    elif kind == "multiple":
        for box in asked.get_by_role("checkbox").all():
            tab_to(page, box)
            if box.evaluate("box => box.labels[0].textContent.trim()") in RIGHT[kind]:
                page.keyboard.press("Space")
    elif kind in ("match", "order"):
        for row in asked.get_by_role("combobox").all():
            tab_to(page, row)
            at = next(at for at, words in enumerate(NAMES) if words in row.evaluate("row => row.labels[0].textContent"))
            page.keyboard.type(str(at + 1) if kind == "order" else ("Först", "Sedan")[at % 2])
    else:
        tab_to(page, asked.get_by_role("textbox"))
        page.keyboard.type({"numeric": "7", "short": "genast"}[kind] if is_right else "30")
        page.keyboard.press("Tab")
    expect(asked.locator(".lc-saved")).to_contain_text("Sparat")


def test_a_whole_course_by_keyboard(
    begun: Any, open_page: Callable[..., Page], axe: Callable[[Page], None], no_sideways_scroll: Callable[[Page], None]
) -> None:
    enrollment, unit = begun
    page = open_page(viewport=NARROWEST, color_scheme="dark")

    def look(words: str) -> None:
        expect(page.get_by_role("main")).to_contain_text(words)
        axe(page)
        no_sideways_scroll(page)

    page.goto(f"/konto/logga-in/?next={address('unit', enrollment, unit)}")
    page.fill("[name=username]", "lena@example.se")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    look("Fråga 7 av 7")
    press(page, "button", "Lämna in svaren")
    look("Några frågor saknar svar")
    press(page, "link", "Fråga 1")
    for number, kind in enumerate(KINDS, start=1):
        give(page, kind, page.locator(f"#fraga-{number}"), is_right=False)
    page.context.set_offline(True)
    page.locator("#fraga-7 input[type=text]").fill("i morgon")
    expect(page.locator("#fraga-7 .lc-saved")).to_contain_text("Inte sparat")
    axe(page)
    page.context.set_offline(False)
    expect(page.locator("#fraga-7 .lc-saved")).to_contain_text("Sparat", timeout=40_000)
    press(page, "button", "Lämna in svaren")
    look("inte rätt")
    press(page, "link", "Försök igen")
    for number, kind in enumerate(KINDS, start=1):
        give(page, kind, page.locator(f"#fraga-{number}"), is_right=True)
    look("försök 2")
    press(page, "button", "Lämna in svaren")
    look("7 av 7 rätt")
    press(page, "link", re.compile("Läs$"))
    press(page, "button", "Markera som läst")
    look("Du genomförde")
    assert Enrollment.objects.get().finished_at is not None
