"""Twenty things that happen: from the home page to what one does then in at most three taps and 30 seconds on a phone.

The seconds are a person's, not the machine's: they are worked out from what stands on the pages, so that they are the
same everywhere and grow when somebody puts words in the way. On the way, every heading, label, link and button from
the top of the window down to what is tapped is read, as by somebody who looks for a place; on the last page every word
from the top of the window to the end of the step is. That is at 238 words a minute, the mean for silent reading of
plain text (Brysbaert 2019, a review of 190 studies). To decide and tap takes 2.5 seconds (1.35 to decide and 1.1 to
point, Card, Moran and Newell's keystroke-level model), a letter 0.4 on a phone (30 words a minute), and to scroll on by
most of a window 1. How long the line takes to answer is measured elsewhere (docs/accessibility.md).
"""

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.usefixtures("demo_city"), pytest.mark.once]

MOST_TAPS, MOST_SECONDS = 3, 30
WORDS_A_SECOND, TAP, LETTER, SCROLL = 238 / 60, 2.5, 0.4, 1.0
TASKS = tomllib.loads(Path(__file__).with_name("emergencies.toml").read_text())["task"]
UNCOVERED = """line => {
    const box = line.getBoundingClientRect()
    const there = document.elementFromPoint(box.x + Math.min(box.width, 40) / 2, box.y + box.height / 2)
    return line.contains(there) || there.contains(line)
}"""
ON_THE_WAY = "h1, h2, h3, label, summary, a, button"
# Words in sight from the top of the window to the end of an element, and how many times one must scroll to it.
READ = r"""(sought, only) => {
    const end = sought.getBoundingClientRect().bottom
    const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT)
    const range = document.createRange()
    let words = 0
    while (texts.nextNode()) {
        const text = texts.currentNode, around = text.parentElement
        const found = text.data.match(/[\p{L}\p{N}]+/gu)
        if (!found || (only && !around.closest(only)) || !around.checkVisibility()) continue
        range.selectNodeContents(text)
        const box = range.getBoundingClientRect()
        if (box.width > 1 && box.bottom > 0 && box.top < end) words += found.length
    }
    const bar = document.querySelector("[data-exit]")?.getBoundingClientRect().height ?? 0
    return [words, Math.max(0, Math.ceil((end + bar - innerHeight) / (innerHeight * 0.8)))]
}"""


@dataclass
class Way:
    """How long a person needs, as far as they have come."""

    seconds: float = 0

    def read(self, to: Locator, only: str = "") -> None:
        words, scrolls = to.evaluate(READ, only)
        self.seconds += words / WORDS_A_SECOND + scrolls * SCROLL

    def tap(self, page: Page, what: str) -> None:
        words = what.removeprefix("sök ")
        if words != what:
            field = page.get_by_label("Hitta vad du ska göra")
            self.read(field, ON_THE_WAY)
            field.fill(words)
            self.seconds += len(words) * LETTER
            page.get_by_role("main").get_by_role("button", name="Sök").click()
        else:
            link = page.get_by_role("main").get_by_role("link", name=words, exact=True).first
            self.read(link, ON_THE_WAY)
            link.click()
        self.seconds += TAP


def failing(page: Page, task: dict[str, Any]) -> str:
    """What is wrong with the way to a step; nothing if it is in view in time."""
    page.goto("/", wait_until="commit")
    way = Way()
    for what in task["taps"]:
        try:
            way.tap(page, what)
        except TimeoutError:
            return f"{task['happens']} {page.url} has no “{what}”"
    step = page.get_by_role("main").get_by_text(re.compile(rf"^\s*{re.escape(task['step'])}\s*$")).first
    try:
        expect(step).to_be_in_viewport(ratio=1, timeout=3_000)
    except AssertionError:
        return f"{task['happens']} {page.url} does not show “{task['step']}”"
    if not step.evaluate(UNCOVERED):
        return f"{task['happens']} “{task['step']}” is covered"
    way.read(step)
    return "" if way.seconds <= MOST_SECONDS else f"{task['happens']} takes {way.seconds:.1f} seconds"


def test_whatever_happens_the_right_step_is_near(open_page: Callable[..., Page]) -> None:
    assert len(TASKS) == len({task["happens"] for task in TASKS}) == 20
    assert [task for task in TASKS if len(task["taps"]) > MOST_TAPS] == []
    page = open_page(viewport=PHONE)
    page.set_default_timeout(3_000)
    faults = [fault for task in TASKS if (fault := failing(page, task))]
    assert faults == []
