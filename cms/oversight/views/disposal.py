"""Disposal in Wagtail's admin: what the city has decided, what would go, and what has gone."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.compliance.actions import NotDecided, dispose
from cms.compliance.models import DisposalRun
from cms.compliance.queries import Retention, finding_of, retentions
from cms.compliance.registry import disposal_kinds
from cms.core.views import only_for, require_post
from cms.oversight.permissions import user_can_dispose
from cms.people.views import acting_person

RUNS_SHOWN = 50


@dataclass(frozen=True)
class Foreseen:
    """A kind that is switched on, and how many rows of each table are due."""

    retention: Retention
    counts: dict[str, int]


@require_safe
@only_for(user_can_dispose)
def disposals(request: HttpRequest) -> HttpResponse:
    """The rules that are switched on with what is due now, those that are not, and the runs so far."""
    decided = retentions()
    on = {retention.kind.name for retention in decided}
    context = {
        "foreseen": [Foreseen(retention, finding_of(retention).counts) for retention in decided],
        "off": [kind for kind in disposal_kinds if kind.name not in on],
        "runs": [
            (run, kind.label if (kind := disposal_kinds.find(run.kind)) else run.kind)
            for run in DisposalRun.objects.select_related("run_by").order_by("-run_at", "-pk")[:RUNS_SHOWN]
        ],
    }
    return render(request, "ledstang_oversight/admin/disposals.html", context)


@require_post
@only_for(user_can_dispose)
def run_disposal(request: HttpRequest, kind: str) -> HttpResponse:
    """Dispose of what is due of one kind, or only write down what would go."""
    dry_run = "try" in request.POST
    if not dry_run and "sure" not in request.POST:
        messages.error(request, _("Nothing has been removed. Tick the box first: it cannot be brought back."))
        return redirect("ledstang_disposals")
    try:
        run = dispose(kind=kind, actor=acting_person(request), dry_run=dry_run)
    except NotDecided:
        raise Http404 from None
    if run is None:
        messages.info(request, _("Nothing is due."))
    elif dry_run:
        messages.success(request, _("What would go has been written down. Nothing has been removed."))
    else:
        messages.success(request, _("It has been disposed of."))
    return redirect("ledstang_disposals")
