"""Somebody tells of something they could not use, without an account; whoever keeps the statement sees it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from django.views.generic import TemplateView
from wagtail.admin import messages as admin_messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.core.throttle import Limit, place_of
from cms.core.views import render_page
from cms.home.actions import days_kept, report_fault, settle_fault
from cms.home.forms import FaultForm
from cms.home.models import FaultReport
from cms.home.permissions import user_can_see_faults
from cms.home.queries import statement_page

TOO_MANY = gettext_lazy(
    "Many reports have come from where you are. What you have written stands: try again in an hour."
)
REPORTS = Limit("faults", count=5, seconds=3600)
SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_exempt  # nobody is signed in here: a token would give every visitor a cookie
def report(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends."""
    form = FaultForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, form, 422 if form.is_bound else 200)
    if REPORTS.is_over(place_of(request)):
        form.add_error(None, TOO_MANY)
        return _form(request, form, 429)
    report_fault(**form.cleaned_data)
    messages.success(request, _("Thank you. We read it, and mend what we can."))
    page = statement_page()
    return redirect(page.get_url(request) if page is not None and page.live else "/")


def _form(request: HttpRequest, form: FaultForm, status: int) -> HttpResponse:
    page = statement_page()
    crumbs = []
    if page is not None and page.live:
        crumbs = [(_("Accessibility"), page.get_url(request)), (_("Report a fault"), "")]
    context = {"form": form, "crumbs": crumbs, "days": days_kept()}
    return render_page(request, "ledstang_home/fault.html", context, status=status)


class FaultsView(WagtailAdminTemplateMixin, TemplateView):
    """What has been reported, for those who may edit the statement."""

    template_name = "ledstang_home/admin/faults.html"
    header_icon = "warning"
    page_title = gettext_lazy("Reported faults")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not user_can_see_faults(request.user, statement_page()):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reports = FaultReport.objects
        return super().get_context_data(waiting=reports.waiting()[:SHOWN], settled=reports.settled()[:SHOWN], **kwargs)


class SettleView(FaultsView):
    """One of them has been dealt with."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, key: UUID) -> HttpResponse:
        settle_fault(report=get_object_or_404(FaultReport, key=key))
        admin_messages.success(request, _("Marked as dealt with."))
        return redirect("ledstang_faults")
