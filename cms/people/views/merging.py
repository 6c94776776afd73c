"""Two records of one human, in Wagtail's admin: find them, look at both, keep one."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.core.views import only_for
from cms.people.actions import OwnRight, merge_people, note_seen
from cms.people.models import Person
from cms.people.permissions import user_can_import_roster, user_can_merge_people
from cms.people.queries.merging import (
    RecordToMerge,
    found_people,
    look_alike,
    mergeable_people,
    possible_duplicates,
)
from cms.people.views.acting import acting_person


@require_safe
@only_for(user_can_merge_people)
def people(request: HttpRequest) -> HttpResponse:
    """Records with the same address, and a search for any two. The first that is chosen waits for the second."""
    actor, today = acting_person(request), timezone.localdate()
    words = request.GET.get("q", "").strip()
    first = None
    if request.GET.get("forsta"):
        first = mergeable_people(actor, today).filter(key=_key(request.GET["forsta"])).first()
    found = found_people(actor, words, today) if len(words) > 1 else []
    context = {
        "words": words,
        "first": first,
        "found": [person for person in found if person != first],
        "groups": [] if words or first else possible_duplicates(actor, today),
        "can_import": user_can_import_roster(request.user),
    }
    return render(request, "ledstang_people/admin/merge.html", context)


def _key(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _pair(request: HttpRequest, one: uuid.UUID, other: uuid.UUID) -> list[Person]:
    allowed = mergeable_people(acting_person(request), timezone.localdate())
    if one == other:
        raise Http404
    return [get_object_or_404(allowed, key=key) for key in (one, other)]


def _merged(request: HttpRequest, duplicate: Person, kept: Person) -> HttpResponse:
    try:
        merge_people(duplicate=duplicate, into=kept, actor=acting_person(request))
    except OwnRight:
        text = _("One of the records is yours and the other has rights. Somebody else has to merge them.")
        messages.error(request, text)
        return redirect(request.path)
    messages.success(request, _("The records are one now. What was done under either counts for both."))
    return redirect("ledstang_merge")


@only_for(user_can_merge_people)
def pair(request: HttpRequest, one: uuid.UUID, other: uuid.UUID) -> HttpResponse:
    """Both side by side. Whoever has looked is noted, as everywhere. Whoever comes back to it afterwards is told."""
    actor = acting_person(request)
    kept_before = mergeable_people(actor, timezone.localdate()).filter(key__in=(one, other))
    if Person.objects.filter(key__in=(one, other), merged_into__in=kept_before).exists():
        messages.info(request, _("The records are one already."))
        return redirect("ledstang_merge")
    both = _pair(request, one, other)
    if request.method == "POST":
        kept = next((person for person in both if str(person.key) == request.POST.get("keep")), None)
        if kept is not None:
            return _merged(request, next(person for person in both if person != kept), kept)
    records = [RecordToMerge.of(person) for person in both]
    note_seen(people=both, actor=actor)
    context = {"records": records, "look_alike": look_alike(records)}
    return render(request, "ledstang_people/admin/merge_pair.html", context)
