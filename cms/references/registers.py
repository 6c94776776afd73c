"""The registers as files: every row out, and what would come of a file that is read in. Nothing is written here."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.core.enums import Visibility
from cms.core.registry import Use, use_finders
from cms.core.sheets import without_guard
from cms.core.tables import Table, UnreadableTable, plain, read_tables
from cms.core.tokens import Token
from cms.people.models import District, Role
from cms.references.columns import CONTACTS, LAW, BadCell, Column, Kind, Names, by_header, read_cell, write_cell
from cms.references.models import Contact, LegalReference
from cms.references.slots import CONTACT, CONTACT_LIST
from cms.references.slots import LAW as LAW_TOKEN

Entry = LegalReference | Contact
Identity = tuple[str, str | None]
MOST_ROWS = 2_000
UNREADABLE: dict[str, str | Promise] = {
    "not_a_table": gettext_lazy("The file cannot be read. It must be CSV or XLSX."),
    "too_large": gettext_lazy("The file is too large."),
    "no_table": gettext_lazy("No table was found. The first row must hold the names of the columns."),
}


@dataclass(frozen=True)
class Register:
    """One register: its model and its columns. `identity` tells rows apart."""

    name: str
    model: Any
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        return next((column for column in self.columns if column.field == name), None)

    def entries(self) -> Any:
        """All rows, with what their cells need, in two queries."""
        rows: QuerySet[Any] = self.model.objects.all()
        if self.model is Contact:
            return rows.select_related("district").prefetch_related("roles")
        return rows


LAWS = Register("lagrum", LegalReference, LAW)
CONTACT_ROUTES = Register("kontaktvagar", Contact, CONTACTS)
REGISTERS = {register.model: register for register in (LAWS, CONTACT_ROUTES)}


def value_of(entry: Entry, column: Column) -> Any:
    """What an entry has in a column, as plain values."""
    if column.kind == Kind.DISTRICT:
        district = getattr(entry, column.field)
        return district.key if district else None
    if column.kind == Kind.ROLES:
        return tuple(sorted(role.key for role in getattr(entry, column.field).all()))
    return getattr(entry, column.field)


def identity_of(entry: Entry) -> Identity:
    """A law by its key; a contact route by its key and its district."""
    return (
        (entry.key, entry.district.key if entry.district else None) if isinstance(entry, Contact) else (entry.key, None)
    )


def register_table(register: Register, entries: Sequence[Entry]) -> Iterator[list[Any]]:
    """A register as rows, headings first: what is written out can be read in again."""
    yield [column.header for column in register.columns]
    for entry in entries:
        yield [write_cell(column, value_of(entry, column)) for column in register.columns]


# Reading in


@dataclass(frozen=True)
class Fault:
    """Why nothing can be read in, with the row as the spreadsheet numbers it and the column's heading."""

    row: int
    column: str
    text: str


@dataclass(frozen=True)
class Change:
    """A row that makes an entry, or changes one (`pk`). `values` are plain; `before` what is changed by its heading."""

    row: int
    pk: int | None
    values: dict[str, Any]
    before: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.values.get("title") or self.values.get("name") or self.values["key"])


@dataclass(frozen=True)
class ImportPlan:
    """What a file would do. With faults nothing is done."""

    new: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: int = 0
    faults: tuple[Fault, ...] = ()

    @property
    def digest(self) -> str:
        """Over all that would be written: another digest means that something has changed since it was shown."""
        said = [(one.pk, sorted(one.values.items()), one.before) for one in (*self.new, *self.changed)]
        return hashlib.sha256(json.dumps(said, cls=DjangoJSONEncoder).encode()).hexdigest()


def plan_import(register: Register, name: str, content: bytes) -> ImportPlan:
    """What a file would do to a register. Rows that are not in the file, and columns, are left as they are."""
    try:
        table = read_tables(name, content)[0]
    except UnreadableTable as problem:
        return ImportPlan(faults=(Fault(0, "", str(UNREADABLE[str(problem)])),))
    columns, faults = _columns(register, table)
    if len(table.rows) > MOST_ROWS:
        faults.append(Fault(0, "", _("A file may have %(most)s rows at most.") % {"most": MOST_ROWS}))
    return ImportPlan(faults=tuple(faults)) if faults else _Planner(register, columns).plan(table)


def _columns(register: Register, table: Table) -> tuple[dict[int, Column], list[Fault]]:
    known = by_header(register.columns)
    found: dict[int, Column] = {}
    faults: list[Fault] = []
    for at, header in enumerate(table.header):
        column = known.get(plain(without_guard(header)))
        if column is None:
            if header:
                faults.append(Fault(1, header, _("This column is not known.")))
        elif column in found.values():
            faults.append(Fault(1, header, _("This column is given twice.")))
        else:
            found[at] = column
    missing = [column for column in register.columns if column.is_identity and column not in found.values()]
    faults += [Fault(1, column.header, _("This column is missing.")) for column in missing]
    return found, faults


