"""Follow-up: who sees what, what is kept of looking, and that the figures add up."""

import csv
import io
import re
import uuid
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.compliance.actions import VersionRef, grant_exemption, record_evidence, set_rule, void_evidence
from cms.compliance.enums import EvidenceKind, ExemptionReason, VoidReason
from cms.compliance.models import Target
from cms.people.actions import merge_people, move_person
from cms.people.enums import AuditAction, Right
from cms.people.models import AuditEntry, OrgUnit, OversightTerms, Person
from tests.cast import Cast, City, Member
from tests.factories import (
    EmploymentFactory,
    OrgUnitFactory,
    PersonFactory,
    RequirementFactory,
    ScopeFactory,
    TargetFactory,
    moment,
)

EFFECTIVE = date(2026, 1, 1)


def page(name: str, *args: Any, **query: str) -> str:
    base, _hyphen, ending = name.rpartition("-")
    if ending in ("csv", "xlsx"):
        name, args = f"{base}-file", (*args, ending)
    address = reverse(f"ledstang_oversight:{name}", args=args)
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def require(target: Target, days: int, **how: Any) -> None:
    """From long ago, so that whoever has worked for more than `days` and not done it is overdue today."""
    start = EFFECTIVE if days < 200 else timezone.localdate()
    set_rule(requirement=RequirementFactory(target=target), effective_on=start, due_days=days, at=moment(start), **how)


def prove(person: Person, target: Target, on: date = date(2026, 2, 1), **how: Any) -> Any:
    evidence, _created = record_evidence(
        source_key=str(uuid.uuid4()), person=person, target=target, kind=EvidenceKind.COMPLETED,
        version=VersionRef("1.2", 1, "0" * 64), achieved_at=moment(on), at=moment(on), **how,
    )  # fmt: skip
    return evidence


def rows_of(response: Any) -> list[list[str]]:
    """The rows of a CSV, without what stands above the table."""
    text = b"".join(response.streaming_content).decode()
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:]), delimiter=";"))
    return rows[rows.index([]) + 1 :]


def cells(client: Client, address: str, table: str) -> list[list[str]]:
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    found = soup.select_one(f"table.{table}")
    assert found is not None
    return [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in found.find_all("tr")]


@pytest.fixture
def target(db: None) -> Target:
    return TargetFactory(title="Sugardejting")


@pytest.fixture
def trained(city: City, cast: Cast, target: Target) -> Target:
    """Everybody must; the learner has, the head and the second learner are late."""
    require(target, 30, org_units=[city.schools])
    prove(cast.learner.person, target)
    return target


# Who gets in


@pytest.mark.parametrize("name", ["overview", "overview-csv"])
def test_visitors_log_in_first_and_those_without_oversight_find_nothing(
    cast: Cast, visitor: Client, name: str, oversight_open: None
):
    assert visitor.get(page(name)).status_code == 302
    for member in (cast.learner, cast.editor, cast.former_employee):
        assert member.client().get(page(name)).status_code == 404
    for member in (cast.head, cast.hr):
        assert member.client().get(page(name)).status_code == 200


@pytest.mark.parametrize("name", ["org-unit", "org-unit-csv", "people", "people-csv"])
def test_head_reaches_only_the_own_school(city: City, head: Member, trained: Target, oversight_open: None, name: str):
    client = head.client()
    assert client.get(page(name, city.almskolan.key)).status_code == 200
    for other in (city.bokskolan, city.schools, city.root, city.asken):
        assert client.get(page(name, other.key)).status_code == 404
    assert client.get(page(name, uuid.uuid4())).status_code == 404


def test_head_reaches_only_the_own_staff(cast: Cast, trained: Target, oversight_open: None):
    client = cast.head.client()
    assert client.get(page("person", cast.learner.person.key)).status_code == 200
    for other in (cast.second_learner, cast.hr, cast.former_employee):
        assert client.get(page("person", other.person.key)).status_code == 404


