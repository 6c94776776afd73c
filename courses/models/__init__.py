from courses.models.learning import (
    Answer,
    Attempt,
    Enrollment,
    Move,
    ScenarioCompletion,
    UnitCarried,
    UnitCompletion,
)
from courses.models.pages import Choice, CourseIndexPage, CoursePage, Question, QuestionDraw, UnitPage
from courses.models.paths import (
    LearningPathCourse,
    LearningPathPage,
    LearningPathStep,
    LearningPathVersion,
    SignOff,
    SignOffVoid,
)
from courses.models.questions import AbstractQuestion, QuestionBankChoice, QuestionBankItem, QuestionBankTag
from courses.models.scenarios import ScenarioChoice, ScenarioStep
from courses.models.tallies import Slip, Tally
from courses.models.versions import CourseVersion, UnitVersion, UnitWithdrawal

__all__ = [
    "AbstractQuestion",
    "Answer",
    "Attempt",
    "Choice",
    "CourseIndexPage",
    "CoursePage",
    "CourseVersion",
    "Enrollment",
    "LearningPathCourse",
    "LearningPathPage",
    "LearningPathStep",
    "LearningPathVersion",
    "Move",
    "Question",
    "QuestionBankChoice",
    "QuestionBankItem",
    "QuestionBankTag",
    "QuestionDraw",
    "ScenarioChoice",
    "ScenarioCompletion",
    "ScenarioStep",
    "SignOff",
    "SignOffVoid",
    "Slip",
    "Tally",
    "UnitCarried",
    "UnitCompletion",
    "UnitPage",
    "UnitVersion",
    "UnitWithdrawal",
]
