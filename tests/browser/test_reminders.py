"""HR reminds from the list and rehearses; the one who is reminded comes through the login to the next step."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from cms.people.models import OutboxMessage
from cms.reminders.actions import deliver_outbox
from demo.accounts import address
from tests.browser.conftest import NARROWEST
from tests.browser.test_journeys import log_in, person_of

pytestmark = [pytest.mark.usefixtures("demo_city"), pytest.mark.once]


def test_hr_reminds_and_rehearses(
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
    no_sideways_scroll: Any,
    settings: Any,
    live_server: Any,
) -> None:
    settings.LEDSTANG_BASE_URL = live_server.url
    teacher = person_of("larare")
    hr = open_page()
    log_in(hr, "hr", "/uppfoljning/")
    hr.get_by_role("link", name="Utbildningsförvaltningen", exact=True).click()
    hr.get_by_role("link", name="Sjövallaskolan", exact=True).click()
    hr.get_by_role("link", name="Visa medarbetare").click()
    hr.get_by_role("link", name="Skicka en påminnelse till dem som har något kvar").click()
    axe(hr)
    for box in hr.get_by_role("checkbox").all():
        box.uncheck()
    hr.get_by_role("checkbox", name=re.compile(teacher.family_name)).check()
    hr.get_by_role("button", name="Skicka påminnelser").click()
    expect(hr.locator("body")).to_contain_text("1 påminnelse är på väg.")
    assert OutboxMessage.objects.get(settled_at=None).person == teacher
    deliver_outbox()
    (message,) = mail.outbox
    assert message.to == [address("larare")]

    hr.get_by_role("link", name=re.compile(teacher.family_name)).first.click()
    expect(hr.get_by_role("main")).to_contain_text("Ingen får mer än en om dagen")
    axe(hr)
    hr.goto("/uppfoljning/")
    hr.get_by_role("link", name="Påminnelser som skickas härnäst").click()
    expect(hr.get_by_role("heading", level=1)).to_contain_text("Det här skickas")
    axe(hr)
    for word in ("Efter:", "Före:"):
        hr.get_by_role("link", name=re.compile(word)).click()
        expect(hr.get_by_role("heading", level=1)).to_contain_text("Det här skickas")

    reader = open_page(viewport=NARROWEST, java_script_enabled=False)
    links = re.findall(rf"{re.escape(live_server.url)}\S+", message.body)
    training = next(link for link in links if link.endswith("/min-utbildning/"))
    reader.goto(training)
    reader.get_by_label("E-post").fill(address("larare"))
    reader.get_by_label("Lösenord", exact=True).fill("handtag i trappan")
    reader.get_by_role("main").get_by_role("button", name="Logga in").click()
    expect(reader).to_have_url(training)
    reader.goto(links[0])
    expect(reader.get_by_role("heading", level=1)).to_be_visible()
    reader.goto(f"{live_server.url}/mina-uppgifter/")
    expect(reader.get_by_role("main")).to_contain_text("Skickat för hand")

    phone = open_page(viewport=NARROWEST)
    log_in(phone, "rektor", "/uppfoljning/paminnelser/")
    no_sideways_scroll(phone)
