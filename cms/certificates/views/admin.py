"""Certificates in Wagtail's admin: find one by its number, revoke it or issue it anew, and try documents out."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.certificates.actions import NotValid, reissue_certificate, render_sample, revoke_certificate
from cms.certificates.enums import CertificateKind, CertificateState, CorrectionReason, RevocationReason, SampleContent
from cms.certificates.forms import LookUpForm, ReissueForm, RevokeForm
from cms.certificates.models import Certificate
from cms.certificates.pdf.renderer import RenderingFailed
from cms.certificates.pdf.samples import sample
from cms.certificates.permissions import user_can_correct, user_can_try_out
from cms.certificates.queries import ended_lately, find_certificate, find_fetchable, verification_of
from cms.people.views import acting_person


class AdminPage(WagtailAdminTemplateMixin, TemplateView):
    header_icon = "doc-full"
    page_title = gettext_lazy("Certificates")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]


class FindView(AdminPage):
    """Where a certificate is found by its number. Who holds which is not listed: that is for oversight."""

    template_name = "ledstang_certificates/admin/find.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not user_can_try_out(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LookUpForm(request.GET if "number" in request.GET else None)
        if form.is_valid() and user_can_correct(request.user):
            return redirect("ledstang_certificate", form.cleaned_data["number"].public_id)
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_correct = user_can_correct(self.request.user)
        return super().get_context_data(
            may_correct=may_correct,
            ended=ended_lately() if may_correct else [],
            kinds=CertificateKind.choices,
            contents=SampleContent.choices,
            **kwargs,
        )


class CertificateView(AdminPage):
    """One certificate: what it says, and what can be done about it. The holder's name only where it may be seen."""

    template_name = "ledstang_certificates/admin/certificate.html"
    page_title = gettext_lazy("Certificate")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not user_can_correct(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def certificate(self) -> Certificate:
        found = find_certificate(self.kwargs["public_id"])
        if found is None:
            raise Http404
        return found

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        revoke = RevokeForm(request.POST if "revoke" in request.POST else None)
        anew = ReissueForm(request.POST if "reissue" in request.POST else None)
        actor = acting_person(request)
        try:
            if revoke.is_valid():
                reason = RevocationReason(revoke.cleaned_data["reason"])
                revoke_certificate(certificate=self.certificate, reason=reason, actor=actor)
                messages.success(request, _("The certificate has been revoked. Whoever verifies it sees so."))
                return redirect("ledstang_certificate", self.certificate.public_id)
            if anew.is_valid():
                correction = CorrectionReason(anew.cleaned_data["reason"])
                newer = reissue_certificate(certificate=self.certificate, reason=correction, actor=actor)
                messages.success(request, _("This is the new certificate. The old one says that it has been replaced."))
                return redirect("ledstang_certificate", newer.public_id)
        except NotValid:
            messages.error(request, _("The certificate is not valid any more, so nothing has been changed."))
            return redirect("ledstang_certificate", self.certificate.public_id)
        return self.render_to_response(self.get_context_data(revoke=revoke, anew=anew))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today, actor = timezone.localdate(), acting_person(self.request)
        certificate = self.certificate
        found = verification_of(certificate, today, timezone.localdate(certificate.issued_at))
        may_see = find_fetchable(certificate.public_id, actor, today) is not None
        return super().get_context_data(
            certificate=certificate,
            found=found,
            facts=found.facts,
            may_see=may_see,
            holder=certificate.facts.get("holder", "") if may_see else "",
            is_valid=certificate.state == CertificateState.VALID,
            **{"revoke": RevokeForm(), "anew": ReissueForm(), **kwargs},
        )


@require_safe
def try_out(request: HttpRequest) -> HttpResponse:
    """A document with made-up contents, as PDF."""
    if not user_can_try_out(request.user):
        raise PermissionDenied
    kind, content = request.GET.get("slag", CertificateKind.COURSE), request.GET.get("innehall", SampleContent.USUAL)
    if kind not in CertificateKind.values or content not in SampleContent.values:
        raise Http404
    return sample_response(sample(CertificateKind(kind), SampleContent(content)))


def sample_response(facts: Any) -> HttpResponse:
    """What a tried document is answered with; also for apps above that try their own contents."""
    try:
        pdf = render_sample(facts)
    except RenderingFailed as failed:
        return HttpResponse(_("The document cannot be made: %(why)s") % {"why": failed}, "text/plain", status=503)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="exempel.pdf"'
    response["Cache-Control"] = "no-store"
    return response
