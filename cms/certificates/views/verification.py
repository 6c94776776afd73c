from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from cms.certificates.forms import LookUpForm, NameForm, UploadForm
from cms.certificates.models import Certificate, Seal
from cms.certificates.names import is_same
from cms.certificates.queries import Verification, find_certificate, name_to_check, verification_of
from cms.certificates.views.answers import NAMES, NAMES_OF_ONE, guarded, not_found, too_many, wants_json
from cms.core.throttle import place_of
from cms.core.views import render_page


@require_safe
@guarded
def start(request: HttpRequest) -> HttpResponse:
    """Where somebody begins who holds a certificate in their hand: type its number, or send the file."""
    form = LookUpForm(request.GET or None)
    if form.is_valid():
        found = form.cleaned_data["number"]
        return HttpResponseRedirect(reverse("ledstang_certificates:verify", args=[found.public_id]))
    return render_page(request, "ledstang_certificates/start.html", {"form": form, "upload": UploadForm()})


@require_http_methods(["GET", "HEAD", "POST"])
@guarded
def verify(request: HttpRequest, public_id: str) -> HttpResponse:
    """What a certificate says, to anybody who has its number; and whether a typed name is the holder's."""
    certificate = find_certificate(public_id)
    if certificate is None:
        return not_found(request)
    found = verification_of(certificate, timezone.localdate(), timezone.localdate(certificate.issued_at))
    if request.method != "POST":
        if wants_json(request):
            return JsonResponse(as_json(found), json_dumps_params={"ensure_ascii": False})
        return _page(request, found, NameForm(), None)
    form = NameForm(request.POST)
    if not (form.is_valid() and found.names_can_be_checked):
        return _page(request, found, form, None)
    if NAMES.is_over(place_of(request), found.public_id) or NAMES_OF_ONE.is_over(found.public_id):
        return too_many(request)
    return _page(request, found, form, _is_holder(certificate, form.cleaned_data["name"]))


def _is_holder(certificate: Certificate, typed: str) -> bool:
    return is_same(typed, name_to_check(certificate))


def _page(request: HttpRequest, found: Verification, form: NameForm, matches: bool | None) -> HttpResponse:
    context = {"found": found, "facts": found.facts, "form": form, "matches": matches}
    return render_page(request, "ledstang_certificates/verification.html", context)


def as_json(found: Verification) -> dict[str, Any]:
    """The same as the page, for programs. No name, in or out."""
    facts = found.facts
    told: dict[str, Any] = {
        "found": True,
        "number": found.public_id,
        "kind": str(found.kind),
        "state": str(found.state),
        "issuer": found.issuer,
        "city": found.city,
        "issued_on": found.issued_on.isoformat(),
        "is_demo": facts.is_demo,
        "file_sha256": found.file.sha256 if found.file else None,
        "seal_sha256": found.file.seal.fingerprint if found.file else None,
    }
    if found.event is not None:
        told["changed_on"] = timezone.localdate(found.event.at).isoformat()
        told["reason"] = found.event.reason if found.shows_reason else None
    if not found.tells_little:
        told["has_expired"] = found.has_expired
        told.update({name: getattr(facts, name) for name in PUBLIC if hasattr(facts, name)})
        if hasattr(facts, "units"):
            told["units"] = [vars(unit) for unit in facts.units]
    else:
        told["as_of"] = facts.as_of  # type: ignore[union-attr]
    return told


PUBLIC = (
    "title",
    "version",
    "version_sha256",
    "minutes",
    "of_units",
    "started_on",
    "completed_on",
    "acknowledged_on",
    "as_of",
    "effective_on",
    "valid_until",
    "statement",
)


@require_safe
@guarded
def seals(request: HttpRequest) -> HttpResponse:
    """The seals that have signed here, the present one first, for those who verify without us."""
    return render_page(request, "ledstang_certificates/seals.html", {"seals": Seal.objects.all()})


@require_safe
@guarded
def seal_pem(request: HttpRequest, fingerprint: str) -> HttpResponse:
    seal = Seal.objects.filter(fingerprint=fingerprint).first()
    if seal is None:
        return not_found(request)
    response = HttpResponse(seal.chain, content_type="application/x-pem-file")
    response["Content-Disposition"] = f'attachment; filename="ledstang-{fingerprint[:16]}.pem"'
    return response
