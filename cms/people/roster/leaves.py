"""Which of a source's leaves are which of those that are known, and what becomes of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from cms.people.roster.facts import LeaveSaid, Said
from cms.people.roster.planning import BeginLeave, Known, KnownLeave, RetractLeave, RewriteLeave

DAY = timedelta(days=1)
LeaveOperation = BeginLeave | RewriteLeave | RetractLeave
LIKENESSES: list[Callable[[LeaveSaid, KnownLeave], bool]] = [
    lambda said, known: (said.starts_on, said.ends_on) == (known.starts_on, known.ends_on),
    lambda said, known: said.starts_on == known.starts_on,
    lambda said, known: _overlap(said, known),
]


def changes_of_leaves(said: Said, known: Known, person_ids: Mapping[str, int], day: date) -> list[LeaveOperation]:
    """What becomes of leave on a day. `person_ids` are by the source's own keys; 0 is somebody new.

    Leave that has ended stays, whether or not the source still tells of it.
    """
    told: dict[int | str, list[LeaveSaid]] = defaultdict(list)
    for leave in said.leaves:
        if leave.person in person_ids:
            told[person_ids[leave.person] or leave.person].append(leave)
    rows: dict[int | str, list[KnownLeave]] = defaultdict(list)
    for row in known.leaves:
        rows[row.person].append(row)
    operations: list[LeaveOperation] = []
    for person in {**told, **rows}:
        operations += _of_person(told.get(person, []), rows.get(person, []))
        if said.whole_leaves:
            operations += _silent(rows.get(person, []), day)
    return operations


def _of_person(told: list[LeaveSaid], rows: list[KnownLeave]) -> Iterable[LeaveOperation]:
    """Pairs what is most alike first, and takes out of `rows` what is still told of."""
    operations: list[LeaveOperation] = []
    rest = list({(said.starts_on, said.ends_on): said for said in told}.values())
    for is_like in LIKENESSES:
        left = []
        for said in rest:
            match = next((row for row in rows if is_like(said, row)), None)
            if match is None:
                left.append(said)
                continue
            rows.remove(match)
            if (said.starts_on, said.ends_on) != (match.starts_on, match.ends_on):
                operations.append(RewriteLeave(match, said.starts_on, said.ends_on, said))
        rest = left
    return [*operations, *(BeginLeave(said) for said in rest)]


def _silent(rows: list[KnownLeave], day: date) -> Iterable[LeaveOperation]:
    """Leave that is no longer told of ends the day before; what would begin later never comes."""
    last = day - DAY
    for row in rows:
        if row.starts_on > last:
            yield RetractLeave(row)
        elif row.ends_on is None or row.ends_on > last:
            yield RewriteLeave(row, row.starts_on, last, None)


def _overlap(said: LeaveSaid, known: KnownLeave) -> bool:
    is_before = said.ends_on is not None and said.ends_on < known.starts_on
    is_after = known.ends_on is not None and known.ends_on < said.starts_on
    return not is_before and not is_after
