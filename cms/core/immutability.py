"""Triggers that keep records as they were written, generated from the models for both databases.

A trigger refuses any UPDATE but a nullable foreign key becoming NULL, and any DELETE, unless the row
stands in `DisposalGate`; of a model that can be redacted, an UPDATE through the gate may only blank what the model
names, in rows that the log of redactions tells of. PostgreSQL also refuses TRUNCATE. SQLite drops triggers silently
whenever it rebuilds a table, so `post_migrate` puts them back and a system check names missing ones.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from cms.core.models import DisposalGate, Record

MESSAGE = "ledstang: this record is never changed"


def record_models() -> list[type[Record]]:
    return [model for model in apps.get_models() if issubclass(model, Record)]


def _trigger_names(table: str, vendor: str) -> list[str]:
    kinds = ["update", "delete"] + (["truncate"] if vendor == "postgresql" else [])
    return [f"{table[:40]}_no_{kind}" for kind in kinds]


def _changed(model: type[models.Model], connection: BaseDatabaseWrapper, but: tuple[str, ...] = ()) -> str:
    """SQL that is true when an UPDATE does more than set nullable foreign keys to NULL, `but` some fields aside."""
    differs = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    conditions = []
    for field in model._meta.local_concrete_fields:
        if field.name in but:
            continue
        column = connection.ops.quote_name(str(field.column))
        condition = f"NEW.{column} {differs} OLD.{column}"
        if field.is_relation and field.null:
            condition = f"({condition} AND NEW.{column} IS NOT NULL)"
        conditions.append(condition)
    return " OR ".join(conditions)


def _gate_is_shut(table: str, pk: str) -> str:
    gate = DisposalGate._meta.db_table
    return f"NOT EXISTS (SELECT 1 FROM {gate} WHERE {gate}.table_name = '{table}' AND {gate}.row_id = OLD.{pk})"


def _may_pass_gate(model: type[Record], connection: BaseDatabaseWrapper) -> str:
    """SQL that is true of an UPDATE that an open gate lets through."""
    if not model.redactable:
        return "1 = 1"
    return f"{model.redaction_is_logged} AND NOT ({_changed(model, connection, but=model.redactable)})"


def _sqlite_triggers(model: type[Record], connection: BaseDatabaseWrapper) -> Iterator[str]:
    table, pk = model._meta.db_table, str(model._meta.pk.column)
    update, delete = _trigger_names(table, "sqlite")
    shut = _gate_is_shut(table, pk)
    abort = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    changed = _changed(model, connection)
    refused = f"({shut} OR NOT ({_may_pass_gate(model, connection)}))"
    yield f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" WHEN ({changed}) AND {refused} {abort}'
    yield f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table}" WHEN {shut} {abort}'


def _postgresql_triggers(model: type[Record], connection: BaseDatabaseWrapper) -> Iterator[str]:
    table, pk = model._meta.db_table, str(model._meta.pk.column)
    update, delete, truncate = _trigger_names(table, "postgresql")
    guard = f"{table[:40]}_guard"
    yield (
        f'CREATE OR REPLACE FUNCTION "{guard}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"IF TG_OP <> 'TRUNCATE' THEN "
        f"IF NOT ({_gate_is_shut(table, pk)}) THEN "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; "
        f"IF {_may_pass_gate(model, connection)} THEN RETURN NEW; END IF; END IF; END IF; "
        f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    changed = _changed(model, connection)
    run = f'EXECUTE FUNCTION "{guard}"()'
    yield f'CREATE TRIGGER "{update}" BEFORE UPDATE ON "{table}" FOR EACH ROW WHEN ({changed}) {run}'
    yield f'CREATE TRIGGER "{delete}" BEFORE DELETE ON "{table}" FOR EACH ROW {run}'
    yield f'CREATE TRIGGER "{truncate}" BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {run}'


def _drop(connection: BaseDatabaseWrapper, table: str) -> Iterator[str]:
    for name in _trigger_names(table, connection.vendor):
        on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
        yield f'DROP TRIGGER IF EXISTS "{name}"{on}'


def _execute(connection: BaseDatabaseWrapper, statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def drop_triggers(using: str = "default") -> None:
    """Remove the guards: only `flush` does, which empties the database and puts them back."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    for model in record_models():
        if model._meta.db_table in tables:
            _execute(connection, _drop(connection, model._meta.db_table))


def install_triggers(using: str = "default") -> None:
    """(Re)make the guards of every record model whose table exists."""
    connection = connections[using]
    make = {"sqlite": _sqlite_triggers, "postgresql": _postgresql_triggers}[connection.vendor]
    tables = set(connection.introspection.table_names())
    if DisposalGate._meta.db_table not in tables:
        return
    for model in record_models():
        if model._meta.db_table in tables:
            _execute(connection, _drop(connection, model._meta.db_table))
            _execute(connection, make(model, connection))


def missing_triggers(using: str = "default") -> list[str]:
    """The names of guards that should stand in the database and do not."""
    connection = connections[using]
    catalog = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(catalog)
        present = {row[0] for row in cursor.fetchall()}
    tables = set(connection.introspection.table_names())
    return [
        name
        for model in record_models()
        if model._meta.db_table in tables
        for name in _trigger_names(model._meta.db_table, connection.vendor)
        if name not in present
    ]


@contextmanager
def gate_opened(model: type[Record], row_ids: list[int]) -> Iterator[None]:
    """Let the body change or remove exactly these rows. The caller writes its own log row in the same breath."""
    table = model._meta.db_table
    with transaction.atomic():
        DisposalGate.objects.bulk_create([DisposalGate(table_name=table, row_id=row_id) for row_id in row_ids])
        yield
        DisposalGate.objects.filter(table_name=table, row_id__in=row_ids).delete()
