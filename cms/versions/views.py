from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.core.enums import Competence
from cms.people.views import acting_person
from cms.versions.actions import sign_review
from cms.versions.care import stale_places
from cms.versions.forms import SignForm
from cms.versions.models import VersionAsset
from cms.versions.permissions import user_can_sign, user_edits_pages
from cms.versions.queries import Waiting, contents_showing, waiting_for_review
from cms.versions.ranges import NotSatisfiable, pieces, range_of
from cms.versions.registry import version_kinds


@require_safe
def asset(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A frozen file, or one range of it, to whoever may read any text that cites it; 404 to everyone else."""
    row = get_object_or_404(VersionAsset, sha256=sha256)
    contents = contents_showing(sha256)
    person = acting_person(request)
    if not any(kind.may_read(contents, person) for kind in version_kinds):
        raise Http404
    response = _bytes_of(row, request.headers.get("Range", ""), request.headers.get("If-Range", ""))
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{row.sha256}"'
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _bytes_of(row: VersionAsset, wanted: str, condition: str) -> HttpResponseBase:
    """The whole file, or the range of it that a player asks for."""
    size = row.file.size
    try:
        span = range_of(wanted, size) if condition in ("", f'"{row.sha256}"') else None
    except NotSatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file = row.file.open("rb")
    if span is None:
        return FileResponse(file, content_type=row.media_type, as_attachment=bool(row.filename), filename=row.filename)
    first, last = span
    response = StreamingHttpResponse(pieces(file, first, last), status=206, content_type=row.media_type)
    response["Content-Length"] = str(last - first + 1)
    response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


class StaleView(WagtailAdminTemplateMixin, TemplateView):
    """Every place in published texts, and in the documents made of them, that the registers have overtaken."""

    template_name = "ledstang_versions/admin/stale.html"
    header_icon = "warning"
    page_title = gettext_lazy("Stale citations")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not user_edits_pages(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        hits = stale_places(timezone.localdate())
        documents = [(name, list(found)) for name, found in groupby(hits, key=lambda hit: hit.document)]
        return super().get_context_data(documents=documents, **kwargs)


class ReviewView(WagtailAdminTemplateMixin, FormView):  # type: ignore[type-arg]
    """What waits for one kind of expert in the texts that readers get, and their signature under it."""

    template_name = "ledstang_versions/admin/reviews.html"
    form_class = SignForm
    header_icon = "check"

    def get_page_title(self) -> str:
        return _("Expert review")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not user_can_sign(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def everything(self) -> list[Waiting]:
        contents: dict[int, str] = {}
        for kind in version_kinds:
            contents.update(kind.current_contents())
        return waiting_for_review(contents)

    @property
    def competence(self) -> str | None:
        chosen = self.request.GET.get("kompetens")
        return chosen if chosen in Competence.values else None

    @property
    def waiting(self) -> list[Waiting]:
        return [one for one in self.everything if one.mark.competence == self.competence]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "waiting": self.waiting}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counts = {name: sum(one.mark.competence == name for one in self.everything) for name in Competence}
        return super().get_context_data(
            waiting=self.waiting,
            competence=self.competence,
            counts=[(name, count) for name, count in counts.items() if count],
            chosen=set(self.request.POST.getlist("marks")),
            **kwargs,
        )

    def form_valid(self, form: SignForm) -> HttpResponse:
        marks = form.cleaned_data["marks"]
        for mark in marks:
            sign_review(
                mark=mark,
                signed_by_function=form.cleaned_data["signed_by_function"],
                signed_on=form.cleaned_data["signed_on"],
                signed_by=acting_person(self.request),
            )
        text = ngettext("%(count)s section has been signed.", "%(count)s sections have been signed.", len(marks))
        messages.success(self.request, text % {"count": len(marks)})
        return redirect(self.request.get_full_path())
