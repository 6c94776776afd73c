"""A city's staff with a past, written straight into the tables: 700 org units, 30 targets. Fixed seed.

Nine in ten have one job; the rest have two at once, or have moved; one in ten has been on leave. Two thirds of what is
required has been done, some of it twice, some recorded late, some voided. One in two hundred is protected.
"""

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from random import Random
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from cms.compliance.actions import record_release, set_rule
from cms.compliance.models import Evidence, EvidenceVoid, Requirement, StandingStep, SummaryRow, Target
from cms.compliance.queries.kept import MARK_COLUMNS
from cms.people.enums import OrgUnitKind, Protection
from cms.people.models import Employment, Leave, OrgUnit, OrgUnitPlacement, Person, Role

SEED = 20261127
ORG_UNITS, TARGETS, DEPARTMENTS = 700, 30, 12
DAY = timedelta(days=1)
BATCH = 5000
KINDS = [OrgUnitKind.COMPULSORY_SCHOOL, OrgUnitKind.PRESCHOOL, OrgUnitKind.UPPER_SECONDARY, OrgUnitKind.OFFICE]


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())


def insert(model: type[models.Model], names: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows as they are, thousands at a time: no objects, no signals. Columns without a name get their default."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    others = [one for one in model._meta.concrete_fields if one not in fields and not one.primary_key and not one.null]
    defaults = tuple(one.get_default() for one in others)
    fields += others
    columns = ", ".join(str(field.column) for field in fields)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row((*row, *defaults))
            return
        marks = ", ".join(["%s"] * len(fields))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", _as_stored(fields, defaults, rows))


def _as_stored(fields: list[Any], defaults: tuple[Any, ...], rows: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
    """Values as SQLite keeps them; the same days and texts come again and again."""
    ready = [lru_cache(maxsize=20_000)(partial(field.get_db_prep_save, connection=connection)) for field in fields]
    for row in rows:
        yield tuple(prepare(value) for prepare, value in zip(ready, (*row, *defaults), strict=True))


@transaction.atomic
def make(people: int) -> None:
    random, today = Random(SEED), timezone.localdate()
    imported = today - timedelta(days=700)
    units = _units(imported)
    roles = Role.objects.bulk_create(Role(key=f"roll-{n}", name=f"Roll {n}") for n in range(12))
    targets = _targets(random, imported, roles, units)
    first = (Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    ids = range(first, first + people)
    hidden = Protection.CONFIDENTIAL
    insert(
        Person,
        ["id", "key", "given_name", "family_name", "email", "protection", "created_at"],
        (
            (n, uuid.UUID(int=n), f"Förnamn{n % 997}", f"Efternamn{n:06}", "",
             hidden if n % 200 == 0 else Protection.NONE, noon(imported))
            for n in ids
        ),
    )  # fmt: skip
    hired = _employ(random, ids, units, roles, imported, today)
    _leaves(random, ids, today)
    _prove(random, ids, targets, hired, today)
    if connection.vendor == "postgresql":
        _set_sequences(Person, Evidence)


def _set_sequences(*some: type[models.Model]) -> None:
    with connection.cursor() as cursor:
        for model in some:
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")


def _units(imported: date) -> list[int]:
    """A city, departments, areas, and workplaces."""
    made = OrgUnit.objects.bulk_create(
        OrgUnit(name=f"Enhet {n:04}", kind=OrgUnitKind.CITY if n == 0 else KINDS[n % len(KINDS)])
        for n in range(ORG_UNITS)
    )
    areas = DEPARTMENTS * 4

    def above(n: int) -> OrgUnit | None:
        if n == 0:
            return None
        if n <= DEPARTMENTS:
            return made[0]
        return made[1 + n % DEPARTMENTS] if n <= DEPARTMENTS + areas else made[1 + DEPARTMENTS + n % areas]

    OrgUnitPlacement.objects.bulk_create(
        OrgUnitPlacement(
            org_unit=unit, parent=above(n), starts_on=imported - timedelta(days=3000), recorded_at=noon(imported)
        )
        for n, unit in enumerate(made)
    )
    return [unit.pk for unit in made]


def _targets(random: Random, imported: date, roles: list[Role], units: list[int]) -> list[Target]:
    targets = []
    for n in range(TARGETS):
        target = Target.objects.create(kind="course", key=uuid.UUID(int=n + 1), title=f"Kurs {n:02}")
        requirement = Requirement.objects.create(target=target, name=target.title)
        begins = imported + timedelta(days=10 * n)
        how: dict[str, Any] = {"due_days": 90}
        if n % 3 == 0:
            how["validity_months"] = random.choice([12, 24, 36])
        if n % 7 == 1 and n % 3:
            how |= {"yearly_month": 9, "yearly_day": 30}
        if n % 10 == 5:
            how["org_units"] = OrgUnit.objects.filter(pk__in=units[1 : DEPARTMENTS // 2])
        if n % 10 == 7:
            how["roles"] = roles[::2]
        set_rule(requirement=requirement, effective_on=begins, at=noon(begins), **how)
        if n % 15 == 4:
            record_release(
                target=target, major=2, effective_on=begins + timedelta(days=200),
                redo_by=begins + timedelta(days=290), at=noon(begins + timedelta(days=200)),
            )  # fmt: skip
        targets.append(target)
    return targets


def _employ(
    random: Random, ids: range, units: list[int], roles: list[Role], imported: date, today: date
) -> dict[int, date]:
    hired: dict[int, date] = {}
    held = [role.pk for role in roles]
    places = units[1 + DEPARTMENTS :]

    def rows() -> Iterable[tuple[Any, ...]]:
        for person in ids:
            role, unit = random.choice(held), random.choice(places)
            start = today - timedelta(days=random.randrange(20, 4000))
            hired[person] = start
            recorded = noon(max(start, imported))
            fate = random.random()
            if fate < 0.9:
                ends = today + timedelta(days=random.randrange(200)) if fate < 0.1 else None
                yield uuid.uuid4(), person, unit, role, start, ends, "bench", recorded
            elif fate < 0.95:
                yield uuid.uuid4(), person, unit, role, start, None, "bench", recorded
                yield uuid.uuid4(), person, random.choice(places), role, start, None, "bench", recorded
            else:
                moved = start + (today - start) * random.random()
                yield uuid.uuid4(), person, unit, role, start, moved, "bench", recorded
                yield uuid.uuid4(), person, random.choice(places), role, moved + DAY, None, "bench", recorded

    names = ["key", "person", "org_unit", "role", "starts_on", "ends_on", "source", "recorded_at"]
    insert(Employment, names, rows())
    return hired


def _leaves(random: Random, ids: range, today: date) -> None:
    def rows() -> Iterable[tuple[Any, ...]]:
        for person in ids:
            if random.random() < 0.1:
                start = today - timedelta(days=random.randrange(600))
                yield uuid.uuid4(), person, start, start + timedelta(days=random.randrange(20, 300)), noon(start)

    insert(Leave, ["key", "person", "starts_on", "ends_on", "recorded_at"], rows())


def _prove(random: Random, ids: range, targets: list[Target], hired: dict[int, date], today: date) -> None:
    voids: list[tuple[Any, ...]] = []
    number = Evidence.objects.count()
    wanted = [target.pk for target in targets]
    sha = "0" * 64

    def rows() -> Iterable[tuple[Any, ...]]:
        nonlocal number
        for person in ids:
            for target in wanted:
                for _time in range(random.choice([0, 1, 1])):
                    number += 1
                    day = today - timedelta(days=random.randrange(1, 690))
                    recorded = noon(min(today, day + timedelta(days=random.choice([0] * 19 + [20]))))
                    yield (
                        number, uuid.UUID(int=number), f"bench:{number}", person, target, "completed", "1.0",
                        random.choice([1, 1, 2]), sha, noon(day), day, None, recorded, "",
                    )  # fmt: skip
                    if random.random() < 0.002:
                        voids.append((number, "not_done", recorded + timedelta(days=3)))

    insert(
        Evidence,
        ["id", "key", "source_key", "person", "target", "kind", "version_number", "version_major", "version_sha256",
         "achieved_at", "achieved_on", "valid_until", "recorded_at", "document"],
        rows(),
    )  # fmt: skip
    insert(EvidenceVoid, ["evidence", "reason", "voided_at"], voids)


# The same lives again


def live_again(lives: int, times: int) -> None:
    """Let `times - 1` other people each live every life from 1 to `lives`: ledger, steps and sums, in SQL."""
    if times < 2:
        return
    proofs = Evidence.objects.count()
    moved = {"person_id": lives, "merged_into_id": lives, "evidence_id": proofs}
    tables: list[tuple[type[models.Model], dict[str, int]]] = [
        (Person, {**moved, "id": lives}), (Employment, moved), (Leave, moved), (Evidence, {**moved, "id": proofs}),
        (EvidenceVoid, moved), (StandingStep, moved),
    ]  # fmt: skip
    last = {model: model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model, _moved in tables}
    with _without_indexes(StandingStep), connection.cursor() as cursor:
        for model, columns in tables:
            for number in range(1, times):
                cursor.execute(_copying(model, columns, number), [last[model]])
        for column in MARK_COLUMNS.values():
            cursor.execute(f"UPDATE {SummaryRow._meta.db_table} SET {column} = {column} * %s", [times])
    if connection.vendor == "postgresql":
        _set_sequences(Person, Evidence)


def _copying(model: type[models.Model], moved: dict[str, int], number: int) -> str:
    """The statement that copies the first rows of a table for the next people. Keys are new, ids are moved on."""
    new_key = "gen_random_uuid()" if connection.vendor == "postgresql" else "lower(hex(randomblob(16)))"
    columns, values = [], []
    for field in model._meta.concrete_fields:
        if field.primary_key and field.column not in moved:
            continue
        columns.append(field.column)
        if field.column in moved:
            values.append(f"{field.column} + {moved[field.column] * number}")
        elif field.column == "key":
            values.append(new_key)
        else:
            values.append(f"source_key || '.{number}'" if field.column == "source_key" else field.column)
    table = model._meta.db_table
    key = model._meta.pk.column
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {table} WHERE {key} <= %s"


@contextmanager
def _without_indexes(model: type[models.Model]) -> Iterator[None]:
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    yield
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.add_index(model, index)
