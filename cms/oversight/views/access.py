"""What every view of follow-up does first: whose part of the organisation is it, and what is asked for."""

import uuid
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from cms.compliance.queries import required_targets
from cms.core.views import render_page
from cms.oversight.forms import TargetForm
from cms.oversight.permissions import user_can_enter_terms
from cms.oversight.queries import overseen_unit
from cms.people.models import OrgUnit, Person
from cms.people.queries import View, view_of
from cms.people.views import acting_person


@dataclass(frozen=True)
class Overseer:
    """Who looks, at what, on which day."""

    person: Person
    view: View
    on: date

    def unit(self, key: uuid.UUID) -> OrgUnit:
        """An org unit of the overseer's own part. 404 for any other."""
        org_unit = overseen_unit(self.view, key)
        if org_unit is None:
            raise Http404
        return org_unit


def overseer_of(request: HttpRequest) -> Overseer:
    """The head or HR officer behind a request. 404 to everyone else, as if there were nothing here."""
    person, today = acting_person(request), timezone.localdate()
    view = view_of(person, today)
    if person is None or view.is_empty:
        raise Http404
    return Overseer(person, view, today)


def filter_form(request: HttpRequest, on: date, form_class: type[TargetForm] = TargetForm) -> TargetForm:
    """What the address narrows a list to. 404 for what cannot be chosen, on the screen and in exports alike."""
    form = form_class(request.GET, targets=required_targets(on))
    if not form.is_valid():
        raise Http404
    return form


def locked(request: HttpRequest, overseer: Overseer) -> HttpResponse:
    """Names are not shown until purpose, information and consultation have been entered."""
    can_enter = user_can_enter_terms(request.user, overseer.person)
    return render_page(request, "ledstang_oversight/locked.html", {"can_enter_terms": can_enter}, status=403)
