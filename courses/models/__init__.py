from courses.models.learning import Answer, Attempt, Enrollment, UnitCompletion
from courses.models.pages import Choice, CourseIndexPage, CoursePage, Question, UnitPage
from courses.models.versions import CourseVersion, UnitVersion

__all__ = [
    "Answer",
    "Attempt",
    "Choice",
    "CourseIndexPage",
    "CoursePage",
    "CourseVersion",
    "Enrollment",
    "Question",
    "UnitCompletion",
    "UnitPage",
    "UnitVersion",
]
