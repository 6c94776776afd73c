"""Whoever keeps the registers: sees what needs care and marks it as looked at, with the keyboard alone."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from playwright.sync_api import Page, expect

from cms.references.models import Contact
from tests.cast import Cast
from tests.factories import PASSWORD, ContactFactory

pytestmark = pytest.mark.once


@pytest.fixture
def keeper(live_server: Any, cast: Cast) -> None:
    cast.approver.user.user_permissions.add(*Permission.objects.filter(content_type__model="contact"))
    ContactFactory(key="jour", name="Jouren", verified_on=None)
    ContactFactory(key="mottagning", name="Mottagningen")


def test_chosen_contacts_are_marked_with_the_keyboard(keeper: None, page: Page, axe: Callable[[Page], None]):
    page.goto("/konto/logga-in/?next=/admin/register/kontaktvagar/")
    page.fill("[name=username]", "gudrun@example.se")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    row = page.get_by_role("row", name="Jouren")
    expect(row).to_contain_text("Behöver kontrolleras")
    axe(page)
    row.get_by_role("checkbox").focus()
    page.keyboard.press("Space")
    mark = page.get_by_role("link", name="Märk de valda kontaktvägarna")
    expect(mark).to_be_visible()
    mark.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Märk som kontrollerade").press("Enter")
    expect(page.get_by_role("row", name="Jouren")).to_contain_text(timezone.localdate().isoformat())
    assert list(Contact.objects.filter(verified_on=None)) == []
