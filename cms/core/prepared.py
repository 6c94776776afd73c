"""Queries that are composed once and run many times, where composing takes longer than running."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection, models
from django.db.models.expressions import Expression

Row = TypeVar("Row", bound=models.Model)


class Slot(Expression):
    """A place in a query for a value that is known when it runs."""

    def __init__(self, name: str, output_field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [self]

    def bound(self, values: Mapping[str, Any]) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection)


@dataclass(frozen=True)
class _Composed:
    sql: str
    params: tuple[Any, ...]
    fields: list[str]  # the model's own columns, which come first
    annotated: dict[str, int]
    converters: Any
    compiler: Any


class Prepared(Generic[Row]):
    """A query of whole rows of one model, with slots. The models and fields decide as in any other query.

    `make` is called once in a process, when it first runs.
    """

    def __init__(self, make: Callable[[], models.QuerySet[Row]]) -> None:
        self._make = make

    @cached_property
    def _model(self) -> type[Row]:
        return self._make().model

    @cached_property
    def _composed(self) -> _Composed:
        compiler: Any = self._make().query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        own = compiler.klass_info["select_fields"]
        return _Composed(
            sql,
            tuple(params),
            [columns[at].target.attname for at in own],
            dict(compiler.annotation_col_map),
            compiler.get_converters(columns),
            compiler,
        )

    def rows(self, **values: Any) -> list[Any]:
        """The rows, for a value for each slot."""
        composed = self._composed
        bound = [param.bound(values) if isinstance(param, Slot) else param for param in composed.params]
        with connection.cursor() as cursor:
            cursor.execute(composed.sql, bound)
            found = cursor.fetchall()
        if composed.converters:
            found = composed.compiler.apply_converters(found, composed.converters)
        return [self._row(composed, row) for row in found]

    def _row(self, composed: _Composed, values: Any) -> Row:
        own = self._model.from_db(connection.alias, composed.fields, values[: len(composed.fields)])
        for name, at in composed.annotated.items():
            setattr(own, name, values[at])
        return own
