"""What goes out tomorrow, or on any day to come."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.compliance.queries import required_targets
from cms.core.views import login_required, render_page
from cms.people.models import OrgUnit
from cms.people.queries import View, person_views_are_open
from cms.reminders.forms import RehearsalForm
from cms.reminders.queries import Rehearsal, RehearsedMail, is_quiet_day, rehearse
from cms.reminders.views.access import crumbs, note_list, overseer

ROWS_PER_PAGE = 50
DAY = timedelta(days=1)


@require_safe
@login_required
def rehearsal(request: HttpRequest) -> HttpResponse:
    """The mails of a day to those whom the visitor oversees, and why each goes out. Leaves an audit row."""
    person, view = overseer(request)
    if not person_views_are_open():
        return render_page(request, "ledstang_reminders/locked.html", status=403)
    today = timezone.localdate()
    form = _form(request, view, today)
    if not form.is_valid():
        raise Http404
    on = form.cleaned_data["dag"] or next_day_of_mail(today)
    found = rehearse(view, form.unit, on)
    mails = [mail for mail in found.mails if _is_wanted(mail, form)]
    org_unit = OrgUnit.objects.get(pk=form.unit)
    context = {
        "form": form,
        "found": found,
        "page": Paginator(mails, ROWS_PER_PAGE).get_page(request.GET.get("page")),
        "org_unit": org_unit,
        "crumbs": crumbs(org_unit, _("Reminders")),
        "counted": list(found.counts.items()),
        "undeliverable": sum(bool(mail.why_not) for mail in mails),
        **_days(found, today),
    }
    response = render_page(request, "ledstang_reminders/rehearsal.html", context)
    note_list(actor=person, org_unit=org_unit, on=on, rows=len(mails), view=view)
    return response


def _form(request: HttpRequest, view: View, today: date) -> RehearsalForm:
    keys = {pk: str(key) for pk, key in OrgUnit.objects.filter(pk__in=view.org_units).values_list("pk", "key")}
    ordered = {unit: keys[unit] for unit in [*view.tree.tops_of(view.org_units), *keys] if unit in keys}
    data = request.GET.copy()
    data.setdefault("dag", next_day_of_mail(today).isoformat())
    return RehearsalForm(data, view=view, keys=ordered, targets=required_targets(today), today=today)


def _is_wanted(mail: RehearsedMail, form: RehearsalForm) -> bool:
    rule, target = form.cleaned_data["regel"], form.targets.get(form.cleaned_data["mal"])
    return (not rule or rule in mail.rules) and (target is None or target in mail.targets)


def next_day_of_mail(day: date) -> date:
    """The nearest day after one on which mails go out. Were all days quiet, the day after."""
    return next((one for ahead in range(1, 15) if not is_quiet_day(one := day + DAY * ahead)), day + DAY)


def _days(found: Rehearsal, today: date) -> dict[str, Any]:
    """The day itself, and the nearest day before and after on which mails go out."""
    before = [found.on - DAY * back for back in range(1, 15) if found.on - DAY * back >= today]
    return {
        "on": found.on,
        "is_tomorrow": found.on == today + DAY,
        "is_next": is_quiet_day(today + DAY) and found.on == next_day_of_mail(today),
        "next_day": next_day_of_mail(found.on),
        "previous_day": next((day for day in before if not is_quiet_day(day)), None),
    }
