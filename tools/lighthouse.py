"""Lighthouse over the main pages of the demo city: `make lighthouse`. Every category must reach 95 of 100.

Lighthouse is a program of Node that is not installed with the rest: put it where you like (`npm install lighthouse`)
and name it in LIGHTHOUSE, or have it in your PATH. Without SITE a server with a city of its own is started. Pages are
asked for as a phone on a slow line does, which is Lighthouse's own default.
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tools.screenshots import demo_site, log_in, open_unit

AT_LEAST = 95
ATTEMPTS = 3
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
# Pages that are somebody's own, or about one certificate, tell search engines to stay out: as they should.
OWN = ("--skip-audits=is-crawlable",)


def pages_of(site: str, page: Page) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The six pages by name: address, and what Lighthouse is told of them. Leaves the teacher signed in."""
    page.goto("/intyg/")
    log_in(page, "larare")
    page.goto("/min-utbildning/")
    certificate = page.get_by_role("main").locator("a[href^='/intyg/']").first.get_attribute("href") or ""
    number = re.search(r"/intyg/([0-9a-z]{20,})/", certificate)
    page.goto("/kurser/riktlinjen-pa-20-minuter/")
    open_unit(page)
    unit = page.url.removeprefix(site)
    return {
        "home": ("/", ()),
        "guideline": ("/riktlinjer/hedersrelaterat-vald-och-fortryck/", ()),
        "course": ("/kurser/sugardejting/", ()),
        "unit": (unit, OWN),
        "Min utbildning": ("/min-utbildning/", OWN),
        "verification": (f"/intyg/{number[1]}/" if number else "/intyg/", OWN),
    }


def figures_of(program: str, address: str, cookie: str, options: tuple[str, ...]) -> tuple[dict[str, int], list[str]]:
    """Points of each category, and the audits that took some away."""
    with tempfile.TemporaryDirectory(prefix="ledstang-lighthouse-") as folder:
        report = Path(folder) / "report.json"
        command = [program, address, "--quiet", "--output=json", f"--output-path={report}", *options]
        command += [f"--only-categories={','.join(CATEGORIES)}", "--chrome-flags=--headless=new --no-sandbox"]
        command += [f"--extra-headers={json.dumps({'Cookie': cookie})}"] if cookie else []
        chromium = os.environ.get("LEDSTANG_CHROMIUM") or shutil.which("chromium") or ""
        for _attempt in range(ATTEMPTS):  # a trace can fail on a busy machine
            done = subprocess.run(
                command, check=False, env={**os.environ, "CHROME_PATH": chromium}, capture_output=True
            )
            if done.returncode == 0:
                break
        else:
            raise SystemExit(f"Lighthouse could not look at {address}.")
        told: dict[str, Any] = json.loads(report.read_text())
    points = {name: round(100 * told["categories"][name]["score"]) for name in CATEGORIES}
    weighed = {one["id"] for name in CATEGORIES for one in told["categories"][name]["auditRefs"] if one["weight"]}
    lacking = [
        f"{name}: {audit['title']} {audit.get('displayValue', '')}".strip()
        for name, audit in told["audits"].items()
        if name in weighed and audit["score"] is not None and audit["score"] < 0.9
    ]
    return points, lacking


def median_of(
    program: str, address: str, cookie: str, options: tuple[str, ...], runs: int
) -> tuple[dict[str, int], list[str]]:
    """The middle of several runs, as Lighthouse advises: what else the machine does shows in a single one."""
    told = [figures_of(program, address, cookie, options) for _run in range(runs)]
    points = {name: int(statistics.median_low(one[name] for one, _lacking in told)) for name in CATEGORIES}
    return points, sorted({audit for _points, lacking in told for audit in lacking})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only these pages")
    parser.add_argument("--site", default="", help="the address of a demo city that is served already")
    parser.add_argument("--runs", type=int, default=3, help="of which the middle counts")
    wanted = parser.parse_args()
    program = os.environ.get("LIGHTHOUSE") or shutil.which("lighthouse")
    if not program:
        print("Lighthouse is missing: npm install lighthouse, and name its program in LIGHTHOUSE.")
        return 1
    lowest = 100
    with nullcontext(wanted.site) if wanted.site else demo_site() as site:
        with sync_playwright() as playwright:
            chromium = os.environ.get("LEDSTANG_CHROMIUM") or shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            context = browser.new_context(base_url=site, locale="sv-SE")
            pages = pages_of(site, context.new_page())
            cookie = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
            browser.close()
        print(f"{'':16}" + "".join(f"{name:>16}" for name in CATEGORIES))
        for name, (path, options) in pages.items():
            if wanted.names and name not in wanted.names:
                continue
            points, lacking = median_of(program, site + path, cookie if options == OWN else "", options, wanted.runs)
            print(f"{name:16}" + "".join(f"{points[one]:>16}" for one in CATEGORIES), flush=True)
            print("".join(f"    {one}\n" for one in lacking), end="", flush=True)
            lowest = min(lowest, *points.values())
    return 0 if lowest >= AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
