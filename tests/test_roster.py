"""The roster from files: what is read, what is written, and that nothing is when a file is bad."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cms.people.actions import ImportRefused, PeopleError, confirm_import, import_roster, start_import, work_through
from cms.people.enums import AuditAction, ImportState, OrgUnitKind, Protection
from cms.people.models import (
    AuditEntry,
    Employment,
    Identity,
    Leave,
    OrgUnit,
    OrgUnitIdentity,
    Person,
    RoleMapping,
    RosterImport,
)
from cms.people.queries import org_tree, people_at
from cms.people.queries.roster import import_report
from cms.people.roster.facts import Said
from cms.people.roster.sheets import File, SheetSource
from cms.people.signals import roster_changed
from tests.factories import RoleFactory

TODAY = timezone.localdate()
UNITS = """Enhetskod;Enhetsnamn;Enhetstyp;Överordnad enhet;Skolenhetskod;Nämnd
ST;Staden;Kommun;;;Kommunstyrelsen
UTB;Utbildning;Förvaltning;ST;;Utbildningsnämnden
SK1;Ekskolan;Grundskola;UTB;99000001;
FS1;Förskolan Ål;Förskola;UTB;;
"""
STAFF = """Anställningsnummer;Förnamn;Efternamn;E-post;Enhetskod;Befattning;Från;Till;Skydd
E1;Åsa;Öberg;asa@example.se;SK1;Lärare;2019-08-12;;Ingen
E1;Åsa;Öberg;asa@example.se;FS1;Rektor;2021-01-01;;Ingen
E2;Bo;Ek;bo@example.se;99000001;Trollkarl;2020-08-12;;
E3;Cia;Al;;FS1;Lärare;20240101;31/12/2024;Fingerad
"""


def files(units: str = UNITS, staff: str = STAFF, encoding: str = "utf-8-sig") -> list[File]:
    tables = {"enheter.csv": units, "personal.csv": staff}
    return [File(name, text.encode(encoding)) for name, text in tables.items() if text]


def said(*given: File, is_whole: bool = True) -> Said:
    return SheetSource("hr", given or files(), is_whole=is_whole).read()


def bring_in(*given: File, is_whole: bool = True, **options):
    return import_roster(
        source=SheetSource("hr", []), said=said(*given, is_whole=is_whole), actor=None, **options
    )  # fmt: skip


def workbook() -> File:
    """The same two tables as sheets, with dates and numbers as a spreadsheet keeps them."""
    book = openpyxl.Workbook()
    for sheet, text in ((book.active, UNITS), (book.create_sheet("Personal"), STAFF)):
        for line in text.splitlines():
            cells = [int(cell) if cell == "99000001" else cell for cell in line.split(";")]
            sheet.append([date(2019, 8, 12) if cell == "2019-08-12" else cell for cell in cells])
    kept = io.BytesIO()
    book.save(kept)
    return File("roster.xlsx", kept.getvalue())


@pytest.fixture
def roles(db):
    return [RoleFactory(key="larare", name="Lärare"), RoleFactory(key="rektor", name="Rektor")]


def state() -> list[tuple]:
    """Who works where as it is known now, in words."""
    rows = Employment.objects.known_at().select_related("person", "org_unit", "role")
    return sorted(
        (row.person.given_name, row.org_unit.name, str(row.role), row.starts_on, row.ends_on or date.max)
        for row in rows
    )


def test_every_way_of_writing_the_files_says_the_same():
    plain = said()
    windows = said(*files(encoding="cp1252"))
    commas = said(*(File(file.name, file.content.replace(b";", b",")) for file in files()))
    for other in (windows, commas, said(workbook())):
        for part in ("units", "people", "duties"):
            strip = [
                {name: value for name, value in vars(one).items() if name != "place"} for one in getattr(other, part)
            ]
            assert strip == [
                {name: value for name, value in vars(one).items() if name != "place"} for one in getattr(plain, part)
            ]


def test_a_city_is_brought_in_once_and_told_once(roles):
    news = []

    def listen(person_ids, org_unit_ids, **kwargs):
        news.append((len(person_ids), len(org_unit_ids)))

    roster_changed.connect(listen)
    try:
        plan = bring_in()
        assert plan.counts() == {
            **dict.fromkeys(plan.counts(), 0), "units_begun": 4, "people_begun": 3, "duties_begun": 4,
        }  # fmt: skip
        assert state() == [
            ("Bo", "Ekskolan", "None", date(2020, 8, 12), date.max),
            ("Cia", "Förskolan Ål", "Lärare", date(2024, 1, 1), date(2024, 12, 31)),
            ("Åsa", "Ekskolan", "Lärare", date(2019, 8, 12), date.max),
            ("Åsa", "Förskolan Ål", "Rektor", date(2021, 1, 1), date.max),
        ]
        assert {unit.name: unit.kind for unit in OrgUnit.objects.all()}["Förskolan Ål"] == OrgUnitKind.PRESCHOOL
        top = OrgUnit.objects.get(name="Staden")
        assert len(org_tree(date(2020, 1, 1)).subtree(top.pk)) == 3  # the preschool's first employment is of 2021
        assert Person.objects.get(given_name="Cia").protection == Protection.UNKNOWN
        assert RoleMapping.objects.get(source="hr").value == "Trollkarl"
        entry = AuditEntry.objects.get(action=AuditAction.ROSTER_IMPORTED)
        assert "Öberg" not in str(entry.details)
        again = bring_in()
        assert again.is_empty
        assert again.unchanged == 4
        assert news == [(3, 4)]
    finally:
        roster_changed.disconnect(listen)
    assert AuditEntry.objects.count() == 1


def test_what_is_no_longer_mentioned_ends_and_nothing_is_overwritten(roles):
    bring_in()
    kept = list(Employment.objects.order_by("pk").values_list("pk", "starts_on", "ends_on"))
    knew = timezone.now()
    here = frozenset(OrgUnit.objects.values_list("pk", flat=True))
    bo = Person.objects.get(given_name="Bo")
    staff = "\n".join(line for line in STAFF.splitlines() if not line.startswith("E2")).replace("Öberg", "Öhman")
    plan = bring_in(*files("", staff))
    assert (plan.counts()["duties_ended"], plan.counts()["people_changed"]) == (1, 1)
    assert bo not in people_at(here, TODAY)
    assert bo in people_at(here, TODAY - timedelta(days=1))
    assert bo in people_at(here, TODAY, known_at=knew)
    rows = Employment.objects.filter(pk__lte=kept[-1][0]).order_by("pk")
    assert list(rows.values_list("pk", "starts_on", "ends_on")) == kept
    assert Person.objects.filter(family_name="Öhman").count() == 1
    assert OrgUnit.objects.filter(closes_on=None).count() == 4, "a file of staff says nothing of org units"
    units = "\n".join(line for line in UNITS.splitlines() if not line.startswith("FS1"))
    with pytest.raises(ImportRefused, match="errors"):
        bring_in(*files(units, staff))
    bring_in(*files(units, ""))
    assert OrgUnit.objects.get(name="Förskolan Ål").closes_on == TODAY - timedelta(days=1)


def test_leave_comes_with_the_staff_and_ends_when_it_is_no_longer_told_of(roles):
    header, first, *rest = STAFF.splitlines()
    begins = TODAY - timedelta(days=40)
    with_leave = "\n".join(
        [
            f"{header};Tjänstledig från;Tjänstledig till;Frånvaroorsak",
            f"{first};{begins};;Vård av barn",
            f"{first};2025-02-01;2025-03-31;Sjukdom",
            *(f"{row};;;" for row in rest),
        ]
    )
    bring_in(*files())
    plan = bring_in(*files("", with_leave))
    assert plan.counts()["leaves_begun"] == 2
    assert ("unknown_column", "Frånvaroorsak") in [(problem.code, problem.value) for problem in plan.problems]
    asa = Person.objects.get(given_name="Åsa")
    by_hand = Leave.objects.create(person=asa, starts_on=TODAY, recorded_at=timezone.now())
    assert bring_in(*files("", with_leave)).is_empty
    assert bring_in(*files("", STAFF)).is_empty, "a file without the column says nothing of leave"
    knew = timezone.now()
    over = with_leave.replace(f"{begins};;Vård av barn", ";;")
    plan = bring_in(*files("", over))
    assert plan.counts()["leaves_ended"] == 1
    assert {(row.starts_on, row.ends_on) for row in Leave.objects.known_at().exclude(pk=by_hand.pk)} == {
        (date(2025, 2, 1), date(2025, 3, 31)), (begins, TODAY - timedelta(days=1)),
    }  # fmt: skip
    assert (begins, None) in Leave.objects.known_at(knew).values_list("starts_on", "ends_on")
    assert Leave.objects.known_at().filter(pk=by_hand.pk, ends_on=None).exists()


def test_other_sources_and_hand_made_employments_are_left_alone(city, cast):
    before = state()
    bring_in()
    assert [row for row in state() if row in before] == before


def test_a_unit_and_a_person_that_are_known_are_recognised(city, cast):
    Identity.objects.create(person=cast.learner.person, issuer="eppn", subject="lena@skola.example.se")
    OrgUnit.objects.filter(pk=city.almskolan.pk).update(school_unit_code="99000001")
    staff = "Anstnr;Förnamn;Efternamn;EPPN;Enhetskod;Från\nE9;Lena;Lind;LENA@skola.example.se;SK1;2024-01-01\n"
    bring_in(*files(UNITS, staff))
    assert OrgUnitIdentity.objects.get(org_unit=city.almskolan).subject == "SK1"
    assert Identity.objects.get(issuer="hr", subject="E9").person == cast.learner.person


BAD = [
    (UNITS, "Anstnr;Förnamn;Efternamn;Enhetskod\nE1;A;B;SK1\n", ("personal.csv", 1, "Från", "missing_column")),
    (UNITS, STAFF.replace("2019-08-12", "2019-02-30"), ("personal.csv", 2, "Från", "bad_date")),
    (UNITS, STAFF.replace("31/12/2024", "2023-01-01"), ("personal.csv", 5, "Till", "dates_in_order")),
    (UNITS, STAFF.replace("Skydd", "Ledig från;Ledig till").replace(";Ingen", ";;2024-01-01"),
     ("personal.csv", 2, "Tjänstledig från", "empty")),
    (UNITS, STAFF.replace("E2;", "8112189876;"), ("personal.csv", 4, "Anställningsnummer", "personal_number")),
    (UNITS, STAFF.replace("Skydd", "Personnummer"), ("personal.csv", 1, "Personnummer", "personal_number")),
    (UNITS, STAFF.replace(";FS1;Rektor", ";XX;Rektor"), ("personal.csv", 3, "Enhetskod", "unknown_unit")),
    (UNITS, STAFF.replace("E1;Åsa;Öberg;asa@example.se;FS1", "E1;Åsa;Al;;FS1"),
     ("personal.csv", 3, "Efternamn", "other_name")),
    (UNITS.replace("ning;ST", "ning;SK1"), STAFF, ("enheter.csv", 3, "Överordnad enhet", "circle")),
    (UNITS.replace("99000001", "9900"), STAFF, ("enheter.csv", 4, "Skolenhetskod", "bad_school_unit_code")),
    (UNITS + "ST;Igen;Kommun;;;\n", STAFF, ("enheter.csv", 6, "Enhetskod", "unit_twice")),
]  # fmt: skip


@pytest.mark.parametrize(("units", "staff", "where"), BAD, ids=lambda given: given[3] if len(given) == 4 else "")
def test_a_bad_file_is_told_by_row_and_column_and_writes_nothing(roles, units, staff, where):
    with pytest.raises(ImportRefused) as refused:
        bring_in(*files(units, staff))
    found = [(one.place.table, one.place.row, one.place.column, one.code) for one in refused.value.plan.errors]
    assert where in found
    assert not any(model.objects.exists() for model in (OrgUnit, Person, Employment, Identity, RoleMapping, AuditEntry))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01\x02", "not_a_table"),
        (b"PK\x03\x04 no workbook", "not_a_table"),
        (b"", "no_table"),
        (b"Artist;Titel\nAnna;Sommar\n", "no_table"),
    ],
)
def test_what_is_no_roster_is_refused(content, code):
    assert [problem.code for problem in said(File("fil.csv", content)).errors] == [code]


def test_one_fault_in_the_middle_takes_everything_back(roles, monkeypatch):
    monkeypatch.setattr("cms.people.actions.roster.write_audit", lambda **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        bring_in()
    assert not Person.objects.exists()
    assert not OrgUnit.objects.exists()


def test_a_source_calls_a_unit_by_one_key(roles):
    bring_in()
    row = OrgUnitIdentity.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        OrgUnitIdentity.objects.create(org_unit_id=row.org_unit_id, issuer=row.issuer, subject=row.subject)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ledstang_unit_identity_once")
    OrgUnitIdentity.objects.create(org_unit_id=row.org_unit_id, issuer=row.issuer, subject=row.subject)


# An import from upload to result


def started(*given: File, **options) -> RosterImport:
    run = start_import(source="hr", files=given or files(), is_whole=True, actor=None, in_worker=False, **options)
    work_through(run.pk)
    run.refresh_from_db()
    return run


def test_an_import_is_shown_confirmed_and_written(roles):
    run = started()
    assert run.state == ImportState.READ
    assert not Person.objects.exists()
    assert {line["what"] for line in run.report} == {"unit_new", "person_new", "duty_new"}
    assert not any(name in str((run.report, run.problems)) for name in ("Åsa", "Öberg", "asa@", "E1"))
    with pytest.raises(PeopleError):
        confirm_import(run=run, digest="0" * 64)
    confirm_import(run=run, digest=run.digest, in_worker=False)
    work_through(run.pk)
    work_through(run.pk)  # a task that is started twice writes once
    run.refresh_from_db()
    assert run.state == ImportState.DONE
    assert Person.objects.count() == 3


def test_leave_that_ends_is_told_by_number_and_day_and_told_on(roles):
    header, first, *rest = STAFF.splitlines()
    begins = TODAY - timedelta(days=40)
    away = [f"{header};Tjänstledig från", f"{first};{begins}", *(f"{row};" for row in rest)]
    news = []

    def listen(person_ids, org_unit_ids, **kwargs):
        news.append(set(person_ids))

    bring_in(*files(UNITS, "\n".join(away)))
    roster_changed.connect(listen)
    try:
        run = started(*files("", "\n".join(away).replace(str(begins), "")))
        report = import_report(run)
        assert [(str(row.line.label), row.number, row.since) for row in report.rows] == [
            ("En tjänstledighet slutar", "E1", begins)
        ]
        assert "tjänstledigheter som slutar" in [str(label) for _count, label in report.counts]
        confirm_import(run=run, digest=run.digest, in_worker=False)
        work_through(run.pk)
        assert news == [{Person.objects.get(given_name="Åsa").pk}], "whoever counts standing hears of it"
    finally:
        roster_changed.disconnect(listen)
    assert Leave.objects.known_at().get().ends_on == TODAY - timedelta(days=1)


def test_what_was_confirmed_is_not_written_if_the_roster_has_changed(roles):
    first, second = started(), started()
    for run in (first, second):
        confirm_import(run=run, digest=run.digest, in_worker=False)
        work_through(run.pk)
        run.refresh_from_db()
    assert (first.state, second.state) == (ImportState.DONE, ImportState.READ)
    assert second.counts["people_begun"] == 0


def test_the_nightly_run_stops_at_a_file_that_was_cut_off(roles, tmp_path, capsys):
    many = [f"P{n};A;B{n};;SK1;Lärare;2020-01-01;;" for n in range(30)]
    (tmp_path / "units.csv").write_text(UNITS)
    for name, rows in (("all.csv", many), ("cut.csv", many[:8])):
        (tmp_path / name).write_text("\n".join([STAFF.splitlines()[0], *rows]))
    call_command("import_roster", tmp_path / "units.csv", tmp_path / "all.csv")
    assert Employment.objects.known_at().filter(ends_on=None).count() == 30
    with pytest.raises(CommandError, match="one in ten"):
        call_command("import_roster", tmp_path / "cut.csv")
    assert Employment.objects.known_at().filter(ends_on=None).count() == 30
    call_command("import_roster", tmp_path / "cut.csv", "--accept-removals")
    assert Employment.objects.known_at().filter(ends_on=None).count() == 8
    with pytest.raises(CommandError):
        call_command("import_roster", tmp_path / "units.csv", "--source", "okänd")
    assert "B7" not in capsys.readouterr().out
