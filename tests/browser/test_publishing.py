"""An editor takes a guideline from draft to version: stopped by the checks, mended, reviewed by others, published."""

import re

import pytest
from playwright.sync_api import Page, expect

from guidelines.models import GuidelineVersion
from tests.browser.test_journeys import GUIDELINE, Axe, OpenPage, edit_address, log_in

pytestmark = [pytest.mark.usefixtures("demo_city"), pytest.mark.once]

# Whether what Wagtail's autosave waits for reaches the form.
IS_SAVED = """() => {
  const form = document.querySelector("[data-edit-form]");
  let isHeard = false;
  form.addEventListener("w-unsaved:add", () => (isHeard = true), { once: true });
  form.dispatchEvent(new CustomEvent("w-unsaved:add", { bubbles: true }));
  return isHeard;
}"""
# A chooser whose button is hidden once something is chosen: what has the focus when the dialog has gone.
AFTER_CHOOSING = """() => {
  const chooser = document.createElement("div");
  chooser.className = "chooser";
  chooser.innerHTML = "<button type='button'>choose</button><button type='button'>chosen</button>";
  document.body.append(chooser);
  chooser.firstChild.focus();
  chooser.firstChild.hidden = true;
  chooser.firstChild.blur();
  jQuery(document).trigger("hidden.bs.modal");
  const focused = document.activeElement.textContent;
  chooser.remove();
  return focused;
}"""
STEPS = ("Sakkunnig läser", "Jurist läser", "Godkännare publicerar")


def test_editor_is_stopped_mends_sees_the_cost_and_two_accounts_publish(open_page: OpenPage, axe: Axe) -> None:
    editor = open_page()
    log_in(editor, "redaktor", edit_address())
    expect(editor.locator("textarea[name=summary]")).to_be_visible()
    assert not editor.evaluate(IS_SAVED)
    editor.locator("textarea[name=summary]").click()
    assert editor.evaluate(IS_SAVED)
    assert editor.evaluate(AFTER_CHOOSING) == "chosen"
    write_summary(editor, "Ring om 19121212-1212. Nu står det mer om vikarier.")
    decide(editor)
    expect(editor.get_by_role("main")).to_contain_text("Det här måste rättas först")
    axe(editor)

    editor.get_by_role("link", name=re.compile("personnummer", re.IGNORECASE)).click()
    write_summary(editor, "Nu står det mer om vikarier.")
    decide(editor)
    main = editor.get_by_role("main")
    for words in ("Vad det kostar", "personer ska läsa riktlinjen", "Riktlinjen på 20 minuter", "inte godkänt än"):
        expect(main).to_contain_text(words)
    expect(main.get_by_role("button", name="Publicera")).to_have_count(0)
    editor.get_by_label(re.compile("Väsentlig")).check()
    editor.locator("textarea[name=note]").fill("Nu står det mer om vikarier.")
    day, chooser = editor.locator("[name=effective_on]"), editor.locator(".xdsoft_datetimepicker:visible")
    for words in ("31 februari", day.input_value()):  # what was typed is left for the form to judge
        day.click()
        expect(chooser).to_have_count(1)
        day.fill(words)
        day.blur()
        expect(chooser).to_have_count(0)
        expect(day).to_have_value(words)
    day.click()
    expect(chooser).to_have_count(1)
    day.press("Escape")
    expect(chooser).to_have_count(0)
    editor.get_by_label(re.compile("Jag har tittat på")).check()
    axe(editor)
    editor.get_by_role("button", name="Spara bara beslutet").click()
    expect(editor.locator(".messages")).to_contain_text("Beslutet är sparat")
    editor.get_by_role("button", name="Fler åtgärder").first.click()
    editor.locator('button[name="action-submit"]').click()
    expect(editor.locator(".messages")).to_contain_text("inlämnad")

    approver = open_page()
    log_in(approver, "godkannare", edit_address())
    late = approver.context.new_page()
    late.goto(edit_address())
    for _step in STEPS[:2]:
        approve(approver)
        approver.goto(edit_address())
    press_approve(late)
    said = f"Steget är redan taget, och inget mer har gjorts. Nu väntar texten i steget ”{STEPS[2]}”."
    expect(late.locator(".messages")).to_contain_text(said)
    late.close()
    decide(approver)
    expect(approver.get_by_role("main").locator("li", has_text=STEPS[0])).to_contain_text("godkänt")
    axe(approver)
    approver.goto(edit_address())
    approve(approver)

    version = GuidelineVersion.objects.get(title=GUIDELINE, major=3)
    reader = open_page()
    reader.goto(f"/r/{version.key}/v/3.0/")
    expect(reader.get_by_role("main")).to_contain_text("Nu står det mer om vikarier.")
    assert version.approved_by is not None
    assert version.is_reviewed


def write_summary(page: Page, words: str) -> None:
    page.locator("textarea[name=summary]").fill(words)
    page.locator("button.action-save").first.click()
    expect(page.locator(".messages")).to_contain_text("uppdaterad")


def decide(page: Page) -> None:
    page.goto(edit_address().replace("/admin/pages/", "/admin/riktlinjer/").replace("/edit/", "/publicera/"))


def press_approve(page: Page) -> None:
    page.get_by_role("button", name="Fler åtgärder").first.click()
    page.locator('button[data-workflow-action-name="approve"]').first.click()


def approve(page: Page) -> None:
    press_approve(page)
    page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
