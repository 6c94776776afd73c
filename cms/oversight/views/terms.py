"""The key to the person-level views."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cms.core.views import login_required, render_page
from cms.oversight.forms import TermsForm
from cms.oversight.permissions import user_can_enter_terms
from cms.people.actions import enter_oversight_terms
from cms.people.models import OversightTerms
from cms.people.views import acting_person


@login_required
def terms(request: HttpRequest) -> HttpResponse:
    """Read and enter the terms of follow-up. For administrators and HR of the whole organisation."""
    person = acting_person(request)
    if not user_can_enter_terms(request.user, person):
        raise Http404
    form = TermsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        enter_oversight_terms(**form.cleaned_data, actor=person)
        messages.success(request, _("The terms have been entered."))
        return redirect("ledstang_oversight:terms")
    context = {"form": form, "history": OversightTerms.objects.select_related("entered_by").order_by("-pk")}
    return render_page(request, "ledstang_oversight/terms.html", context)
