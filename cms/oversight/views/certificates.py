"""The certificates of those in a list, as one file."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.certificates.actions import request_bundle
from cms.core.views import require_own_post
from cms.oversight.forms import StaffForm
from cms.oversight.queries import StaffList
from cms.oversight.queries.transcripts import course_certificates_of
from cms.oversight.views.access import filter_form, locked, overseer_of
from cms.oversight.views.staff import AT_ONCE
from cms.people.queries import person_views_are_open


@require_own_post
def certificates(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask for the course certificates of those in the list, as it is narrowed in the address.

    Who may have which is asked again when the file is fetched, and written down for each person in it.
    """
    overseer = overseer_of(request)
    org_unit = overseer.unit(key)
    if not person_views_are_open():
        return locked(request, overseer)
    filters = filter_form(request, overseer, StaffForm).filters
    staff = StaffList(overseer.view, org_unit.pk, filters, overseer.on)
    here = f"{reverse('ledstang_oversight:people', args=[org_unit.key])}?{request.GET.urlencode()}"
    if staff.size > AT_ONCE:
        messages.error(request, _("The list is too long for one file. Choose an org unit below this one."))
        return redirect(here)
    found = course_certificates_of({row.person.pk for row in staff.rows()}, filters.target)
    if not found:
        messages.info(request, _("Nobody in the list has a certificate."))
        return redirect(here)
    title = _("Course certificates: %(unit)s") % {"unit": org_unit.name}
    bundle = request_bundle(title=title[:200], certificate_ids=found, person=overseer.person)
    return redirect("ledstang_certificates:bundle", bundle.key)
