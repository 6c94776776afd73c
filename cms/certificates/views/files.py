import logging

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from cms.certificates.actions import make_whole, note_fetch
from cms.certificates.kept import FileDamaged
from cms.certificates.models import Certificate, CertificateFile
from cms.certificates.queries import find_fetchable, is_own
from cms.certificates.views.answers import guarded, not_found
from cms.core.views import render_page
from cms.people.views import acting_person

logger = logging.getLogger(__name__)

RETRY_SECONDS = 20


@require_safe
@guarded
def pdf(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file, to its holder and to those who may see the holder. Made now if it could not be made at issue."""
    actor = acting_person(request)
    certificate = find_fetchable(public_id, actor, timezone.localdate())
    if certificate is None:
        return not_found(request)
    response = answer_with(request, certificate, filename=certificate.file_name)
    is_others = actor is not None and certificate.person is not None and not is_own(certificate, actor)
    if actor is not None and is_others and response.status_code == 200:
        note_fetch(certificate=certificate, actor=actor)
    return response


def answer_with(request: HttpRequest, certificate: Certificate, *, filename: str) -> HttpResponse:
    """The stored bytes, or what to do meanwhile. The caller has asked who may have them."""
    file = getattr(certificate, "file", None) or _try_again(certificate)
    data = bytes_of(file) if file is not None else b""
    if not data:
        return _not_now(request, certificate, is_lost=file is not None)
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{filename}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def bytes_of(file: CertificateFile) -> bytes:
    """The stored bytes; nothing at all if they are not those that were written."""
    try:
        return file.read()
    except (FileDamaged, FileNotFoundError):
        logger.critical("the file of certificate %s is damaged or lost", file.certificate_id)
        return b""


def _try_again(certificate: Certificate) -> CertificateFile | None:
    """Make the file, unless somebody tried a moment ago: a page that is reloaded must not render for ever."""
    tried = f"ledstang:certificate-try:{certificate.pk}"
    if not cache.add(tried, 1, RETRY_SECONDS):
        return None
    file = make_whole(certificate=certificate)
    if file is not None:
        cache.delete(tried)
    return file


def _not_now(request: HttpRequest, certificate: Certificate, *, is_lost: bool) -> HttpResponse:
    context = {"certificate": certificate, "is_lost": is_lost}
    response = render_page(request, "ledstang_certificates/being_prepared.html", context, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
