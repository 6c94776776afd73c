from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from cms.certificates.forms import MAX_UPLOAD, LookUpForm, UploadForm
from cms.certificates.pdf.inspection import Finding, Outcome, inspect
from cms.certificates.views.answers import UPLOADS, guarded, too_many
from cms.core.throttle import place_of
from cms.core.views import render_page

ENVELOPE = 64 << 10  # the rest of a form around its file


class InMemoryOnly(MemoryFileUploadHandler):
    """Keeps a file in memory whatever its size (the request's length is bounded before), so it is never on a disk."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


@csrf_exempt  # the token is checked in `_look`, after it is settled where the file goes
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.non_atomic_requests
@guarded
def upload(request: HttpRequest) -> HttpResponse:
    """Somebody sends a PDF and learns whether it is ours and unaltered. Nothing is stored.

    Its answer is a page: whoever loads that anew, or in another language, has the form again.
    """
    if request.method != "POST":
        return redirect("ledstang_certificates:start")
    if UPLOADS.is_over(place_of(request)):
        return too_many(request)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_UPLOAD + ENVELOPE:
        return render_page(request, "ledstang_certificates/too_large.html", status=413)
    request.upload_handlers = [InMemoryOnly(request)]
    return _look(request)


@csrf_protect
def _look(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        context: dict[str, Any] = {"form": LookUpForm(), "upload": form, "is_faulty": True}
        return render_page(request, "ledstang_certificates/start.html", context, status=400)
    found: Finding = inspect(form.cleaned_data["file"].read())
    if found.outcome == Outcome.BUSY:
        return too_many(request)
    context = {"found": found, "outcome": str(found.outcome), "upload": UploadForm()}
    return render_page(request, "ledstang_certificates/inspected.html", context)
