"""Read a file into a register: first what it would do, then, if that is right, do it."""

import base64
import binascii
from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.references.actions import import_register
from cms.references.forms import RegisterFileForm
from cms.references.registers import REGISTERS, ImportPlan, plan_import

SALT = "ledstang.register"


class RegisterImportView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """Nothing is kept between the two steps: the file comes back with the page, signed."""

    template_name = "ledstang_references/admin/import.html"
    form_class = RegisterFileForm
    model: Any = None
    index_url_name = ""
    header_icon = "upload"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        label = self.model._meta.app_label
        wanted = [f"{label}.{verb}_{self.model._meta.model_name}" for verb in ("add", "change")]
        if not request.user.has_perms(wanted):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        return _("Read in a file")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        name = capfirst(self.model._meta.verbose_name_plural)
        own = [{"url": reverse(self.index_url_name), "label": name}, {"url": "", "label": self.get_page_title()}]
        return [*self.breadcrumbs_items, *own]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            register=REGISTERS[self.model], index_url=reverse(self.index_url_name), **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "kept" in request.POST:
            return self.confirm(request.POST["kept"], request.POST.get("digest", ""))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: RegisterFileForm) -> HttpResponse:
        file = form.cleaned_data["file"]
        return self.show(file.name, file.read())

    def show(self, name: str, content: bytes) -> HttpResponse:
        plan = plan_import(REGISTERS[self.model], name, content)
        kept = signing.dumps([name, base64.b64encode(content).decode()], salt=SALT, compress=True)
        return self.render_to_response(self.get_context_data(plan=plan, kept=kept, file_name=name))

    def confirm(self, kept: str, digest: str) -> HttpResponse:
        try:
            name, packed = signing.loads(kept, salt=SALT, max_age=24 * 3600)
            content = base64.b64decode(packed)
        except (signing.BadSignature, binascii.Error, ValueError):
            messages.error(self.request, _("Choose the file again."))
            return redirect(self.request.path)
        plan: ImportPlan = plan_import(REGISTERS[self.model], name, content)
        if plan.faults or plan.digest != digest:
            messages.warning(self.request, _("Something has changed in between. Look again before you confirm."))
            return self.show(name, content)
        count = import_register(register=REGISTERS[self.model], plan=plan, by=self.request.user)
        text = ngettext("%(count)s entry has been read in.", "%(count)s entries have been read in.", count)
        messages.success(self.request, text % {"count": count})
        return redirect(self.index_url_name)
