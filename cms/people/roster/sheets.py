"""A roster in files: one table of org units, one of staff with a row for each employment."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from cms.core.tables import Table, UnreadableTable, plain, read_day, read_tables
from cms.people.enums import Protection
from cms.people.roster.columns import (
    FORBIDDEN,
    STAFF_HEADERS,
    UNIT_HEADERS,
    Column,
    is_staff,
    looks_like_personal_number,
)
from cms.people.roster.facts import (
    DutySaid,
    LeaveSaid,
    PersonSaid,
    Place,
    Problem,
    Progress,
    RosterSource,
    Said,
    UnitSaid,
    silent,
)
from cms.people.roster.vocabularies import GRAVITY, protection_of

EPPN = "eppn"
EVERY = 1000
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class File:
    name: str
    content: bytes


class SheetSource(RosterSource):
    """Files of one HR system. `is_whole`: they hold everybody, so whoever is missing has left."""

    def __init__(self, name: str, files: Iterable[File], *, is_whole: bool = True, vocabulary: str = "") -> None:
        self.name, self.vocabulary = name, vocabulary or name
        self.files, self.is_whole = list(files), is_whole

    def read(self, progress: Progress = silent) -> Said:
        reading = _Reading(progress)
        for file in self.files:
            try:
                tables = read_tables(file.name, file.content)
            except UnreadableTable as error:
                reading.fault(Place(file.name, 0), str(error))
                continue
            for table in tables:
                reading.table(table)
        if not reading.tables and not reading.problems:
            reading.fault(Place(self.files[0].name if self.files else "", 0), "no_table")
        return reading.said(self.is_whole)


class _Row:
    """The cells of a row by the columns' names, and what is wrong with them."""

    def __init__(self, table: str, number: int, cells: dict[str, str], fault: Callable[..., None]) -> None:
        self.place, self.cells, self._fault = Place(table, number), cells, fault
        self.is_bad = False

    def fault(self, column: str, code: str, value: str = "", *, is_error: bool = True) -> None:
        self.is_bad = self.is_bad or is_error
        self._fault(replace(self.place, column=column), code, value, is_error=is_error)

    def text(self, column: Column) -> str | None:
        """A cell's text. None where the table has no such column."""
        value = self.cells.get(column.name)
        if value is not None and len(value) > column.longest:
            self.fault(column.header, "too_long")
        if column.is_required and not value:
            self.fault(column.header, "empty")
        return value

    def day(self, column: Column) -> date | None:
        value = self.text(column)
        if not value:
            return None
        try:
            return read_day(value)
        except ValueError:
            self.fault(column.header, "bad_date", value)
            return None


