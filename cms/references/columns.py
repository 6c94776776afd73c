"""The registers as tables: their columns, what a cell means, and the same cell written out again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.core.enums import Visibility
from cms.core.tables import plain, read_day
from cms.references.enums import ContactKind, LegalStatus


class BadCell(ValueError):
    """A cell that cannot be read. The text is for whoever wrote it."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(str(text))


class Kind(Enum):
    """What stands in a column."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    DISTRICT = "district"
    ROLES = "roles"


@dataclass(frozen=True)
class Column:
    """`field` is the model's, `header` what stands in the first row; `choices` where a word is chosen from a list.

    `is_identity`: it tells rows apart, so it must be there.
    """

    field: str
    header: str
    kind: Kind = Kind.TEXT
    choices: type[TextChoices] | None = None
    also: tuple[str, ...] = ()
    is_identity: bool = False


LAW = (
    Column("key", "Nyckel", is_identity=True),
    Column("title", "Rubrik", also=("titel",)),
    Column("citation", "Beteckning", also=("lagrum",)),
    Column("summary", "Sammanfattning"),
    Column("source_url", "Källa", also=("länk",)),
    Column("status", "Status", choices=LegalStatus),
    Column("in_force_from", "Gäller från", Kind.DAY),
    Column("in_force_to", "Gäller till", Kind.DAY),
    Column("reviewed_on", "Granskad", Kind.DAY),
    Column("reviewed_by", "Granskad av"),
)
CONTACTS = (
    Column("key", "Nyckel", is_identity=True),
    Column("kind", "Lista", choices=ContactKind),
    Column("name", "Namn"),
    Column("district", "Stadsdelsområde", Kind.DISTRICT, also=("område", "stadsdel"), is_identity=True),
    Column("age_from", "Från ålder", Kind.NUMBER),
    Column("age_to", "Till ålder", Kind.NUMBER),
    Column("phone", "Telefon", also=("telefonnummer",)),
    Column("url", "Webbadress", also=("webb", "länk")),
    Column("hours", "Öppettider"),
    Column("visibility", "Synlig för", choices=Visibility),
    Column("roles", "Befattningar", Kind.ROLES),
    Column("valid_to", "Giltig till", Kind.DAY),
    Column("verified_on", "Kontrollerad", Kind.DAY, also=("verifierad",)),
)


@dataclass(frozen=True)
class Names:
    """What lies in other tables: keys of districts and of roles, by key and by name in small letters."""

    districts: Mapping[str, str]
    roles: Mapping[str, str]


def by_header(columns: tuple[Column, ...]) -> dict[str, Column]:
    return {plain(words): column for column in columns for words in (column.field, *column.also, column.header)}


def read_cell(column: Column, cell: str, names: Names) -> Any:
    """What a cell says, as plain values: a district is its key, roles are their keys. Raises BadCell."""
    if column.choices is not None:
        return _choice(column.choices, cell)
    return READERS[column.kind](cell, names)


def _choice(choices: type[TextChoices], cell: str) -> str:
    words = {word.casefold(): value for value, label in choices.choices for word in (str(value), str(label))}
    if cell.casefold() not in words:
        raise BadCell(
            _("“%(cell)s” is not one of %(words)s.")
            % {"cell": cell[:80], "words": ", ".join(str(label) for label in choices.labels)}
        )
    return str(words[cell.casefold()])


def _day(cell: str, _names: Names) -> date | None:
    try:
        return read_day(cell) if cell else None
    except ValueError as problem:
        raise BadCell(_("The date cannot be read. Write it as 2026-08-15.")) from problem


def _number(cell: str, _names: Names) -> int | None:
    if cell and not (cell.isdecimal() and len(cell) < 5):
        raise BadCell(_("Write a whole number."))
    return int(cell) if cell else None


def _district(cell: str, names: Names) -> str | None:
    if not cell:
        return None
    if cell.casefold() not in names.districts:
        raise BadCell(_("There is no district called “%(cell)s”.") % {"cell": cell[:80]})
    return names.districts[cell.casefold()]


def _roles(cell: str, names: Names) -> tuple[str, ...]:
    asked = [word.strip() for word in cell.split(",") if word.strip()]
    unknown = [word for word in asked if word.casefold() not in names.roles]
    if unknown:
        raise BadCell(_("There is no role called “%(cell)s”.") % {"cell": unknown[0][:80]})
    return tuple(sorted({names.roles[word.casefold()] for word in asked}))


READERS: dict[Kind, Callable[[str, Names], Any]] = {
    Kind.TEXT: lambda cell, _names: cell,
    Kind.DAY: _day,
    Kind.NUMBER: _number,
    Kind.DISTRICT: _district,
    Kind.ROLES: _roles,
}


def write_cell(column: Column, value: Any) -> Any:
    """A plain value as a cell that `read_cell` reads back."""
    if column.choices is not None:
        return str(column.choices(value).label)
    if column.kind == Kind.ROLES:
        return ", ".join(value)
    return value
