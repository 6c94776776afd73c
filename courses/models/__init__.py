from courses.models.learning import Answer, Attempt, Enrollment, UnitCompletion
from courses.models.pages import Choice, CourseIndexPage, CoursePage, Question, QuestionDraw, UnitPage
from courses.models.questions import AbstractQuestion, QuestionBankChoice, QuestionBankItem, QuestionBankTag
from courses.models.versions import CourseVersion, UnitVersion

__all__ = [
    "AbstractQuestion",
    "Answer",
    "Attempt",
    "Choice",
    "CourseIndexPage",
    "CoursePage",
    "CourseVersion",
    "Enrollment",
    "Question",
    "QuestionBankChoice",
    "QuestionBankItem",
    "QuestionBankTag",
    "QuestionDraw",
    "UnitCompletion",
    "UnitPage",
    "UnitVersion",
]
