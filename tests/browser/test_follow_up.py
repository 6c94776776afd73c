"""Follow-up in a browser: HR to a school's overdue list, its file and another day; a head records; a teacher reads."""

import re

import pytest
from playwright.sync_api import expect

from cms.compliance.models import Evidence
from tests.browser.conftest import PHONE
from tests.browser.test_journeys import Axe, OpenPage, log_in

pytestmark = [pytest.mark.usefixtures("demo_city"), pytest.mark.once]


def test_hr_reaches_a_school_exports_it_and_looks_at_another_day(open_page: OpenPage, axe: Axe) -> None:
    hr = open_page()
    log_in(hr, "hr")
    hr.get_by_role("link", name="Uppföljning").first.click()
    expect(hr.locator("#trend svg")).to_be_visible()
    expect(hr).to_have_title(re.compile("^Uppföljning"))
    axe(hr)
    hr.get_by_role("link", name="Utbildningsförvaltningen", exact=True).click()
    hr.get_by_role("link", name=re.compile("Försenade, Sjövallaskolan")).click()
    expect(hr).to_have_url(re.compile("lage=overdue"))
    axe(hr)
    rows = hr.locator("table.lo-people tbody tr").count()
    with hr.expect_download() as started:
        hr.get_by_role("link", name="som CSV").click()
    lines = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("Personuppgiftsansvarig;")
    assert len(lines) - lines.index("") - 2 == rows
    hr.get_by_text("Fler val").click()
    hr.get_by_label("Läget den dag").fill("2026-12-31")
    hr.get_by_role("button", name="Visa").first.click()
    expect(hr.get_by_role("main")).to_contain_text("2026-12-31")
    axe(hr)
    for address in ("/uppfoljning/matris/?niva=alla", "/uppfoljning/tackning/", "/uppfoljning/utlamnande/"):
        hr.goto(address)
        axe(hr)


def test_head_records_external_training_with_a_document(open_page: OpenPage, axe: Axe) -> None:
    head = open_page(viewport=PHONE)
    log_in(head, "rektor", "/uppfoljning/")
    head.locator("a", has_text="försenade").first.click()
    head.locator("table.lo-people th a").first.click()
    before = Evidence.objects.count()
    head.get_by_role("link", name="Registrera extern utbildning").click()
    axe(head)
    head.get_by_role("button", name="Registrera", exact=True).click()
    summary = head.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link").first.click()
    head.get_by_role("button", name="Registrera", exact=True).click()
    expect(summary).to_be_focused()  # not the field that the address still names
    head.get_by_role("radio").first.check()
    head.get_by_label("Dagen då det gjordes").fill("2026-10-01")
    head.get_by_label("Dokument").set_input_files(
        files=[{"name": "intyg.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 intyg"}]
    )
    head.get_by_role("button", name="Registrera", exact=True).click()
    expect(head.get_by_role("main")).to_contain_text("Registrerat för hand")
    axe(head)
    assert Evidence.objects.count() == before + 1


def test_teacher_reads_all_that_is_kept(open_page: OpenPage, axe: Axe) -> None:
    teacher = open_page(viewport=PHONE)
    log_in(teacher, "larare")
    teacher.get_by_role("link", name="Mina uppgifter").click()
    expect(teacher.get_by_role("heading", name="Vem som har tittat")).to_be_visible()
    axe(teacher)
    with teacher.expect_download() as started:
        teacher.get_by_role("link", name="Ladda ner allt").click()
    assert started.value.suggested_filename.endswith(".zip")
