"""What can be done with courses, one verb each."""

from courses.actions.cutting import (
    CourseIncomplete,
    PublishedAlone,
    RedoDateMissing,
    cut_course_version,
    is_cutting,
    withdraw_course,
)

__all__ = [
    "CourseIncomplete",
    "PublishedAlone",
    "RedoDateMissing",
    "cut_course_version",
    "is_cutting",
    "withdraw_course",
]
