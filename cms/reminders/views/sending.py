"""Send a reminder by hand: to one person, or to those of a workplace who have something left."""

import uuid
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.compliance.queries import required_targets
from cms.core.views import login_required, render_page, require_own_post, safe_next
from cms.people.models import OrgUnit
from cms.people.queries import View, person_views_are_open, visible_people
from cms.reminders.actions import AlreadyReminded, NothingToSay, RemindedCounts, remind_by_hand, remind_many
from cms.reminders.forms import SelectionForm
from cms.reminders.queries.selection import Selection, select_people
from cms.reminders.views.access import crumbs, note_list, overseer


@require_own_post
def remind_person(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A mail to one person whom the visitor sees. 404 for everybody else."""
    actor, view = overseer(request)
    today = timezone.localdate()
    person = visible_people(actor, today, view).filter(key=key).first()
    if person is None or not person_views_are_open():
        raise Http404
    try:
        remind_by_hand(person=person, actor=actor, on=today)
    except AlreadyReminded:
        messages.warning(request, _("A reminder has been sent today already. You can send one tomorrow."))
    except NothingToSay:
        messages.warning(request, _("No reminder was sent: there is nothing to remind of, or no way to write."))
    else:
        messages.success(request, _("The reminder is on its way."))
    return redirect(safe_next(request))


@login_required
def remind_unit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """First who would get a reminder, then the mails to those who were ticked. The selection stands in the address."""
    actor, view = overseer(request)
    org_unit = OrgUnit.objects.filter(pk__in=view.org_units, key=key).first()
    if org_unit is None:
        raise Http404
    if not person_views_are_open():
        return render_page(request, "ledstang_reminders/locked.html", status=403)
    today = timezone.localdate()
    form, selection = _selected(request, view, org_unit, today)
    if request.method == "POST":
        ticked = set(request.POST.getlist("person"))
        people = [one.person for one in selection.ready if str(one.person.key) in ticked]
        if people:
            messages.success(request, _told(remind_many(people=people, actor=actor, on=today)))
        else:
            messages.warning(request, _("Nobody was ticked, so no reminder was sent."))
        return redirect(safe_next(request))
    context = {
        "org_unit": org_unit,
        "crumbs": crumbs(org_unit, _("Send reminders")),
        "selection": selection,
        "target": form.target,
        "chosen": form.words,
    }
    response = render_page(request, "ledstang_reminders/remind.html", context)
    note_list(actor=actor, org_unit=org_unit, on=today, rows=len(selection.candidates), view=view)
    return response


def _selected(request: HttpRequest, view: View, org_unit: OrgUnit, today: date) -> tuple[SelectionForm, Selection]:
    form = SelectionForm(request.GET, targets=required_targets(today))
    if not form.is_valid():
        raise Http404
    return form, select_people(view, org_unit.pk, form.target, form.state, today, **form.where)


def _told(counts: RemindedCounts) -> str:
    sent = ngettext("%(count)s reminder is on its way.", "%(count)s reminders are on their way.", counts.reminded) % {
        "count": counts.reminded
    }
    if not counts.already and not counts.nothing:
        return sent
    left_out = counts.already + counts.nothing
    return f"{sent} " + ngettext(
        "%(count)s person got none: already reminded today, or nothing to remind of.",
        "%(count)s people got none: already reminded today, or nothing to remind of.",
        left_out,
    ) % {"count": left_out}
