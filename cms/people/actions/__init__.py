"""What can be done with people, employments and the two logs that name persons."""

from cms.people.actions.employments import (
    correct_employment,
    end_employment,
    end_leave,
    move_person,
    record_employment,
    record_leave,
    retract_employment,
)
from cms.people.actions.logs import queue_message, write_audit
from cms.people.actions.organisation import CircularPlacement, close_org_unit, place_org_unit
from cms.people.actions.persons import (
    ensure_person,
    enter_oversight_terms,
    give_scope,
    merge_people,
    set_protection,
)
from cms.people.actions.rules import PeopleError
from cms.people.actions.telling import one_telling, tell_roster_changed

__all__ = [
    "CircularPlacement",
    "PeopleError",
    "close_org_unit",
    "correct_employment",
    "end_employment",
    "end_leave",
    "ensure_person",
    "enter_oversight_terms",
    "give_scope",
    "merge_people",
    "move_person",
    "one_telling",
    "place_org_unit",
    "queue_message",
    "record_employment",
    "record_leave",
    "retract_employment",
    "set_protection",
    "tell_roster_changed",
    "write_audit",
]
