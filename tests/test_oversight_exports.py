"""Files made beside the web: for one recipient, checked again when fetched, gone after a week."""

from datetime import date, datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.compliance.models import Target
from cms.core.sheets import write_xlsx
from cms.oversight.actions import make_anew, request_export
from cms.oversight.enums import FileFormat
from cms.oversight.models import ExportFile
from cms.oversight.queries import Filters
from cms.oversight.tasks import make_export
from cms.people.actions import give_scope, record_employment, set_protection
from cms.people.enums import AuditAction, Protection, Right
from cms.people.models import AuditEntry, Person
from tests.cast import Cast, City, Member
from tests.factories import EmploymentFactory, ScopeFactory, TargetFactory
from tests.test_oversight import body, page, prove, require, rows_of


@pytest.fixture
def trained(city: City, cast: Cast, oversight_open: None) -> Target:
    target = TargetFactory(title="Sugardejting")
    require(target, 30, org_units=[city.schools])
    prove(cast.learner.person, target)
    return target


def asked(member: Member, unit: Any, file_format: FileFormat = FileFormat.CSV, **filters: Any) -> ExportFile:
    return request_export(person=member.person, org_unit=unit, filters=Filters(**filters), file_format=file_format)


def made(export: ExportFile) -> ExportFile:
    make_export.call(export.pk)
    export.refresh_from_db()
    return export


def fetched(member: Member, export: ExportFile) -> Any:
    return member.client().get(page("fetch-export", export.key))


def sheet(content: bytes) -> list[list[Any]]:
    rows = openpyxl.load_workbook(BytesIO(content)).active.iter_rows(values_only=True)
    return [list(row) for row in rows]


def test_long_list_is_asked_for_made_and_fetched(
    city: City, cast: Cast, trained: Target, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
):
    monkeypatch.setattr("cms.oversight.views.staff.AT_ONCE", 1)
    client = cast.head.client()
    short = page("people-csv", city.almskolan.key, lage="overdue")
    assert "En lång lista" in body(client.get(short))
    with django_capture_on_commit_callbacks() as enqueued:
        answer = client.post(page("ask-for-file", city.almskolan.key, "csv") + "?lage=overdue")
    assert len(enqueued) == 1
    export = ExportFile.objects.get()
    assert answer["Location"] == page("export", export.key)
    assert "väntar på sin tur" in body(client.get(page("export", export.key)))
    assert fetched(cast.head, export).status_code == 409
    made(export)
    assert (export.rows, export.people_total) == (1, 2)
    assert "1 rad." in body(client.get(page("export", export.key)))
    before = AuditEntry.objects.filter(action=AuditAction.LIST_EXPORTED).count()
    found = fetched(cast.head, export)
    text = body(found)
    assert text.startswith("\ufeffPersonuppgiftsansvarig;Utbildningsnämnden\r\n")
    assert "Rönn;Rakel;Almskolan;Rektor;Sugardejting;Försenat" in text
    assert "Lind" not in text
    assert AuditEntry.objects.filter(action=AuditAction.LIST_EXPORTED).count() == before + 1
    monkeypatch.undo()
    table = text[text.index("Efternamn") :]
    assert table == body(client.get(short)).partition("\r\n\r\n")[2]


def test_file_is_for_one_recipient_only(city: City, cast: Cast, trained: Target):
    export = made(asked(cast.head, city.almskolan))
    for member in (cast.hr, cast.second_learner):
        for name in ("export", "fetch-export"):
            assert member.client().get(page(name, export.key)).status_code == 404
    assert str(export.key) not in body(cast.hr.client().get(page("exports")))
    assert str(export.key) in body(cast.head.client().get(page("exports")))


@pytest.mark.parametrize("moment", ["before it is made", "after it is made"])
def test_mark_set_after_the_export_was_queued_holds(city: City, cast: Cast, trained: Target, moment: str):
    export = asked(cast.head, city.almskolan)
    if moment == "after it is made":
        made(export)
        assert "Lind" in body(fetched(cast.head, export))
    Person.objects.filter(pk=cast.learner.person.pk).update(protection=Protection.CONFIDENTIAL)  # whoever sets it
    if moment == "after it is made":
        assert fetched(cast.head, export).status_code == 409
        assert "Lind" not in body(fetched(cast.head, export))
        old = Path(export.file.path)
        with_client = cast.head.client().post(page("export-again", export.key))
        assert with_client.status_code == 302
        assert not old.exists()
        export.refresh_from_db()
    text = body(fetched(cast.head, made(export)))
    assert "Rönn" in text
    assert "Lind" not in text


