"""What a learner cannot do, by name, and the rule that every step asks first."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.core.models import Refused
from cms.versions.models import Withdrawal
from courses.models import Enrollment


class LearningError(Refused):
    """Something a learner cannot do. The text is shown to them."""


class CourseNotOpen(LearningError):
    """There is no version of the course in force, or it has been withdrawn."""


class NotDone(LearningError):
    """A unit cannot be completed like that: not part of the course, not its turn, or its questions not passed."""


class CannotMove(LearningError):
    """There is no newer version to go on with, or another one than the learner was shown."""


class AttemptClosed(LearningError):
    """The answers have been handed in and stand."""


class UnknownQuestion(LearningError):
    """The unit does not have such a question, or the question no such choice."""


class AnswersMissing(LearningError):
    """Not every question has an answer that can be handed in. `keys` names those."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = tuple(keys)
        super().__init__(_("Some questions have no answer yet."))


def withdrawals_of(course_key: Any, on: Any) -> QuerySet[Withdrawal]:
    """What takes a course out of use on a day. Either may be of an outer query, or a slot."""
    return Withdrawal.objects.filter(key=course_key, withdrawn_on__lte=on)


def withdrawal_of(course_key: UUID, at: datetime) -> Withdrawal | None:
    found: Withdrawal | None = withdrawals_of(course_key, timezone.localdate(at)).first()
    return found


def check_open(enrollment: Enrollment, at: datetime) -> None:
    """Raises CourseNotOpen if the course was withdrawn while it was being taken."""
    if withdrawal_of(enrollment.course_key, at) is not None:
        raise CourseNotOpen(_("The course has been withdrawn."))
