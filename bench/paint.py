#!/usr/bin/env python
"""When a page is there on a poor line: `python bench/paint.py [--quick]`. The last line is JSON.

Chromium opens a teacher's Min utbildning and a unit of a course with 400 kbit/s, 400 ms of latency and a processor four
times slower, and by turns the same HTML without style sheet and script, as bare a page as it can be. Both come from the
same server. What is compared is the largest contentful paint, of pairs that were opened one right after the other.

  training_vs_plain   Min utbildning, as after the login: the style sheet is there already       ≤ 1.3
  unit_vs_plain       a unit, likewise                                                           ≤ 1.3
  …_best_vs_plain     the quickest of each: what else the machine does counts least there; no bound
  …_cold_vs_plain     the same with an empty cache, as nobody meets them: the login comes before; no bound
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AT_MOST = 1.3
LINE = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
SLOWER = 4
PHONE = {"width": 390, "height": 844}
LARGEST = """() => new Promise((resolve) => {
  let last = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) last = one.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => resolve(last), 300);
})"""


def set_up(folder: str) -> None:
    """Django as in production, on a database in a temporary folder."""
    sys.path.insert(0, str(ROOT))
    os.environ["LEDSTANG_DATA_DIR"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    import django
    from django.conf import settings

    settings.DATABASES["default"] |= {"NAME": f"{folder}/bench.sqlite3"}
    settings.WHITENOISE_MAX_AGE = 60 * 60 * 24 * 365  # as of files with a hash in their name
    django.setup()


def application() -> Any:
    """The site, and each page once more without style sheet and script; gunicorn calls this in the server's process."""
    set_up(os.environ["LEDSTANG_DATA_DIR"])
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse  # noqa: TID251 the plain pages are answered here
    from django.urls import path

    from cms import urls

    def plain(request: HttpRequest, name: str) -> HttpResponse:
        return HttpResponse((Path(os.environ["LEDSTANG_DATA_DIR"]) / f"{name}.html").read_bytes())

    urls.urlpatterns.insert(0, path("plain/<slug:name>/", plain))
    return get_wsgi_application()


# What is opened


def lay_out(folder: str) -> tuple[dict[str, str], str]:
    """A teacher with a course of the demo city to take. Addresses by name, and the teacher's session."""
    from tools import catalogs
    from tools.tables import make_tables

    catalogs.compile_all()
    make_tables()
    from django.test import Client
    from django.utils import timezone

    from cms.compliance.actions import require
    from cms.compliance.models import Target
    from courses.actions import cut_course_version, enroll
    from demo.ground import lay_ground
    from demo.registers import write_contacts, write_laws
    from demo.site import make_bank, make_course, make_course_index, make_guideline, make_plain_pages, make_site
    from demo.texts import course_text, table
    from guidelines.actions import publish_guideline

    today = timezone.localdate()
    person = _teacher()
    write_laws()
    roles = {key: _role(key) for row in table("kontakter").values() for key in row.get("roles", ())}
    write_contacts(today, _districts(), roles)
    make_bank()
    home = make_site(lay_ground())
    make_plain_pages(home, today)
    publish_guideline(page=make_guideline(home, today, None))
    index = make_course_index(home)
    for name in ("sugardejting", "unga-i-riskzon"):
        version = cut_course_version(page=make_course(index, course_text(name), None, today), change="substantive")
        assert version is not None
        target = Target.objects.get(key=version.key)
        require(target=target, name=target.title, effective_on=today - timedelta(days=9), due_days=60, actor=None)
    enrollment = enroll(person=person, course_key=version.key)
    client = Client()
    client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
    unit = version.units.first()
    pages = {"training": "/min-utbildning/", "unit": f"/kursdeltagande/{enrollment.key}/del/{unit.unit_key}/"}
    for name, address in pages.items():
        _write_plain(Path(folder) / f"{name}.html", client.get(address))
    return pages, client.cookies["sessionid"].value


def _districts() -> list[Any]:
    from cms.people.models import District

    names = ("norr", "soder", "oster", "vaster")
    return [District.objects.create(key=name, name=name.capitalize()) for name in names]


def _role(key: str) -> Any:
    from cms.people.models import Role

    return Role.objects.get_or_create(key=key, defaults={"name": key})[0]


