"""Take part in a course: enrol, attempt, answer, hand in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import BigIntegerField, F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.core.enums import Audience
from cms.core.prepared import Prepared, Slot, write_once
from cms.people.models import Person
from cms.versions.queries import in_force
from courses.actions.completing import Completed, complete_when_ready, finish_course, lock_enrollment
from courses.actions.counting import count_first_try
from courses.actions.moving import carry
from courses.actions.rules import AnswersMissing, AttemptClosed, CourseNotOpen, UnknownQuestion
from courses.drawing import note
from courses.grading import BadAnswer, Question, grade
from courses.models import Answer, Attempt, CourseVersion, Enrollment, UnitVersion
from courses.queries.moving import plan_renewal
from courses.queries.units import questions_asked


@transaction.atomic
def enroll(
    *, person: Person, course_key: UUID, audience: str = "", again: bool = False, at: datetime | None = None
) -> Enrollment:
    """Begin a course on the version in force, or go on where one is.

    A finished course begins a new cycle when a later major version is in force, or when asked for `again`.
    Nothing is reset by it. Where that version asks only for what has changed, the rest counts as it was done; if that
    is all, the new cycle is finished at once. Raises CourseNotOpen. Safe to race.
    """
    at = at or timezone.now()
    version = in_force(CourseVersion, course_key, timezone.localdate(at))
    if version is None:
        raise CourseNotOpen(_("The course cannot be started now."))
    mine = Enrollment.objects.latest_of_courses(person, [course_key])
    last = mine.select_related("version").last()
    if last is not None and (last.finished_at is None or not (again or version.major > last.version.major)):
        return last
    new = Enrollment(
        person=person,
        course_key=course_key,
        cycle=last.cycle + 1 if last else 1,
        version=version,
        audience=audience if audience in Audience.values else "",
        started_at=at,
    )
    Enrollment.objects.bulk_create([new], ignore_conflicts=True)
    begun = Enrollment.objects.latest_of_courses(person, [course_key]).order_by("cycle", "pk").last() or new
    if last is not None and version.major > last.version.major:
        _keep_unchanged(last, begun, at)
    return begun


def _keep_unchanged(last: Enrollment, begun: Enrollment, at: datetime) -> None:
    plan = plan_renewal(last, begun.version, begun.audience, timezone.localdate(at))
    if plan is not None:
        carry(enrollment=begun, plan=plan)
        if plan.finishes:
            finish_course(enrollment=begun, at=at)
            begun.refresh_from_db()


@transaction.atomic
def open_attempt(
    *, enrollment: Enrollment, unit_version: UnitVersion, number: int | None = None, at: datetime | None = None
) -> Attempt:
    """The attempt that is open, or the next one, which keeps its questions as they are asked. Safe to race.

    With a `number`, only that one: raises AttemptClosed if it has been handed in or is not the next.
    """
    last = _last_attempt(enrollment, unit_version)
    is_open = last is not None and last.submitted_at is None
    following = 1 if last is None else last.number + (not is_open)
    if number not in (None, following):
        raise AttemptClosed(_("These answers have been handed in already."))
    if last is not None and is_open:
        return last
    new = Attempt(
        enrollment=enrollment,
        unit_version=unit_version,
        number=following,
        asked=note(questions_asked(unit_version, enrollment, following)),
        started_at=at or timezone.now(),
    )
    return new if write_once(new) else _last_attempt(enrollment, unit_version) or new


def _attempts_of_unit() -> QuerySet[Attempt]:
    mine, of_unit = Slot("enrollment", BigIntegerField()), Slot("unit", BigIntegerField())
    return Attempt.objects.filter(enrollment=mine, unit_version=of_unit).order_by("-number")[:1]


def _attempt_to_lock() -> QuerySet[Attempt]:
    rows = Attempt.objects.select_for_update(of=("self",)).filter(pk=Slot("pk", BigIntegerField()))
    versions: QuerySet[Attempt] = rows.annotate(
        learners_version=F("enrollment__version_id"), units_version=F("unit_version__course_version_id")
    )
    return versions


LAST, LOCKED = Prepared(_attempts_of_unit), Prepared(_attempt_to_lock)  # every answer waits for them


def _last_attempt(enrollment: Enrollment, unit_version: UnitVersion) -> Attempt | None:
    for row in LAST.rows(enrollment=enrollment.pk, unit=unit_version.pk):
        attempt: Attempt = row.whole()
        attempt.enrollment, attempt.unit_version = enrollment, unit_version
        return attempt
    return None


def _locked(known: Attempt) -> Attempt:
    """The attempt, which nobody else answers now. One of a version that the learner has left is closed.

    It gets the enrollment and the unit from what is `known` of it, if they are still its own.
    """
    # On PostgreSQL a row that changes version while this waits for it falls out of the join: once more.
    found = LOCKED.rows(pk=known.pk) or LOCKED.rows(pk=known.pk)
    if not found:
        raise Attempt.DoesNotExist
    (row,) = found
    attempt: Attempt = row.whole()
    if attempt.submitted_at is not None or row["learners_version"] != row["units_version"]:
        raise AttemptClosed(_("These answers have been handed in already."))
    known_already = known._state.fields_cache
    enrollment, unit = known_already.get("enrollment"), known_already.get("unit_version")
    if enrollment is not None and enrollment.version_id == row["learners_version"]:
        attempt.enrollment = enrollment
    if unit is not None and unit.pk == attempt.unit_version_id:
        attempt.unit_version = unit
    return attempt


def _questions(attempt: Attempt) -> list[Question]:
    return questions_asked(attempt.unit_version, attempt.enrollment, attempt.number, attempt.asked)


@transaction.atomic
def save_answers(
    *, attempt: Attempt, values: Mapping[str, Iterable[str]], at: datetime | None = None
) -> dict[str, tuple[str, ...]]:
    """Keep answers by question key, as they stand after cleaning; an empty one takes an earlier answer back.

    Raises AttemptClosed once handed in, UnknownQuestion for what the unit does not have.
    """
    attempt = _locked(attempt)
    questions = {question.key: question for question in _questions(attempt)}
    try:
        cleaned = {key: questions[key].clean(given) for key, given in values.items()}
    except (KeyError, BadAnswer) as error:
        raise UnknownQuestion(_("This question is not part of the unit.")) from error
    known = {str(key): tuple(value) for key, value in attempt.answers.values_list("question_key", "value")}
    changed = {key: value for key, value in cleaned.items() if value != known.get(key, ())}
    emptied = [key for key, value in changed.items() if not value]
    if emptied:
        attempt.answers.filter(question_key__in=emptied).delete()
    Answer.objects.bulk_create(
        [
            Answer(attempt=attempt, question_key=UUID(key), value=list(value), saved_at=at or timezone.now())
            for key, value in changed.items()
            if value
        ],
        update_conflicts=True,
        unique_fields=["attempt", "question_key"],
        update_fields=["value", "saved_at"],
    )
    return cleaned


def save_answer(
    *, attempt: Attempt, question_key: UUID | str, value: str | Iterable[str], at: datetime | None = None
) -> Answer:
    """Keep one answer: a choice's key, or several; "true" or "false"; words. Raises what `save_answers` raises."""
    given = [value] if isinstance(value, str) else value
    save_answers(attempt=attempt, values={str(question_key): given}, at=at)
    return Answer.objects.get(attempt=attempt, question_key=question_key)


