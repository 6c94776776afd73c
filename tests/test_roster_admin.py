"""The roster in Wagtail's admin: upload, look, confirm; how words are read; two records of one human."""

import io
from datetime import timedelta

import openpyxl
import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cms.core.storage import private_storage
from cms.core.tables import read_tables
from cms.people.actions import work_through
from cms.people.enums import AuditAction, ImportState, Right
from cms.people.models import AuditEntry, Employment, Identity, KindMapping, Person, RoleMapping, RosterImport
from cms.people.queries import employments_on, view_of
from cms.people.roster.columns import STAFF as STAFF_COLUMNS
from tests.cast import Cast
from tests.factories import EmploymentFactory, PersonFactory, RoleFactory, ScopeFactory
from tests.test_roster import STAFF, UNITS, files

ROSTER = "/admin/personalregister/"


@pytest.fixture
def administrator(cast: Cast) -> Client:
    """An editor whose group may import the roster and merge records."""
    cast.editor.user.user_permissions.add(
        *Permission.objects.filter(codename__in=["import_roster", "merge_people"], content_type__model="rosterimport")
    )
    return cast.editor.client()


def work() -> None:
    for run in RosterImport.objects.all():
        work_through(run.pk)


def test_an_import_from_upload_to_result(administrator, city):
    RoleFactory(key="larare", name="Lärare")
    upload = {
        "source": "hr",
        "units": SimpleUploadedFile("enheter.csv", UNITS.encode("cp1252")),
        "staff": SimpleUploadedFile("personal.csv", STAFF.encode("cp1252")),
        "is_whole": "on",
    }
    address = administrator.post(ROSTER, upload).url
    page = administrator.get(address).content.decode()
    assert 'hx-trigger="every 3s"' in page
    assert "<progress" in page
    work()
    page = administrator.get(address).content.decode()
    assert "Vad som skulle hända" in page
    assert "Nya anställningar: <strong>4</strong>" in page
    assert "Skyddsmarkeringen är okänd" in page
    assert not any(name in page for name in ("Öberg", "asa@example.se"))
    assert not Person.objects.filter(given_name="Åsa").exists()
    report = administrator.get(f"{address}rapport.csv").content.decode("utf-8-sig")
    assert report.count("En ny anställning") == 4
    digest = RosterImport.objects.get().digest
    administrator.post(address, {"digest": digest})
    work()
    assert "Personalregistret är uppdaterat" in administrator.get(address).content.decode()
    assert Person.objects.filter(given_name="Åsa").count() == 1
    assert not [file for file in RosterImport.objects.get().files if private_storage().exists(file["path"])]
    assert "Klar" in administrator.get(ROSTER).content.decode()
    run = RosterImport.objects.latest("created_at")
    looked = administrator.get(f"{ROSTER}{run.key}/", headers={"HX-Request": "true"})
    assert looked["HX-Refresh"] == "true", "a page that waited is told anew, its heading too"


def test_a_bad_file_is_told_and_cannot_be_confirmed(administrator, city):
    staff = STAFF.replace("2019-08-12", "igår")
    units = UNITS.replace("FS1;Förskolan Ål;Förskola;UTB", "FS1;Förskolan Ål;Förskola;OKÄND")
    upload = {
        "source": "hr",
        "units": SimpleUploadedFile("enheter.csv", units.encode()),
        "staff": SimpleUploadedFile("personal.csv", staff.encode()),
        "is_whole": "on",
    }
    address = administrator.post(ROSTER, upload).url
    work()
    places = [(one["table"], one["row"]) for one in RosterImport.objects.get().problems if one["is_error"]]
    assert len({table for table, _row in places}) == 2
    assert places == sorted(places), "in the order of the tables and their rows"
    page = administrator.get(address).content.decode()
    assert "Datumet går inte att läsa" in page
    assert "igår" in page
    assert "Skriv in i personalregistret" not in page
    administrator.post(address, {"digest": RosterImport.objects.get().digest})
    work()
    assert RosterImport.objects.get().state == ImportState.FAULTY


def test_a_file_is_asked_for_and_an_import_can_be_dropped(administrator, city):
    assert "Välj en fil" in administrator.post(ROSTER, {"source": "hr", "is_whole": "on"}).content.decode()
    run = RosterImport.objects.create(source="hr", created_at=timezone.now(), state=ImportState.READ)
    run.files = [{"name": "x", "path": private_storage().save(f"roster/{run.key}/0", ContentFile(b"hemligt"))}]
    run.save()
    administrator.post(f"{ROSTER}{run.key}/avbryt/")
    assert not private_storage().exists(run.files[0]["path"])


def test_an_import_that_a_killed_worker_has_left_begins_again(administrator, city, django_capture_on_commit_callbacks):
    long_ago = timezone.now() - timedelta(hours=1)
    run = RosterImport.objects.create(source="hr", created_at=long_ago, started_at=timezone.now())
    address = f"{ROSTER}{run.key}/"
    assert "Börja om" not in administrator.get(address).content.decode()
    RosterImport.objects.update(started_at=long_ago)
    assert "Börja om" in administrator.get(address).content.decode()
    with django_capture_on_commit_callbacks() as queued:
        administrator.post(f"{address}igen/")
        administrator.post(f"{address}igen/")
    assert len(queued) == 1


