"""The main job from end to end, on the demo city, by those who do it: teacher, visitor, HR, editor."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import Page, expect

from cms.people.models import Person
from cms.versions.enums import Change
from courses.grading import RowsQuestion
from courses.models import Enrollment, UnitVersion
from courses.queries.units import questions_asked
from demo.accounts import ADMINISTRATOR, PASSWORD, address
from guidelines.actions import publish_guideline
from guidelines.models import Acknowledgement, GuidelinePage, GuidelineVersion
from tests.browser.conftest import NARROWEST, PHONE

COURSE = "Riktlinjen på 20 minuter"
GUIDELINE = "Förebygga hedersrelaterat våld och förtryck i förskola och skola"

NEWS = "Nu står det mer om vikarier."

pytestmark = pytest.mark.usefixtures("demo_city")

Axe = Callable[[Page], None]
OpenPage = Callable[..., Page]


def log_in(page: Page, account: str, then: str = "/min-utbildning/") -> None:
    page.goto(f"/konto/logga-in/?next={then}")
    page.get_by_label("E-post").fill(address(account))
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Logga in").click()
    expect(page).to_have_url(re.compile(re.escape(then)))


def person_of(account: str) -> Person:
    return Person.objects.get(user__email=address(account))


def answer_rightly(page: Page, enrollment: Enrollment, unit: UnitVersion) -> None:
    """Answer the questions that are on the page: choose, write, or choose from lists."""
    for question in questions_asked(unit, enrollment, 1):
        fields = page.locator(f'[name="svar-{question.key}"]')
        for value in question.solution:
            if question.is_written:
                fields.fill(value)
            elif isinstance(question, RowsQuestion):
                fields.filter(has=page.locator(f'option[value="{value}"]')).select_option(value)
            else:
                fields.and_(page.locator(f'[value="{value}"]')).check()


def take_course(page: Page, account: str, axe: Axe | None = None) -> None:
    """From Min utbildning to the page that says that the course is done."""
    page.get_by_role("link", name=re.compile("Börja kursen")).first.click()
    if axe:
        axe(page)
    page.get_by_role("button", name="Börja kursen").click()
    enrollment = Enrollment.objects.get(person=person_of(account), finished_at=None, version__title=COURSE)
    for unit in enrollment.version.units.all():
        expect(page.get_by_role("heading", level=1)).to_have_text(unit.title)
        answer_rightly(page, enrollment, unit)
        if axe:
            axe(page)
        page.get_by_role("button", name="Lämna in svaren").click()
        if axe:
            axe(page)
        onwards = page.locator("#resultat").get_by_role("link", name=re.compile("^Fortsätt med del"))
        if onwards.count():
            onwards.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har genomfört kursen")


def prove(teacher: Page, visitor: Page, axe: Axe | None = None) -> None:
    """The teacher downloads the certificate, and somebody without an account checks it."""
    fetched = teacher.request.get(str(teacher.get_by_role("link", name="Hämta intyget").get_attribute("href")))
    assert fetched.headers["content-type"] == "application/pdf"
    assert fetched.body().startswith(b"%PDF-")

    person = person_of("larare")
    visitor.goto(f"/intyg/{person.certificates.order_by('-issued_at').first().public_id}/")
    expect(visitor.get_by_role("heading", level=1)).to_have_text(COURSE)
    expect(visitor.get_by_text("Giltigt").first).to_be_visible()
    assert person.full_name not in visitor.content()
    visitor.get_by_label("Namn").fill(person.full_name.upper())
    visitor.get_by_role("button", name="Kontrollera namnet").click()
    expect(visitor.get_by_text("Ja, det är namnet på intyget.")).to_be_visible()
    if axe:
        axe(visitor)


def test_teacher_proves_it_and_hr_sees_it_at_once(open_page: OpenPage, axe: Axe) -> None:
    hr = open_page()
    log_in(hr, "hr", "/uppfoljning/")
    row = hr.get_by_role("row", name=re.compile(COURSE))
    before = row.inner_text()
    axe(hr)

    teacher = open_page(viewport=PHONE)
    log_in(teacher, "larare")
    axe(teacher)
    take_course(teacher, "larare", axe)
    prove(teacher, open_page(), axe)

    hr.reload()
    assert done_of(row.inner_text()) == done_of(before) + 1
    hr.get_by_role("link", name="Utbildningsförvaltningen", exact=True).click()
    hr.get_by_role("link", name="Sjövallaskolan", exact=True).click()
    axe(hr)
    hr.get_by_role("link", name="Visa medarbetare").click()
    axe(hr)
    hr.get_by_role("link", name=re.compile(person_of("larare").family_name)).click()
    finished = hr.get_by_role("region", name=COURSE).get_by_role("row").nth(1)
    for words in (str(timezone.localdate()), "Genomfört", "1.0"):
        expect(finished).to_contain_text(words)
    axe(hr)


def test_teacher_proves_it_without_script(open_page: OpenPage, no_sideways_scroll: Axe) -> None:
    teacher = open_page(viewport=NARROWEST, java_script_enabled=False)
    log_in(teacher, "larare")
    take_course(teacher, "larare")
    prove(teacher, open_page(java_script_enabled=False))
    teacher.goto("/min-utbildning/")
    expect(teacher.get_by_role("main")).to_contain_text("1 av 2 krav är klara")


def done_of(row: str) -> int:
    found = re.search(r"(\d+) av \d+", row)
    assert found, row
    return int(found[1])


def test_substantive_version_must_be_read_again(open_page: OpenPage, axe: Axe) -> None:
    teacher = open_page(viewport=NARROWEST)
    log_in(teacher, "larare")
    acknowledge(teacher, "2.0", axe)
    before = Acknowledgement.objects.count()

    write_a_substantive_change()
    teacher.reload()
    expect(teacher.get_by_role("main")).to_contain_text("Du har kvitterat")
    publish_it()

    teacher.goto("/min-utbildning/")
    expect(teacher.get_by_role("main")).to_contain_text("Det finns en ny version")
    teacher.get_by_role("link", name=GUIDELINE).first.click()
    expect(teacher.get_by_role("main")).to_contain_text(NEWS)
    expect(teacher.get_by_role("main")).to_contain_text(
        "Du har kvitterat version 2.0. Version 3.0 är väsentligt ändrad."
    )
    acknowledge(teacher, "3.0", None)

    assert Acknowledgement.objects.count() == before + 1
    key = GuidelineVersion.objects.get(major=3).key
    teacher.goto(f"/r/{key}/v/2.0/")
    expect(teacher.get_by_role("heading", level=1)).to_have_text(GUIDELINE)
    assert teacher.locator('main a[href^="tel:"]').count() == 0
    axe(teacher)


def acknowledge(page: Page, number: str, axe: Axe | None) -> None:
    page.goto("/riktlinjer/")
    page.get_by_role("link", name=GUIDELINE).click()
    if axe:
        axe(page)
    page.get_by_role("button", name=f"Kvittera version {number}").click()
    expect(page.locator("#kvittens")).to_contain_text(f"version {number}")
    expect(page.locator("#kvittens")).to_contain_text("Du har kvitterat")


def edit_address() -> str:
    return f"/admin/pages/{GuidelineVersion.objects.filter(title=GUIDELINE).first().page_id}/edit/"


def write_a_substantive_change() -> None:
    """A draft with other words. How an editor gets it through the workflow is walked in test_publishing.py."""
    draft = GuidelinePage.objects.get(title=GUIDELINE).get_latest_revision_as_object()
    draft.summary = NEWS
    draft.save_revision()


def publish_it() -> None:
    boss = get_user_model().objects.get(email=address(ADMINISTRATOR))
    publish_guideline(
        page=GuidelinePage.objects.get(title=GUIDELINE),
        change=Change.SUBSTANTIVE,
        note=NEWS,
        published_by=boss,
        override_reason="Prov av omläsning.",
    )
