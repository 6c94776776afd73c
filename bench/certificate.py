#!/usr/bin/env python
"""What a certificate costs: `python bench/certificate.py [--quick]`. The last line is JSON.

Everything is measured against R, the CPU time of a bare warm WeasyPrint render of the same HTML with the same
variant, tags, fonts and parsed style sheets in this very run, so the machine's speed cancels out. Both sides take
turns. CPU time is that of this process and of the rendering process together.

  render_ratio            facts to unsigned bytes, through the template, the pipe and the closed process   ≤ 1.15
  sign_ratio              the seal on those bytes                                                          ≤ 0.35
  rss_growth_mib_per_1000 what the rendering process grows by, without being replaced                      ≤ 5
  issue_queries           statements of one issue, the same for 1, 20 and 80 units
"""

import argparse
import gc
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WARM, FEWEST = 5, 40
BOUNDS = {"render_ratio": 1.15, "sign_ratio": 0.35, "rss_growth_mib_per_1000": 5.0}


def set_up(folder: str) -> None:
    """Django on a database in a temporary folder, made without the history of migrations."""
    sys.path.insert(0, str(ROOT))
    os.environ["LEDSTANG_DATA_DIR"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    fonts = ROOT / "static/ledstang_certificates/fonts/fonts.conf"
    os.environ["FONTCONFIG_FILE"] = str(fonts)  # the bare renderer sees the same fonts as ours
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = f"{folder}/bench.sqlite3"
    django.setup()
    from tools import catalogs
    from tools.tables import make_tables

    catalogs.compile_catalog("ledstang_certificates")
    make_tables()


def cpu_of(pid: int | None) -> float:
    """CPU seconds that another process has used."""
    if pid is None:
        return 0.0
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


class Stopwatch:
    """CPU and wall time of repeated work, with a child's CPU added."""

    def __init__(self, pid: Callable[[], int | None] = lambda: None) -> None:
        self.pid = pid
        self.cpu: list[float] = []
        self.wall: list[float] = []

    def time(self, work: Callable[[], Any]) -> None:
        child, own, clock = cpu_of(self.pid()), time.process_time(), time.perf_counter()
        work()
        self.wall.append(time.perf_counter() - clock)
        self.cpu.append(time.process_time() - own + cpu_of(self.pid()) - child)


def bare_renderer(job: Any) -> Callable[[], bytes]:
    """WeasyPrint as anybody would use it well: one font configuration, parsed style sheets, the same options."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from cms.certificates.pdf.fetching import ClosedFetcher

    fonts = FontConfiguration()
    fetcher = ClosedFetcher(job.assets)
    sheets = [CSS(string=css, font_config=fonts, url_fetcher=fetcher) for css in job.css]

    def render() -> bytes:
        html = HTML(string=job.html, base_url="asset:", url_fetcher=fetcher)
        out = io.BytesIO()
        html.write_pdf(out, font_config=fonts, stylesheets=sheets, pdf_variant="pdf/a-2a", pdf_tags=True)
        return out.getvalue()

    return render


def measure_ratios(mine: Any, rounds: int, seconds: float) -> dict[str, Any]:
    """Both sides by turns, until there are `rounds` of them or the time is up."""
    from cms.certificates.pdf.seal import current_seal
    from cms.certificates.pdf.signing import sign
    from tests.certificates.samples import course, job

    facts = course()
    bare, seal = bare_renderer(job(facts)), current_seal()
    unsigned = mine.render(job(facts))
    gc.collect()
    gc.freeze()  # the bare renderer is not to pay for walking through all of Django
    timers = {"bare": Stopwatch(), "ours": Stopwatch(lambda: mine.pid), "sign": Stopwatch()}
    work: dict[str, Callable[[], Any]] = {
        "bare": bare,
        "ours": lambda: mine.render(job(facts)),
        "sign": lambda: sign(unsigned, seal, issuer="Exempelstaden", reason="Kursintyg"),
    }
    for _warm in range(4):
        for name in work:
            work[name]()
    until, done = time.monotonic() + seconds, 0
    while done < 9 or (done < rounds and time.monotonic() < until):
        for name, timer in timers.items():
            timer.time(work[name])
        done += 1
    cpu = {name: statistics.median(timer.cpu) for name, timer in timers.items()}
    wall = {name: statistics.median(timer.wall) for name, timer in timers.items()}
    return {
        "render_ratio": round(cpu["ours"] / cpu["bare"], 3),
        "render_ratio_wall": round(wall["ours"] / wall["bare"], 3),
        "sign_ratio": round(cpu["sign"] / cpu["bare"], 3),
        "sign_ratio_wall": round(wall["sign"] / wall["bare"], 3),
        "bare_ms": round(1000 * cpu["bare"], 1),
        "rounds": done,
    }


def measure_growth(mine: Any, seconds: float, most: int) -> dict[str, Any]:
    """Different people, the same process: how its resident memory grows once it is warm.

    A new process fills its caches and its heap during the first `WARM` documents; that is not growth, and a process
    is replaced after 500. What is told is the slope of a straight line through everything after them.
    """
    from tests.certificates.samples import course, job

    sizes: list[int] = []
    until = time.monotonic() + seconds
    while len(sizes) < WARM + FEWEST or (len(sizes) < WARM + most and time.monotonic() < until):
        number = len(sizes)
        holder = f"Åsa {chr(65 + number % 26)}{chr(97 + number % 23)}berg-Lindström {number}"
        mine.render(job(replace(course(), holder=holder)))
        sizes.append(mine.rss)
    slope = statistics.linear_regression(range(len(sizes) - WARM), sizes[WARM:]).slope
    return {
        "rss_growth_mib_per_1000": round(slope * 1000 / (1 << 20), 2),
        "rss_mib": round(sizes[-1] / (1 << 20), 1),
        "rss_renders": len(sizes) - WARM,
    }


def measure_queries() -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from cms.certificates.actions import files_later, issue_certificate
    from cms.people.models import Person
    from tests.certificates.samples import course, units

    person = Person.objects.create(given_name="Åsa", family_name="Berg")
    counts = {}
    with files_later():
        for count in (1, 20, 80):
            with CaptureQueriesContext(connection) as captured:
                issue_certificate(course(units=units(count)), source_key=f"bench:{count}", person=person)
            counts[count] = len(captured)
    return {"issue_queries": counts[1], "issue_queries_constant": len(set(counts.values())) == 1}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="within a minute")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="ledstang-bench-") as folder:
        set_up(folder)
        from cms.certificates.pdf.renderer import Limits, Renderer

        mine = Renderer(Limits(jobs=10**9, rss_mib=10**6))
        try:
            figures = measure_queries()
            figures |= measure_ratios(mine, rounds=25 if quick else 120, seconds=12 if quick else 120)
            figures |= measure_growth(mine, seconds=18 if quick else 240, most=300 if quick else 2000)
        finally:
            mine.close()
    within = all(figures[name] <= bound for name, bound in BOUNDS.items()) and figures["issue_queries_constant"]
    for name, value in figures.items():
        print(f"{name:26} {value}" + (f"  (at most {BOUNDS[name]})" if name in BOUNDS else ""))
    print(json.dumps({"bench": "certificate", **figures, "within_bounds": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
