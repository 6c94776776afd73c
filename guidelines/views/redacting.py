"""Take a passage out of every version of a guideline, with a tombstone in its place."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.admin import messages

from cms.core.models import Refused
from cms.people.queries import person_of
from cms.versions.actions import redact_passage
from cms.versions.permissions import user_can_redact
from guidelines.forms import RedactForm
from guidelines.queries.history import passages_of
from guidelines.views.admin import GuidelineAdminView


class RedactView(GuidelineAdminView):
    """A right of its own, that neither editing nor publishing gives."""

    template_name = "guidelines/admin/redact.html"
    form_class = RedactForm

    def get_page_title(self) -> str:
        return pgettext("page title", "Take out a passage")

    def is_allowed(self) -> bool:
        return user_can_redact(self.request.user)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "passages": passages_of(self.page.key)}

    def form_valid(self, form: RedactForm) -> HttpResponse:
        user, wanted = self.request.user, form.cleaned_data
        try:
            redact_passage(
                fragment_sha256=wanted["passage"], reason=wanted["reason"], redacted_by=user, actor=person_of(user)
            )
        except Refused as refusal:
            return self.refuse(form, refusal)
        text = _("The passage is taken out of every version that had it. Take it out of the draft too, and publish.")
        draft = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        messages.success(self.request, text, buttons=[messages.button(draft, _("Back to the text"))])
        return redirect(self.request.path)
