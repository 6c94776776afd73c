"""What one may answer after a course, and need not: how it was, and what one remembers. Kept of nobody."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cms.people.models import Person
from courses.enums import Stage
from courses.freezing import every_question
from courses.grading import Question, parse
from courses.models import Enrollment, Slip, UnitVersion
from courses.queries.catalogue import versions_in_force
from courses.queries.quiz import ReadUnit, ShownQuestion, Taken, asked, filled, graded
from courses.queries.units import in_reading

# Days after the course was completed: from when, and until when.
WINDOWS = {Stage.AFTER_14: (14, 45), Stage.AFTER_60: (60, 120)}
DAYS = {14: Stage.AFTER_14, 60: Stage.AFTER_60}
HOW_MANY = 2


def slip_of(purpose: str, enrollment: Enrollment) -> str:
    """The slip of one person for one purpose and version. Only the site's secret leads from one to the other."""
    person = enrollment.person.merged_into or enrollment.person
    words = f"{person.key}/{enrollment.version.public_id}"
    return salted_hmac(f"courses.slip.{purpose}", words, algorithm="sha256").hexdigest()


def may_evaluate(enrollment: Enrollment) -> bool:
    """Whether somebody has completed a course and not said how it was."""
    is_done = enrollment.finished_at is not None
    return is_done and not Slip.objects.filter(digest=slip_of(Stage.EVALUATION, enrollment)).exists()


def stages_open(enrollment: Enrollment, on: date) -> list[Stage]:
    """The recall questions that are asked on a day."""
    if enrollment.finished_at is None:
        return []
    days = (on - timezone.localdate(enrollment.finished_at)).days
    return [stage for stage, (first, last) in WINDOWS.items() if first <= days <= last]


def recall_questions(enrollment: Enrollment) -> list[tuple[UnitVersion, list[Question]]]:
    """The two questions of a version that are asked again, with their answers: the same for everybody who has them,
    so that what is remembered can be told of few people."""
    units = UnitVersion.objects.filter(course_version=enrollment.version_id).select_related("content")
    audience = enrollment.audience or None
    found = [
        (unit, question)
        for unit in in_reading(units.order_by("position"), enrollment.audience)
        for question in map(parse, every_question(unit.content.parts["extra"]))
        if not question.audiences or audience is None or audience in question.audiences
    ]
    seed = enrollment.version.sha256
    chosen = sorted(found, key=lambda pair: hashlib.sha256(f"{seed}/{pair[1].key}".encode()).hexdigest())[:HOW_MANY]
    by_unit: dict[int, tuple[UnitVersion, list[Question]]] = {}
    for unit, question in chosen:
        by_unit.setdefault(unit.pk, (unit, []))[1].append(question)
    return list(by_unit.values())


@dataclass(frozen=True)
class Invitation:
    """Two questions that somebody may answer now."""

    title: str
    days: int
    url: str


def invitations(person: Person, on: date) -> list[Invitation]:
    """The recall questions that somebody may answer today and has not: four queries however many courses there are.

    Out: courses that have been withdrawn, and those of which a later major version applies: one does not practise
    what no longer holds.
    """
    rows = list(
        Enrollment.objects.of(person)
        .filter(finished_at__date__gte=on - timedelta(days=121), finished_at__date__lte=on - timedelta(days=14))
        .select_related("version", "person__merged_into")
        .order_by("-finished_at")
    )
    open_now = [(one, stage) for one in rows for stage in stages_open(one, on)]
    if not open_now:
        return []
    current = {version.key: version.major for version in versions_in_force(on, [one.course_key for one, _ in open_now])}
    used = set(Slip.objects.filter(digest__in=[slip_of(stage, one) for one, stage in open_now]).values_list(flat=True))
    asks = _with_questions({one.version_id for one, _stage in open_now})
    days = {stage: number for number, stage in DAYS.items()}
    found: dict[str, Invitation] = {}
    for one, stage in open_now:
        digest = slip_of(stage, one)
        if current.get(one.course_key) == one.version.major and digest not in used and one.version_id in asks:
            url = reverse("courses:recall", args=[one.key, days[stage]])
            found.setdefault(digest, Invitation(one.version.title, days[stage], url))
    return list(found.values())


def _with_questions(versions: set[int]) -> set[int]:
    """Those of some versions that ask anything at all."""
    units = UnitVersion.objects.filter(course_version__in=versions)
    return {unit.course_version_id for unit in units if unit.question_count(None)}


def shown(
    questions: Iterable[tuple[UnitVersion, list[Question]]], taken: Taken, person: Person, on: date,
    missing: Iterable[str] = (),
) -> ReadUnit:  # fmt: skip
    """The questions to answer, or with what the answers were worth: then with what would have been right."""
    found: list[ShownQuestion] = []
    missing = set(missing)
    for unit, some in questions:
        cites = unit.content.parts["cites"]
        one = graded(some, taken, cites, {}) if taken.is_submitted else asked(some, taken, cites)
        found += one
    numbered = [
        replace(question, number=number, is_missing=question.key in missing)
        for number, question in enumerate(found, start=1)
    ]
    return filled([], numbered, person, on)
