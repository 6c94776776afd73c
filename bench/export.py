#!/usr/bin/env python
"""What a long export costs: `python bench/export.py [--quick] [--people 50000]`. The last line is JSON.

The list "everybody, everything that is required" of a whole city: 50,000 people × 30 targets = 1.5 million rows, two
thirds of them done, made once into bench/cache/. All is measured in this run, so the machine's speed cancels out.

  csv_cpu_vs_fetch  CPU of the whole export, from the database to the file, over the CPU of fetching the same   ≤ 2.6
                    rows and no more: the queries, each person's standing, the rows in their order
  csv_rss_mib       what the process grows by at most while it writes the file, above the idle process          ≤ 64
  xlsx_rss_mib      the same for a sheet; xlsx_growth_mib: what its second half adds                       ≤ 64, ≤ 8

For those who compare: `csv_cpu_vs_join` is the same CPU over one bare joined query of so many ledger rows, of which
nobody's standing can be told; it has no bound. `--quick` has 5,000 people, 150,000 rows, and a short sheet.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / "bench" / "cache"
BOUNDS = {"csv_cpu_vs_fetch": 2.6, "csv_rss_mib": 64.0, "xlsx_rss_mib": 64.0, "xlsx_growth_mib": 8.0}
TARGETS = 30
STAFF_OF_A_SCHOOL = 70
MIB = 1 << 20


def set_up(people: int, folder: str) -> Path:
    """Django on the cached database of this size, which is made if it is not there."""
    sys.path.insert(0, str(ROOT))
    os.environ["LEDSTANG_DATA_DIR"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    import django
    from django.conf import settings

    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"export-{people}-{shape()}.sqlite3"
    settings.DATABASES["default"]["NAME"] = str(path)
    django.setup()
    return path


def shape() -> str:
    """Changes when a table may have: the cached city is then made anew."""
    files = sorted([*ROOT.glob("*/migrations/0*.py"), *ROOT.glob("cms/*/migrations/0*.py")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


# The city


def build(people: int) -> None:
    from django.db import transaction

    from tools.tables import make_tables

    make_tables()
    with transaction.atomic():
        fill(people)


def fill(people: int) -> None:
    from django.utils import timezone

    from cms.compliance.actions import require
    from cms.compliance.models import Target
    from cms.people.actions import enter_oversight_terms
    from cms.people.models import Employment, OrgUnit, OrgUnitPlacement, Person, Role, Scope

    began, now = timezone.localdate() - timedelta(days=400), timezone.now()
    city = OrgUnit.objects.create(name="Exempelstaden", kind="city", controller="Kommunstyrelsen")
    schools = OrgUnit.objects.bulk_create(
        OrgUnit(name=f"Skolan {number:04}", kind="compulsory_school")
        for number in range(max(1, people // STAFF_OF_A_SCHOOL))
    )
    OrgUnitPlacement.objects.bulk_create(
        OrgUnitPlacement(org_unit=unit, parent=parent, starts_on=began, recorded_at=now)
        for unit, parent in [(city, None), *((school, city) for school in schools)]
    )
    role = Role.objects.create(key="larare", name="Lärare")
    targets = [
        Target.objects.create(kind="course", key=uuid.uuid4(), title=f"Kurs {number:02}") for number in range(TARGETS)
    ]
    for target in targets:
        require(target=target, name=target.title, effective_on=began, due_days=90)
    staff = Person.objects.bulk_create(
        (Person(given_name=f"Förnamn{n % 997}", family_name=f"Efternamn{n % 9973:05}") for n in range(people)),
        batch_size=5000,
    )
    Employment.objects.bulk_create(
        (
            Employment(
                person=person, org_unit=schools[n % len(schools)], role=role, starts_on=began, source="bench",
                recorded_at=now,
            )
            for n, person in enumerate(staff)
        ),
        batch_size=5000,
    )  # fmt: skip
    enter_oversight_terms(purpose="Bänk", staff_informed_on=began, consultation_ref="Bänk", actor=None)
    officer = Person.objects.create(given_name="Hedda", family_name="Hassel")
    Scope.objects.create(person=officer, org_unit=city, right="hr", starts_on=began)
    insert_proofs(began)


def insert_proofs(began: date) -> None:
    """Two of three are done, on a day of the last year. In SQL: a million rows in seconds."""
    from django.db import connection

    sql = """
        INSERT INTO ledstang_compliance_evidence (key, source_key, person_id, target_id, kind, version_number,
            version_major, version_sha256, achieved_at, achieved_on, recorded_at, document)
        SELECT lower(hex(randomblob(16))), 'b' || p.id || '.' || t.id, p.id, t.id, 'completed', '1.0', 1, '0',
            datetime(%s, '+' || ((p.id * 7 + t.id * 13) %% 380) || ' days'),
            date(%s, '+' || ((p.id * 7 + t.id * 13) %% 380) || ' days'), datetime(%s), ''
        FROM ledstang_people_person p CROSS JOIN ledstang_compliance_target t WHERE (p.id + t.id) %% 3 > 0
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [began.isoformat()] * 3)
        cursor.execute("ANALYZE")


