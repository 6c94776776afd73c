"""What a source says, as plain values. `None` in a field means that the source does not say."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.people.enums import Protection

Progress = Callable[[str, int, int], None]


def silent(step: str, done: int, total: int) -> None:
    """Tell nobody how far it has come."""


@dataclass(frozen=True)
class Place:
    """Where something is said: a table and its row (the header is row 1), or a collection and the number in it."""

    table: str
    row: int
    column: str = ""


@dataclass(frozen=True)
class Problem:
    """Something that cannot be taken as it stands. Errors stop the whole import, notes do not.

    `value` is a word of the source that names no person.
    """

    place: Place
    code: str
    value: str = ""
    is_error: bool = True

    @property
    def text(self) -> str | Promise:
        return PROBLEMS[self.code]


PROBLEMS: dict[str, str | Promise] = {
    "not_a_table": _("The file cannot be read. It must be CSV or XLSX."),
    "too_large": _("The file is too large."),
    "no_table": _("No table was found. The first row must hold the names of the columns."),
    "both": _("The same table is given twice."),
    "missing_column": _("A column is missing."),
    "unknown_column": _("The column is not known, and is passed over."),
    "column_twice": _("The column is given twice."),
    "personal_number": _("Personal identity numbers must not be imported. Use the employer's own number."),
    "empty": _("The cell is empty."),
    "too_long": _("The text is too long."),
    "bad_date": _("The date cannot be read. Write it as 2026-08-15."),
    "bad_email": _("The e-mail address cannot be read, and is left out."),
    "bad_school_unit_code": _("A school unit code has eight digits."),
    "dates_in_order": _("The last day comes before the first."),
    "unit_twice": _("The org unit is given twice."),
    "duty_twice": _("The same employment is given twice, and is taken once."),
    "other_name": _("The same person has another name in an earlier row."),
    "alias_twice": _("Two people are given the same EPPN. If they are one human, merge them."),
    "code_taken": _("The code belongs to another org unit."),
    "circle": _("The org unit would stand under itself."),
    "unknown_parent": _("The org unit above is not known."),
    "unknown_unit": _("The org unit is not known."),
    "unknown_person": _("The person is not known, and the employment is passed over."),
    "unknown_role": _("The role is not known. The employment is kept without one until it has been mapped."),
    "unknown_kind": _("The kind of org unit is not known. It counts as “other” until it has been mapped."),
    "unknown_district": _("The district is not known, and is passed over."),
    "unknown_protection": _("The mark of protection is not known. The person is treated as protected."),
    "still_protected": _("The source no longer marks the person as protected. Protection is lifted by hand."),
    "unavailable": _("The source does not answer as it should."),
    "bad_row": _("The row lacks something that is needed, and is passed over."),
}


@dataclass(frozen=True)
class UnitSaid:
    subject: str
    name: str
    place: Place
    kind_words: tuple[str, ...] = ()
    parent: str | None = None
    school_unit_code: str | None = None
    local_code: str | None = None
    controller: str | None = None
    district: str | None = None
    opens_on: date | None = None
    closes_on: date | None = None


@dataclass(frozen=True)
class PersonSaid:
    """`aliases` are other identities of the same human, as (issuer, subject)."""

    subject: str
    place: Place
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    protection: Protection | None = None
    aliases: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class DutySaid:
    """`person` and `unit` are the source's own keys. `source_id` is empty where the source has no key for it."""

    person: str
    unit: str
    role: str
    starts_on: date
    place: Place
    ends_on: date | None = None
    source_id: str = ""


@dataclass(frozen=True)
class LeaveSaid:
    """Away from all work between two dates. There is no place for a cause."""

    person: str
    starts_on: date
    ends_on: date | None
    place: Place


@dataclass(frozen=True)
class Said:
    """All that a source says at one time.

    `whole_units`, `whole_duties` and `whole_leaves`: what is not mentioned has ended. Otherwise only what is in
    `gone_…` has.
    """

    units: tuple[UnitSaid, ...] = ()
    people: tuple[PersonSaid, ...] = ()
    duties: tuple[DutySaid, ...] = ()
    leaves: tuple[LeaveSaid, ...] = ()
    whole_units: bool = False
    whole_duties: bool = False
    whole_leaves: bool = False
    gone_units: frozenset[str] = frozenset()
    gone_people: frozenset[str] = frozenset()
    gone_duties: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    is_strict: bool = True
    read_until: str = field(default="", compare=False)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]


class RosterSource(ABC):
    """Somewhere the roster is kept. `name` is the issuer of its keys; `vocabulary` whose words it uses."""

    name: str
    vocabulary: str

    @abstractmethod
    def read(self, progress: Progress = silent) -> Said:
        """All that it says now. Raises SourceUnavailable if it does not answer; what it says wrongly is a problem."""


class SourceUnavailable(Exception):
    """A source does not answer as it should. Its text names no person and holds no secret."""
