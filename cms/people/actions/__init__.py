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
from cms.people.actions.importing import (
    confirm_import,
    discard_import,
    progress_of,
    restart_import,
    start_import,
    work_through,
)
from cms.people.actions.logs import queue_message, write_audit
from cms.people.actions.organisation import CircularPlacement, close_org_unit, place_org_unit
from cms.people.actions.persons import (
    end_scope,
    ensure_person,
    enter_oversight_terms,
    give_scope,
    merge_people,
    note_seen,
    set_protection,
)
from cms.people.actions.roster import ImportRefused, import_roster, plan_import
from cms.people.actions.rules import OwnRight, PeopleError
from cms.people.actions.telling import one_telling, tell_roster_changed
from cms.people.actions.words import map_words

__all__ = [
    "CircularPlacement",
    "ImportRefused",
    "OwnRight",
    "PeopleError",
    "close_org_unit",
    "confirm_import",
    "correct_employment",
    "discard_import",
    "end_employment",
    "end_leave",
    "end_scope",
    "ensure_person",
    "enter_oversight_terms",
    "give_scope",
    "import_roster",
    "map_words",
    "merge_people",
    "move_person",
    "note_seen",
    "one_telling",
    "place_org_unit",
    "plan_import",
    "progress_of",
    "queue_message",
    "record_employment",
    "record_leave",
    "restart_import",
    "retract_employment",
    "set_protection",
    "start_import",
    "tell_roster_changed",
    "work_through",
    "write_audit",
]
