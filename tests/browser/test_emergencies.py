"""Twenty things that happen: from the home page to what one does then in at most three taps on a phone."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.conftest import PHONE

pytestmark = [pytest.mark.usefixtures("demo_city"), pytest.mark.once]

MOST_TAPS = 3
TASKS = tomllib.loads(Path(__file__).with_name("emergencies.toml").read_text())["task"]
UNCOVERED = """line => {
    const box = line.getBoundingClientRect()
    const there = document.elementFromPoint(box.x + Math.min(box.width, 40) / 2, box.y + box.height / 2)
    return line.contains(there) || there.contains(line)
}"""


def tap(page: Page, what: str) -> None:
    words = what.removeprefix("sök ")
    if words != what:
        page.get_by_label("Hitta vad du ska göra").fill(words)
        page.get_by_role("main").get_by_role("button", name="Sök").click()
    else:
        page.get_by_role("main").get_by_role("link", name=words, exact=True).first.click()


def failing(page: Page, task: dict[str, Any]) -> str:
    """What is wrong with the way to a step; nothing if it is in view."""
    page.goto("/", wait_until="commit")
    for what in task["taps"]:
        try:
            tap(page, what)
        except TimeoutError:
            return f"{task['happens']} {page.url} has no “{what}”"
    step = page.get_by_role("main").get_by_text(re.compile(rf"^\s*{re.escape(task['step'])}\s*$")).first
    try:
        expect(step).to_be_in_viewport(ratio=1, timeout=3_000)
    except AssertionError:
        return f"{task['happens']} {page.url} does not show “{task['step']}”"
    return "" if step.evaluate(UNCOVERED) else f"{task['happens']} “{task['step']}” is covered"


def test_whatever_happens_the_right_step_is_near(open_page: Callable[..., Page]) -> None:
    assert len(TASKS) == len({task["happens"] for task in TASKS}) == 20
    assert [task for task in TASKS if len(task["taps"]) > MOST_TAPS] == []
    page = open_page(viewport=PHONE)
    page.set_default_timeout(3_000)
    faults = [fault for task in TASKS if (fault := failing(page, task))]
    assert faults == []
