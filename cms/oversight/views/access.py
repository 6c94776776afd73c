"""What every view of follow-up does first: whose part of the organisation is it, and what is asked for."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils import timezone

from cms.compliance.queries import Disposed, refuse_disposed, required_targets
from cms.core.views import render_page
from cms.oversight.forms import DayForm, TargetForm
from cms.oversight.permissions import user_can_enter_terms
from cms.oversight.queries import Filters, overseen_unit
from cms.people.models import OrgUnit, Person
from cms.people.queries import View, view_of
from cms.people.views import acting_person


@dataclass(frozen=True)
class Overseer:
    """Who looks, at what, on which day, and as known when (None: now)."""

    person: Person
    view: View
    on: date
    known_at: datetime | None = None

    def unit(self, key: uuid.UUID) -> OrgUnit:
        """An org unit of the overseer's own part. 404 for any other."""
        org_unit = overseen_unit(self.view, key)
        if org_unit is None:
            raise Http404
        return org_unit

    @property
    def is_today(self) -> bool:
        return self.on == timezone.localdate() and self.known_at is None


def overseer_of(request: HttpRequest) -> Overseer:
    """The head or HR officer behind a request. 404 to everyone else, as if there were nothing here.

    Today's scopes decide who gets in; the organisation is that of the day in the address.
    """
    person, today = acting_person(request), timezone.localdate()
    form = DayForm(request.GET)
    if person is None or not form.is_valid():
        raise Http404
    view = view_of(person, today)
    if view.is_empty:
        raise Http404
    on, known_at = form.on or today, form.known_at
    refuse_disposed(on)
    if on != today or known_at is not None:
        view = view_of(person, on, known_at)
    return Overseer(person, view, on, known_at)


def overseer_today(request: HttpRequest) -> Overseer:
    """The same for what is done today, whatever day the address names."""
    person, today = acting_person(request), timezone.localdate()
    view = view_of(person, today)
    if person is None or view.is_empty:
        raise Http404
    return Overseer(person, view, today)


def told_if_disposed(pattern: URLPattern) -> URLPattern:
    """A route that answers "disposed of", never 0, for days before the horizon of a disposal."""
    view = pattern.callback

    @wraps(view)
    def telling(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = view(request, *args, **kwargs)
        except Disposed as problem:
            context = {"before": problem.before}
            return render_page(request, "ledstang_oversight/disposed.html", context, status=410)
        return response

    pattern.callback = telling
    return pattern


AnyForm = TypeVar("AnyForm", bound=TargetForm)


def filter_form(request: HttpRequest, overseer: Overseer, form_class: type[AnyForm]) -> AnyForm:
    """What the address narrows a list to. 404 for what cannot be chosen, on the screen and in exports alike."""
    form = form_class(request.GET, targets=required_targets(overseer.on), view=overseer.view)
    if not form.is_valid():
        raise Http404
    return form


def told(filters: Filters, **more: object) -> dict[str, object]:
    """What an audit row keeps of a view: keys and counts, no names."""
    target = str(filters.target.key) if filters.target else ""
    return {"target": target, "state": filters.state, **filters.as_told(), **more}


def locked(request: HttpRequest, overseer: Overseer) -> HttpResponse:
    """Names are not shown until purpose, information and consultation have been entered."""
    can_enter = user_can_enter_terms(request.user, overseer.person)
    return render_page(request, "ledstang_oversight/locked.html", {"can_enter_terms": can_enter}, status=403)
