"""A guideline through time, for readers."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.core.views import render_page
from cms.versions.queries import noted_since
from guidelines.forms import PairForm
from guidelines.queries.history import comparison, pair_to_compare
from guidelines.queries.readings import AUDIENCE, DISTRICT
from guidelines.views.public import find_document


@require_safe
def compare(request: HttpRequest, key: UUID) -> HttpResponse:
    """Any two versions, word by word: those in the address, or else what is new in the version in force."""
    found = find_document(request, key)
    if isinstance(found, HttpResponse):
        return found
    if found.is_stopped:  # the page says why, and what to do instead
        return redirect("guidelines:guideline", key)
    current = found.in_force(timezone.localdate())
    earlier, later = pair_to_compare(found, current)
    chosen = {"fran": earlier.number, "till": later.number}
    asked = {name: request.GET[name] for name in chosen if name in request.GET}
    form = PairForm({**chosen, **asked}, versions=found.versions, auto_id="%s")
    if not form.is_valid():
        raise Http404
    compared = comparison(*form.pair)
    not_yet = compared.later if compared.later.effective_on > timezone.localdate() else None
    context = {
        "document": found,
        "current": current,
        "form": form,
        "comparison": compared,
        "noted": noted_since(compared.earlier, compared.later, found.versions),
        "not_yet": not_yet,
        "is_withdrawn": found.is_withdrawn(timezone.localdate()),
        "reading": [(name, request.GET[name]) for name in (AUDIENCE, DISTRICT) if name in request.GET],
    }
    response = render_page(request, "guidelines/compare.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
