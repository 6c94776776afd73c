import uuid
from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cms.certificates import zipping
from cms.certificates.actions import note_bundle_fetch, request_bundle
from cms.certificates.models import Certificate, CertificateBundle
from cms.certificates.queries import boards_answering, certificates_of, fetchable_by, manifest_row
from cms.certificates.views.answers import guarded
from cms.certificates.views.files import bytes_of
from cms.core.sheets import as_csv
from cms.core.views import login_required, render_page, require_own_post
from cms.people.models import Person
from cms.people.views import acting_person


def _own_bundle(request: HttpRequest, key: uuid.UUID) -> tuple[Person, CertificateBundle]:
    person = acting_person(request)
    bundle = CertificateBundle.objects.filter(key=key, requested_by=person).first() if person else None
    if person is None or bundle is None:
        raise Http404
    return person, bundle


@require_own_post
@guarded
def mine(request: HttpRequest) -> HttpResponse:
    """All that somebody holds, as one file."""
    person = acting_person(request)
    if person is None:
        raise Http404
    held = [certificate.pk for certificate in certificates_of(person)]
    bundle = request_bundle(title="", certificate_ids=held, person=person)
    return HttpResponseRedirect(reverse("ledstang_certificates:bundle", args=[bundle.key]))


@require_safe
@login_required
@guarded
def bundle(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How far a bundle has come."""
    person, found = _own_bundle(request, key)
    allowed = fetchable_by(person, timezone.localdate()).filter(pk__in=found.certificate_ids)
    total, ready = allowed.count(), allowed.exclude(file=None).count()
    context = {"bundle": found, "total": total, "ready": ready, "is_ready": ready == total}
    return render_page(request, "ledstang_certificates/bundle.html", context)


@require_safe
@login_required
@guarded
def archive(request: HttpRequest, key: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """The ZIP, streamed from the stored files: those that the asker may have now, not when it was asked for."""
    person, found = _own_bundle(request, key)
    allowed = fetchable_by(person, timezone.localdate()).filter(pk__in=found.certificate_ids)
    ids = list(allowed.order_by("pk").values_list("pk", flat=True))
    note_bundle_fetch(certificate_ids=ids, actor=person)
    response = StreamingHttpResponse(zipping.stream(_files(ids, person)), content_type="application/zip")
    name = f"{slugify(found.title)[:60] or 'intyg'}-{timezone.localdate().isoformat()}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _files(ids: list[int], actor: Person) -> Iterator[tuple[str, bytes]]:
    """The PDFs, and last the list of them, which says too which are missing."""
    rows = []
    for start in range(0, len(ids), 100):
        some = Certificate.objects.filter(pk__in=ids[start : start + 100]).order_by("pk")
        batch = list(some.select_related("person", "file", "superseded_by").prefetch_related("events"))
        boards = boards_answering(batch, actor, timezone.localdate())
        for certificate in batch:
            file = getattr(certificate, "file", None)
            data = bytes_of(file) if file is not None else b""
            name = certificate.file_name if data else ""
            if data:
                yield name, data
            rows.append(manifest_row(certificate, name, boards[certificate.pk]))
    yield "innehall.csv", as_csv([manifest_row(None, ""), *rows])
