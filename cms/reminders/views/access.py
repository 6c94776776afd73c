"""Who looks: the head or HR officer behind a request, and that the look is kept."""

from datetime import date

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.people.models import OrgUnit, Person
from cms.people.queries import View, view_of
from cms.people.views import acting_person
from cms.reminders.actions import note_looking


def overseer(request: HttpRequest) -> tuple[Person, View]:
    """The actor and what the actor oversees today. 404 to everyone else, as if there were nothing here."""
    person = acting_person(request)
    view = view_of(person, timezone.localdate())
    if person is None or view.is_empty:
        raise Http404
    return person, view


def note_list(*, actor: Person, org_unit: OrgUnit, on: date, rows: int, view: View) -> None:
    """A list with names was shown: what is not noted is not shown, so this comes before the answer."""
    protected = bool(view.protected_in & view.tree.subtree(org_unit.pk))
    note_looking(actor=actor, org_unit=org_unit, on=on, rows=rows, protected=protected)


def crumbs(org_unit: OrgUnit, last: str) -> list[tuple[str, str]]:
    """The way to a page of ours: through the org unit it is about."""
    return [
        (_("Follow-up"), reverse("ledstang_oversight:overview")),
        (org_unit.name, reverse("ledstang_oversight:org-unit", args=[org_unit.key])),
        (last, ""),
    ]
