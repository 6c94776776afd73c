"""Count answers without their givers: one statement, in the transaction in which the answer is given."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from courses.actions.rules import NotDone
from courses.enums import Agreement, Matter, Stage
from courses.grading import Question
from courses.models import Attempt, Enrollment, Slip, Tally
from courses.models.tallies import FEWEST
from courses.queries.voluntary import recall_questions, slip_of, stages_open
from courses.tallying import EVERYONE, right_only, slots, slots_of

COLUMNS = ("stage", "subject", "sha256", "question", "slot")


@dataclass(frozen=True, order=True)
class Mark:
    """A slot of a question, and whether this answer counts in it."""

    question: str
    slot: str
    is_hit: bool


def count(*, stage: Stage, subject: UUID, sha256: str, marks: Iterable[Mark]) -> None:
    """Add one person's answers to the counters. Every slot of each question must be among the marks.

    The rows are taken in one order, so that nobody waits in a circle.
    """
    rows = sorted(marks)
    if not rows:
        return
    key = Tally._meta.get_field("subject").get_db_prep_value(subject, connection)
    values = [(str(stage), key, sha256, mark.question, mark.slot, 1, int(mark.is_hit)) for mark in rows]
    with connection.cursor() as cursor:
        cursor.execute(_statement(len(values)), [value for row in values for value in row])


def _statement(rows: int) -> str:
    """The fifth person turns the batch over: what has waited is shown, and the next batch begins."""
    table = connection.ops.quote_name(Tally._meta.db_table)
    is_full = f"{table}.people + 1 >= {FEWEST}"
    mark = "(" + ", ".join(["%s"] * 7) + ", 0)"
    return (
        f"INSERT INTO {table} ({', '.join(COLUMNS)}, people, waiting, shown) VALUES {', '.join([mark] * rows)}"
        f" ON CONFLICT ({', '.join(COLUMNS)}) DO UPDATE SET"
        f" shown = CASE WHEN {is_full} THEN {table}.shown + {table}.waiting + excluded.waiting ELSE {table}.shown END,"
        f" waiting = CASE WHEN {is_full} THEN 0 ELSE {table}.waiting + excluded.waiting END,"
        f" people = CASE WHEN {is_full} THEN 0 ELSE {table}.people + 1 END"
    )


# Once, without remembering who


@transaction.atomic
def use_slip(digest: str) -> bool:
    """Use a slip up. False if it was used before: the database's uniqueness decides, not a look beforehand."""
    table = connection.ops.quote_name(Slip._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} (digest) VALUES (%s) ON CONFLICT DO NOTHING", [digest])
        written: int = cursor.rowcount
    return written == 1


# What is counted


def count_first_try(*, attempt: Attempt, questions: Sequence[Question], answers: Mapping[str, Iterable[str]]) -> None:
    """Count what somebody chose at the first try. Out: later tries, later cycles, and a unit that was tried in an
    earlier version: so that nobody is behind a figure twice."""
    enrollment, unit = attempt.enrollment, attempt.unit_version
    if attempt.number != 1 or enrollment.cycle != 1:
        return
    tries = Attempt.objects.filter(enrollment=enrollment, unit_version__unit_key=unit.unit_key)
    if tries.exclude(pk=attempt.pk).exists():
        return
    marks = [
        Mark(question.key, slot, slot in hits)
        for question in questions
        for hits in [slots_of(question, answers.get(question.key, ()))]
        for slot in slots(question)
    ]
    count(stage=Stage.FIRST_TRY, subject=unit.unit_key, sha256=unit.sha256, marks=marks)


@transaction.atomic
def evaluate_course(*, enrollment: Enrollment, answers: Mapping[Matter, Agreement]) -> bool:
    """Count a course evaluation, once for each person and version; False if it was given before.

    Raises NotDone for a course that is not finished.
    """
    if enrollment.finished_at is None:
        raise NotDone(_("The course is evaluated when it is completed."))
    if not use_slip(slip_of(Stage.EVALUATION, enrollment)):
        return False
    marks = [
        Mark(str(matter), slot, slot in (EVERYONE, answers[matter]))
        for matter in Matter
        for slot in (EVERYONE, *(str(agreement) for agreement in Agreement))
    ]
    version = enrollment.version
    count(stage=Stage.EVALUATION, subject=enrollment.course_key, sha256=version.sha256, marks=marks)
    return True


@transaction.atomic
def count_recall(*, enrollment: Enrollment, stage: Stage, answers: Mapping[str, Iterable[str]], on: date) -> bool:
    """Count how many of the recall questions were remembered, once for each person, version and stage.

    False if they were answered before, or are not asked on this day.
    """
    if stage not in stages_open(enrollment, on) or not use_slip(slip_of(stage, enrollment)):
        return False
    for unit, questions in recall_questions(enrollment):
        marks = [
            Mark(question.key, slot, slot in hits)
            for question in questions
            for every, hits in [right_only(question, answers.get(question.key, ()))]
            for slot in every
        ]
        count(stage=stage, subject=unit.unit_key, sha256=unit.sha256, marks=marks)
    return True
