"""What can be done with courses, one verb each."""

from courses.actions.citing import NothingNewer, renew_citation
from courses.actions.completing import Completed, complete_unit, complete_when_ready, finish_course
from courses.actions.cutting import (
    CourseIncomplete,
    PublishedAlone,
    RedoDateMissing,
    SeenOther,
    cut_course_version,
    is_cutting,
    mint_course_version,
    withdraw_course,
)
from courses.actions.drafting import settle_course_draft
from courses.actions.learning import (
    HandedIn,
    answer_unit,
    enroll,
    hand_in,
    open_attempt,
    save_answer,
    save_answers,
    submit_attempt,
)
from courses.actions.moving import Moved, move_to_version
from courses.actions.rules import (
    AnswersMissing,
    AttemptClosed,
    CannotMove,
    CourseNotOpen,
    LearningError,
    NotDone,
    UnknownQuestion,
    check_open,
    withdrawal_of,
)
from courses.actions.scenarios import finish_scenario
from courses.actions.withdrawing import withdraw_unit

__all__ = [
    "AnswersMissing",
    "AttemptClosed",
    "CannotMove",
    "Completed",
    "CourseIncomplete",
    "CourseNotOpen",
    "HandedIn",
    "LearningError",
    "Moved",
    "NotDone",
    "NothingNewer",
    "PublishedAlone",
    "RedoDateMissing",
    "SeenOther",
    "UnknownQuestion",
    "answer_unit",
    "check_open",
    "complete_unit",
    "complete_when_ready",
    "cut_course_version",
    "enroll",
    "finish_course",
    "finish_scenario",
    "hand_in",
    "is_cutting",
    "mint_course_version",
    "move_to_version",
    "open_attempt",
    "renew_citation",
    "save_answer",
    "save_answers",
    "settle_course_draft",
    "submit_attempt",
    "withdraw_course",
    "withdraw_unit",
    "withdrawal_of",
]
