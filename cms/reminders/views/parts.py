"""What the reminders add to the pages of follow-up."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from cms.compliance.enums import State
from cms.compliance.queries import required_targets, standings
from cms.people.models import OrgUnit, Person
from cms.people.queries import person_views_are_open
from cms.reminders.queries import readers_of, reminded_on, reminders_to
from cms.reminders.queries.rehearsal import why_not
from cms.reminders.saying import by_hand

MOST_SHOWN = 12


def on_person(request: HttpRequest, *, person: Person) -> dict[str, Any] | None:
    """What has been sent to somebody of what is required today, and the button that sends one more.

    The page has checked that the visitor may see the person.
    """
    if _looks_elsewhere(request):
        return None
    today, one = timezone.localdate(), Person.objects.filter(pk=person.pk)
    reader = readers_of(one, today).get(person.pk)
    matters = reader.matters if reader else ()
    return {
        "person": person,
        "rows": reminders_to(person, _required(person))[:MOST_SHOWN],
        "is_reminded": bool(reminded_on(one, today)),
        "has_something": bool(matters),
        "is_away": bool(reader and matters and not by_hand(reader, today)),
        "why_not": why_not(person),
    }


def _required(person: Person) -> list[int]:
    """What is required of somebody today: what was asked at an earlier workplace is not this head's matter."""
    today = timezone.localdate()
    found = standings(Person.objects.filter(pk=person.pk), required_targets(today), today).get(person.pk, {})
    return [target for target, one in found.items() if one.state != State.NOT_REQUIRED]


def on_people(request: HttpRequest, *, org_unit: OrgUnit) -> dict[str, Any] | None:
    return None if _looks_elsewhere(request) else {"org_unit": org_unit}


def _looks_elsewhere(request: HttpRequest) -> bool:
    """Whether the page is about another day, or as known on another: one reminds of what is left today."""
    return bool(request.GET.get("dag") or request.GET.get("kand"))


def on_overview(request: HttpRequest, *, org_unit: OrgUnit | None) -> dict[str, Any] | None:
    return {"org_unit": org_unit} if person_views_are_open() else None