def test_nothing_of_another_school_is_in_what_a_head_gets(cast: Cast, trained: Target, oversight_open: None):
    client = cast.head.client()
    school = cast.learner.person.employments.get().org_unit
    for name in ("overview", "overview-csv"):
        assert "Bokskolan" not in body(client.get(page(name)))
    for name in ("people", "people-csv"):
        found = body(client.get(page(name, school.key)))
        assert "Lind" in found
        assert "Asp" not in found


def body(response: Any) -> str:
    """A page with its days as one reads them."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return re.sub(r"</?time[^>]*>", "", content.decode())


def test_scope_that_has_ended_opens_nothing(city: City, head: Member, trained: Target):
    head.person.scopes.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert head.client().get(page("overview")).status_code == 404
    assert head.client().get(page("org-unit", city.almskolan.key)).status_code == 404


def test_closed_org_unit_is_not_found(city: City, hr: Member, trained: Target):
    OrgUnit.objects.filter(pk=city.almskolan.pk).update(closes_on=date(2026, 6, 30))
    assert hr.client().get(page("org-unit", city.almskolan.key)).status_code == 404


# Figures


def test_overview_tells_how_it_stands(city: City, cast: Cast, trained: Target):
    rows = cells(cast.hr.client(), page("org-unit", city.schools.key), "lo-figures")
    assert rows[1:] == [
        ["Almskolan", "50 % 1 av 2", "0", "1"],
        ["Bokskolan", "0 % 0 av 1", "0", "1"],
        ["Cederns gymnasium", "inget krävs", "0", "0"],
        ["Utbildningsförvaltningen, egen personal", "0 % 0 av 2", "0", "2"],
        ["Tillsammans", "20 % 1 av 5", "0", "4"],
    ]


def test_two_workplaces_count_at_each_and_once_above(city: City, cast: Cast, trained: Target):
    EmploymentFactory(person=cast.learner.person, org_unit=city.bokskolan, role=city.roles["larare"])
    client = cast.hr.client()
    rows = cells(client, page("org-unit", city.schools.key), "lo-figures")
    assert rows[1][1] == "50 % 1 av 2"
    assert rows[2][1] == "50 % 1 av 2"
    assert rows[-1][1] == "20 % 1 av 5"
    assert "räknas på båda" in body(client.get(page("org-unit", city.schools.key)))


def test_someone_who_moved_counts_where_they_work_now(city: City, cast: Cast, trained: Target):
    move_person(employment=cast.learner.person.employments.get(), org_unit=city.cedern, on=date(2026, 3, 1))
    rows = cells(cast.hr.client(), page("org-unit", city.schools.key), "lo-figures")
    assert [row[1] for row in rows[1:4]] == ["0 % 0 av 1", "0 % 0 av 1", "100 % 1 av 1"]


def test_filter_on_a_target_and_unknown_ones(city: City, cast: Cast, trained: Target):
    other = TargetFactory(title="Riktlinjen")
    require(other, 30, org_units=[city.almskolan])
    client = cast.hr.client()
    narrowed = page("overview", mal=f"{other.kind}:{other.key}")
    assert "gjort ”Riktlinjen”" in body(client.get(narrowed))
    assert cells(client, narrowed, "lo-figures")[-1] == ["Tillsammans", "0 % 0 av 2", "0", "2"]
    client.cookies["django_language"] = "en"
    assert 'done “<span lang="sv">Riktlinjen</span>”' in body(client.get(narrowed))
    for bad in ("mal=course:none", "mal=%00", f"mal={uuid.uuid4()}"):
        assert client.get(f"{page('overview')}?{bad}").status_code == 404
        assert client.get(f"{page('overview-csv')}?{bad}").status_code == 404
    assert client.get(page("people", city.schools.key) + "?lage=wrong").status_code in (403, 404)


def test_exempt_people_are_told_apart(city: City, cast: Cast, trained: Target):
    grant_exemption(
        person=cast.head.person, target=trained, reason=ExemptionReason.OTHER_TRAINING,
        starts_on=date(2026, 1, 1), until=date(2099, 1, 1), actor=None,
    )  # fmt: skip
    client = cast.head.client()
    assert "1 av 1 medarbetare har gjort allt som krävs" in body(client.get(page("overview")))
    assert "1 har undantag och räknas inte med" in body(client.get(page("overview")))


def test_several_scopes_are_shown_together(city: City, cast: Cast, trained: Target, oversight_open: None):
    ScopeFactory(person=cast.head.person, org_unit=city.bokskolan, right=Right.HEAD)
    rows = cells(cast.head.client(), page("overview"), "lo-figures")
    assert [row[0] for row in rows[1:]] == ["Almskolan", "Bokskolan", "Tillsammans"]
    assert rows[-1][1] == "33 % 1 av 3"
    assert "2 medarbetare behöver en påminnelse: välj enhet" in body(cast.head.client().get(page("overview")))


def test_the_whole_city_is_told_roughly_and_only_for_large_groups(city: City, cast: Cast, trained: Target):
    client = cast.head.client()
    assert "Hela staden" not in body(client.get(page("overview")))
    for number in range(20):
        person = EmploymentFactory(org_unit=city.bokskolan, role=city.roles["larare"]).person
        if number < 12:
            prove(person, trained)
    found = body(client.get(page("overview")))
    assert "Hela staden: ungefär 50 %" in found  # 13 of 25 are 52 %
    assert "Hela staden" not in body(cast.hr.client().get(page("overview")))


# People


def test_list_of_people_in_alphabetical_and_due_order(city: City, cast: Cast, trained: Target, oversight_open: None):
    for family in ("Ödman", "Ärla", "Åberg", "von Essen", "Zetterberg", "éricsson"):
        EmploymentFactory(
            person=PersonFactory(family_name=family, given_name="X"), org_unit=city.almskolan,
            starts_on=date(2026, 1, 1) + timedelta(days=len(family)),
        )  # fmt: skip
    client = cast.head.client()
    by_name = [row[0].split(",")[0] for row in cells(client, page("people", city.almskolan.key), "lo-people")[1:]]
    assert by_name == ["éricsson", "Lind", "Rönn", "von Essen", "Zetterberg", "Åberg", "Ärla", "Ödman"]
    by_due = [row[3][:10] for row in cells(client, page("people", city.almskolan.key, ordning="due"), "lo-people")[1:]]
    assert by_due[:-1] == sorted(by_due[:-1])


def test_list_narrowed_to_a_state(city: City, cast: Cast, trained: Target, oversight_open: None):
    rows = cells(cast.head.client(), page("people", city.almskolan.key, lage="overdue"), "lo-people")
    assert [row[0].split(",")[0] for row in rows[1:]] == ["Rönn"]
    assert rows[1][1:3] == ["Sugardejting", "Försenat"]


def test_a_long_list_of_what_is_overdue_is_read_page_by_page(
    city: City, cast: Cast, trained: Target, oversight_open: None, monkeypatch: pytest.MonkeyPatch
):
    second = TargetFactory(title="Andra kursen")
    require(second, 30, org_units=[city.schools])
    client = cast.hr.client()
    first = page("people", city.schools.key, lage="overdue", ordning="due")
    whole = cells(client, first, "lo-people")
    assert len(whole) > 4
    monkeypatch.setattr("cms.oversight.views.staff.AT_ONCE", 1)
    monkeypatch.setattr("cms.oversight.views.staff.ROWS_PER_PAGE", 2)
    rows, address, pages = [], first, 0
    while address:
        rows += cells(client, address, "lo-people")[1:]
        onward = BeautifulSoup(client.get(address).content, "html.parser").select_one("a[rel=next]")
        address, pages = onward and first.partition("?")[0] + str(onward["href"]), pages + 1
    assert pages > 2
    assert sorted(row[-3:] for row in rows) == sorted(row[-3:] for row in whole[1:])
    assert {row[0] for row in rows if len(row) == 4} == {row[0] for row in whole[1:] if len(row) == 4}
    assert "Till början" in body(client.get(first + "&page=2&efter=2020-01-01.1.1"))


def test_page_of_a_person(city: City, cast: Cast, trained: Target, oversight_open: None):
    own = TargetFactory(title="Kurs på eget initiativ")
    prove(cast.learner.person, own)
    wrong = prove(cast.learner.person, trained, date(2026, 1, 15))
    void_evidence(evidence=wrong, reason=VoidReason.WRONG_DATE, actor=None)
    EmploymentFactory(person=cast.learner.person, org_unit=city.asken, role=city.roles["larare"])
    found = body(cast.head.client().get(page("person", cast.learner.person.key)))
    assert "Lena Lind" in found
    assert "1.2" in found
    assert "2026-02-01" in found
    assert "Registrerat med fel datum" in found
    assert own.title not in found  # a course of one's own accord is one's own
    assert city.asken.name not in found  # a workplace outside the scope


def test_nothing_of_the_learners_own_is_told(cast: Cast, trained: Target, oversight_open: None):
    found = body(cast.head.client().get(page("person", cast.learner.person.key))).lower()
    main = BeautifulSoup(found, "html.parser").main.get_text()
    for word in ("poäng", "resultat", "12:00"):
        assert word not in main


# Protected people


def test_protected_people_leave_no_sign(
    city: City, cast: Cast, trained: Target, protected_colleague: Person, oversight_open: None
):
    client = cast.head.client()
    before = body(client.get(page("overview")))
    assert "1 av 2 medarbetare" in before
    for address in (
        page("overview"), page("overview-csv"), page("people", city.almskolan.key),
        page("people-csv", city.almskolan.key), page("people", city.almskolan.key, lage="overdue"),
    ):  # fmt: skip
        found = body(client.get(address))
        assert "Skyddad" not in found
        assert str(protected_colleague.key) not in found
    assert client.get(page("person", protected_colleague.key)).status_code == 404


def test_protected_people_are_seen_with_the_right_for_that_place(
    city: City, cast: Cast, trained: Target, protected_colleague: Person, oversight_open: None
):
    ScopeFactory(person=cast.head.person, org_unit=city.almskolan, view_protected=True)
    client = cast.head.client()
    assert "1 av 3 medarbetare" in body(client.get(page("overview")))
    assert "Skyddad" in body(client.get(page("people-csv", city.almskolan.key)))
    assert client.get(page("person", protected_colleague.key)).status_code == 200


def test_right_at_one_workplace_does_not_show_the_other(
    city: City, cast: Cast, trained: Target, protected_colleague: Person, oversight_open: None
):
    """Somebody protected works at two schools; the right is held for one of them only."""
    EmploymentFactory(person=protected_colleague, org_unit=city.bokskolan, role=city.roles["larare"])
    ScopeFactory(person=cast.head.person, org_unit=city.almskolan, view_protected=True)
    ScopeFactory(person=cast.head.person, org_unit=city.bokskolan, right=Right.HEAD)
    client = cast.head.client()
    assert "Skyddad" in body(client.get(page("people", city.almskolan.key)))
    assert "Skyddad" not in body(client.get(page("people", city.bokskolan.key)))
    assert (
        "Bokskolan"
        not in BeautifulSoup(client.get(page("person", protected_colleague.key)).content, "html.parser").main.get_text()
    )


def test_protection_set_now_holds_at_the_next_request(city: City, cast: Cast, trained: Target, oversight_open: None):
    client = cast.head.client()
    assert "Lind" in body(client.get(page("people-csv", city.almskolan.key)))
    Person.objects.filter(pk=cast.learner.person.pk).update(protection="unknown")
    assert "Lind" not in body(client.get(page("people-csv", city.almskolan.key)))
    assert "0 av 1 medarbetare" in body(client.get(page("overview")))


def test_merging_with_a_protected_record_protects_both(city: City, cast: Cast, trained: Target, oversight_open: None):
    hidden = PersonFactory(protected=True)
    merge_people(duplicate=hidden, into=cast.learner.person, actor=None)
    assert "Lind" not in body(cast.head.client().get(page("people", city.almskolan.key)))


# The lock


def test_names_are_locked_until_the_terms_are_entered(city: City, cast: Cast, trained: Target):
    client = cast.head.client()
    overview = client.get(page("overview"))
    assert overview.status_code == 200
    assert "Namn visas inte ännu" in body(overview)
    assert client.get(page("overview-csv")).status_code == 200
    for address in (
        page("people", city.almskolan.key), page("people-csv", city.almskolan.key),
        page("person", cast.learner.person.key),
    ):  # fmt: skip
        response = client.get(address)
        assert response.status_code == 403
        assert "Lind" not in body(response)
    assert client.get(page("people", city.bokskolan.key)).status_code == 404  # outside comes before locked


def test_terms_open_names_from_the_day_staff_are_informed(city: City, cast: Cast, trained: Target):
    client, today = cast.hr.client(), timezone.localdate()
    posted = {"purpose": "Stöd", "consultation_ref": "MBL 1", "staff_informed_on": today + timedelta(days=3)}
    assert client.post(page("terms"), posted).status_code == 302
    assert client.get(page("people", city.almskolan.key)).status_code == 403
    client.post(page("terms"), {**posted, "staff_informed_on": today})
    assert client.get(page("people", city.almskolan.key)).status_code == 200
    assert AuditEntry.objects.filter(action=AuditAction.TERMS_ENTERED, actor=cast.hr.person).count() == 2


def test_without_the_lock_names_would_show(city: City, cast: Cast, trained: Target, monkeypatch: pytest.MonkeyPatch):
    """The twin: take the lock away, and the test above could not pass."""
    monkeypatch.setattr("cms.oversight.views.staff.person_views_are_open", lambda: True)
    assert "Lind" in body(cast.head.client().get(page("people", city.almskolan.key)))


def test_only_administrators_and_hr_of_the_city_enter_terms(city: City, cast: Cast, visitor: Client):
    posted = {"purpose": "Stöd", "consultation_ref": "MBL 1", "staff_informed_on": "2026-01-01"}
    assert visitor.post(page("terms"), posted).status_code == 302
    ScopeFactory(person=cast.learner.person, org_unit=city.schools, hr=True)  # HR, but not of all
    for member in (cast.head, cast.learner, cast.editor):
        assert member.client().get(page("terms")).status_code == 404
        assert member.client().post(page("terms"), posted).status_code == 404
    assert not OversightTerms.objects.exists()
    cast.editor.user.is_superuser = True
    cast.editor.user.save()
    assert cast.editor.client().post(page("terms"), posted).status_code == 302


def test_bad_terms_are_told_and_kept_in_the_form(hr: Member):
    response = hr.client().post(page("terms"), {"purpose": "  Stöd  ", "staff_informed_on": "2126-01-01"})
    assert response.status_code == 200
    assert "Kontrollera året" in body(response)
    assert "Stöd" in body(response)
    assert not OversightTerms.objects.exists()


# What is kept of looking


def last_entry() -> AuditEntry:
    return AuditEntry.objects.order_by("-pk").first()


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("overview", AuditAction.OVERVIEW_VIEWED),
        ("overview-csv", AuditAction.LIST_EXPORTED),
        ("org-unit", AuditAction.OVERVIEW_VIEWED),
        ("org-unit-csv", AuditAction.LIST_EXPORTED),
        ("people", AuditAction.PEOPLE_VIEWED),
        ("people-csv", AuditAction.LIST_EXPORTED),
        ("person", AuditAction.PERSON_VIEWED),
    ],
)
def test_each_view_and_export_leaves_one_row(
    city: City, cast: Cast, trained: Target, oversight_open: None, name: str, action: AuditAction
):
    args = {"person": [cast.learner.person.key]}.get(name, [] if name.startswith("overview") else [city.almskolan.key])
    before = AuditEntry.objects.count()
    cast.head.client().get(page(name, *args))
    assert AuditEntry.objects.count() == before + 1
    entry = last_entry()
    assert (entry.action, entry.actor) == (action, cast.head.person)
    assert (entry.subject == cast.learner.person) if name == "person" else entry.org_unit == city.almskolan


def test_the_row_is_all_that_looking_writes(city: City, cast: Cast, trained: Target, oversight_open: None):
    client = cast.head.client()
    for name, *args in (("overview",), ("people", city.almskolan.key), ("people-csv", city.almskolan.key)):
        with CaptureQueriesContext(connection) as captured:
            body(client.get(page(name, *args)))
        writes = [query["sql"] for query in captured if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert len(writes) == 1
        assert writes[0].startswith('INSERT INTO "ledstang_people_auditentry"')


def test_row_tells_the_filters_and_no_names(city: City, cast: Cast, trained: Target, oversight_open: None):
    cast.head.client().get(page("people-csv", city.almskolan.key, lage="overdue", mal=f"{trained.kind}:{trained.key}"))
    assert last_entry().details == {
        "list": "people", "target": str(trained.key), "state": "overdue", "rows": 1, "protected": False,
    }  # fmt: skip


def test_what_is_not_found_or_locked_leaves_no_row(city: City, cast: Cast, trained: Target):
    before = AuditEntry.objects.count()
    cast.head.client().get(page("people", city.bokskolan.key))
    cast.head.client().get(page("people", city.almskolan.key))
    assert AuditEntry.objects.count() == before


def test_nothing_is_shown_that_cannot_be_noted(
    city: City, cast: Cast, trained: Target, oversight_open: None, monkeypatch: pytest.MonkeyPatch
):
    def fail(**kwargs: Any) -> None:
        raise RuntimeError("the log is full")

    monkeypatch.setattr("cms.oversight.actions.looking.write_audit", fail)
    client = cast.head.client(raise_request_exception=False)
    for name in ("people", "people-csv"):
        response = client.get(page(name, city.almskolan.key))
        assert response.status_code == 500
        assert "Lind" not in body(response)


# Files


def test_csv_is_the_list_and_names_the_board(city: City, cast: Cast, trained: Target, oversight_open: None):
    response = cast.hr.client().get(page("people-csv", city.schools.key, lage="overdue"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "utbildningsforvaltningen" in response["Content-Disposition"]
    text = body(response)
    assert text.startswith("\ufeffPersonuppgiftsansvarig;Utbildningsnämnden\r\nEnhet;Utbildningsförvaltningen\r\n")
    lines = text.splitlines()
    assert "Läge;Försenat" in lines
    assert lines[6] == "Efternamn;Förnamn;Enhet;Befattning;Vad;Läge;Senast;Gjort;Version;Giltigt till"
    assert lines[7] == "Asp;Anton;Bokskolan;Lärare;Sugardejting;Försenat;2026-01-31;;;"
    assert len(lines) == 7 + 4


def test_csv_names_every_board_whose_people_are_in_it(city: City, cast: Cast, trained: Target):
    text = body(cast.hr.client().get(page("overview-csv")))
    boards = text.splitlines()[0].split(";")[1]
    assert boards == "Förskolenämnden, Kommunstyrelsen, Socialnämnden, Utbildningsnämnden"


def test_formulas_in_names_are_not_run(city: City, cast: Cast, trained: Target, oversight_open: None):
    Person.objects.filter(pk=cast.learner.person.pk).update(
        family_name='=HYPERLINK("http://x";"y")', given_name="\t+1;2\r\n@SUM"
    )
    OrgUnit.objects.filter(pk=city.almskolan.pk).update(name="-2+3")
    rows = rows_of(cast.head.client().get(page("people-csv", city.almskolan.key)))
    assert rows[1][:3] == ['\'=HYPERLINK("http://x";"y")', "'+1;2  @SUM", "'-2+3"]


# Growing


@pytest.mark.parametrize("name", ["overview", "org-unit", "org-unit-csv", "people", "people-csv", "person"])
def test_number_of_queries_does_not_grow(city: City, cast: Cast, trained: Target, oversight_open: None, name: str):
    client = cast.hr.client()
    args = {"person": [cast.learner.person.key], "overview": []}.get(name, [city.schools.key])

    def measure() -> int:
        with CaptureQueriesContext(connection) as captured:
            body(client.get(page(name, *args)))
        return len(captured)

    measure()
    before = measure()
    for number in range(15):
        school = OrgUnitFactory(parent=city.schools)
        person = EmploymentFactory(org_unit=school, role=city.roles["larare"]).person
        EmploymentFactory(org_unit=city.almskolan, person=person)
        prove(person, trained)
        if number % 5 == 0:
            more = TargetFactory()
            require(more, 30)
            prove(cast.learner.person, more)
    assert measure() == before


def test_way_in_is_shown_to_those_who_oversee(cast: Cast):
    for member, sees in ((cast.head, True), (cast.hr, True), (cast.learner, False)):
        found = body(member.client().get(page("training")))
        assert (page("overview") in found) is sees


def test_overdue_list_of_a_school_in_three_clicks(city: City, cast: Cast, trained: Target, oversight_open: None):
    client = cast.hr.client()

    def click(address: str, words: str) -> str:
        soup = BeautifulSoup(client.get(address).content, "html.parser")
        link = next(link for link in soup.find_all("a") if link.get_text(" ", strip=True).startswith(words))
        return link["href"]

    overview = click(page("training"), "Uppföljning")
    department = click(overview, "Utbildningsförvaltningen")
    overdue = click(department, "1 Försenade, Almskolan")
    assert overdue == page("people", city.almskolan.key, lage="overdue")
    assert [row[0].split(",")[0] for row in cells(client, overdue, "lo-people")[1:]] == ["Rönn"]


def test_figures_lead_nowhere_while_names_are_locked(city: City, cast: Cast, trained: Target):
    assert "medarbetare/" not in body(cast.hr.client().get(page("org-unit", city.schools.key)))


def test_narrowed_figures_lead_to_a_list_as_narrow(city: City, cast: Cast, trained: Target, oversight_open: None):
    narrowed = page("org-unit", city.schools.key, mal=f"{trained.kind}:{trained.key}")
    soup = BeautifulSoup(cast.hr.client().get(narrowed).content, "html.parser")
    lists = [link["href"] for link in soup.select("table.lo-figures a") if "lage=" in link["href"]]
    assert lists
    assert all(str(trained.key) in address for address in lists)
    another = TargetFactory()
    require(another, 4000, org_units=[city.schools])
    states: set[str] = set()
    for address in (narrowed, page("org-unit", city.schools.key)):  # one thing, and all things together
        soup = BeautifulSoup(cast.hr.client().get(address).content, "html.parser")
        links = [link for link in soup.select(".lo-legend a, table.lo-figures a") if "lage=" in link["href"]]
        states |= {parse_qs(urlsplit(link["href"]).query)["lage"][0] for link in links}
        for link in links:
            listed = BeautifulSoup(cast.hr.client().get(link["href"]).content, "html.parser").select_one("#found")
            assert listed.get_text().split()[0] == link.get_text().split()[0], link["href"]
    assert states == {"met", "left", "overdue"}
