"""What readers meet: a guideline in force, an older version, the list, the acknowledgement."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.models import PageViewRestriction

from cms.core.addresses import site_address
from cms.core.models import Refused
from cms.core.views import ask_to_press_again, render_page
from cms.people.models import Person
from cms.people.views import acting_person
from cms.references.queries import glossary
from cms.versions.queries import Text, latest_version, noted_since, text_of
from guidelines.actions import WrongAnswers, acknowledge_guideline
from guidelines.enums import GuidelineKind
from guidelines.forms import AcknowledgeForm, DayForm
from guidelines.models import Acknowledgement, GuidelineIndexPage, GuidelinePage, GuidelineVersion
from guidelines.queries.acknowledgements import Receipt, acknowledged_by, can_be_acknowledged
from guidelines.queries.documents import Document, document, may_read, user_may_read
from guidelines.queries.lists import guidelines_under
from guidelines.queries.readings import AUDIENCE, DISTRICT, EVERYTHING, read_questions, read_text
from guidelines.views.remembered import note_content, say_again

PASSED = PageViewRestriction.passed_view_restrictions_session_key


@require_safe
def guideline(request: HttpRequest, key: UUID) -> HttpResponse:
    """The version in force, at the permanent address; with `?datum=` the one that applied that day."""
    return in_force_page(request, key)


def in_force_page(request: HttpRequest, key: UUID) -> HttpResponse:
    return say_again(request, key, lambda: _in_force(request, key))


def _in_force(request: HttpRequest, key: UUID) -> HttpResponse:
    found = find_document(request, key)
    if isinstance(found, HttpResponse):
        return found
    today = timezone.localdate()
    if "datum" in request.GET:
        return _that_day(request, found, today)
    version = found.in_force(today)
    if version is not None:
        return _page(request, found, version)
    if found.is_withdrawn(today):
        return _withdrawn(request, found)
    raise Http404


@require_safe
def version(request: HttpRequest, key: UUID, major: int, minor: int) -> HttpResponse:
    """Any version under its number. What does not apply is marked, and not for search engines."""
    return say_again(request, key, lambda: _version(request, key, major, minor))


def _version(request: HttpRequest, key: UUID, major: int, minor: int) -> HttpResponse:
    found = find_document(request, key)
    if isinstance(found, HttpResponse):
        return found
    wanted = found.numbered(major, minor)
    if wanted is None:
        raise Http404
    return _page(request, found, wanted)


def _that_day(request: HttpRequest, found: Document, today: date) -> HttpResponse:
    """What applied on the day in the address. A day that cannot be read, or on which nothing applied, is said so."""
    form = DayForm(request.GET)
    day = form.cleaned_data["datum"] if form.is_valid() else None
    version = found.in_force(day) if day else None
    if version is not None:
        return _page(request, found, version, asked=day)
    context = {"document": found, "day": day, "form": form, "is_withdrawn": found.is_withdrawn(today)}
    response = render_page(request, "guidelines/no_version.html", context, status=404 if day else 400)
    response["X-Robots-Tag"] = "noindex"
    return response


def find_document(request: HttpRequest, key: UUID) -> Document | HttpResponse:
    """The guideline, or the way to the login. Raises 404 for what was never published or is not for this reader."""
    found = document(key)
    if found is None:
        raise Http404
    if not may_read(found, request.user, request.session.get(PASSED, ())):
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())
    return found


def _page(
    request: HttpRequest,
    found: Document,
    shown: GuidelineVersion,
    asked: date | None = None,
    form: AcknowledgeForm | None = None,
) -> HttpResponse:
    today, person = timezone.localdate(), acting_person(request)
    note_content(request, shown.content_id)
    current = found.in_force(today)
    is_old = shown != current and not shown.is_pending(today)
    reading = read_text(
        Text(()) if found.is_stopped else text_of(shown.content_id),
        person=person,
        on=today,
        audience=request.GET.get(AUDIENCE),
        district=request.GET.get(DISTRICT),
        frozen=shown.content.parts["cites"] if is_old else None,
        glossary=glossary(),
    )
    stated = acknowledged_by(person, [found.key]).get(found.key, []) if person and shown == current else []
    receipt = Receipt.of(stated, shown)
    is_invited = person is not None or shown.kind != GuidelineKind.SUPPORT  # advice sends nobody to the login
    can_acknowledge = shown == current and not found.is_stopped and is_invited and can_be_acknowledged(shown)
    if form is None and can_acknowledge and person is not None and receipt.counts is None:
        form = AcknowledgeForm(initial={"version": shown.public_id}, questions=read_questions(shown, person, today))
    context = {
        "document": found,
        "version": shown,
        "current": current,
        "coming": found.coming(today) if shown == current else None,
        "is_old": is_old,
        "is_pending": shown.is_pending(today),
        "is_under_review": shown == current and found.is_under_review(today),
        "asked": asked,
        "is_withdrawn": found.is_withdrawn(today),
        "ended_on": found.ended_on(shown) if is_old else None,
        "reading": reading,
        "everything": EVERYTHING,
        "base_url": site_address(),
        "person": person,
        "receipt": receipt,
        "noted": noted_since(receipt.earlier.version, shown, found.versions) if receipt.earlier else [],
        "can_acknowledge": can_acknowledge,
        "form": form,
    }
    response = render_page(request, "guidelines/guideline.html", context)
    if shown != current or asked:
        response["X-Robots-Tag"] = "noindex"
    return response


def _withdrawn(request: HttpRequest, found: Document) -> HttpResponse:
    key = found.withdrawal.successor if found.withdrawal else None
    successor = latest_version(GuidelineVersion, key) if key else None
    context = {"document": found, "withdrawal": found.withdrawal, "successor": successor}
    response = render_page(request, "guidelines/withdrawn.html", context, status=410)
    response["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def acknowledge(request: HttpRequest, key: UUID) -> HttpResponse:
    """State that one has read the version on the screen. Whoever comes without posting is led to the text."""
    found, here = find_document(request, key), reverse("guidelines:guideline", args=[key])
    if isinstance(found, HttpResponse):
        return found
    person = acting_person(request)
    if person is None:
        if request.method == "POST":
            ask_to_press_again(request)
        return redirect_to_login(f"{here}#kvittens")
    if request.method != "POST":
        return redirect(here)
    today, shown = timezone.localdate(), found.shown_as(request.POST.get("version", ""))
    if shown is None:
        raise Http404
    form = AcknowledgeForm(request.POST, questions=read_questions(shown, person, today))
    refusal = _state(request, found, person, shown, form)
    if isinstance(refusal, WrongAnswers) and shown == found.in_force(today):
        return _page(request, found, shown, form=form)
    if refusal is not None:
        messages.error(request, str(refusal))
    return redirect(f"{here}#kvittens")


def _state(
    request: HttpRequest, found: Document, person: Person, shown: GuidelineVersion, form: AcknowledgeForm
) -> Refused | None:
    """Keep the statement; or why it could not be kept, with what is wrong pointed out in the form."""
    if not form.is_valid():
        return WrongAnswers(list(form.questions))
    try:
        kept = acknowledge_guideline(person=person, version=shown, answers=form.answers)
    except WrongAnswers as wrong:
        form.point_out(wrong.questions)
        return wrong
    except Refused as refusal:
        return refusal
    _say_what_counts(request, found, kept)
    return None


def _say_what_counts(request: HttpRequest, found: Document, kept: Acknowledgement) -> None:
    current = found.in_force(timezone.localdate())
    if current is None or current == kept.version:
        return
    words = {"number": kept.version.number, "newer": current.number}
    if current.major > kept.version.major:
        text = _("Your acknowledgement of version %(number)s is kept, but version %(newer)s applies now. Read it too.")
        messages.warning(request, text % words)
    else:
        text = _("Your acknowledgement of version %(number)s is kept, and counts for version %(newer)s too.")
        messages.info(request, text % words)


# Pages in Wagtail's tree


def guideline_page(request: HttpRequest, page: GuidelinePage) -> HttpResponse:
    """What the tree's address shows: the version in force of the page, or of the page it is an alias of."""
    source = page.alias_of.specific if page.alias_of_id else page
    return in_force_page(request, source.key)


def index_page(request: HttpRequest, page: GuidelineIndexPage) -> HttpResponse:
    """The guidelines in force under a page, and where the reader stands with each."""
    if not user_may_read(request.user, page.path, request.session.get(PASSED, ())):
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.get_full_path())
    person: Person | None = acting_person(request)
    entries = guidelines_under(page, request.user, person, timezone.localdate())
    context: dict[str, Any] = {"page": page, "entries": entries, "person": person}
    return render_page(request, "guidelines/index.html", context)
