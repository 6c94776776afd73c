#!/usr/bin/env python
"""What finishing a course costs: `python bench/completion.py [--quick]`. The last line is JSON.

People take a course of eight units through the real action, on a durable PostgreSQL of its own: a transaction for each
unit, the last one with evidence, certificate, audit and mail rows. Against it stand bare inserts by the driver: the
very rows that the action wrote, into the same tables with their keys and triggers, a statement for each row, a
transaction for each completion. Both take turns, by as many processes, so the machine's speed cancels out. PDF files
are made afterwards in either case, and not here.

  pg_1, pg_8               completions a second through the action over bare inserts, by 1 and by 8 writers    ≥ 0.25
  pg_last_1, pg_last_8     the same for the last unit alone, which writes eight rows; no bound
  sqlite_errors, pg_errors what 32 writers at once run into                                                     0
  queries_last_unit        statements of a finish without those that begin and end transactions, the same for 1, 6
                           and 24 units; rows_written is how many rows they leave behind or change
"""

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LEAST, MANY, CROWD = 0.25, 8, 32
UNITS, COURSE = (1, 6, 24), 8
ENDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
Row = tuple[str, tuple[str, ...], tuple[Any, ...]]  # table, columns, values
fork = multiprocessing.get_context("fork")


def set_up() -> None:
    """Django on an empty database, made without the history of migrations."""
    sys.path.insert(0, str(ROOT))
    os.environ["DJANGO_SETTINGS_MODULE"] = "cms.settings.test"
    import django
    from django.conf import settings

    if os.environ.get("LEDSTANG_TEST_DATABASE") == "postgres":
        settings.DATABASES["default"]["NAME"] = "postgres"
    else:
        settings.DATABASES["default"]["NAME"] = f"{os.environ['LEDSTANG_DATA_DIR']}/bench.sqlite3"
    django.setup()
    from tools.tables import make_tables

    make_tables()


# The course and those who are about to finish it


def make_course(units: int) -> Any:
    from django.utils import timezone

    from cms.compliance.actions import keep_target
    from cms.versions.enums import Change
    from cms.versions.models import Content
    from courses.models import CourseVersion, UnitVersion

    key = uuid.uuid4()
    content = Content.objects.create(sha256=uuid.uuid4().hex * 2, canonical="{}", html_sha256="")
    version = CourseVersion.objects.create(
        key=key, major=1, minor=0, change=Change.SUBSTANTIVE, title=f"Kurs med {units} delar", content=content,
        sha256=content.sha256, published_at=timezone.now(), effective_on=timezone.localdate(), pass_mark=80,
        minutes=10 * units,
    )  # fmt: skip
    UnitVersion.objects.bulk_create(
        UnitVersion(
            course_version=version, unit_key=uuid.uuid4(), position=number, title=f"Del {number}", minutes=10,
            content=content, sha256=content.sha256,
        )
        for number in range(1, units + 1)
    )  # fmt: skip
    keep_target(kind="course", key=key, title=version.title, path=f"/kurs/{key}/")
    return version


def learners(version: Any, people: int, *, left: int = 1) -> list[Any]:
    """Enrollments in which only the last units are left."""
    from django.utils import timezone

    from cms.people.models import Person
    from courses.models import Enrollment, UnitCompletion

    began = timezone.now() - timedelta(days=1)
    some = Person.objects.bulk_create(Person(given_name="Åsa", family_name=f"Berg {at}") for at in range(people))
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(person=person, course_key=version.key, version=version, started_at=began) for person in some
    )
    earlier = list(version.units.all())[:-left]
    UnitCompletion.objects.bulk_create(
        UnitCompletion(enrollment=one, unit_version=unit, unit_key=unit.unit_key, completed_at=began)
        for one in enrollments
        for unit in earlier
    )
    return enrollments


def finish(enrollment: Any, units: Sequence[Any]) -> None:
    """The real action, as a view calls it, once for each unit that is left."""
    from cms.certificates.actions import files_later
    from courses.actions import complete_unit

    with files_later():
        completed = [complete_unit(enrollment=enrollment, unit_key=unit.unit_key) for unit in units]
    assert completed[-1].finished


# Writers


