"""A person's own pages: what to do next, and what is kept about them."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.certificates import zipping
from cms.certificates.queries import certificates_of
from cms.compliance.queries import training_of
from cms.core.sheets import csv_lines
from cms.core.views import login_required, render_page, require_own_post
from cms.oversight.actions import issue_transcript
from cms.oversight.queries.looks import by_day, looks_at
from cms.oversight.queries.personal import boards_of, documents_of, kept_about
from cms.people.models import Person
from cms.people.queries import employments_on
from cms.people.views import acting_person

READABLE: dict[str, Any] = {"ensure_ascii": False, "indent": 2}


def _person(request: HttpRequest) -> Person:
    person = acting_person(request)
    assert person is not None, "login_required comes first"
    return person


@require_safe
@login_required
def training(request: HttpRequest) -> HttpResponse:
    """Everything to do, under way and done, the next action first."""
    person, today = _person(request), timezone.localdate()
    context = {
        "training": training_of(person, today),
        "certificates": certificates_of(person),
        "has_employment": employments_on(person, today).exists(),
        "on": today,
    }
    return render_page(request, "ledstang_oversight/training.html", context)


@require_own_post
def transcript(request: HttpRequest) -> HttpResponse:
    """A transcript of everything I hold, as a document that others can verify."""
    certificate = issue_transcript(person=_person(request), on=timezone.localdate())
    return redirect("ledstang_certificates:pdf", certificate.public_id)


@require_safe
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """What is kept about me, who may see it, and who has looked."""
    person = _person(request)
    boards = boards_of(person, timezone.localdate())
    context = {"person": person, "boards": boards, "kept": kept_about(person), "looks": by_day(looks_at(person))}
    return render_page(request, "ledstang_oversight/my_data.html", context)


def _as_json(person: Person) -> dict[str, Any]:
    data = {str(kept.kind.label): kept.rows for kept in kept_about(person)}
    looks = [
        {_("When"): timezone.localtime(look.at).isoformat(), _("What"): look.what, _("Where"): look.where,
         _("Who"): look.who}
        for look in looks_at(person)
    ]  # fmt: skip
    boards = ", ".join(boards_of(person, timezone.localdate()))
    head = {_("Answerable for the personal data"): boards, _("Fetched"): timezone.localtime().isoformat()}
    return {**head, **data, _("Who has looked"): looks}


def _name(ending: str) -> str:
    return f"mina-uppgifter-{timezone.localdate().isoformat()}.{ending}"


@require_safe
@login_required
def my_data_file(request: HttpRequest) -> JsonResponse:
    """The same as a file that other programs can read."""
    response = JsonResponse(_as_json(_person(request)), json_dumps_params=READABLE)
    response["Content-Disposition"] = f'attachment; filename="{_name("json")}"'
    return response


@require_safe
@login_required
def my_data_archive(request: HttpRequest) -> StreamingHttpResponse:
    """Everything in one file: a page to read, tables, the same as JSON, and the documents."""
    person = _person(request)
    response = StreamingHttpResponse(zipping.stream(_files(person)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{_name("zip")}"'
    return response


def _files(person: Person) -> Iterator[tuple[str, bytes]]:
    kept = kept_about(person)
    now, boards = timezone.now(), boards_of(person, timezone.localdate())
    context = {"person": person, "boards": boards, "kept": kept, "looks": by_day(looks_at(person)), "now": now}
    yield "mina-uppgifter.html", render_to_string("ledstang_oversight/my_data_file.html", context).encode()
    yield "mina-uppgifter.json", json.dumps(_as_json(person), **READABLE).encode()
    for one in kept:
        if one.rows:
            table = csv_lines([one.columns, *(row.values() for row in one.rows)])
            yield f"{one.kind.name}.csv", "".join(table).encode()
    folder = _("documents") + "/"
    for name, document in documents_of(person):
        with document.open("rb") as file:
            yield folder + name, file.read()
