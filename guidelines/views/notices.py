"""Notices and emergency stops in Wagtail's admin, and the second pair of eyes afterwards."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.admin import messages
from wagtail.admin.ui.components import Component

from cms.core.models import Refused
from cms.people.queries import person_of
from cms.versions.actions import end_notice, lay_notice, look_again
from cms.versions.enums import NoticeTone
from cms.versions.models import Notice, Withdrawal
from guidelines.enums import KIND
from guidelines.forms import NoticeForm
from guidelines.models import GuidelinePage
from guidelines.permissions import user_can_lay_notice
from guidelines.queries.documents import lone_decisions
from guidelines.views.admin import GuidelineAdminView


class NoticesView(GuidelineAdminView):
    """What lies over a guideline now, and a form for one more."""

    template_name = "guidelines/admin/notices.html"
    form_class = NoticeForm

    def get_page_title(self) -> str:
        return pgettext("page title", "Notices and emergency stop")

    def is_allowed(self) -> bool:
        return user_can_lay_notice(self.request.user, self.page)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        notices = Notice.objects.filter(key=self.page.key).select_related("end", "second_look")
        withdrawal = Withdrawal.objects.filter(key=self.page.key).select_related("second_look").first()
        return super().get_context_data(notices=notices, withdrawal=withdrawal, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if "end" in request.POST:
                return self.end(request.POST["end"])
            if "look" in request.POST:
                return self.look(request.POST["look"])
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(request.path)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: NoticeForm) -> HttpResponse:
        user, wanted = self.request.user, form.cleaned_data
        tone = NoticeTone(wanted["tone"])
        lay_notice(kind=KIND, key=self.page.key, tone=tone, text=wanted["text"], laid_by=user, actor=person_of(user))
        text = _("Readers see it from now on.")
        if tone == NoticeTone.STOP:
            text = _("The text is stopped. A colleague who may publish has to confirm it within 24 hours.")
        messages.success(self.request, text)
        return redirect(self.request.path)

    def end(self, pk: str) -> HttpResponse:
        notice = get_object_or_404(Notice, pk=_number(pk), key=self.page.key)
        end_notice(notice=notice, ended_by=self.request.user, actor=person_of(self.request.user))
        messages.success(self.request, _("The notice is taken away."))
        return redirect(self.request.path)

    def look(self, pk: str) -> HttpResponse:
        user, mine = self.request.user, {"key": self.page.key}
        subject: Notice | Withdrawal
        if pk == "withdrawal":
            subject = get_object_or_404(Withdrawal, **mine)
        else:
            subject = get_object_or_404(Notice, pk=_number(pk), **mine)
        look_again(subject=subject, looked_by=user, actor=person_of(user))
        messages.success(self.request, _("It is confirmed by a second pair of eyes."))
        return redirect(self.request.path)


def _number(pk: str) -> int:
    return int(pk) if pk.isdecimal() and len(pk) < 19 else 0


class LoneDecisionsPanel(Component):
    """On the admin's home page: stops and withdrawals that nobody else has looked at yet."""

    order = 50
    template_name = "guidelines/admin/lone.html"
    RECENT = timedelta(days=30)

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        lone = lone_decisions(timezone.localdate() - self.RECENT)
        pages = GuidelinePage.objects.in_bulk([one.page_id for one in lone if one.page_id])
        mine = [one for one in lone if one.page_id in pages and user_can_lay_notice(user, pages[one.page_id])]
        return {"lone": mine, "now": timezone.now()}
