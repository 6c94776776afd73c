"""Search, without a script and without a trace: what somebody has asked for is not kept."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from wagtail.models import PageViewRestriction

from cms.core.views import render_page
from cms.references.queries import contacts_named
from guidelines.forms import SearchForm
from guidelines.queries.search import search

PASSED = PageViewRestriction.passed_view_restrictions_session_key
HITS_PER_PAGE = 10


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Contact routes of that name, and the sections of the guidelines in force that answer; at first the bare form."""
    form = SearchForm(request.GET if "q" in request.GET else None, auto_id="%s")
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        asked = form.cleaned_data
        answer = search(
            asked["q"],
            user=request.user,
            on=timezone.localdate(),
            passed=request.session.get(PASSED, ()),
            audience=asked["lasning"] or None,
            kind=asked["slag"] or None,
        )
        page = Paginator(answer.ranked, HITS_PER_PAGE).get_page(request.GET.get("page"))
        context["contacts"] = contacts_named(asked["q"], timezone.localdate()) if page.number == 1 else []
        context |= {"answer": answer, "page": page, "hits": answer.hits(list(page.object_list)), "question": asked["q"]}
    response = render_page(request, "guidelines/search.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response
