"""The roster in Wagtail's admin: upload, see what would happen, confirm, see what happened."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from cms.core.views import only_for, require_post
from cms.people.actions import (
    PeopleError,
    confirm_import,
    discard_import,
    map_words,
    progress_of,
    restart_import,
    start_import,
)
from cms.people.forms import ConfirmForm, UploadForm, WordsForm
from cms.people.models import RosterImport
from cms.people.permissions import user_can_give_scopes, user_can_import_roster, user_can_merge_people
from cms.people.queries.roster import (
    import_report,
    kind_mappings,
    recent_imports,
    report_file,
    role_word_uses,
)
from cms.people.roster.columns import STAFF, UNITS
from cms.people.roster.sources import label_of
from cms.people.roster.template import template_workbook
from cms.people.views.acting import acting_person

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@only_for(user_can_import_roster)
def roster(request: HttpRequest) -> HttpResponse:
    """The imports so far, and a form for the next one."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        run = start_import(
            source=data["source"], files=form.uploads, is_whole=data["is_whole"], actor=acting_person(request)
        )
        return redirect("ledstang_roster_import", run.key)
    context = {
        "form": form,
        "imports": [(run, label_of(run.source)) for run in recent_imports()],
        "unmapped": sum(use.mapping.role_id is None and use.uses > 0 for use in role_word_uses()),
        "can_merge": user_can_merge_people(request.user),
        "can_give_scopes": user_can_give_scopes(request.user),
    }
    return render(request, "ledstang_people/admin/roster.html", context)


@only_for(user_can_import_roster)
def roster_import(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One import: how far it has come, what it would do, and what it did."""
    run = get_object_or_404(RosterImport.objects.select_related("created_by"), key=key)
    if request.headers.get("HX-Request") and not run.is_working:  # the heading and the title tell the state too
        return HttpResponse(headers={"HX-Refresh": "true"})
    form = ConfirmForm(request.POST or None, initial={"digest": run.digest})
    if request.method == "POST" and form.is_valid():
        if run.removes_much and not form.cleaned_data["accepts_removals"]:
            form.add_error("accepts_removals", _("Tick the box if it is right. Otherwise look at the file again."))
        else:
            try:
                confirm_import(run=run, digest=form.cleaned_data["digest"])
            except PeopleError:
                messages.error(request, _("Something has changed in between. Look again before you confirm."))
            return redirect("ledstang_roster_import", run.key)
    context = {
        "run": run,
        "source": label_of(run.source),
        "form": form,
        "report": import_report(run),
        "progress": progress_of(run) if run.is_working else None,
    }
    return render(request, "ledstang_people/admin/import.html", context)


@require_post
@only_for(user_can_import_roster)
def restart(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    try:
        restart_import(run=get_object_or_404(RosterImport, key=key))
    except PeopleError:
        messages.error(request, _("The import is being worked on already."))
    return redirect("ledstang_roster_import", key)


@require_post
@only_for(user_can_import_roster)
def discard(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    run = get_object_or_404(RosterImport, key=key)
    try:
        discard_import(run=run)
        messages.success(request, _("Nothing has been imported, and the files are removed."))
    except PeopleError:
        messages.error(request, _("The import has been carried out already."))
    return redirect("ledstang_roster")


@require_safe
@only_for(user_can_import_roster)
def report(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The whole report, row by row, as a file."""
    run = get_object_or_404(RosterImport, key=key)
    content = report_file(run)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run.created_at:%Y-%m-%d}.csv"'
    return response


@require_safe
@only_for(user_can_import_roster)
def template(request: HttpRequest) -> HttpResponse:
    """A workbook with the columns, ready to be filled in."""
    response = HttpResponse(template_workbook(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="personalregister-mall.xlsx"'
    return response


@require_safe
@only_for(user_can_import_roster)
def columns(request: HttpRequest) -> HttpResponse:
    return render(request, "ledstang_people/admin/columns.html", {"units": UNITS, "staff": STAFF})


@only_for(user_can_import_roster)
def words(request: HttpRequest) -> HttpResponse:
    """How the words of the sources for roles and kinds of org units are read."""
    uses, kinds = role_word_uses(), kind_mappings()
    form = WordsForm(request.POST or None, roles=[use.mapping for use in uses], kinds=kinds)
    if request.method == "POST" and form.is_valid():
        count = map_words(
            roles=form.changed_roles,
            new_roles=form.new_roles,
            kinds=form.changed_kinds,
            actor=acting_person(request),
        )
        messages.success(
            request,
            ngettext("Saved. %(count)s employment reads otherwise now.",
                     "Saved. %(count)s employments read otherwise now.", count) % {"count": count},
        )  # fmt: skip
        return redirect("ledstang_roster_words")
    rows = [(use, form[f"role-{use.mapping.pk}"]) for use in uses]
    kind_rows = [(row, label_of(row.source), form[f"kind-{row.pk}"]) for row in kinds]
    context = {"form": form, "roles": rows, "kinds": kind_rows}
    return render(request, "ledstang_people/admin/words.html", context)