# Measuring


def memory(name: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def staff_list() -> Any:
    from django.utils import timezone

    from cms.oversight.queries import Filters, StaffList
    from cms.people.models import OrgUnit, Person
    from cms.people.queries import view_of

    on = timezone.localdate()
    officer = Person.objects.latest("pk")
    return StaffList(view_of(officer, on), OrgUnit.objects.get(kind="city").pk, Filters(), on)


def table(rows: Iterable[Any] | None = None) -> Iterator[Any]:
    from cms.oversight.queries import Filters
    from cms.oversight.queries.tables import staff_table

    found = staff_list()
    return staff_table(found.rows() if rows is None else rows, "Exempelstaden", ["Kommunstyrelsen"], Filters())


def fetch_bare() -> int:
    """Rows of the ledger by one joined query, as many as the list has."""
    from django.db import connection

    sql = """
        SELECT p.family_name, p.given_name, u.name, r.name, t.title, e.achieved_on, e.version_number, e.valid_until
        FROM ledstang_people_employment w
        JOIN ledstang_people_person p ON p.id = w.person_id
        JOIN ledstang_people_orgunit u ON u.id = w.org_unit_id
        LEFT JOIN ledstang_people_role r ON r.id = w.role_id
        CROSS JOIN ledstang_compliance_target t
        LEFT JOIN ledstang_compliance_evidence e ON e.person_id = p.id AND e.target_id = t.id
        WHERE w.retracted_at IS NULL
        ORDER BY p.family_name, p.given_name, p.id, t.title
    """
    count = 0
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql)
        while batch := cursor.fetchmany(2000):
            count += len(batch)
    return count


def cpu_of(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def measure_csv(folder: str) -> dict[str, Any]:
    from cms.core.sheets import write_csv

    path = Path(folder) / "list.csv"
    idle = memory("VmRSS")
    write_csv(path, islice(table(), 2000))  # warm
    forget_peak()
    cpu, _none = cpu_of(lambda: write_csv(path, table()))
    peak = memory("VmHWM")
    with path.open(encoding="utf-8-sig") as file:
        rows = sum(1 for _line in file) - 6
    fetch, fetched = cpu_of(lambda: sum(1 for _row in staff_list().rows()))
    join, joined = cpu_of(fetch_bare)
    return {
        "rows": rows, "rows_fetched": fetched, "rows_joined": joined, "csv_cpu_s": round(cpu, 1),
        "fetch_cpu_s": round(fetch, 1), "join_cpu_s": round(join, 1), "csv_us_a_row": round(cpu * 1e6 / rows, 1),
        "csv_cpu_vs_fetch": round(cpu / fetch, 2), "csv_cpu_vs_join": round(cpu / join, 1),
        "csv_rss_mib": round(peak - idle, 1),
        "csv_mib": round(path.stat().st_size / MIB),
    }  # fmt: skip


def measure_xlsx(folder: str, most: int) -> dict[str, Any]:
    from cms.core.sheets import write_xlsx

    path = Path(folder) / "list.xlsx"
    peaks = {}
    idle = memory("VmRSS")
    write_xlsx(path, islice(table(), 2000), too_long="")  # warm
    for rows in (most // 2, most):
        forget_peak()
        cpu, _none = cpu_of(lambda rows=rows: write_xlsx(path, islice(table(), rows), too_long="", most=rows))
        peaks[rows] = memory("VmHWM") - idle
    return {
        "xlsx_rows": most, "xlsx_cpu_s": round(cpu, 1), "xlsx_rss_mib": round(peaks[most], 1),
        "xlsx_growth_mib": round(peaks[most] - peaks[most // 2], 1),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="5,000 people and a short sheet, within a minute")
    parser.add_argument("--people", type=int)
    parser.add_argument("--build", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    people = wanted.people or (5_000 if wanted.quick else 50_000)
    with tempfile.TemporaryDirectory(prefix="ledstang-bench-") as folder:
        path = set_up(people, folder)
        if wanted.build:
            build(people)
            return 0
        if not path.exists():  # in a process of its own, so that this one begins small
            start = time.perf_counter()
            subprocess.run([sys.executable, __file__, "--build", "--people", str(people)], check=True)
            print(f"made {path.name} in {time.perf_counter() - start:.0f} s", flush=True)
        figures = measure_csv(folder)
        figures |= measure_xlsx(folder, most=60_000 if wanted.quick else 1_048_576)
    within = all(figures[name] <= bound for name, bound in BOUNDS.items())
    for name, value in figures.items():
        print(f"{name:20} {value}" + (f"  (at most {BOUNDS[name]})" if name in BOUNDS else ""))
    print(json.dumps({"bench": "export", "quick": wanted.quick, **figures, "within_bounds": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
