"""A person's own pages: what to do next, and what is kept about them."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cms.certificates.queries import certificates_of
from cms.compliance.queries import training_of
from cms.core.views import render_page
from cms.oversight.actions import issue_transcript
from cms.oversight.queries.personal import by_day, kept_about, looks_at
from cms.people.models import Person
from cms.people.queries import employments_on
from cms.people.views import acting_person


def _person(request: HttpRequest) -> Person:
    person = acting_person(request)
    assert person is not None, "login_required comes first"
    return person


@require_safe
@login_required
def training(request: HttpRequest) -> HttpResponse:
    """Everything to do, under way and done, the next action first."""
    person, today = _person(request), timezone.localdate()
    context = {
        "training": training_of(person, today),
        "certificates": certificates_of(person),
        "has_employment": employments_on(person, today).exists(),
        "on": today,
    }
    return render_page(request, "ledstang_oversight/training.html", context)


@require_POST
@login_required
def transcript(request: HttpRequest) -> HttpResponse:
    """A transcript of everything I hold, as a document that others can verify."""
    certificate = issue_transcript(person=_person(request), on=timezone.localdate())
    return redirect("ledstang_certificates:pdf", certificate.public_id)


@require_safe
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept about me, who may see it, and who has looked."""
    person = _person(request)
    context = {"person": person, "kept": kept_about(person), "looks": by_day(looks_at(person))}
    return render_page(request, "ledstang_oversight/my_data.html", context)


@require_safe
@login_required
def my_data_file(request: HttpRequest) -> JsonResponse:
    """The same as a file that other programs can read."""
    person, now = _person(request), timezone.now()
    data = {str(kept.kind.label): kept.rows for kept in kept_about(person)}
    looks = [
        {_("When"): timezone.localtime(look.at).isoformat(), _("What"): look.what, _("Where"): look.where,
         _("Who"): look.who}
        for look in looks_at(person)
    ]  # fmt: skip
    response = JsonResponse(
        {_("Fetched"): timezone.localtime(now).isoformat(), **data, _("Who has looked"): looks},
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    filename = f"mina-uppgifter-{timezone.localdate().isoformat()}.json"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
