"""What courses keep about one person, for that person; and how the mail about a finished course reads."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cms.core.languages import Written
from cms.people.models import Person
from courses.freezing import every_question
from courses.grading import parse
from courses.models import Answer, Enrollment, SignOff
from courses.queries.paths import titles_of
from courses.queries.quiz import answer_words

Rows = list[dict[str, Any]]


def _moment(value: Any) -> str:
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else ""


def enrollment_rows(person: Person) -> Rows:
    rows = Enrollment.objects.of(person).select_related("version").order_by("started_at", "pk")
    rows = rows.prefetch_related("moves__from_version", "moves__to_version", "scenarios__unit_version")
    return [
        {
            pgettext("my data", "Course"): Written(row.version.title),
            pgettext("my data", "Version"): row.version.number,
            pgettext("my data", "Reading"): row.get_audience_display() if row.audience else "",
            pgettext("my data", "Begun"): _moment(row.started_at),
            pgettext("my data", "Changed version"): ", ".join(
                f"{move} {_moment(move.moved_at)}" for move in row.moves.all()
            ),
            pgettext("my data", "Scenarios finished"): Written(
                ", ".join(f"{one.unit_version} {_moment(one.completed_at)}" for one in row.scenarios.all())
            ),
            pgettext("my data", "Completed"): _moment(row.finished_at),
        }
        for row in rows
    ]


def answer_rows(person: Person) -> Rows:
    """Every answer with its attempt, in words: the question and what was chosen."""
    mine = Q(attempt__enrollment__person=person) | Q(attempt__enrollment__person__merged_into=person)
    answers = Answer.objects.filter(mine).select_related("attempt__unit_version__content", "attempt__enrollment")
    return [_answer_row(answer) for answer in answers.order_by("saved_at", "pk")]


def _answer_row(answer: Answer) -> dict[str, Any]:
    attempt = answer.attempt
    questions = every_question(attempt.unit_version.content.parts["extra"])
    data = next((one for one in questions if one["key"] == str(answer.question_key)), None)
    question = parse(data) if data is not None else None
    words = answer_words(question, answer.value) if question is not None else ", ".join(answer.value)
    return {
        pgettext("my data", "Unit"): Written(attempt.unit_version.title),
        pgettext("my data", "Attempt"): attempt.number,
        pgettext("my data", "Question"): Written(question.text if question is not None else ""),
        pgettext("my data", "Answer"): Written(words),
        pgettext("my data", "Saved"): _moment(answer.saved_at),
        pgettext("my data", "Handed in"): _moment(attempt.submitted_at),
    }


def talk_rows(person: Person) -> Rows:
    mine = Q(person=person) | Q(person__merged_into=person)
    rows = list(SignOff.objects.filter(mine).select_related("void").order_by("held_on", "pk"))
    titles = titles_of({row.path_key for row in rows})
    return [
        {
            pgettext("my data", "Learning path"): Written(titles.get(row.path_key, "")),
            pgettext("my data", "Held on"): row.held_on.isoformat(),
            pgettext("my data", "Written down"): _moment(row.recorded_at),
            pgettext("my data", "Taken back"): _moment(row.void.voided_at) if hasattr(row, "void") else "",
        }
        for row in rows
    ]


def finished_subject(payload: dict[str, Any]) -> str:
    return _("You have completed %(title)s") % payload
