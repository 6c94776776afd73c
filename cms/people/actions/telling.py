"""Telling those above that the roster has changed, in the transaction that changes it."""

import contextvars
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cms.people.models import OrgUnit, Person
from cms.people.signals import roster_changed

Heap = tuple[set[int], set[int]]
_heap: contextvars.ContextVar[Heap | None] = contextvars.ContextVar("ledstang_roster_heap", default=None)


def tell_roster_changed(*, people: Iterable[Person | int] = (), org_units: Iterable[OrgUnit | int] = ()) -> None:
    """Say whose roster rows have changed, and which org units have been placed, renamed, opened or closed."""
    person_ids = {_id(person) for person in people}
    org_unit_ids = {_id(unit) for unit in org_units}
    heap = _heap.get()
    if heap is not None:
        heap[0].update(person_ids)
        heap[1].update(org_unit_ids)
    elif person_ids or org_unit_ids:
        _send(person_ids, org_unit_ids)


@contextmanager
def one_telling() -> Iterator[None]:
    """Inside, what changes is told once, at the end: an import of a whole city is one piece of news."""
    if _heap.get() is not None:
        yield
        return
    heap: Heap = (set(), set())
    token = _heap.set(heap)
    try:
        yield
    finally:
        _heap.reset(token)
    if heap[0] or heap[1]:
        _send(*heap)


def _send(person_ids: set[int], org_unit_ids: set[int]) -> None:
    roster_changed.send(sender=Person, person_ids=frozenset(person_ids), org_unit_ids=frozenset(org_unit_ids))


def _id(thing: Person | OrgUnit | int) -> int:
    return thing if isinstance(thing, int) else int(thing.pk)
