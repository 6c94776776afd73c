"""A plan told row by row, without names: where the source says it, and what comes of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cms.core import sheets
from cms.people.roster.facts import Place, Problem
from cms.people.roster.planning import Changes, Plan

WHAT: dict[str, str | Promise] = {
    "duty_ended": gettext_lazy("An employment ends"),
    "duty_retracted": gettext_lazy("An employment is taken back: it had not begun"),
    "unit_closed": gettext_lazy("An org unit closes"),
    "leave_ended": gettext_lazy("A leave ends"),
    "leave_retracted": gettext_lazy("A leave is taken back: it had not begun"),
    "duty_moved": gettext_lazy("Somebody moves, or gets another role"),
    "duty_corrected": gettext_lazy("An employment is corrected"),
    "leave_corrected": gettext_lazy("A leave is corrected"),
    "person_changed": gettext_lazy("A person's details change"),
    "unit_moved": gettext_lazy("An org unit gets another unit above it"),
    "unit_changed": gettext_lazy("An org unit changes"),
    "unit_linked": gettext_lazy("An org unit that is known already is recognised"),
    "person_linked": gettext_lazy("A person who is known already is recognised"),
    "unit_new": gettext_lazy("A new org unit"),
    "person_new": gettext_lazy("A new person"),
    "duty_new": gettext_lazy("A new employment"),
    "leave_new": gettext_lazy("A new leave"),
}
COUNTS: dict[str, str | Promise] = {
    "people_begun": pgettext_lazy("import", "new people"),
    "people_changed": pgettext_lazy("import", "people whose details change"),
    "duties_begun": pgettext_lazy("import", "new employments"),
    "duties_moved": pgettext_lazy("import", "moves and changed roles"),
    "duties_ended": pgettext_lazy("import", "employments that end"),
    "duties_corrected": pgettext_lazy("import", "corrected employments"),
    "duties_retracted": pgettext_lazy("import", "employments taken back"),
    "leaves_begun": pgettext_lazy("import", "new leaves"),
    "leaves_ended": pgettext_lazy("import", "leaves that end"),
    "leaves_corrected": pgettext_lazy("import", "corrected leaves"),
    "leaves_retracted": pgettext_lazy("import", "leaves taken back"),
    "unchanged": pgettext_lazy("import", "unchanged employments"),
    "units_begun": pgettext_lazy("import", "new org units"),
    "units_changed": pgettext_lazy("import", "changed org units"),
    "units_moved": pgettext_lazy("import", "org units that move"),
    "units_closed": pgettext_lazy("import", "org units that close"),
}
FIELDS: dict[str, str | Promise] = {
    "given_name": gettext_lazy("given name"),
    "family_name": gettext_lazy("family name"),
    "email": gettext_lazy("e-mail"),
    "protection": gettext_lazy("protection"),
    "name": gettext_lazy("name"),
    "kind": gettext_lazy("kind"),
    "local_code": gettext_lazy("local code"),
    "school_unit_code": gettext_lazy("school unit code"),
    "controller": gettext_lazy("answerable board"),
    "district": gettext_lazy("district"),
    "opens_on": gettext_lazy("opens on"),
    "closes_on": gettext_lazy("closes on"),
    "role": gettext_lazy("role"),
    "starts_on": gettext_lazy("from"),
    "ends_on": gettext_lazy("to"),
    "source_starts_on": gettext_lazy("first day in the source"),
    "source_role": gettext_lazy("role in the source"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happens. `which` is the source's own code for an org unit; people are told by their row alone.

    `duty`, `unit` and `leave` are ids of ours, for what the source no longer mentions.
    """

    what: str
    table: str = ""
    row: int = 0
    fields: str = ""
    duty: int | None = None
    unit: int | None = None
    leave: int | None = None
    which: str = ""

    @property
    def label(self) -> str | Promise:
        return WHAT[self.what]

    @property
    def changed(self) -> str:
        """What is changed, in words. That something ends or closes is said already."""
        if self.what in ("duty_ended", "unit_closed"):
            return ""
        names = [name for name in self.fields.split(", ") if name in FIELDS]
        return ", ".join(str(FIELDS[name]) for name in names)


def _at(place: Place | None) -> tuple[str, int]:
    return (place.table, place.row) if place else ("", 0)


def _names(changes: Changes) -> str:
    return ", ".join(name for name, _value in changes)


def lines_of(plan: Plan) -> list[Line]:
    """Every change of a plan. First what ends or changes, then what is new."""
    order = list(WHAT)
    lines = [*_unit_lines(plan), *_person_lines(plan), *_duty_lines(plan), *_leave_lines(plan)]
    return sorted(lines, key=lambda line: (order.index(line.what), line.table, line.row))


def _unit_lines(plan: Plan) -> Iterator[Line]:
    changed = [row.said for row in plan.change_units if row.said is not None]
    places = {said.subject: said.place for said in (*(row.said for row in plan.begin_units), *changed)}
    new = {row.said.subject for row in plan.begin_units}
    yield from (Line("unit_new", *_at(row.said.place), which=row.said.subject) for row in plan.begin_units)
    yield from (Line("unit_linked", unit=row.unit) for row in plan.link_units)
    yield from (Line("unit_moved", *_at(places.get(row.subject))) for row in plan.place_units if row.subject not in new)
    for row in plan.change_units:
        what = "unit_closed" if dict(row.changes).get("closes_on") else "unit_changed"
        yield Line(what, *_at(row.said.place if row.said else None), _names(row.changes), unit=row.unit)


def _person_lines(plan: Plan) -> Iterator[Line]:
    yield from (Line("person_new", *_at(row.said.place)) for row in plan.begin_people)
    yield from (Line("person_changed", *_at(row.said.place), _names(row.changes)) for row in plan.change_people)
    yield from (Line("person_linked") for row in plan.link_people if row.person is not None)


def _duty_lines(plan: Plan) -> Iterator[Line]:
    for begun in plan.begin_duties:
        said = begun.said
        yield Line("duty_moved" if begun.is_move else "duty_new", *_at(said.place), which=said.unit)
    for row in plan.rewrite_duties:
        what = "duty_ended" if row.is_end else "duty_corrected"
        yield Line(what, *_at(row.said.place if row.said else None), _names(row.changes), duty=row.duty.id)
    for taken in plan.retract_duties:
        yield Line("duty_retracted", duty=taken.duty.id)


def _leave_lines(plan: Plan) -> Iterator[Line]:
    yield from (Line("leave_new", *_at(row.said.place)) for row in plan.begin_leaves)
    for row in plan.rewrite_leaves:
        what = "leave_ended" if row.said is None else "leave_corrected"
        yield Line(what, *_at(row.said.place if row.said else None), leave=row.leave.id)
    yield from (Line("leave_retracted", leave=row.leave.id) for row in plan.retract_leaves)


def problem_row(problem: Problem) -> dict[str, object]:
    place = problem.place
    return {
        "table": place.table,
        "row": place.row,
        "column": place.column,
        "code": problem.code,
        "value": problem.value[:80],
        "is_error": problem.is_error,
    }


def as_csv(lines: list[Line], problems: list[Problem]) -> bytes:
    """The whole report as a file for a Swedish spreadsheet."""
    return sheets.as_csv(_rows(lines, problems))


def _rows(lines: list[Line], problems: list[Problem]) -> Iterator[list[object]]:
    yield [_("Table"), _("Row"), _("Column"), _("What"), _("Which")]
    for problem in problems:
        place = problem.place
        yield [place.table, place.row or "", place.column, problem.text, problem.value]
    for line in lines:
        yield [line.table, line.row or "", line.changed, line.label, line.which]
