"""The pages of the three users: `python bench/pages.py [--quick] [--people 5000] [--rounds 15]`.

Prints the median and the worst time of each page through the whole stack in one process, and its statements.
`python tools/postgres.py -- python bench/pages.py` measures on PostgreSQL. Compare figures of one run with each other:
another machine, or the same one when busy, gives others.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Measured:
    name: str
    median: float
    worst: float
    statements: int
    size: int

    def __str__(self) -> str:
        kilobytes = self.size / 1024
        return f"{self.name:<44}{self.median:>9.1f}{self.worst:>9.1f}{self.statements:>12}{kilobytes:>9.1f}"


def measure(name: str, ask: Callable[[], Any], rounds: int) -> Measured:
    """One round to warm up, one to count statements, then the clock."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask()
    with CaptureQueriesContext(connection) as captured:
        response = ask()
    statements = len(captured)
    times = []
    for _round in range(rounds):
        start = time.perf_counter()
        ask()
        times.append((time.perf_counter() - start) * 1000)
    size = len(response.getvalue()) if hasattr(response, "getvalue") else 0
    return Measured(name, statistics.median(times), max(times), statements, size)


def page(account: str, path: str) -> Callable[[], Any]:
    from django.contrib.auth import get_user_model
    from django.test import Client

    from demo.accounts import address

    client = Client()
    if account:
        user = get_user_model().objects.get(email=address(account))
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def ask() -> Any:
        response = client.get(path)
        if response.status_code != 200:
            raise SystemExit(f"{path} answered {response.status_code}")
        if response.streaming:
            b"".join(response.streaming_content)
        return response

    return ask


def pages() -> list[tuple[str, Callable[[], Any]]]:
    from cms.certificates.models import Certificate
    from cms.people.models import Employment, OrgUnit
    from courses.models import CourseVersion, Enrollment
    from demo.accounts import address
    from guidelines.models import GuidelineVersion

    guideline = GuidelineVersion.objects.order_by("-pk")[0]
    course = CourseVersion.objects.order_by("-pk")[0]
    school = Employment.objects.filter(person__user__email=address("larare")).latest("pk").org_unit
    grown = OrgUnit.objects.get(name="Skolan 0000")
    taken = Enrollment.objects.filter(person__user__email=address("larare")).first()
    listed = [
        ("visitor: front page", "", "/"),
        ("visitor: guideline in force", "", f"/r/{guideline.key}/"),
        ("visitor: course", "", f"/kurs/{course.key}/"),
        ("visitor: verify a certificate", "", f"/intyg/{Certificate.objects.order_by('pk')[0].public_id}/"),
        ("teacher: Min utbildning", "larare", "/min-utbildning/"),
        ("teacher: Mina uppgifter", "larare", "/mina-uppgifter/"),
        ("head: own school", "rektor", f"/uppfoljning/enhet/{school.key}/"),
        ("HR: the whole city", "hr", "/uppfoljning/"),
        ("HR: the whole city as CSV", "hr", "/uppfoljning/enheter.csv"),
        ("HR: staff of a school", "hr", f"/uppfoljning/enhet/{grown.key}/medarbetare/"),
        ("HR: staff of a school as CSV", "hr", f"/uppfoljning/enhet/{grown.key}/medarbetare.csv"),
    ]
    if taken is not None:
        listed.append(("teacher: a course taken", "larare", f"/kursdeltagande/{taken.key}/"))
    return [(name, page(account, path)) for name, account, path in listed]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer people and rounds")
    parser.add_argument("--people", type=int)
    parser.add_argument("--rounds", type=int)
    wanted = parser.parse_args()
    people = wanted.people or (1000 if wanted.quick else 5000)
    rounds = wanted.rounds or (5 if wanted.quick else 15)
    sys.path.insert(0, str(HERE.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    import django

    django.setup()
    from bench.city import grow
    from tests.database import DEMO, templates

    database = templates(HERE / "cache")
    database.begin()
    try:
        database.make(DEMO)
        database.put(DEMO)
        start = time.perf_counter()
        grow(people)
        print(f"{database.connection.vendor}, {people} people more, made in {time.perf_counter() - start:.0f} s")
        print(f"{'':<44}{'median ms':>9}{'worst':>9}{'statements':>12}{'KB':>9}")
        for name, ask in pages():
            print(measure(name, ask, rounds), flush=True)
    finally:
        database.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
