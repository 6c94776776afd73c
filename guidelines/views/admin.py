"""The editor's own pages in Wagtail's admin: decide how a draft is published, take a guideline out of use."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.core.models import Refused
from guidelines.actions import plan_guideline, publish_guideline, withdraw_guideline
from guidelines.forms import PlanForm, WithdrawForm
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.permissions import user_can_override, user_can_plan, user_can_publish, user_can_withdraw
from guidelines.queries.approvals import seen_words
from guidelines.queries.costs import cost_of
from guidelines.queries.documents import other_guidelines
from guidelines.queries.drafts import Outlook, outlook


class GuidelineAdminView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """A form about one guideline, for those with a right to it."""

    header_icon = "doc-full"

    @cached_property
    def page(self) -> GuidelinePage:
        """The page as it is saved, with the text of its latest draft."""
        saved = get_object_or_404(GuidelinePage, pk=self.kwargs["page_id"], alias_of=None)
        draft: GuidelinePage = saved.get_latest_revision_as_object()
        return draft

    def is_allowed(self) -> bool:
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.is_allowed():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        title: str = self.page.get_admin_display_title()
        return title

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        own = [{"url": edit, "label": self.get_page_subtitle()}, {"url": "", "label": self.get_page_title()}]
        return [*self.breadcrumbs_items, *own]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edit = reverse("wagtailadmin_pages:edit", args=[self.page.pk])
        return super().get_context_data(page=self.page, edit_url=edit, **kwargs)

    def refuse(self, form: Any, why: Refused | str) -> HttpResponse:
        """Say why, with everything that was typed still there."""
        form.add_error(None, str(why))
        return self.form_invalid(form)


def tell_published(request: HttpRequest, version: GuidelineVersion) -> None:
    """Which version it became, from when, and the way to it."""
    words = {"title": version.title, "number": version.number, "day": version.effective_on.isoformat()}
    text = _("“%(title)s” has been published as version %(number)s. It applies from %(day)s.") % words
    address = reverse("guidelines:version", args=[version.key, version.major, version.minor])
    messages.success(request, text, buttons=[messages.button(address, pgettext("version", "See it"))])


class PublishView(GuidelineAdminView):
    """What kind of change it is, and what it costs, before anything is published."""

    template_name = "guidelines/admin/publish.html"
    form_class = PlanForm

    def get_page_title(self) -> str:
        return pgettext("page title", "Publish")

    def is_allowed(self) -> bool:
        return user_can_plan(self.request.user, self.page)

    @cached_property
    def outlook(self) -> Outlook:
        return outlook(self.page)

    @property
    def may_override(self) -> bool:
        """Whether there is a review, or four eyes, that this account may go past with a reason."""
        is_asked = self.outlook.waits_for_review or getattr(settings, "LEDSTANG_FOUR_EYES", False)
        return bool(is_asked and user_can_override(self.request.user))

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        plan = self.outlook.plan
        if plan is not None:
            kwargs["initial"] = {"change": plan.change, "note": plan.change_note, "redo_by": plan.redo_by}
        return {
            **kwargs,
            "latest": self.outlook.latest,
            "earliest": self.outlook.earliest,
            "has_remarks": bool(self.outlook.to_be_judged),
            "may_override": self.may_override,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        is_ready = user_can_override(user) or not self.outlook.waits_for_review
        can_publish = user_can_publish(user, self.page) and is_ready
        revision = seen_words(self.page)
        return super().get_context_data(outlook=self.outlook, can_publish=can_publish, revision=revision, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if request.POST.get("revision") != seen_words(self.page):
            why = _("The text has been changed since you opened this page. Look through it again.")
            return self.refuse(form, why)
        if self.outlook.has_changed and not form.is_valid():
            return self.form_invalid(form)
        return self.form_valid(form)

    def form_valid(self, form: PlanForm) -> HttpResponse:
        decision = form.decision if self.outlook.has_changed else {}
        try:
            if "plan" in self.request.POST:
                return self.keep_plan(decision)
            return self.publish(decision)
        except Refused as refusal:
            return self.refuse(form, refusal)

    def keep_plan(self, decision: dict[str, Any]) -> HttpResponse:
        plan_guideline(page=self.page, made_by=self.request.user, **decision)
        messages.success(
            self.request, _("The decision is kept. It holds for exactly this text when it is approved or goes live.")
        )
        return redirect("wagtailadmin_pages:edit", self.page.pk)

    def publish(self, decision: dict[str, Any]) -> HttpResponse:
        if not user_can_publish(self.request.user, self.page):
            raise PermissionDenied
        version = publish_guideline(page=self.page, published_by=self.request.user, **decision)
        if version is not None:
            tell_published(self.request, version)
        elif self.outlook.is_scheduled:
            live = timezone.localtime(self.page.go_live_at)
            messages.success(
                self.request, _("Scheduled: it becomes a version on %(time)s.") % {"time": f"{live:%Y-%m-%d %H:%M}"}
            )
        else:
            messages.success(self.request, _("Published. Nothing had changed, so there is no new version."))
        return redirect("wagtailadmin_explore", self.page.get_parent().pk)


class WithdrawView(GuidelineAdminView):
    """Take a guideline out of use instead of deleting it."""

    template_name = "guidelines/admin/withdraw.html"
    form_class = WithdrawForm

    def get_page_title(self) -> str:
        return pgettext("page title", "Withdraw")

    def is_allowed(self) -> bool:
        return user_can_withdraw(self.request.user, self.page)

    def get_initial(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "others": other_guidelines(self.page.key)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cost=cost_of(self.page, None, timezone.localdate()), **kwargs)

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        wanted = form.cleaned_data
        successor = UUID(wanted["successor"]) if wanted["successor"] else None
        try:
            withdrawal = withdraw_guideline(
                key=self.page.key,
                reason=wanted["reason"],
                on=wanted["on"],
                successor=successor,
                withdrawn_by=self.request.user,
            )
        except Refused as refusal:
            return self.refuse(form, refusal)
        words = {"title": self.page.title, "day": withdrawal.withdrawn_on.isoformat()}
        text = _("“%(title)s” is withdrawn from %(day)s. A colleague who may publish has to confirm it.")
        messages.success(self.request, text % words)
        return redirect("wagtailadmin_explore", self.page.get_parent().pk)