class _Reading:
    """All that files say, put together row by row."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.problems: list[Problem] = []
        self.tables: set[bool] = set()
        self.units: dict[str, UnitSaid] = {}
        self.people: dict[str, PersonSaid] = {}
        self.duties: dict[object, DutySaid] = {}
        self.leaves: dict[object, LeaveSaid] = {}
        self.tells_leave = False

    def fault(self, place: Place, code: str, value: str = "", *, is_error: bool = True) -> None:
        self.problems.append(Problem(place, code, value, is_error))

    def said(self, is_whole: bool) -> Said:
        return Said(
            units=tuple(self.units.values()),
            people=tuple(self.people.values()),
            duties=tuple(self.duties.values()),
            leaves=tuple(self.leaves.values()),
            whole_units=is_whole and False in self.tables,
            whole_duties=is_whole and True in self.tables,
            whole_leaves=is_whole and self.tells_leave,
            problems=tuple(self.problems),
        )

    def table(self, table: Table) -> None:
        staff = is_staff(table.header)
        if staff is None:
            return
        if staff in self.tables:
            self.fault(Place(table.name, 1), "both")
        self.tables.add(staff)
        known = STAFF_HEADERS if staff else UNIT_HEADERS
        columns = self._columns(table, known)
        if any(problem.is_error and problem.place.table == table.name for problem in self.problems):
            return
        read = self._staff if staff else self._unit
        self.tells_leave = self.tells_leave or "leave_from" in columns.values()
        by_name = {column.name: column for column in known.values()}
        for count, (number, cells) in enumerate(table.rows):
            if count % EVERY == 0:
                self.progress("reading", count, len(table.rows))
            named = {column: cells[at] if at < len(cells) else "" for at, column in columns.items()}
            read(_Row(table.name, number, named, self.fault), by_name)

    def _columns(self, table: Table, known: dict[str, Column]) -> dict[int, str]:
        """Which cell is which column. Says what is missing, unknown, double or forbidden."""
        found: dict[int, str] = {}
        for at, header in enumerate(table.header):
            column = known.get(plain(header))
            place = Place(table.name, 1, header)
            if plain(header) in FORBIDDEN:
                self.fault(place, "personal_number")
            elif column is None:
                if header:
                    self.fault(place, "unknown_column", header, is_error=False)
            elif column.name in found.values():
                self.fault(place, "column_twice", header, is_error=False)
            else:
                found[at] = column.name
        for column in dict.fromkeys(known.values()):
            if column.is_required and column.name not in found.values():
                self.fault(Place(table.name, 1, column.header), "missing_column", column.header)
        return found

    def _unit(self, row: _Row, columns: dict[str, Column]) -> None:
        text = {name: row.text(columns[name]) for name in ("code", "name", "kind", "parent", "controller", "district")}
        school = row.text(columns["school_unit_code"])
        if school and not re.fullmatch(r"\d{8}", school):
            row.fault("Skolenhetskod", "bad_school_unit_code", school)
        opens_on, closes_on = row.day(columns["opens_on"]), row.day(columns["closes_on"])
        if opens_on and closes_on and closes_on < opens_on:
            row.fault("Stänger", "dates_in_order")
        code = text["code"] or ""
        if code in self.units:
            row.fault("Enhetskod", "unit_twice", code)
        if row.is_bad:
            return
        self.units[code] = UnitSaid(
            subject=code,
            name=text["name"] or "",
            place=row.place,
            kind_words=tuple(word.strip() for word in re.split(r"[,/]", text["kind"] or "") if word.strip()),
            parent=text["parent"],
            school_unit_code=school or None,
            local_code=code,
            controller=text["controller"],
            district=text["district"] or None,
            opens_on=opens_on,
            closes_on=closes_on,
        )

    def _staff(self, row: _Row, columns: dict[str, Column]) -> None:
        person = self._person(row, columns)
        duty = self._duty(row, columns)
        leave = self._leave(row, columns)
        if row.is_bad:
            return
        earlier = self.people.get(person.subject)
        self.people[person.subject] = person if earlier is None else self._joined(earlier, person, row)
        key = duty.source_id or (duty.person, duty.unit, duty.role, duty.starts_on)
        is_more_leave = leave is not None and _span(leave) not in self.leaves
        if key in self.duties and not is_more_leave:
            row.fault("", "duty_twice", is_error=False)
        self.duties.setdefault(key, duty)
        if leave is not None:
            self.leaves.setdefault(_span(leave), leave)

    def _person(self, row: _Row, columns: dict[str, Column]) -> PersonSaid:
        subject = row.text(columns["person"]) or ""
        if looks_like_personal_number(subject):
            row.fault("Anställningsnummer", "personal_number")
        email, eppn = row.text(columns["email"]), row.text(columns["eppn"])
        if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
            row.fault("E-post", "bad_email", is_error=False)
            email = None
        mark = row.cells.get("protection")
        protection = None if mark is None else protection_of(mark)
        if protection == Protection.UNKNOWN:
            row.fault("Skyddade uppgifter", "unknown_protection", is_error=False)
        return PersonSaid(
            subject=subject,
            place=row.place,
            given_name=row.text(columns["given_name"]),
            family_name=row.text(columns["family_name"]),
            email=email,
            protection=protection,
            aliases=((EPPN, eppn.casefold()),) if eppn else (),
        )

    def _duty(self, row: _Row, columns: dict[str, Column]) -> DutySaid:
        starts_on, ends_on = row.day(columns["starts_on"]), row.day(columns["ends_on"])
        if starts_on and ends_on and ends_on < starts_on:
            row.fault("Till", "dates_in_order")
        return DutySaid(
            person=row.cells.get("person", ""),
            unit=row.text(columns["unit"]) or "",
            role=row.text(columns["role"]) or "",
            starts_on=starts_on or date.min,
            place=row.place,
            ends_on=ends_on,
            source_id=row.text(columns["source_id"]) or "",
        )

    def _leave(self, row: _Row, columns: dict[str, Column]) -> LeaveSaid | None:
        """Leave is the person's, not the employment's: whoever has several may be told of it in any of their rows."""
        starts_on, ends_on = row.day(columns["leave_from"]), row.day(columns["leave_to"])
        if ends_on and not row.cells.get("leave_from"):
            row.fault("Tjänstledig från", "empty")
        if starts_on is None:
            return None
        if ends_on and ends_on < starts_on:
            row.fault("Tjänstledig till", "dates_in_order")
        return LeaveSaid(row.cells.get("person", ""), starts_on, ends_on, row.place)

    def _joined(self, earlier: PersonSaid, later: PersonSaid, row: _Row) -> PersonSaid:
        """A person with several employments stands in several rows, which must not contradict each other."""
        if (earlier.given_name, earlier.family_name) != (later.given_name, later.family_name):
            row.fault("Efternamn", "other_name")
        marks = [mark for mark in (earlier.protection, later.protection) if mark is not None]
        return replace(
            earlier,
            email=earlier.email or later.email,
            protection=max(marks, key=GRAVITY.index, default=None),
            aliases=tuple(dict.fromkeys((*earlier.aliases, *later.aliases))),
        )


def _span(leave: LeaveSaid) -> object:
    return leave.person, leave.starts_on, leave.ends_on