def _writer(work: Callable[[], Iterator[Callable[[], None]]], gate: Any, told: Any) -> None:
    """One process with a connection of its own. It warms up with its first step, and waits until all have done so."""
    first, *steps = work()
    errors = 0
    first()
    gate.wait()
    start = time.perf_counter()
    for step in steps:
        try:
            step()
        except Exception as error:
            errors += 1
            print(f"  {type(error).__name__}: {error}", file=sys.stderr)
    told.put((start, time.perf_counter(), errors))


def write(works: Sequence[Callable[[], Iterator[Callable[[], None]]]]) -> tuple[float, int]:
    """Let so many processes write at once. Returns the seconds from the first step to the last, and the errors."""
    from django.db import connections

    connections.close_all()
    gate, told = fork.Barrier(len(works)), fork.SimpleQueue()
    writers = [fork.Process(target=_writer, args=(work, gate, told)) for work in works]
    for writer in writers:
        writer.start()
    answers = [told.get() for _writer in writers]
    for writer in writers:
        writer.join()
    seconds = max(end for _start, end, _errors in answers) - min(start for start, _end, _errors in answers)
    return seconds, sum(errors for _start, _end, errors in answers)


def through_the_action(enrollments: Sequence[Any], units: Sequence[Any], writers: int) -> tuple[float, int]:
    def work(mine: Sequence[Any]) -> Callable[[], Iterator[Callable[[], None]]]:
        def steps() -> Iterator[Callable[[], None]]:
            from django.db import connection

            connection.ensure_connection()
            return iter([lambda one=one: finish(one, units) for one in mine])  # type: ignore[misc]

        return steps

    return write([work(enrollments[at::writers]) for at in range(writers)])


def by_bare_inserts(people: Sequence[Sequence[Sequence[Row]]], writers: int) -> tuple[float, int]:
    """psycopg and nothing else."""

    def work(mine: Sequence[Sequence[Sequence[Row]]]) -> Callable[[], Iterator[Callable[[], None]]]:
        def steps() -> Iterator[Callable[[], None]]:
            import psycopg

            connection = psycopg.connect(dbname="postgres")

            def insert(groups: Sequence[Sequence[Row]]) -> None:
                for rows in groups:
                    with connection.transaction(), connection.cursor() as cursor:
                        for table, columns, values in rows:
                            names, marks = ", ".join(columns), ", ".join(["%s"] * len(columns))
                            cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)

            return iter([lambda groups=groups: insert(groups) for groups in mine])  # type: ignore[misc]

        return steps

    return write([work(people[at::writers]) for at in range(writers)])


# The rows


def row_counts() -> dict[str, int]:
    from django.apps import apps
    from django.db import connection

    counts = {}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in there]
        for table in sorted({model._meta.db_table for model in models}):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = cursor.fetchone()[0]
    return counts


