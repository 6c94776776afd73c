"""The second step, the code from the head and the import in a real browser: narrow, without scripts, with axe."""

import time
from collections.abc import Callable

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Permission
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROWEST
from tests.cast import Cast, City
from tests.factories import PASSWORD
from tests.test_roster import STAFF, UNITS

pytestmark = pytest.mark.once


def log_in(page: Page, email: str, wanted: str) -> None:
    page.goto(f"/konto/logga-in/?next={wanted}")
    page.get_by_label("E-post").fill(email)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Logga in").click()


def test_an_app_is_connected_without_scripts(
    open_page: Callable[..., Page],
    axe: Callable[[Page], None],
    no_sideways_scroll: Callable[[Page], None],
    cast: Cast,
    oversight_open: None,
    settings,
):
    settings.LEDSTANG_REQUIRE_MFA = True
    page = open_page(java_script_enabled=False, viewport=NARROWEST)
    log_in(page, cast.head.user.email, "/uppfoljning/")
    expect(page).to_have_url("/konto/andra-steget/app/")
    no_sideways_scroll(page)
    secret = page.get_by_role("main").locator("code").inner_text().replace(" ", "")
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    page.get_by_label("Kod från appen").fill(code)
    page.get_by_role("button", name="Koppla appen").click()
    expect(page.get_by_role("main").locator("code")).to_have_count(10)
    page.get_by_role("link", name="Jag har sparat dem").click()
    expect(page).to_have_url("/uppfoljning/")
    page.goto(f"/konto/kod/{cast.learner.person.key}/")
    page.get_by_role("button", name="Skapa en kod").click()
    assert len(page.get_by_role("main").locator("strong").inner_text()) == len("ABCDE-FGHJK")
    no_sideways_scroll(page)


def test_the_pages_of_the_doors_have_no_faults(
    page: Page, axe: Callable[[Page], None], cast: Cast, oversight_open: None
):
    log_in(page, cast.head.user.email, "/konto/andra-steget/app/")
    axe(page)
    for address in (f"/konto/kod/{cast.learner.person.key}/", "/konto/gick-inte/"):
        page.goto(address)
        axe(page)


def test_an_administrator_imports_a_file(page: Page, cast: Cast, city: City, tmp_path, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    cast.editor.user.user_permissions.add(Permission.objects.get(codename="import_roster"))
    for name, text in (("units", UNITS), ("staff", STAFF)):
        (tmp_path / f"{name}.csv").write_bytes(text.encode("cp1252"))
    log_in(page, cast.editor.user.email, "/admin/personalregister/")
    for name in ("units", "staff"):
        page.set_input_files(f"input[name={name}]", tmp_path / f"{name}.csv")
    page.get_by_role("button", name="Visa vad som skulle hända").click()
    expect(page.get_by_role("heading", name="Vad som skulle hända")).to_be_visible()
    page.get_by_role("button", name="Skriv in i personalregistret").click()
    expect(page.get_by_text("Personalregistret är uppdaterat")).to_be_visible()
