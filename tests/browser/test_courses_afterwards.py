"""What stands after a course, in a browser: evaluation, recall and a learning path, at 320 pixels, with axe."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.actions.paths import publish_path
from courses.models import Enrollment, Slip, Tally
from tests.browser.conftest import NARROWEST
from tests.cast import Cast
from tests.factories import PASSWORD, LearningPathPageFactory
from tests.learning import address, publish_course
from tests.test_courses_counting import take

pytestmark = pytest.mark.once


def test_afterwards_on_a_narrow_phone(
    live_server: Any,
    cast: Cast,
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
) -> None:
    version = publish_course(units=1, title="Sugardejting")
    path = publish_path(page=LearningPathPageFactory(steps=[version], needs_talk=False, title="Fördjupning"))
    assert path is not None
    enrollment = take(cast.learner.person, version)
    page = open_page(viewport=NARROWEST)

    def look() -> None:
        axe(page)
        no_sideways_scroll(page)

    page.goto(f"/konto/logga-in/?next={address('finished', enrollment)}")
    page.fill("[name=username]", "lena@example.se")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.get_by_text("Du har också genomfört Fördjupning.")).to_be_visible()
    look()
    for name in ("use", "clear", "know"):
        page.locator(f"input[name={name}]").nth(1).check()
    page.get_by_role("button", name="Lämna svaren").click()
    expect(page.get_by_text("Tack. Dina svar räknas utan ditt namn.")).to_be_visible()

    Enrollment.objects.filter(pk=enrollment.pk).update(
        started_at=timezone.now() - timedelta(days=20), finished_at=timezone.now() - timedelta(days=20)
    )
    page.goto("/min-utbildning/")
    look()
    page.locator("[aria-labelledby=minns]").get_by_role("link").click()
    page.get_by_role("button", name="Se svaren").click()  # nothing answered
    expect(page.get_by_role("heading", name="Vad minns du?")).to_be_visible()
    look()
    for group in page.locator("fieldset.lc-question").all():
        group.locator("input:not([type=hidden])").first.check()
    page.get_by_role("button", name="Se svaren").click()
    expect(page.get_by_text("rätt. Här ser du varför.")).to_be_visible()
    look()
    page.goto(f"/utbildningsvag/{path.key}/")
    expect(page.get_by_role("link", name="Hämta intyget (PDF)")).to_be_visible()
    look()
    assert Slip.objects.count() == 2
    assert Tally.objects.filter(stage="after_14").exists()
