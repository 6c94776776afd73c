"""Answers that were given after the session had ended: kept in the visitor's session, saved when they log in.

The place holds the enrollment's key, which is looked up among the person's own when they are back: nobody else's
login saves anything.
"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from cms.people.models import Person
from courses.actions import LearningError, answer_unit
from courses.forms import ATTEMPT, answers_in
from courses.queries.learning import enrollment_of
from courses.queries.units import unit_of

STASH = "courses_answers"
MOST_PAGES = 5


def login_address(page: str) -> str:
    return f"{resolve_url(settings.LOGIN_URL)}?next={quote(page)}"


def to_login(request: HttpRequest, page: str) -> HttpResponse:
    """Send somebody without a session to the login and then to a page; a part of a page takes the whole with it."""
    if getattr(request, "htmx", False):
        response = HttpResponse()
        response["HX-Redirect"] = login_address(page)
        return response
    return redirect(login_address(page))


def keep_answers(request: HttpRequest, enrollment_key: UUID, unit_key: UUID) -> None:
    """Lay posted answers aside in the session of a visitor who is nobody yet."""
    answers = answers_in(request.POST)
    if not answers:
        return
    pages: dict[str, Any] = request.session.get(STASH, {})
    before = set(pages)
    place = f"{enrollment_key}/{unit_key}"
    known = pages.pop(place, {"answers": {}})
    kept = {"attempt": request.POST.get(ATTEMPT, "")[:6], "answers": {**known["answers"], **answers}}
    request.session[STASH] = dict([*pages.items(), (place, kept)][-MOST_PAGES:])
    if place not in before:
        messages.info(request, _("Your answers are kept. Log in, and they are saved."), fail_silently=True)


def save_kept_answers(request: HttpRequest, person: Person) -> None:
    """Save what was laid aside, as far as it is this person's. Never in the way of the login."""
    pages = request.session.pop(STASH, None)
    if not isinstance(pages, dict):
        return
    saved = [_save(person, place, kept) for place, kept in pages.items()]
    if any(saved):
        messages.success(request, _("The answers you gave before you logged in are saved."), fail_silently=True)


def _save(person: Person, place: str, kept: dict[str, Any]) -> bool:
    enrollment_key, unit_key = (UUID(part) for part in place.split("/"))
    enrollment = enrollment_of(person, enrollment_key)
    unit = unit_of(enrollment, unit_key) if enrollment is not None else None
    if enrollment is None or unit is None or not str(kept["attempt"]).isdecimal():
        return False
    number, values = int(kept["attempt"]), dict(kept["answers"])
    try:
        answer_unit(enrollment=enrollment, unit_version=unit, number=number, values=values)
    except LearningError:
        return False
    return True
