"""What one may answer after a course: an evaluation without name, and two questions to see what one remembers."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.core.views import render_page
from cms.people.models import Person
from courses.actions.counting import count_recall, evaluate_course
from courses.forms import EvaluationForm, answers_in
from courses.grading import BadAnswer, Question
from courses.queries.learning import Course
from courses.queries.quiz import Taken
from courses.queries.voluntary import DAYS, may_evaluate, recall_questions, shown, stages_open
from courses.views.learning import learners_own


@require_http_methods(["GET", "HEAD", "POST"])
@learners_own
def evaluate(request: HttpRequest, person: Person, course: Course) -> HttpResponse:
    """Count an evaluation. Whose it was is kept nowhere. Its page of faults, loaded anew, leads to the form."""
    if request.method != "POST":
        return redirect("courses:finished", course.enrollment.key)
    if not course.is_finished:
        return redirect("courses:home", course.enrollment.key)
    form = EvaluationForm(request.POST)
    if not form.is_valid():
        context = {"course": course, "form": form if may_evaluate(course.enrollment) else None}
        return render_page(request, "courses/evaluation.html", context, status=422)
    if evaluate_course(enrollment=course.enrollment, answers=form.answers):
        messages.success(request, _("Thank you. Your answers are counted without your name."))
    else:
        messages.info(request, _("You have evaluated the course already."))
    return redirect("courses:finished", course.enrollment.key)


@require_http_methods(["GET", "HEAD", "POST"])
@learners_own
def recall(request: HttpRequest, person: Person, course: Course, days: int) -> HttpResponse:
    """Two questions of a course again. What is answered is shown, counted without a name, and kept nowhere else."""
    stage, today = DAYS.get(days), timezone.localdate()
    if stage is None or stage not in stages_open(course.enrollment, today):
        raise Http404
    questions = recall_questions(course.enrollment)
    context: dict[str, Any] = {"course": course, "training_url": resolve_url(settings.LOGIN_REDIRECT_URL)}
    if request.method != "POST":
        context |= {"read": shown(questions, Taken(number=1), person, today)}
        return render_page(request, "courses/recall.html", context)
    answers, missing = _answers(request, [one for _unit, some in questions for one in some])
    if missing:
        read = shown(questions, Taken(number=1, answers=answers), person, today, missing)
        context |= {"read": read, "missing": missing, "is_faulty": True}
        return render_page(request, "courses/recall.html", context, status=422)
    count_recall(enrollment=course.enrollment, stage=stage, answers=answers, on=today)
    taken = Taken(number=1, is_submitted=True, is_passed=True, answers=answers)
    context |= {"read": shown(questions, taken, person, today), "is_answered": True}
    return render_page(request, "courses/recall.html", context)


def _answers(request: HttpRequest, questions: list[Question]) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """What was posted to some questions, and the keys of those that it does not answer. 404 for what was not asked."""
    posted = answers_in(request.POST)
    try:
        answers = {one.key: one.clean(posted.get(one.key, ())) for one in questions}
    except BadAnswer as error:
        raise Http404 from error
    return answers, [one.key for one in questions if not one.is_complete(answers[one.key])]
