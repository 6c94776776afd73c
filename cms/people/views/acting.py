"""What every view needs to know first: on whose behalf it acts."""

from django.http import HttpRequest

from cms.people.actions import ensure_person
from cms.people.models import Person


def acting_person(request: HttpRequest) -> Person | None:
    """The person behind the request, made at the account's first visit. None for visitors. Kept for the request."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request, "_ledstang_person"):
        request._ledstang_person = ensure_person(user=request.user)  # type: ignore[attr-defined]
    person: Person = request._ledstang_person  # type: ignore[attr-defined]
    return person
