"""What goes wrong while one is at it: a clear message, and nothing lost."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from cms.certificates.models import Certificate
from courses.actions import withdraw_course
from courses.models import CoursePage, Enrollment, UnitVersion
from tests.browser.conftest import NARROWEST, PHONE
from tests.cast import Cast
from tests.factories import PASSWORD
from tests.learning import address, begin, publish_course, right_answers

OpenPage = Callable[..., Page]
Check = Callable[[Page], None]


@pytest.fixture
def enrollment(cast: Cast) -> Enrollment:
    """The learner's, in a course of one unit with a question of each kind."""
    assert cast.learner.person is not None
    return begin(cast.learner.person, publish_course(units=1))


@pytest.fixture
def unit(enrollment: Enrollment) -> UnitVersion:
    return enrollment.version.units.get()


def log_in(page: Page, cast: Cast) -> None:
    page.get_by_label("E-post").fill(cast.learner.user.email)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Logga in").click()


def open_unit(page: Page, cast: Cast, enrollment: Enrollment, unit: UnitVersion) -> None:
    page.goto(address("unit", enrollment, unit))
    log_in(page, cast)
    expect(page.get_by_role("heading", level=1)).to_have_text(unit.title)


def end_session(page: Page) -> None:
    page.context.clear_cookies(name="sessionid")


def choice(page: Page, key: str, value: str) -> Locator:
    return page.locator(f'input[name="svar-{key}"][value="{value}"]')


def reach(page: Page, wanted: Locator) -> None:
    """Press Tab until what is wanted has the focus, as somebody without a mouse does."""
    for _press in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            expect(wanted).to_be_in_viewport()
            return
    pytest.fail(f"{wanted} is not reached with Tab")


def test_session_that_ends_in_the_middle_of_a_quiz_by_keyboard(
    page: Page, axe: Check, no_sideways_scroll: Check, cast: Cast, enrollment: Enrollment, unit: UnitVersion
):
    page.set_viewport_size(NARROWEST)
    open_unit(page, cast, enrollment, unit)
    (first, one), (second, several), (third, truth) = right_answers(unit).items()
    reach(page, choice(page, first, one[0]))
    page.keyboard.press("Space")
    expect(page.locator("#sparat-1")).to_contain_text("Sparat")

    end_session(page)
    reach(page, choice(page, second, several[0]))
    page.keyboard.press("Space")
    page.wait_for_url("**/konto/logga-in/**")
    axe(page)
    log_in(page, cast)
    expect(page.get_by_role("main")).to_contain_text("Svaren som du gav innan du loggade in är sparade")
    expect(choice(page, first, one[0])).to_be_checked()
    expect(choice(page, second, several[0])).to_be_checked()
    axe(page)
    no_sideways_scroll(page)

    for value in several:
        choice(page, second, value).check()
    choice(page, third, truth[0]).focus()
    page.keyboard.press("Space")
    reach(page, page.get_by_role("button", name="Lämna in svaren"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har genomfört kursen")


def test_session_that_ends_before_handing_in_without_script(
    open_page: OpenPage, cast: Cast, enrollment: Enrollment, unit: UnitVersion
):
    page = open_page(java_script_enabled=False, viewport=PHONE)
    open_unit(page, cast, enrollment, unit)
    answers = [(key, value) for key, values in right_answers(unit).items() for value in values]
    for key, value in answers:
        choice(page, key, value).check()
    end_session(page)
    page.get_by_role("button", name="Lämna in svaren").click()
    log_in(page, cast)
    for key, value in answers:
        expect(choice(page, key, value)).to_be_checked()
    page.get_by_role("button", name="Lämna in svaren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har genomfört kursen")


def test_handing_in_twice_with_a_question_that_was_missing(
    page: Page, axe: Check, cast: Cast, enrollment: Enrollment, unit: UnitVersion
):
    open_unit(page, cast, enrollment, unit)
    *answered, (last, values) = right_answers(unit).items()
    for key, given in answered:
        for value in given:
            choice(page, key, value).check()
    page.get_by_role("button", name="Lämna in svaren").click()
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
    page.get_by_role("link", name="Fråga 3").click()
    expect(page.locator("#fraga-3")).to_contain_text("Frågan saknar svar")
    choice(page, last, values[0]).check()
    expect(page.locator("#sparat-3")).to_contain_text("Sparat")
    expect(page.locator("#fraga-3")).not_to_contain_text("Frågan saknar svar")
    page.get_by_role("button", name="Lämna in svaren").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Du har genomfört kursen")
    assert enrollment.attempts.count() == 1
    assert Certificate.objects.count() == 1


def test_course_withdrawn_while_it_is_open(
    page: Page, axe: Check, cast: Cast, enrollment: Enrollment, unit: UnitVersion
):
    open_unit(page, cast, enrollment, unit)
    for key, values in right_answers(unit).items():
        for value in values:
            choice(page, key, value).check()
    expect(page.locator("#sparat-3")).to_contain_text("Sparat")
    withdraw_course(page=CoursePage.objects.get(), reason="Lagen har ändrats.")
    page.get_by_role("button", name="Lämna in svaren").click()
    expect(page.get_by_role("main")).to_contain_text("Lagen har ändrats.")
    axe(page)
    assert enrollment.attempts.get().answers.count() == 3


def test_forged_addresses_lead_to_a_page_that_helps(
    page: Page, axe: Check, cast: Cast, enrollment: Enrollment, unit: UnitVersion
):
    open_unit(page, cast, enrollment, unit)
    for path in (
        f"/kursdeltagande/{uuid4()}/",
        f"/kursdeltagande/{enrollment.key}/del/{uuid4()}/",
        "/intyg/aaaaaaaaaaaaaaaaaaaaaaaaaa/",
        f"/uppfoljning/person/{enrollment.person.key}/",
    ):
        response = page.goto(path)
        assert response is not None
        assert response.status == 404
        expect(page.get_by_role("main").get_by_role("link").first).to_be_visible()
    axe(page)
