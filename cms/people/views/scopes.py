"""Who is head, who is HR and who sees protected personal data, in Wagtail's admin."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.views import only_for, require_post
from cms.people.actions import OwnRight, PeopleError, end_scope, give_scope
from cms.people.forms import ScopeForm
from cms.people.permissions import user_can_give_scopes, user_can_import_roster
from cms.people.queries.merging import found_people, mergeable_people
from cms.people.queries.scopes import scopes_from
from cms.people.views.acting import acting_person

ROWS_PER_PAGE = 50


@require_safe
@only_for(user_can_give_scopes)
def scopes(request: HttpRequest) -> HttpResponse:
    """Rights that hold, and a search for whom to give one to."""
    actor, today = acting_person(request), timezone.localdate()
    words = request.GET.get("q", "").strip()
    found = scopes_from(actor, words, today)
    context = {
        "words": words,
        "people": found_people(actor, words, today) if len(words) > 1 else [],
        "page": Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "can_import": user_can_import_roster(request.user),
    }
    return render(request, "ledstang_people/admin/scopes.html", context)


@only_for(user_can_give_scopes)
def give(request: HttpRequest, key: UUID) -> HttpResponse:
    """A right for one person. What they have already stands above."""
    actor, today = acting_person(request), timezone.localdate()
    person = get_object_or_404(mergeable_people(actor, today), key=key)
    form = ScopeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            give_scope(person=person, actor=actor, **form.scope)
        except OwnRight:
            form.add_error(None, _("You cannot give yourself a right. Somebody else who gives rights has to do it."))
        except PeopleError:
            form.add_error(None, _("The same right has been given from that day already."))
        else:
            messages.success(request, _("The right has been given."))
            return redirect("ledstang_scopes")
    held = scopes_from(actor, "", today).filter(person=person)
    context = {"person": person, "form": form, "held": held, "is_own": person == actor}
    return render(request, "ledstang_people/admin/give_scope.html", context)


@require_post
@only_for(user_can_give_scopes)
def end(request: HttpRequest, number: int) -> HttpResponse:
    """The right holds no longer, from now on."""
    actor, today = acting_person(request), timezone.localdate()
    scope = get_object_or_404(scopes_from(actor, "", today), pk=number)
    said = {"right": scope.get_right_display(), "unit": scope.org_unit, "name": scope.person.full_name}
    end_scope(scope=scope, ends_on=today - timedelta(days=1), actor=actor)
    messages.success(request, _("The right has been ended: %(right)s, %(unit)s, %(name)s.") % said)
    return redirect("ledstang_scopes")