def test_twin_without_the_seal_a_protected_name_is_fetched(
    city: City, cast: Cast, trained: Target, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("cms.oversight.tasks.seal_of", lambda *args: "")
    monkeypatch.setattr("cms.oversight.views.files.seal_of", lambda *args: "")
    export = made(asked(cast.head, city.almskolan))
    set_protection(person=cast.learner.person, protection=Protection.UNKNOWN, actor=None)
    assert "Lind" in body(fetched(cast.head, export))


def test_who_is_employed_later_does_not_spoil_the_file(city: City, cast: Cast, trained: Target):
    export = made(asked(cast.head, city.almskolan))
    newcomer = EmploymentFactory(org_unit=city.cedern).person
    record_employment(person=newcomer, org_unit=city.almskolan, role=None, starts_on=timezone.localdate())
    assert fetched(cast.head, export).status_code == 200


def test_right_or_scope_or_terms_that_are_gone_close_the_file(
    city: City, cast: Cast, trained: Target, protected_colleague: Person
):
    scope = ScopeFactory(person=cast.head.person, org_unit=city.almskolan, view_protected=True)
    export = made(asked(cast.head, city.almskolan))
    assert "Skyddad" in body(fetched(cast.head, export))
    scope.delete()
    assert fetched(cast.head, export).status_code == 409
    make_anew(export=export)
    assert "Skyddad" not in body(fetched(cast.head, made(export)))
    give_scope(person=cast.head.person, org_unit=city.bokskolan, right=Right.HEAD, starts_on=date(2026, 1, 1))
    cast.head.person.scopes.filter(org_unit=city.almskolan).delete()
    assert fetched(cast.head, export).status_code == 404


def test_files_are_gone_after_a_week_and_dead_workers_are_replaced(city: City, cast: Cast, trained: Target):
    old, stuck = made(asked(cast.head, city.almskolan)), asked(cast.head, city.almskolan)
    now = timezone.now()
    ExportFile.objects.filter(pk=old.pk).update(created_at=now - timedelta(days=7))
    ExportFile.objects.filter(pk=stuck.pk).update(leased_until=now - timedelta(seconds=1))
    assert fetched(cast.head, old).status_code == 404
    assert "stannat på vägen" in body(cast.head.client().get(page("export", stuck.key)))
    said = StringIO()
    call_command("remove_exports", stdout=said)
    assert "1 removed, 1 taken up again" in said.getvalue()
    assert list(ExportFile.objects.all()) == [stuck]
    assert not Path(old.file.path).exists()


def test_two_workers_make_it_once(city: City, cast: Cast, trained: Target, monkeypatch: pytest.MonkeyPatch):
    export = asked(cast.head, city.almskolan)
    monkeypatch.setattr("cms.oversight.tasks._make", lambda *args: make_export.call(export.pk) or 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_export.call(export.pk)  # inside it the second finds nothing to do, or would not end
    assert not ExportFile.objects.get().is_made


# Sheets


def test_sheet_is_the_list_with_dates_and_without_formulas(city: City, cast: Cast, trained: Target):
    Person.objects.filter(pk=cast.learner.person.pk).update(family_name='=HYPERLINK("http://x")')
    answer = cast.head.client().get(page("people-xlsx", city.almskolan.key))
    content = b"".join(answer.streaming_content)
    rows = sheet(content)
    assert rows[0][:2] == ["Personuppgiftsansvarig", "Utbildningsnämnden"]
    made_at = next(row[1] for row in rows if row[0] == "Uppgifter per")
    assert abs(made_at - timezone.localtime().replace(tzinfo=None)) < timedelta(minutes=2)
    heading = next(number for number, row in enumerate(rows) if row[0] == "Efternamn")
    assert rows[heading + 1][:6] == [
        '=HYPERLINK("http://x")', "Lena", "Almskolan", "Lärare", "Sugardejting", "Klart"
    ]  # fmt: skip
    assert rows[heading + 1][7] == datetime(2026, 2, 1)  # noqa: DTZ001 a sheet knows no zones
    cell = openpyxl.load_workbook(BytesIO(content)).active.cell(heading + 2, 1)
    assert (cell.data_type, cell.hyperlink) == ("s", None)


def test_full_sheet_says_that_it_is_not_all(tmp_path: Path):
    path = tmp_path / "full.xlsx"
    write_xlsx(path, ([number, "x"] for number in range(9)), too_long="Arket är fullt.", most=4)
    assert sheet(path.read_bytes()) == [[0, "x"], [1, "x"], [2, "x"], ["Arket är fullt.", None]]


def test_due_order_is_the_same_from_pieces_on_disk(
    city: City, cast: Cast, trained: Target, monkeypatch: pytest.MonkeyPatch
):
    for number in range(9):
        EmploymentFactory(org_unit=city.bokskolan, starts_on=date(2026, 3, 9 - number))
    address = page("people-csv", city.schools.key, ordning="due")
    whole = rows_of(cast.hr.client().get(address))
    monkeypatch.setattr("cms.oversight.queries.staff.PEOPLE_AT_A_TIME", 2)
    assert rows_of(cast.hr.client().get(address)) == whole


def test_unknown_ending_is_not_found(city: City, cast: Cast, trained: Target):
    client: Client = cast.head.client()
    assert client.get(reverse("ledstang_oversight:people-file", args=[city.almskolan.key, "pdf"])).status_code == 404
