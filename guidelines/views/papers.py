"""A guideline on paper: any version as a PDF that can be verified, and the receipt of one's acknowledgement."""

from textwrap import shorten
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cms.certificates.views.files import answer_with
from cms.core.enums import Audience
from cms.core.views import require_own_post
from cms.people.models import District
from cms.people.views import acting_person
from guidelines.actions.papers import issue_document, issue_poster, issue_receipt
from guidelines.queries.acknowledgements import acknowledged_by
from guidelines.queries.readings import AUDIENCE, DISTRICT
from guidelines.views.public import find_document


@require_safe
def paper(request: HttpRequest, key: UUID, major: int, minor: int) -> HttpResponse:
    """A version as PDF, in the reading of the address, to whoever may read the guideline; not while it is stopped."""
    found = find_document(request, key)
    if isinstance(found, HttpResponse):
        return found
    version = found.numbered(major, minor)
    if version is None:
        raise Http404
    if found.is_stopped:  # the page says why, and what to do instead
        return redirect("guidelines:guideline", key)
    asked = request.GET.get(AUDIENCE)
    audience = asked if asked in Audience.values else None
    certificate = issue_document(document=found, version=version, audience=audience, on=timezone.localdate())
    name = slugify(shorten(version.title, 60, placeholder=""))
    response = answer_with(request, certificate, filename=f"{name}-{version.number}.pdf")
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def poster(request: HttpRequest) -> HttpResponse:
    """The contact routes of a district, or of the whole city, that anybody may see, to print and put up."""
    key = request.GET.get(DISTRICT)
    district = District.objects.filter(key=key).first() if key else None
    if key and district is None:
        raise Http404
    certificate = issue_poster(district=district, on=timezone.localdate())
    name = f"kontaktvagar-{slugify(district.key)}.pdf" if district else "kontaktvagar.pdf"
    response = answer_with(request, certificate, filename=name)
    response["Cache-Control"] = "no-store"
    return response


@require_own_post
def receipt(request: HttpRequest, key: UUID, major: int, minor: int) -> HttpResponse:
    """The receipt of one's own acknowledgement of a version."""
    person = acting_person(request)
    stated = acknowledged_by(person, [key]).get(key, []) if person is not None else []
    mine = next((row for row in stated if (row.version.major, row.version.minor) == (major, minor)), None)
    if mine is None:
        raise Http404
    certificate = issue_receipt(acknowledgement=mine)
    return redirect("ledstang_certificates:pdf", certificate.public_id)
