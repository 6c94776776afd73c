"""Learning paths: what one is and how far one has come; and the head's note that a talk was held."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.certificates.models import Certificate
from cms.core.views import ask_to_press_again, login_required, render_page, require_own_post, safe_next
from cms.people.models import Person
from cms.people.queries import person_views_are_open
from cms.people.views import acting_person
from courses.actions.paths import complete_path, sign_off, take_sign_off_back
from courses.forms import TalkForm
from courses.models import LearningPathVersion, SignOff
from courses.queries.learning import certificate_under
from courses.queries.paths import Path, is_head_of, path_of, paths_in_force, with_minutes
from courses.views.stash import login_address, to_login


@require_http_methods(["GET", "HEAD", "POST"])
def path(request: HttpRequest, key: UUID) -> HttpResponse:
    """What a learning path asks for, for everyone, and how far one has come. A post fetches what is complete."""
    person, today = acting_person(request), timezone.localdate()
    found = path_of(person, key, today)
    if found is None:
        return _withdrawn_or_404(request, key)
    if request.method == "POST":
        if person is None:
            ask_to_press_again(request)
            return to_login(request, request.path)
        complete_path(person=person, path_key=key)
        return redirect("courses:path", key)
    context = {
        "path": with_minutes([found], person, today)[0],
        "person": person,
        "certificate": _certificate(found),
        "login_url": login_address(request.path),
    }
    return render_page(request, "courses/path.html", context)


def _certificate(found: Path) -> Certificate | None:
    return certificate_under(found.achieved.source_key) if found.achieved is not None else None


def _withdrawn_or_404(request: HttpRequest, key: UUID) -> HttpResponse:
    latest = LearningPathVersion.objects.of(key).latest_first().first()
    if latest is None:
        raise Http404
    return render_page(request, "courses/path_withdrawn.html", {"title": latest.title}, status=410)


def _staff(request: HttpRequest, key: UUID) -> tuple[Person, Person]:
    """The head who asks, and a person at a workplace of theirs. 404 for everybody else, and while names are locked."""
    actor, person = acting_person(request), get_object_or_404(Person.objects.current(), key=key)
    if actor is None or not person_views_are_open() or not is_head_of(actor, person, timezone.localdate()):
        raise Http404
    return actor, person


def _back(request: HttpRequest) -> HttpResponse:
    """To the page of follow-up that the form stood on."""
    return redirect(safe_next(request))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def talk(request: HttpRequest, key: UUID) -> HttpResponse:
    """A supervisor's talk was held. Nothing is told of how far the person has come: that is their own.

    The form stands on the person's page; here when it has faults, or when one comes back to its address.
    """
    actor, person = _staff(request, key)
    paths = paths_in_force(timezone.localdate()).filter(needs_talk=True)
    form = TalkForm(request.POST if request.method == "POST" else None, paths=paths)
    if not form.is_valid():
        context = {"person": person, "form": form, "back": safe_next(request)}
        return render_page(request, "courses/talk.html", context, status=422 if form.is_bound else 200)
    data = form.cleaned_data
    sign_off(key=data["key"], person=person, path_key=UUID(data["vag"]), held_on=data["dag"], actor=actor)
    messages.success(request, _("The talk has been written down."))
    return _back(request)


@require_own_post
def take_back(request: HttpRequest, key: UUID, talk_key: UUID) -> HttpResponse:
    """The talk was written down by mistake."""
    actor, person = _staff(request, key)
    found = get_object_or_404(SignOff, key=talk_key, void=None)
    if person.pk not in (found.person_id, found.person.merged_into_id):
        raise Http404
    take_sign_off_back(sign_off=found, actor=actor)
    messages.success(request, _("The talk has been taken back."))
    return _back(request)
