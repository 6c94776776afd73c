"""Readers flag a section, and editors see how many have."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.core.throttle import Limit, place_of
from cms.core.views import require_post
from guidelines.actions import NoSuchSection, flag_section
from guidelines.enums import FlagReason
from guidelines.forms import FlagForm
from guidelines.queries.flags import flagged_sections
from guidelines.views.public import find_document

FLAGS = Limit("flags", count=20, seconds=3600)


@require_post
@csrf_exempt  # a number goes up by one: a token would give every reader a cookie
def flag(request: HttpRequest, key: UUID) -> HttpResponse:
    """One more reader who finds a section unclear, wrong or out of date."""
    found = find_document(request, key)
    if isinstance(found, HttpResponse):
        return found
    here = reverse("guidelines:guideline", args=[key], query=request.GET)
    form = FlagForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a section and what is the matter with it."))
        return redirect(f"{here}#flagga")
    wanted = form.cleaned_data
    version = next((one for one in found.versions if one.public_id == wanted["version"]), None)
    if version is None:
        raise Http404
    if FLAGS.is_over(place_of(request)):
        messages.warning(request, _("You have flagged many sections. Try again in an hour."))
        return redirect(here)
    try:
        flag_section(version=version, key=wanted["section"], reason=FlagReason(wanted["reason"]))
    except NoSuchSection:
        raise Http404 from None
    messages.success(request, _("Thank you. The owner sees how many have flagged the section, and nothing about you."))
    return redirect(here)


class FlaggedView(WagtailAdminTemplateMixin, TemplateView):
    """What readers have flagged in the guidelines that one may edit; in others, nothing is told."""

    template_name = "guidelines/admin/flagged.html"
    header_icon = "warning"

    def get_page_title(self) -> str:
        return _("Flagged sections")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        flagged = flagged_sections(self.request.user, timezone.localdate())
        return super().get_context_data(flagged=flagged, **kwargs)
