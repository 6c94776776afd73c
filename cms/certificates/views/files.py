from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.certificates.actions import make_whole, note_fetch
from cms.certificates.models import Certificate
from cms.certificates.queries import find_fetchable, is_own
from cms.certificates.views.answers import guarded, not_found
from cms.core.views import render_page
from cms.people.views import acting_person

RETRY_SECONDS = 20


@require_safe
@guarded
def pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file, to its holder and to those who may see the holder. Made now if it could not be made at issue."""
    actor = acting_person(request)
    certificate = find_fetchable(public_id, actor, timezone.localdate())
    if certificate is None:
        return not_found(request)
    file = getattr(certificate, "file", None) or _try_again(certificate)
    if file is None:
        return _being_prepared(request, certificate)
    data = file.read()
    if actor is not None and certificate.person is not None and not is_own(certificate, actor):
        note_fetch(certificate=certificate, actor=actor)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="intyg-{certificate.public_id}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _try_again(certificate: Certificate) -> object:
    """Make the file, unless somebody tried a moment ago: a page that is reloaded must not render for ever."""
    if not cache.add(f"ledstang:certificate-try:{certificate.pk}", 1, RETRY_SECONDS):
        return None
    return make_whole(certificate=certificate)


def _being_prepared(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    response = render_page(
        request, "ledstang_certificates/being_prepared.html", {"certificate": certificate}, status=503
    )
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