@transaction.atomic
def answer_unit(
    *,
    enrollment: Enrollment,
    unit_version: UnitVersion,
    number: int,
    values: Mapping[str, Iterable[str]],
    at: datetime | None = None,
) -> Attempt:
    """Keep answers in attempt `number`, which opens with the first of them.

    Raises AttemptClosed for an attempt that has been handed in, or whose turn it is not: a page that was left open
    in another tab begins nothing anew.
    """
    attempt = open_attempt(enrollment=enrollment, unit_version=unit_version, number=number, at=at)
    save_answers(attempt=attempt, values=values, at=at)
    return attempt


@dataclass(frozen=True)
class HandedIn:
    """A graded attempt, and what the unit's completion led to if it passed."""

    attempt: Attempt
    completed: Completed | None


@transaction.atomic
def hand_in(*, attempt: Attempt, at: datetime | None = None) -> HandedIn:
    """Grade the answers and close the attempt. What the unit's rule asks for, a pass or just answers, completes it in
    the same transaction, unless its scenario is still lacking.

    Raises AttemptClosed, AnswersMissing or CourseNotOpen, and then the answers stay as they are.
    """
    at = at or timezone.now()
    begun = attempt._state.fields_cache.get("enrollment")
    enrollment = lock_enrollment(attempt.enrollment_id, at, begun)  # before the attempt, as whoever moves does
    attempt = _locked(attempt)
    attempt.enrollment = enrollment
    questions = _questions(attempt)
    answers = {str(key): value for key, value in attempt.answers.values_list("question_key", "value")}
    missing = [question.key for question in questions if not question.is_complete(answers.get(question.key, ()))]
    if missing:
        raise AnswersMissing(missing)
    result = grade(questions, answers)
    attempt.score = float(result.score)
    attempt.is_passed = result.passes(enrollment.version.pass_mark)
    attempt.submitted_at = at
    attempt.save(update_fields=["score", "is_passed", "submitted_at"])
    completed = None
    needs = attempt.unit_version.needs(enrollment.audience or None)
    if needs.answered or (needs.passed and attempt.is_passed):
        completed = complete_when_ready(enrollment=enrollment, unit_key=attempt.unit_version.unit_key, at=at)
    count_first_try(attempt=attempt, questions=questions, answers=answers)
    return HandedIn(attempt=attempt, completed=completed)


def submit_attempt(*, attempt: Attempt, at: datetime | None = None) -> Attempt:
    """Hand in and return the graded attempt. Raises what `hand_in` raises."""
    return hand_in(attempt=attempt, at=at).attempt