class _Planner:
    """Reads rows against what the register has today."""

    def __init__(self, register: Register, columns: dict[int, Column]) -> None:
        self.register, self.columns = register, columns
        self.known = {identity_of(entry): entry for entry in register.entries()}
        self.districts = {district.key: district for district in District.objects.all()}
        self.names = Names(
            {word.casefold(): key for key, one in self.districts.items() for word in (one.name, key)},
            {word.casefold(): role.key for role in Role.objects.all() for word in (role.name, role.key)},
        )
        self.faults: list[Fault] = []
        self.seen: dict[Identity, int] = {}

    def plan(self, table: Table) -> ImportPlan:
        changes = [self._change(number, cells) for number, cells in table.rows]
        done = [change for change in changes if change is not None]
        return ImportPlan(
            new=tuple(change for change in done if change.pk is None),
            changed=tuple(change for change in done if change.pk is not None and change.before),
            unchanged=sum(change.pk is not None and not change.before for change in done),
            faults=tuple(self.faults),
        )

    def _change(self, row: int, cells: tuple[str, ...]) -> Change | None:
        before = len(self.faults)
        values = self._values(row, cells)
        if len(self.faults) > before:
            return None
        identity = (values["key"], values.get("district"))
        if identity in self.seen:
            self._fault(row, "key", _("This is also in row %(row)s.") % {"row": self.seen[identity]})
            return None
        self.seen[identity] = row
        entry = self.known.get(identity)
        change = self._compared(row, entry, values)
        if entry is None or change.before:
            self._check(row, entry, values)
        return None if len(self.faults) > before else change

    def _values(self, row: int, cells: tuple[str, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for at, column in self.columns.items():
            cell = without_guard(cells[at]) if at < len(cells) else ""
            if not cell and column.choices is not None:
                continue  # an empty choice is left as it is
            try:
                values[column.field] = read_cell(column, cell, self.names)
            except BadCell as problem:
                self._fault(row, column.field, str(problem))
        for name in ("reviewed_on", "verified_on"):
            if values.get(name) and values[name] > timezone.localdate():
                self._fault(row, name, _("This day has not come yet."))
        return values

    def _compared(self, row: int, entry: Entry | None, values: dict[str, Any]) -> Change:
        if entry is None:
            return Change(row, None, values)
        before = {}
        for name, value in values.items():
            column = self.register.column(name)
            assert column is not None
            was = value_of(entry, column)
            if was != value:
                before[column.header] = (write_cell(column, was), write_cell(column, value))
        return Change(row, entry.pk, values, before)

    def _check(self, row: int, entry: Entry | None, values: dict[str, Any]) -> None:
        """All that the form in the admin would refuse."""
        wanted = self.register.model(pk=entry.pk if entry else None)
        wanted._state.adding = entry is None  # so that it is not compared with itself
        for column in self.register.columns:
            if column.kind == Kind.ROLES:
                continue
            value = values[column.field] if column.field in values else value_of(entry, column) if entry else None
            if column.kind == Kind.DISTRICT:
                wanted.district = self.districts[value] if value else None
            elif value is not None:
                setattr(wanted, column.field, value)
        try:
            wanted.full_clean(validate_unique=False)
        except ValidationError as problem:
            for name, texts in problem.message_dict.items():
                self._fault(row, name, " ".join(texts))
        roles = values.get("roles", list(entry.roles.all()) if isinstance(entry, Contact) else ())
        if isinstance(wanted, Contact) and wanted.visibility == Visibility.ROLE and not roles:
            self._fault(row, "roles", _("Choose the roles that see it, or let all signed-in staff see it."))

    def _fault(self, row: int, name: str, text: str) -> None:
        column = self.register.column(name)
        self.faults.append(Fault(row, column.header if column else "", text))


# Where entries are used


def tokens_of(entry: Entry) -> list[Token]:
    """Every citation by which a text shows an entry: a contact route stands in its list, too."""
    if isinstance(entry, Contact):
        return [Token(CONTACT, entry.key), Token(CONTACT_LIST, entry.kind)]
    return [Token(LAW_TOKEN, entry.key)]


def uses_of(entries: Sequence[Entry]) -> dict[int, list[Use]]:
    """Where entries are cited, by primary key: pages as they are written now first, then versions."""
    tokens = {token for entry in entries for token in tokens_of(entry)}
    found: dict[Token, list[Use]] = {}
    for finder in use_finders:
        for token, uses in finder.find(tokens).items():
            found.setdefault(token, []).extend(uses)
    return {
        entry.pk: sorted(
            dict.fromkeys(use for token in tokens_of(entry) for use in found.get(token, ())),
            key=lambda use: (use.is_frozen, not use.is_current, use.title),
        )
        for entry in entries
    }