def test_the_template_can_be_filled_in_and_read(administrator):
    content = administrator.get(f"{ROSTER}mall.xlsx").content
    assert [table.name for table in read_tables("mall", content)][:2] == ["Enheter", "Personal"]
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [cell.value for cell in book["Personal"][1]] == [column.header for column in STAFF_COLUMNS]
    assert "Befattning" in administrator.get(f"{ROSTER}kolumner/").content.decode()


def test_a_mapped_word_holds_at_once_and_what_was_known_stays(administrator, city):
    nurse = RoleFactory(key="skolskoterska", name="Skolsköterska")
    job = EmploymentFactory(role=None, source="hr", source_role="SSK")
    other = EmploymentFactory(role=None, source="annan", source_role="SSK")
    mapping = RoleMapping.objects.create(source="hr", value="ssk")
    assert "SSK" not in str(mapping)
    RoleMapping.objects.create(source="ss12000-sis", value="Lots")
    KindMapping.objects.create(source="ss12000-skolverket", value="LOTS")
    words = administrator.get(f"{ROSTER}ord/").content.decode()
    assert "<td>SS 12000 (SIS)</td>" in words
    assert "<td>SS 12000 (Skolverket)</td>" in words
    RoleMapping.objects.filter(value="Lots").delete()
    assert "1 ord för en befattning är inte tolkat" in administrator.get(ROSTER).content.decode()
    knew = timezone.now()
    page = administrator.post(f"{ROSTER}ord/", {f"role-{mapping.pk}": nurse.pk}, follow=True).content.decode()
    assert "1 anställning läses annorlunda nu" in page
    assert Employment.objects.known_at().get(key=job.key).role == nurse
    assert Employment.objects.known_at(knew).get(key=job.key).role is None
    assert Employment.objects.known_at().get(key=other.key).role is None
    assert AuditEntry.objects.get(action=AuditAction.MAPPING_CHANGED).details["employments"] == 1


def test_lists_take_as_many_queries_however_long_they_are(administrator, city, django_assert_max_num_queries):
    def look() -> int:
        with django_assert_max_num_queries(60) as captured:
            for page in ("", "ord/", "dubbletter/", "dubbletter/?q=Fö"):
                assert administrator.get(ROSTER + page).status_code == 200
        return len(captured)

    def grow(number: int) -> None:
        RosterImport.objects.create(source="hr", created_at=timezone.now(), created_by=PersonFactory())
        RoleMapping.objects.create(source="hr", value=f"ord{number}")
        for _twice in range(2):
            PersonFactory(email=f"tva{number}@example.se")

    grow(0)
    before = look()
    for number in range(1, 8):
        grow(number)
    assert look() == before


def test_twin_without_the_permissions_an_editor_would_be_let_in(cast, monkeypatch):
    client = cast.editor.client()
    pages = (ROSTER, f"{ROSTER}ord/", f"{ROSTER}dubbletter/")
    assert {client.get(page).status_code for page in pages} == {302}
    monkeypatch.setattr("cms.accounts.models.User.has_perm", lambda *args: True)
    assert {client.get(page).status_code for page in pages} == {200}


# Merging


def test_two_records_are_found_compared_and_merged(administrator, cast, city):
    double = PersonFactory(given_name="Lena", family_name="Lindh", email="LENA@example.se")
    job = EmploymentFactory(person=double, org_unit=city.bokskolan, role=city.roles["larare"])
    ScopeFactory(person=double, org_unit=city.bokskolan, right=Right.HEAD)
    Identity.objects.create(person=double, issuer="hr", subject="E77")
    merge = f"{ROSTER}dubbletter/"
    assert "LENA@example.se" in administrator.get(merge).content.decode() or "lena@example.se"
    page = administrator.get(merge, {"q": "E77"}).content.decode()
    assert f"?forsta={double.key}" in page
    page = administrator.get(merge, {"q": "Lena Lin", "forsta": double.key}).content.decode()
    pair = f"{merge}{double.key}/{cast.learner.person.key}/"
    assert pair in page
    page = administrator.get(pair).content.decode()
    assert "Bokskolan" in page
    assert "E77" in page, "two records of one name are told apart by their numbers"
    seen = AuditEntry.objects.filter(action=AuditAction.PERSON_VIEWED).values_list("subject", flat=True)
    assert set(seen) == {double.pk, cast.learner.person.pk}
    own = f"{merge}{double.key}/{cast.editor.person.key}/"
    refused = administrator.post(own, {"keep": double.key}, follow=True).content.decode()
    assert "Någon annan måste slå ihop dem" in refused, "the rights of the other record would become one's own"
    administrator.post(pair, {"keep": cast.learner.person.key})
    double.refresh_from_db()
    job.refresh_from_db()
    assert (double.merged_into, job.person) == (cast.learner.person, double)
    today = timezone.localdate()
    assert {one.org_unit for one in employments_on(cast.learner.person, today)} == {city.almskolan, city.bokskolan}
    assert city.bokskolan.pk in view_of(cast.learner.person, today).org_units
    assert "Posterna är redan en." in administrator.get(pair, follow=True).content.decode()
    assert administrator.get(f"{merge}{double.key}/{cast.hr.person.key}/").status_code == 404