def rows_since(before: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    """The rows that are new in each table, as the driver reads them."""
    from django.db import connection

    found: dict[str, list[dict[str, Any]]] = {}
    for table, count in row_counts().items():
        if count > before[table]:
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY id OFFSET {before[table]}')
                names = [column.name for column in cursor.description]
                found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def in_groups(written: dict[str, list[dict[str, Any]]], people: int) -> list[list[list[Row]]]:
    """The rows of each person, a group for each completion, in the order in which they can be inserted."""
    found = []
    for at in range(people):
        mine: list[list[Row]] = [[] for _unit in range(COURSE)]
        for table, rows in _parents_first(written):
            each = len(rows) // people
            for place, row in enumerate(rows[at * each : (at + 1) * each]):
                unit = place if each == COURSE else COURSE - 1  # completions one at a time, all else with the last
                mine[unit].append((table, tuple(f'"{name}"' for name in row), tuple(row.values())))
        found.append(mine)
    return found


def _parents_first(written: dict[str, list[dict[str, Any]]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Django's keys are checked at the end of the transaction, but triggers look at once."""
    from django.apps import apps

    models = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}

    def depth(table: str) -> int:
        parents = {
            field.related_model._meta.db_table for field in models[table]._meta.concrete_fields if field.is_relation
        }
        return 1 + max((depth(parent) for parent in parents & set(written) - {table}), default=0)

    return sorted(written.items(), key=lambda item: depth(item[0]))


def take_out(written: dict[str, list[dict[str, Any]]]) -> None:
    """Rows that cannot be deleted, deleted: so that the same can be written once more."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table, rows in written.items():
            cursor.execute(f'DELETE FROM "{table}" WHERE id = ANY(%s)', [[row["id"] for row in rows]])
        cursor.execute("SET session_replication_role = origin")


# Measurements


def measure_queries() -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = set()
    for units in UNITS:
        version = make_course(units)
        for enrollment in learners(version, 2):  # the first one warms what is cached in the process
            with CaptureQueriesContext(connection) as captured:
                finish(enrollment, [version.units.last()])
        counts.add(sum(not query["sql"].startswith(ENDS) for query in captured))
    return {"queries_last_unit": max(counts), "queries_constant": len(counts) == 1}


def measure_postgresql(rounds: int, each: int) -> dict[str, Any]:
    version, figures = make_course(COURSE), measure_queries()
    units, before = list(version.units.all()), row_counts()
    size = (each + 1) * MANY
    some = learners(version, size, left=COURSE)
    _seconds, errors = through_the_action(some, units, 1)
    new = rows_since(before)
    written = {
        table: rows for table, rows in new.items() if table not in ("ledstang_people_person", "courses_enrollment")
    }
    people = in_groups(written, size)
    figures["rows_written"] = len(people[0][-1]) + 1  # and the enrollment, which is changed
    take_out(written)
    ratios: dict[str, list[float]] = {}
    for name, left in [("pg", COURSE), ("pg_last", 1)] * rounds:
        for writers in (1, MANY):
            count = (each + 1) * writers  # each writer's first is not measured
            real, failed = through_the_action(learners(version, count, left=left), units[-left:], writers)
            bare, broken = by_bare_inserts([mine[-left:] for mine in people[:count]], writers)
            assert not broken, "the bare inserts failed"
            errors += failed
            ratios.setdefault(f"{name}_{writers}", []).append(bare / real)
            done = each * writers * left
            speed = f"{done / real:.0f} a second through the action, {done / bare:.0f} bare"
            print(f"  {name}_{writers}: {speed}", flush=True)
            take_out(written)
    _seconds, crowd = through_the_action(learners(version, CROWD * 3), units[-1:], CROWD)
    figures |= {name: round(statistics.median(some), 3) for name, some in ratios.items()}
    return {**figures, "pg_errors": errors + crowd}


def measure_sqlite() -> dict[str, Any]:
    version = make_course(COURSE)
    seconds, errors = through_the_action(learners(version, CROWD * 3), [version.units.last()], CROWD)
    return {"sqlite_errors": errors, "sqlite_32_a_second": round(CROWD * 3 / seconds, 1)}


def measured_on(database: str, arguments: Sequence[str], environment: dict[str, str]) -> dict[str, Any]:
    """The figures of one database, from a process that has it as its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--on", database, *arguments]
    with tempfile.TemporaryDirectory(prefix="ledstang-bench-") as folder:
        known = {**os.environ, "LEDSTANG_TEST_DATABASE": database, **environment, "LEDSTANG_DATA_DIR": folder}
        done = subprocess.run(command, env=known, stdout=subprocess.PIPE, text=True, check=True, cwd=ROOT)
    *lines, last = done.stdout.strip().splitlines()
    print("\n".join(lines), flush=True)
    figures: dict[str, Any] = json.loads(last)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="within a minute")
    parser.add_argument("--on", choices=["postgres", "sqlite"], help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.on:
        set_up()
        size = (2, 5) if wanted.quick else (9, 40)
        print(json.dumps(measure_postgresql(*size) if wanted.on == "postgres" else measure_sqlite()))
        return 0
    sys.path.insert(0, str(ROOT))
    from tools.postgres import cluster

    arguments = ["--quick"] if wanted.quick else []
    with cluster(durable=True) as server:
        figures = measured_on("postgres", arguments, server.environment)
    figures |= measured_on("sqlite", arguments, {})
    within = (
        min(figures["pg_1"], figures[f"pg_{MANY}"]) >= LEAST
        and figures["sqlite_errors"] == figures["pg_errors"] == 0
        and figures["queries_constant"]
    )
    for name, value in figures.items():
        print(f"{name:20} {value}")
    print(json.dumps({"bench": "completion", **figures, "within_bounds": within}))
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
