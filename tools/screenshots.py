"""Take pictures of the main pages of a freshly loaded demo city: phone and desktop, light and dark.

`make screenshots` writes them to docs/pictures/. Needs Chromium; serves the city on loopback while it runs.
Only the few that README and docs use are committed: .gitignore names them, and tests/test_docs.py keeps them few.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools.serve import HOST, is_taken, start_server, wait_for_answer

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
PASSWORD = "handtag i trappan"
GUIDELINE = "Förebygga hedersrelaterat"
ADDED = " Gäller även vikarier och timanställda."
COLORS = 64  # a palette that keeps a picture of a page small


@dataclass(frozen=True)
class Shot:
    """A page to take: an address, the words of links and buttons to follow from there, and what to do at the end."""

    name: str
    path: str
    account: str = ""
    follow: tuple[str, ...] = ()
    then: Callable[[Page], None] | None = None


def open_unit(page: Page) -> None:
    """Begin the course that is described, or go on with it."""
    begin = page.get_by_role("button", name="Börja kursen")
    if begin.count():
        begin.click()  # leads to the first unit
        return
    page.get_by_role("main").get_by_role("link", name=re.compile("^(Börja|Fortsätt) med")).first.click()


def ask_to_publish(page: Page) -> None:
    """Change the summary of the guideline that is open for editing, and press the button that publishes."""
    summary = page.locator("textarea[name=summary]")
    written = summary.input_value().removesuffix(ADDED)  # the picture before this one saved a draft
    summary.fill(f"{written}{ADDED}")
    page.get_by_role("button", name="Fler åtgärder").first.click()
    page.locator('button[name="action-publish"]').click()
    page.wait_for_url("**/publicera/")
    page.get_by_label("Väsentlig").check()
    page.evaluate("document.activeElement.blur(); document.getElementById('main').scrollTo(0, 0)")


def show_versions(page: Page) -> None:
    """The decision, the days and the history, below the text."""
    page.locator("#om-versionen").evaluate("heading => heading.scrollIntoView()")


def show_scenario(page: Page) -> None:
    """The unit that is open for editing, at the picture of its scenario."""
    picture = page.locator("svg:has(.lc-node)")
    if not picture.is_visible():
        page.locator("section", has=picture).last.locator("[data-panel-toggle]").first.click()
    picture.evaluate("picture => picture.scrollIntoView({block: 'start'})")
    page.mouse.wheel(0, -160)
    page.wait_for_timeout(500)


def cut_a_change(page: Page) -> None:
    """Change the goal of the unit that is open for editing, and ask to publish a version of its course."""
    page.locator("input[name=goal]").fill("Du kan inleda och avsluta ett samtal om oro.")
    page.get_by_role("button", name="Spara utkast").click()
    page.wait_for_load_state("networkidle")
    page.goto("/admin/pages/search/?q=Sugardejting")
    page.get_by_role("main").locator("a", has_text="Sugardejting").first.click()
    page.wait_for_load_state()
    page.goto(page.url.replace("/pages/", "/kurser/").replace("/edit/", "/version/"))


def show_insight(page: Page) -> None:
    page.goto(page.url.replace("/pages/", "/kurser/").replace("/edit/", "/insikt/"))


SHOTS = (
    Shot("home", "/"),
    Shot("guidelines", "/riktlinjer/"),
    Shot("guideline", "/riktlinjer/hedersrelaterat-vald-och-fortryck/?lasning=preschool"),
    Shot("versions", "/riktlinjer/hedersrelaterat-vald-och-fortryck/", then=show_versions),
    Shot("course", "/kurser/sugardejting/"),
    Shot("contacts", "/kontakter/"),
    Shot("login", "/konto/logga-in/"),
    Shot("training", "/min-utbildning/", "larare"),
    Shot("unit", "/kurser/riktlinjen-pa-20-minuter/", "larare", then=open_unit),
    Shot("oversight", "/uppfoljning/", "hr"),
    Shot("people", "/uppfoljning/", "rektor", ("Visa medarbetare",)),
    Shot("readers", "/uppfoljning/", "rektor", ("Vilken version av",)),
    Shot("registers", "/admin/register/kontaktvagar/", "godkannare"),
    Shot("editing", "/admin/pages/search/?q=hedersrelaterat", "redaktor", (GUIDELINE,)),
    Shot("my-data", "/mina-uppgifter/", "larare"),
    Shot("cutting", "/admin/pages/search/?q=Samtalet", "godkannare", ("Samtalet",), cut_a_change),
    Shot("insight", "/admin/pages/search/?q=Sugardejting", "godkannare", ("Sugardejting",), show_insight),
    Shot("scenario", "/admin/pages/search/?q=Samtalet", "godkannare", ("Samtalet",), show_scenario),
    Shot("publishing", "/admin/pages/search/?q=hedersrelaterat", "godkannare", (GUIDELINE,), ask_to_publish),
)


def free_port() -> int:
    return next(port for port in range(8700, 8800) if not is_taken(port))


@contextmanager
def demo_site() -> Iterator[str]:
    """A server with a city of its own, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="ledstang-pictures-") as folder:
        port = free_port()
        os.environ.update(LEDSTANG_DATA_DIR=folder, LEDSTANG_BASE_URL=f"http://{HOST}:{port}")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.demo")
        for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"], ["demo"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        server = start_server(port)
        try:
            address = f"http://{HOST}:{port}"
            wait_for_answer(address, server)
            yield address
        finally:
            server.terminate()
            server.wait()


def log_in(page: Page, account: str) -> None:
    page.goto("/konto/logga-in/")
    page.locator("main input[type=email]").fill(f"{account}@exempelstaden.example.se")
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()


def take(browser: Browser, site: str, shot: Shot, size: str, scheme: Any) -> None:
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=site, viewport={"width": width, "height": height}, color_scheme=scheme, locale="sv-SE"
    )
    page = context.new_page()
    if shot.account:
        log_in(page, shot.account)
    page.goto(shot.path)
    for words in shot.follow:
        page.get_by_role("main").locator("a, button", has_text=words).first.click()
        page.wait_for_load_state()
    if shot.then:
        shot.then(page)
    page.wait_for_load_state("networkidle")
    save(page.screenshot(), PICTURES / f"{shot.name}-{size}-{scheme}.png")
    context.close()


def save(png: bytes, path: Path) -> None:
    Image.open(BytesIO(png)).convert("RGB").quantize(COLORS).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these pages")
    names = parser.parse_args().names
    PICTURES.mkdir(exist_ok=True)
    chromium = os.environ.get("LEDSTANG_CHROMIUM") or shutil.which("chromium")
    with demo_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for shot in SHOTS:
            if names and shot.name not in names:
                continue
            for size in SIZES:
                for scheme in ("light", "dark"):
                    take(browser, site, shot, size, scheme)
        browser.close()


if __name__ == "__main__":
    main()