def _teacher() -> Any:
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from cms.people.models import Employment, OrgUnit, Person

    user = get_user_model().objects.create(email="larare@example.se")
    person = Person.objects.create(user=user, given_name="Lena", family_name="Lind", email=user.email)
    school = OrgUnit.objects.create(name="Almskolan", kind="compulsory_school", controller="Utbildningsnämnden")
    start = timezone.localdate() - timedelta(days=99)
    Employment.objects.create(
        person=person, org_unit=school, role=_role("larare"), starts_on=start, recorded_at=timezone.now()
    )
    return person


def _write_plain(file: Path, response: Any) -> None:
    """The same bytes of HTML, but that nothing is asked for: what links is named otherwise, and as long."""
    assert response.status_code == 200, response
    html = response.content.decode()
    for asked in ('rel="stylesheet"', 'rel="icon"'):
        html = html.replace(asked, asked.replace("rel", "dat"))
    file.write_text(html.replace(" src=", " dat="))


def collect() -> None:
    """Our own static files where WhiteNoise finds them, packed."""
    from django.conf import settings
    from whitenoise.compress import Compressor

    shutil.copytree(ROOT / "static", settings.STATIC_ROOT, dirs_exist_ok=True)
    compressor = Compressor(quiet=True)
    for file in Path(settings.STATIC_ROOT).rglob("*"):
        if file.suffix in (".css", ".js", ".svg"):
            for _made in compressor.compress(str(file)):
                pass


@contextmanager
def server(folder: str) -> Iterator[str]:
    """A gunicorn like that of `make run`, on a free port. Gives the address."""
    from tools.screenshots import free_port
    from tools.serve import HOST, wait_for_answer

    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "bench.paint:application()", "--bind", f"{HOST}:{port}"]
    command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning", "--no-control-socket"]
    running = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "LEDSTANG_DATA_DIR": folder})
    try:
        wait_for_answer(f"http://{HOST}:{port}", running)
        yield f"http://{HOST}:{port}"
    finally:
        running.terminate()
        running.wait(timeout=20)


# Opening it


def largest_paint(context: Any, address: str, *, cold: bool) -> float:
    """Milliseconds until the largest part of a page is painted, in a tab of its own."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    if cold:
        devtools.send("Network.clearBrowserCache")
    devtools.send("Network.emulateNetworkConditions", LINE)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load", timeout=60_000)
    painted = float(page.evaluate(LARGEST))
    page.close()
    return painted


def measure(site: str, pages: dict[str, str], session: str, rounds: int) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    figures: dict[str, Any] = {}
    with sync_playwright() as playwright:
        chromium = os.environ.get("LEDSTANG_CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport=PHONE, locale="sv-SE")
        context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        context.new_page().goto(f"{site}/konto/logga-in/")  # which everybody has seen before
        for name, path in pages.items():
            for way in ("", "_cold"):
                pairs = []
                for _round in range(rounds if way == "" else max(1, rounds // 5)):
                    ours = largest_paint(context, site + path, cold=bool(way))
                    pairs.append((ours, largest_paint(context, f"{site}/plain/{name}/", cold=False)))
                    if way:  # the next turn is warm again
                        largest_paint(context, site + path, cold=False)
                figures[f"{name}{way}_vs_plain"] = round(statistics.median(a / b for a, b in pairs), 2)
                best = min(a for a, _b in pairs) / min(b for _a, b in pairs)
                figures[f"{name}{way}_best_vs_plain"] = round(best, 2)
                figures[f"{name}{way}_ms"] = round(statistics.median(a for a, _b in pairs))
                figures[f"{name}{way}_plain_ms"] = round(statistics.median(b for _a, b in pairs))
        browser.close()
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="within a minute")
    rounds = 5 if parser.parse_args().quick else 11
    with tempfile.TemporaryDirectory(prefix="ledstang-bench-") as folder:
        set_up(folder)
        collect()
        pages, session = lay_out(folder)
        with server(folder) as site:
            figures = measure(site, pages, session, rounds)
    within = all(figures[f"{name}_vs_plain"] <= AT_MOST for name in pages)
    for name, value in figures.items():
        print(f"{name:24} {value}" + (f"  (at most {AT_MOST})" if name in [f"{one}_vs_plain" for one in pages] else ""))
    print(json.dumps({"bench": "paint", **figures, "rounds": rounds, "within_bounds": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
