"""What courses add to the pages of others."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from cms.people.models import Person
from cms.people.queries import person_views_are_open
from cms.people.views import acting_person
from courses.forms import TalkForm
from courses.queries.paths import is_head_of, paths_in_force, talks_with
from courses.queries.voluntary import invitations


def on_person(request: HttpRequest, *, person: Person) -> dict[str, Any] | None:
    """For the head: the talks that have been held with somebody, and the form to write down one more.

    Every path that a talk belongs to can be chosen, so nothing is told of which of them the person has begun.
    """
    actor, today = acting_person(request), timezone.localdate()
    if actor is None or request.GET.get("dag") or request.GET.get("kand") or not person_views_are_open():
        return None
    paths = list(paths_in_force(today).filter(needs_talk=True))
    if not paths or not is_head_of(actor, person, today):
        return None
    return {"person": person, "talks": talks_with(person), "form": TalkForm(paths=paths, initial={"dag": today})}


def on_training(request: HttpRequest) -> dict[str, Any] | None:
    """Questions to see what one remembers of a course: offered, never asked for."""
    person = acting_person(request)
    found = invitations(person, timezone.localdate()) if person is not None else []
    return {"invitations": found} if found else None
