"""What changes when a source is believed: a pure comparison of what it says with what is known."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cms.people.roster.facts import DutySaid, LeaveSaid, PersonSaid, Problem, UnitSaid

Changes = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class KnownUnit:
    """An org unit as it stands. `subject` is this source's key for it, None if it has not spoken of it."""

    id: int
    name: str
    kind: str
    parent: int | None
    subject: str | None = None
    local_code: str | None = None
    school_unit_code: str | None = None
    controller: str = ""
    district: int | None = None
    opens_on: date | None = None
    closes_on: date | None = None


@dataclass(frozen=True)
class KnownPerson:
    id: int
    given_name: str
    family_name: str
    email: str
    protection: str


@dataclass(frozen=True)
class KnownDuty:
    """A current row of this source's employments."""

    id: int
    person: int
    unit: int
    role: int | None
    starts_on: date
    ends_on: date | None
    source_id: str = ""
    source_starts_on: date | None = None
    source_role: str = ""

    @property
    def first(self) -> date:
        """The first day as the source tells it."""
        return self.source_starts_on or self.starts_on

    def is_live(self, day: date) -> bool:
        return self.ends_on is None or self.ends_on >= day


@dataclass(frozen=True)
class KnownLeave:
    """A current row of the leave that this source has told of."""

    id: int
    person: int
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Known:
    """What is known before an import. Words are folded; `identities` are by (issuer, subject)."""

    source: str
    units: tuple[KnownUnit, ...] = ()
    people: tuple[KnownPerson, ...] = ()
    identities: Mapping[tuple[str, str], int] = field(default_factory=dict)
    duties: tuple[KnownDuty, ...] = ()
    leaves: tuple[KnownLeave, ...] = ()
    roles: Mapping[str, int | None] = field(default_factory=dict)
    kinds: Mapping[str, str | None] = field(default_factory=dict)
    districts: Mapping[str, int] = field(default_factory=dict)


# What changes. A unit or person that does not exist yet is named by the source's key.


@dataclass(frozen=True)
class BeginUnit:
    said: UnitSaid
    kind: str
    district: int | None
    starts_on: date


@dataclass(frozen=True)
class ChangeUnit:
    unit: int
    changes: Changes
    said: UnitSaid | None


@dataclass(frozen=True)
class PlaceUnit:
    """From a day on the unit stands under another. Both are the source's keys; None is the top."""

    subject: str
    parent: str | None
    starts_on: date


@dataclass(frozen=True)
class LinkUnit:
    unit: int
    subject: str


@dataclass(frozen=True)
class BeginPerson:
    said: PersonSaid


@dataclass(frozen=True)
class ChangePerson:
    person: int
    changes: Changes
    said: PersonSaid


@dataclass(frozen=True)
class LinkPerson:
    """An identity of somebody whom the source calls `subject`; `person` is None for somebody new."""

    subject: str
    person: int | None
    identity: tuple[str, str]


@dataclass(frozen=True)
class BeginDuty:
    said: DutySaid
    role: int | None
    starts_on: date
    is_move: bool = False


@dataclass(frozen=True)
class RewriteDuty:
    """A row that is to be read otherwise. `said` is None where the source no longer mentions it."""

    duty: KnownDuty
    changes: Changes
    said: DutySaid | None

    @property
    def is_end(self) -> bool:
        return [name for name, _value in self.changes] == ["ends_on"] and self.changes[0][1] is not None


@dataclass(frozen=True)
class RetractDuty:
    """A row that never was: it would have begun after the source stopped mentioning it."""

    duty: KnownDuty


@dataclass(frozen=True)
class BeginLeave:
    said: LeaveSaid


@dataclass(frozen=True)
class RewriteLeave:
    """Leave that is to be read otherwise. `said` is None where the source no longer mentions it."""

    leave: KnownLeave
    starts_on: date
    ends_on: date | None
    said: LeaveSaid | None


@dataclass(frozen=True)
class RetractLeave:
    """Leave that never came: it would have begun after the source stopped mentioning it."""

    leave: KnownLeave


@dataclass(frozen=True)
class Plan:
    """Everything that an import will write, in the order in which it is written."""

    begin_units: tuple[BeginUnit, ...] = ()
    change_units: tuple[ChangeUnit, ...] = ()
    link_units: tuple[LinkUnit, ...] = ()
    place_units: tuple[PlaceUnit, ...] = ()
    begin_people: tuple[BeginPerson, ...] = ()
    change_people: tuple[ChangePerson, ...] = ()
    link_people: tuple[LinkPerson, ...] = ()
    begin_duties: tuple[BeginDuty, ...] = ()
    rewrite_duties: tuple[RewriteDuty, ...] = ()
    retract_duties: tuple[RetractDuty, ...] = ()
    begin_leaves: tuple[BeginLeave, ...] = ()
    rewrite_leaves: tuple[RewriteLeave, ...] = ()
    retract_leaves: tuple[RetractLeave, ...] = ()
    unknown_roles: tuple[str, ...] = ()
    unknown_kinds: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    unchanged: int = 0
    live_before: int = 0

    OPERATIONS = (
        *("begin_units", "change_units", "link_units", "place_units", "begin_people", "change_people", "link_people"),
        *("begin_duties", "rewrite_duties", "retract_duties", "begin_leaves", "rewrite_leaves", "retract_leaves"),
    )

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]

    @property
    def is_empty(self) -> bool:
        return not any(getattr(self, name) for name in self.OPERATIONS)

    @property
    def removed(self) -> int:
        """How many employments end or are taken back because the source no longer mentions them."""
        silent = sum(row.said is None for row in self.rewrite_duties)
        return silent + len(self.retract_duties)

    @property
    def removes_much(self) -> bool:
        """More than one in ten and at least twenty: likelier a file cut off than a city that let so many go."""
        return self.removed >= 20 and self.removed * 10 > self.live_before

    @property
    def digest(self) -> str:
        """The same for the same changes, so that what is confirmed is what was looked at."""
        told = repr([getattr(self, name) for name in self.OPERATIONS])
        return hashlib.sha256(told.encode()).hexdigest()

    def counts(self) -> dict[str, int]:
        moves = sum(row.is_move for row in self.begin_duties)
        found = Counter(
            units_begun=len(self.begin_units),
            units_changed=len({row.unit for row in self.change_units if dict(row.changes).get("closes_on") is None}),
            units_closed=sum(dict(row.changes).get("closes_on") is not None for row in self.change_units),
            units_moved=len(self.place_units) - len(self.begin_units),
            people_begun=len(self.begin_people),
            people_changed=len(self.change_people),
            duties_begun=len(self.begin_duties) - moves,
            duties_moved=moves,
            duties_ended=sum(row.is_end for row in self.rewrite_duties) - moves,
            duties_corrected=sum(not row.is_end for row in self.rewrite_duties),
            duties_retracted=len(self.retract_duties),
            leaves_begun=len(self.begin_leaves),
            leaves_ended=sum(row.said is None for row in self.rewrite_leaves),
            leaves_corrected=sum(row.said is not None for row in self.rewrite_leaves),
            leaves_retracted=len(self.retract_leaves),
            unchanged=self.unchanged,
        )
        return {name: max(count, 0) for name, count in found.items()}