def test_protected_records_are_not_found_without_the_right(administrator, cast, city, protected_colleague):
    merge = f"{ROSTER}dubbletter/"
    Person.objects.filter(pk=protected_colleague.pk).update(email=cast.learner.person.email)
    pair = f"{merge}{protected_colleague.key}/{cast.learner.person.key}/"

    def reached() -> list[bool]:
        pages = [administrator.get(merge), administrator.get(merge, {"q": "Skyddad"})]
        return [*("Skyddad" in page.content.decode().replace('value="Skyddad"', "") for page in pages),
                administrator.get(pair).status_code == 200]  # fmt: skip

    assert reached() == [False, False, False]
    for right in (Right.HR, Right.VIEW_PROTECTED):
        ScopeFactory(person=cast.editor.person, org_unit=city.root, right=right)
    assert reached() == [True, True, True]


def test_protection_from_an_import_holds_for_the_record_that_remains(db):
    from cms.people.actions import import_roster, merge_people
    from cms.people.roster.sheets import File, SheetSource

    def bring_in(staff: str) -> None:
        given = [File("p.csv", staff.encode()), *files(UNITS, "")]
        import_roster(source=SheetSource("hr", []), said=SheetSource("hr", given).read(), actor=None)

    bring_in(STAFF)
    kept, double = PersonFactory(), Person.objects.get(given_name="Bo")
    merge_people(duplicate=double, into=kept, actor=None)
    bring_in(STAFF.replace("Trollkarl;2020-08-12;;", "Trollkarl;2020-08-12;;Sekretessmarkering"))
    kept.refresh_from_db()
    assert kept.is_protected


SCOPES = "/admin/behorigheter/"


def test_a_head_is_made_and_ended_in_the_admin(cast, city, django_assert_max_num_queries):
    editor = cast.editor.client()
    assert editor.get(SCOPES).status_code == 302, "without the permission nobody gives a right"
    cast.editor.user.user_permissions.add(
        Permission.objects.get(codename="add_scope", content_type__app_label="ledstang_people")
    )
    editor = cast.editor.client()
    person, hidden = PersonFactory(family_name="Rektorsson"), PersonFactory(protection="confidential")
    EmploymentFactory(person=person, org_unit=city.almskolan)
    address = f"{SCOPES}{person.key}/"
    assert address in editor.get(SCOPES, {"q": "Rektors"}).content.decode()
    assert editor.get(f"{SCOPES}{hidden.key}/").status_code == 404
    given = {"right": "head", "org_unit": city.almskolan.pk, "starts_on": timezone.localdate().isoformat()}
    assert "Sista dagen kommer före" in editor.post(address, {**given, "ends_on": "2020-01-01"}).content.decode()
    own = f"{SCOPES}{cast.editor.person.key}/"
    assert "Någon annan" in editor.get(own).content.decode()
    assert "Någon annan" in editor.post(own, {**given, "right": "view_protected"}).content.decode()
    assert not cast.editor.person.scopes.exists(), "nobody gives themselves a right"
    assert editor.post(address, given).status_code == 302
    assert city.almskolan.pk in view_of(person, timezone.localdate()).org_units
    assert "finns redan" in editor.post(address, given).content.decode()
    scope = person.scopes.get()
    shown = BeautifulSoup(editor.get(SCOPES).content, "html.parser").select_one(f'form[action$="{scope.pk}/avsluta/"]')
    assert shown.select_one("[name=csrfmiddlewaretoken]"), "a form without it is refused"
    assert editor.post(f"{SCOPES}{scope.pk}/avsluta/").status_code == 302
    assert view_of(person, timezone.localdate()).is_empty
    logged = AuditEntry.objects.filter(subject=person, actor=cast.editor.person).values_list("action", flat=True)
    assert set(logged) == {AuditAction.SCOPE_GIVEN, AuditAction.SCOPE_ENDED}
    ScopeFactory.create_batch(3, org_unit=city.almskolan)
    with django_assert_max_num_queries(60) as few:
        editor.get(SCOPES)
    ScopeFactory.create_batch(12, org_unit=city.almskolan)
    with django_assert_max_num_queries(len(few)):
        editor.get(SCOPES)


def test_a_word_becomes_a_role_of_our_own(administrator, city):
    row = RoleMapping.objects.create(source="hr", value="Kvantpedagog")
    taken = RoleFactory(key="kvantpedagog", name="Något annat")
    administrator.post(f"{ROSTER}ord/", {f"role-{row.pk}": "0"})
    row.refresh_from_db()
    assert (row.role.name, row.role.key) == ("Kvantpedagog", "kvantpedagog-2")
    assert taken.pk != row.role_id
