"""Statements that are composed once and run many times, where composing takes longer than running."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import Expression

Row = TypeVar("Row", bound=models.Model)


@contextmanager
def _cursor(database: Any) -> Iterator[Any]:
    """A cursor whose statements PostgreSQL also plans only once in a connection, where the site lets it.

    The switch is Django's own: `prepare_threshold` in the database's OPTIONS, which a pooler may forbid. While
    statements are logged, each is sent with its values.
    """
    may = database.vendor == "postgresql" and database.settings_dict["OPTIONS"].get("prepare_threshold") is not None
    if not may or database.queries_logged:
        with database.cursor() as cursor:
            yield cursor
        return
    from django.db.backends.postgresql.base import ServerBindingCursor

    database.ensure_connection()
    planned: Any = ServerBindingCursor
    with database._prepare_cursor(planned(database.connection)) as cursor, database.wrap_database_errors:
        yield cursor


class Slot(Expression):
    """A place in a query for a value that is known when it runs."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)

    def bound(self, values: Mapping[str, Any], database: Any) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], database)


@dataclass(frozen=True)
class _Composed:
    model: Any
    sql: str
    params: tuple[Any, ...]
    fields: list[str]  # the model's own columns, which come first
    annotated: list[str]
    places: dict[str, int]  # of both
    converters: dict[int, tuple[Any, Any]]


class Prepared(Generic[Row]):
    """A query of whole rows of one model, with slots. The models and fields decide as in any other query.

    `make` is called once in a process, when it first runs.
    """

    def __init__(self, make: Callable[[], models.QuerySet[Row]]) -> None:
        self._make = make

    @cached_property
    def _composed(self) -> _Composed:
        found = self._make()
        compiler: Any = found.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        fields = [columns[at].target.attname for at in compiler.klass_info["select_fields"]]
        annotated: dict[str, int] = compiler.annotation_col_map
        places = {**{name: at for at, name in enumerate(fields)}, **annotated}
        converters = compiler.get_converters(columns)
        return _Composed(found.model, sql, tuple(params), fields, list(annotated), places, converters)

    def rows(self, **values: Any) -> "list[Found[Row]]":
        """The rows, for a value for each slot."""
        composed, database = self._composed, connections[DEFAULT_DB_ALIAS]
        bound = [param.bound(values, database) if isinstance(param, Slot) else param for param in composed.params]
        with _cursor(database) as cursor:
            cursor.execute(composed.sql, bound)
            return [Found(composed, values) for values in cursor.fetchall()]


class Found(Generic[Row]):
    """A row as it came: `row["name"]` reads one column or annotation, `whole()` makes the model's row of it."""

    def __init__(self, composed: _Composed, values: Sequence[Any]) -> None:
        self._composed, self._values = composed, values

    def __getitem__(self, name: str) -> Any:
        return self._read(self._composed.places[name])

    def _read(self, place: int) -> Any:
        value = self._values[place]
        converters, expression = self._composed.converters.get(place, NOTHING_TO_CONVERT)
        for convert in converters:
            value = convert(value, expression, connections[DEFAULT_DB_ALIAS])
        return value

    def whole(self) -> Any:
        """The model's row, with what was annotated."""
        fields = self._composed.fields
        found = self._composed.model.from_db(DEFAULT_DB_ALIAS, fields, [self._read(at) for at in range(len(fields))])
        for name in self._composed.annotated:
            setattr(found, name, self[name])
        return found


NOTHING_TO_CONVERT: tuple[tuple[Any, ...], Any] = ((), None)


@cache
def _insertion(model: type[models.Model], vendor: str) -> tuple[str, tuple[Any, ...]]:
    fields = tuple(field for field in model._meta.local_concrete_fields if not field.primary_key)
    quote = connection.ops.quote_name
    names, marks = ", ".join(quote(str(field.column)) for field in fields), ", ".join(["%s"] * len(fields))
    table, key = quote(model._meta.db_table), quote(model._meta.pk.attname)
    return f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING RETURNING {key}", fields


def write_once(row: models.Model) -> bool:
    """Insert a new row unless one of the database's unique constraints has it already. Whether it was inserted.

    What `bulk_create([row], ignore_conflicts=True)` does, by a statement that is composed once for each model, and the
    row knows its primary key afterwards. Sends no signals.
    """
    database = connections[DEFAULT_DB_ALIAS]
    sql, fields = _insertion(type(row), database.vendor)
    values = [field.get_db_prep_save(field.pre_save(row, True), database) for field in fields]
    with _cursor(database) as cursor:
        cursor.execute(sql, values)
        written = cursor.fetchone()
    if written is None:
        return False
    (row.pk,) = written
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True
