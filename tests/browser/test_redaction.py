"""A passage is taken out on a phone, and a reader meets the tombstone in a guideline that should have been reviewed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from playwright.sync_api import Page, expect

from guidelines.actions import publish_guideline
from tests.browser.conftest import PHONE
from tests.browser.test_doors import log_in
from tests.cast import Cast
from tests.factories import GuidelinePageFactory

pytestmark = pytest.mark.once


def test_passage_is_taken_out_and_readers_see_that_it_was(
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
    cast: Cast,
):
    guideline = GuidelinePageFactory(review_by=timezone.localdate() - timedelta(days=1))
    publish_guideline(page=guideline)
    cast.approver.user.user_permissions.add(Permission.objects.get(codename="add_redaction"))

    approver = open_page(viewport=PHONE)
    log_in(approver, cast.approver.user.email, f"/admin/riktlinjer/{guideline.pk}/ta-bort-passage/")
    approver.get_by_label("Version 1.0: Lova inte att tiga.").check()
    approver.get_by_label("Varför tas det bort?").fill("Namngav en person.")
    axe(approver)
    approver.get_by_role("button", name="Ta bort", exact=True).click()
    box = approver.get_by_label("Jag vet att det inte går att ångra")
    approver.get_by_role("alert").get_by_role("link").filter(has_text="Kryssa i att du vet").click()
    expect(box).to_be_focused()
    axe(approver)
    box.check()
    approver.get_by_role("button", name="Ta bort", exact=True).click()
    expect(approver.locator(".messages")).to_contain_text("borttaget ur alla versioner")

    reader = open_page(viewport=PHONE)
    reader.goto(f"/r/{guideline.key}/")
    main = reader.get_by_role("main")
    for words in ("Ses över.", "Skäl: Namngav en person.", "med de stycken som har tagits bort"):
        expect(main).to_contain_text(words)
    assert "Lova inte att tiga" not in reader.content()
    axe(reader)
    no_sideways_scroll(reader)
