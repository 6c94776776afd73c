"""What can be done with courses, one verb each."""

from courses.actions.citing import NothingNewer, renew_citation
from courses.actions.completing import Completed, complete_unit, complete_when_ready
from courses.actions.cutting import (
    CourseIncomplete,
    PublishedAlone,
    RedoDateMissing,
    cut_course_version,
    is_cutting,
    withdraw_course,
)
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
from courses.actions.rules import (
    AnswersMissing,
    AttemptClosed,
    CourseNotOpen,
    LearningError,
    NotDone,
    UnknownQuestion,
    check_open,
    withdrawal_of,
)
from courses.actions.scenarios import finish_scenario

__all__ = [
    "AnswersMissing",
    "AttemptClosed",
    "Completed",
    "CourseIncomplete",
    "CourseNotOpen",
    "HandedIn",
    "LearningError",
    "NotDone",
    "NothingNewer",
    "PublishedAlone",
    "RedoDateMissing",
    "UnknownQuestion",
    "answer_unit",
    "check_open",
    "complete_unit",
    "complete_when_ready",
    "cut_course_version",
    "enroll",
    "finish_scenario",
    "hand_in",
    "is_cutting",
    "open_attempt",
    "renew_citation",
    "save_answer",
    "save_answers",
    "submit_attempt",
    "withdraw_course",
    "withdrawal_of",
]
