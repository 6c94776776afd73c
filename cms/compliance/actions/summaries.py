"""Keep steps and summaries in step with the ledger, in the transaction that changes it.

Nothing is written while no summaries are kept: `rebuild_summaries` begins. Whoever writes about a person waits for
others who do (PostgreSQL: a lock on the person's row; SQLite has one writer anyway); a change of rules waits for all.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cms.compliance.knowing import everything_rows
from cms.compliance.models import EVERYTHING, StandingStep, SummaryRow, SummaryState
from cms.compliance.queries.believed import (
    RuleBook,
    current_state,
    kept_people,
    load_believed,
    rows_about,
    rule_book,
)
from cms.compliance.queries.kept import MARK_COLUMNS, summed
from cms.compliance.queries.standings import may_fall_on
from cms.compliance.steps import Row
from cms.core.locks import Turn, wait_for_turn
from cms.people.models import Employment, Person

BATCH = 500
STEP_COLUMNS = (
    "person_id", "target_ref", "org_unit_id", "weight", "mark", "due_on", "starts_on", "ends_on", "known_from",
    "known_to", "is_past",
)  # fmt: skip
Cells = Counter[tuple[int, int, bool, int]]  # org unit, target, is a place, mark


@transaction.atomic
def rebuild_summaries(*, on: date | None = None) -> int:
    """Make all steps and summaries anew from the ledger, and keep them from now on. Returns the number of steps."""
    wait_for_turn(Turn.STANDING_STEPS, alone=True)
    on = on or timezone.localdate()
    forget_summaries()
    state = SummaryState.objects.create(kept_on=on, built_at=timezone.now())
    book, count = rule_book(state.rules), 0
    with _indexed_afterwards():
        for first, last in _ranges():
            people = kept_people().filter(pk__gte=first, pk__lte=last)
            rows = _fresh_rows(people, None, book)
            count += sum(len(some) for some in rows.values())
            _insert(rows, on)
    _sum_up(on)
    return count


@contextmanager
def _indexed_afterwards() -> Iterator[None]:
    """On SQLite, indexes made at once take a fraction of the time. PostgreSQL would keep readers waiting for them."""
    if connection.vendor != "sqlite":
        yield
        return
    editor = connection.schema_editor(collect_sql=True)  # only to word the statements
    indexes = StandingStep._meta.indexes
    with connection.cursor() as cursor:
        for index in indexes:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(index.name)}")
        yield
        for index in indexes:
            cursor.execute(str(index.create_sql(StandingStep, editor)))


def forget_summaries() -> None:
    """Keep none: figures are counted from standings, slower and just as right."""
    SummaryState.objects.all().delete()
    StandingStep.objects.all()._raw_delete(StandingStep.objects.db)
    SummaryRow.objects.all()._raw_delete(SummaryRow.objects.db)


def _ranges() -> Iterator[tuple[int, int]]:
    last = Person.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    size = 4 * BATCH
    for start in range(1, last + 1, size):
        yield start, start + size - 1


Rows = dict[tuple[int, int], list[Row]]  # by person and target


def _fresh_rows(people: QuerySet[Person], targets: set[int] | None, book: RuleBook, others: Rows | None = None) -> Rows:
    """The steps of some people with some targets (None: all), and with everything. `others`: what they have besides."""
    wanted = set(book.by_target) if targets is None else targets & set(book.by_target)
    found: Rows = {}
    rest: dict[int, dict[int, list[Row]]] = {}
    for (person, target), rows in (others or {}).items():
        if targets is not None and target not in targets and target != EVERYTHING:
            rest.setdefault(person, {})[target] = rows
    for person, about in load_believed(people, wanted, book).items():
        by_target = rows_about(about, book, wanted) if about.jobs else {}
        found.update({(person, target): rows for target, rows in by_target.items()})
        together = everything_rows(rest.get(person, {}) | by_target)
        if together:
            found[person, EVERYTHING] = together
    return found


def _insert(rows: Rows, kept_on: date) -> None:
    """Rows in bulk: a model for each would take longer than finding out what they say."""
    table, columns = StandingStep._meta.db_table, ", ".join(STEP_COLUMNS)
    values = ((person, target, *row, row.ends_on < kept_on) for (person, target), some in rows.items() for row in some)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for value in values:
                    copy.write_row(value)
            return
        marks = ", ".join(["%s"] * len(STEP_COLUMNS))
        as_text = ((*row[:5], *(day and _as_text(day) for day in row[5:10]), row[10]) for row in values)
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(as_text))


_as_text = lru_cache(maxsize=20_000)(date.isoformat)  # the same days again and again


def _sum_up(on: date) -> None:
    """The summary of a day from the steps that hold on it."""
    cells: Cells = Counter()
    for unit, target, weight, mark, n in summed(StandingStep.objects.filter(known_to=None), on):
        cells[unit, target, weight > 0, mark] += n * weight
    _add(cells)


def _add(cells: Cells) -> None:
    """Add to the summary, in one order for all who do, so that nobody waits in a circle."""
    by_row: dict[tuple[int, int, bool], dict[str, int]] = {}
    for (unit, target, is_place, mark), n in sorted(cells.items()):
        if n:
            by_row.setdefault((unit, target, is_place), {})[MARK_COLUMNS[mark]] = n
    SummaryRow.objects.bulk_create(
        [SummaryRow(org_unit_id=unit, target_ref=target, is_place=place) for unit, target, place in by_row],
        ignore_conflicts=True,
        batch_size=BATCH,
    )
    table = SummaryRow._meta.db_table
    columns = list(MARK_COLUMNS.values())
    settings = ", ".join(f"{column} = {column} + %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {settings} WHERE org_unit_id = %s AND target_ref = %s AND is_place = %s",
            [(*(counts.get(column, 0) for column in columns), *key) for key, counts in by_row.items()],
        )


# When a fact is new


@transaction.atomic(savepoint=False)  # the action that asks for it is one whole with it
def recount_people(*, person_ids: Iterable[int], target_ids: Iterable[int] | None = None) -> None:
    """Find the steps of people anew, with some targets or all, and take the difference to the summary.

    Ids of records that have been merged stand for the person who remains.
    """
    state = current_state()
    if state is None:
        return
    wait_for_turn(Turn.STANDING_STEPS, alone=False)
    state.refresh_from_db()
    book = rule_book(state.rules)
    targets = None if target_ids is None else _with_alternatives(set(target_ids), book)
    waiting = sorted(_with_remaining(person_ids))
    for start in range(0, len(waiting), BATCH):
        _recount(waiting[start : start + BATCH], targets, book, state.kept_on)


def _with_alternatives(targets: set[int], book: RuleBook) -> set[int]:
    return targets.union(*(book.stands_for.get(target, frozenset()) for target in targets))


def _with_remaining(person_ids: Iterable[int]) -> set[int]:
    ids = set(person_ids)
    remaining = Person.objects.filter(pk__in=ids, merged_into__isnull=False).values_list("merged_into_id", flat=True)
    return ids | {pk for pk in remaining if pk is not None}


def _recount(ids: list[int], targets: set[int] | None, book: RuleBook, kept_on: date) -> None:
    if connection.vendor == "postgresql":
        list(Person.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    old = _stored(StandingStep.objects.filter(person__in=ids))
    people = kept_people().filter(pk__in=ids)
    kept = set(people.values_list("pk", flat=True))
    new = _fresh_rows(people, targets, book, old)
    gone = {key: rows for key, rows in old.items() if key[0] not in kept or _is_asked(key[1], targets)}
    same = {key for key, rows in new.items() if key in gone and set(rows) == set(gone[key])}
    gone = {key: rows for key, rows in gone.items() if key not in same}
    fresh = {key: rows for key, rows in new.items() if key not in same}
    _delete(gone)
    _insert(fresh, kept_on)
    cells: Cells = Counter()
    for some, sign in ((gone, -1), (fresh, 1)):
        for (_person, target), rows in some.items():
            for row in rows:
                if row.known_to is None and row.starts_on <= kept_on <= row.ends_on:
                    cells[row.org_unit, target, row.weight > 0, row.mark] += sign * row.weight
    _add(cells)


def _is_asked(target: int, targets: set[int] | None) -> bool:
    return targets is None or target in targets or target == EVERYTHING


def _delete(gone: Rows) -> None:
    by_target: dict[int, list[int]] = {}
    for person, target in gone:
        by_target.setdefault(target, []).append(person)
    for target, people in by_target.items():
        steps = StandingStep.objects.filter(person__in=people, target_ref=target)
        steps._raw_delete(steps.db)


@transaction.atomic
def recount_rules(*, target_ids: Iterable[int] | None = None) -> None:
    """A rule, a release or a withdrawal is new: find anew who must do what. None: all targets."""
    state = current_state()
    if state is None:
        return
    wait_for_turn(Turn.STANDING_STEPS, alone=True)
    before = rule_book(state.rules)
    SummaryState.objects.update(rules=uuid.uuid4())
    state.refresh_from_db()
    after = rule_book(state.rules)
    wanted = set(after.by_target) | set(before.by_target) if target_ids is None else set(target_ids)
    changed = {
        target
        for target in wanted | set().union(*(after.stands_for.get(one, frozenset()) for one in wanted))
        if before.by_target.get(target) != after.by_target.get(target)
    }
    if changed:
        recount_people(person_ids=_concerned(changed, before, after), target_ids=changed)


def _concerned(targets: set[int], *books: RuleBook) -> set[int]:
    """Those on whom a target falls or has fallen, by one reading of the rules or the other."""
    audiences = {
        audience
        for book in books
        for target in targets
        for _day, rules in book.by_target.get(target, ())
        for rule in rules
        for reading in rule.readings
        for audience in reading.audiences
    }
    found = Employment.objects.filter(may_fall_on(audiences)).values_list("person_id", flat=True)
    return set(found.distinct())


@transaction.atomic
def recount_org_units(*, org_unit_ids: Iterable[int]) -> None:
    """The tree has changed: rules may fall on others, and the ways of those with several workplaces meet elsewhere."""
    if current_state() is None or not org_unit_ids:
        return
    recount_rules()
    several = StandingStep.objects.filter(weight__lt=0).values_list("person_id", flat=True)
    recount_people(person_ids=set(several.distinct()) | _at_several_places())


def _at_several_places() -> set[int]:
    """People with employments at more than one org unit, whenever."""
    seen: dict[int, int] = {}
    found = set()
    rows = Employment.objects.values_list("person_id", "person__merged_into_id", "org_unit_id").distinct()
    for person, merged, unit in rows.iterator():
        if seen.setdefault(merged or person, unit) != unit:
            found.add(merged or person)
    return found


@dataclass(frozen=True)
class Difference:
    """How many rows at an org unit, of a target, are kept otherwise than the ledger says. Names nobody."""

    org_unit: int
    target: int
    rows: int


def check_summaries() -> list[Difference]:
    """Compare what is kept with the ledger, person by person. Nothing is changed."""
    state = current_state()
    if state is None:
        return []
    book = rule_book(uuid.uuid4())  # read anew, not as it is remembered
    found: Counter[tuple[int, int]] = Counter()
    for first, last in _ranges():
        right = _fresh_rows(kept_people().filter(pk__gte=first, pk__lte=last), None, book)
        kept = _stored(StandingStep.objects.filter(person__gte=first, person__lte=last))
        for key in right.keys() | kept.keys():
            for row in set(right.get(key, [])) ^ set(kept.get(key, [])):
                found[row.org_unit, key[1]] += 1
    for unit, target, n in _summary_differences(state.kept_on):
        found[unit, target] += n
    return [Difference(unit, target, n) for (unit, target), n in sorted(found.items()) if n]


def _summary_differences(kept_on: date) -> Iterator[tuple[int, int, int]]:
    """Where the summary is not the sum of the steps."""
    cells: Cells = Counter()
    for unit, target, weight, mark, n in summed(StandingStep.objects.filter(known_to=None), kept_on):
        cells[unit, target, weight > 0, mark] += n * weight
    for cell in SummaryRow.objects.iterator(10_000):
        for mark, column in MARK_COLUMNS.items():
            cells[cell.org_unit_id, cell.target_ref, cell.is_place, mark] -= getattr(cell, column)
    yield from ((unit, target, abs(n)) for (unit, target, _place, _mark), n in cells.items())


def _stored(steps: QuerySet[StandingStep]) -> Rows:
    found: Rows = {}
    for person, target, *row in steps.values_list(*STEP_COLUMNS[:-1]).iterator(10_000):
        found.setdefault((person, target), []).append(Row(*row))
    return found


# When a day has passed


@transaction.atomic
def roll_summaries(*, on: date | None = None) -> None:
    """Let the summary tell of a later day. Figures are right without it, and take longer the more days it lags."""
    state, on = current_state(), on or timezone.localdate()
    if state is None or state.kept_on >= on:
        return
    wait_for_turn(Turn.STANDING_STEPS, alone=True)
    cells: Cells = Counter()
    known = StandingStep.objects.filter(known_to=None)
    for rows, day, sign in (
        (known.filter(Q(starts_on__gt=state.kept_on) & Q(starts_on__lte=on)), on, 1),
        (known.filter(Q(ends_on__gte=state.kept_on) & Q(ends_on__lt=on)), state.kept_on, -1),
    ):
        for unit, target, weight, mark, n in summed(rows, day):
            cells[unit, target, weight > 0, mark] += sign * n * weight
    _add(cells)
    StandingStep.objects.filter(ends_on__gte=state.kept_on - timedelta(days=1), ends_on__lt=on).update(is_past=True)
    SummaryState.objects.update(kept_on=on)
    empty = dict.fromkeys(MARK_COLUMNS.values(), 0)
    SummaryRow.objects.filter(**empty).delete()
