"""Who of those required has read which version: screen, CSV and XLSX alike, as far as the scope goes."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.compliance.models import Target
from cms.oversight.queries.readers import UnitReaders
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry, OrgUnit
from guidelines.actions import acknowledge_guideline, publish_guideline
from guidelines.models import GuidelinePage
from tests.cast import Cast, City, Member
from tests.factories import EmploymentFactory, GuidelinePageFactory, PersonFactory, ScopeFactory, moment
from tests.test_guidelines import edit
from tests.test_oversight import cells, page, require, rows_of

TODAY = timezone.localdate()
AGO = TODAY - timedelta(days=40)


@pytest.fixture
def read(city: City, cast: Cast, oversight_open: None, protected_colleague: Any) -> Target:
    """All at the schools must. Lena has read 1.0, Anton and a protected colleague 2.0, Rakel nothing."""
    draft = GuidelinePageFactory(title="Riktlinjen")
    first = publish_guideline(page=draft, at=moment(AGO))
    target = Target.objects.get(key=draft.key)
    require(target, 30, org_units=[city.schools])
    assert first is not None
    acknowledge_guideline(person=cast.learner.person, version=first, at=moment(AGO + timedelta(days=2)))
    acknowledge_guideline(person=cast.second_learner.person, version=first, at=moment(AGO + timedelta(days=2)))
    later = AGO + timedelta(days=10)
    second = publish_guideline(page=edit(draft, "Nytt."), change="substantive", note="Nytt", at=moment(later))
    assert second is not None
    for person in (cast.second_learner.person, protected_colleague):
        acknowledge_guideline(person=person, version=second, at=moment(later + timedelta(days=1)))
    return target


def of_screen(client: Any, address: str) -> list[list[str]]:
    """Family name and what has been read, of each person in the list."""
    return [[row[0].split(",")[0], row[1].split(" 20")[0]] for row in cells(client, address, "lo-people")[1:]]


def test_head_sees_which_version_each_has_read_but_nobody_who_is_protected(city: City, head: Member, read: Target):
    client, address = head.client(), page("readers", city.almskolan.key)
    assert of_screen(client, address) == [["Lind", "Version 1.0"], ["Rönn", "Ingen läst"]]
    figures = cells(client, address, "lo-figures")
    assert figures[0] == ["Enhet", "Krävs av", "Version 2.0", "Version 1.0", "Ingen läst"], "2.0 is asked for"
    assert [cell.split()[0] for cell in figures[1][1:]] == ["2", "0", "1", "1"]
    assert "0 av 2 medarbetare har läst version 2." in client.get(address).content.decode()
    told = AuditEntry.objects.filter(action=AuditAction.PEOPLE_VIEWED, actor=head.person).latest("pk")
    ScopeFactory(person=head.person, org_unit=city.almskolan, view_protected=True)  # the right decides
    assert ["Skyddad", "Version 2.0"] in of_screen(client, address)
    assert (told.org_unit, told.details["list"], told.details["people"]) == (city.almskolan, "versions", 2)


def test_answer_counts_every_version_of_the_latest_major_one():
    counts = (("10.1", 1), ("10.0", 2), ("9.2", 4), ("ingen", 8))
    assert UnitReaders(OrgUnit(), 15, counts).newest == (10, 3), "who has read 10.0 need not read 10.1"
    assert UnitReaders(OrgUnit(), 8, counts[-1:]).newest is None


def test_hr_sees_each_org_unit_and_the_sum(city: City, hr: Member, read: Target):
    figures = cells(hr.client(), page("readers", city.schools.key), "lo-figures")
    assert figures[0] == ["Enhet", "Krävs av", "Version 2.0", "Version 1.0", "Ingen läst"]
    shown = [[row[0], *(cell.split()[0] for cell in row[1:])] for row in figures[1:]]
    assert shown == [
        ["Almskolan", "2", "0", "1", "1"],
        ["Bokskolan", "1", "1", "0", "0"],
        ["Utbildningsförvaltningen, egen personal", "2", "0", "0", "2"],
        ["Tillsammans, varje person en gång", "5", "1", "1", "3"],
    ]


def test_screen_and_files_hold_the_same(city: City, hr: Member, read: Target):
    client, words = hr.client(), {"Ingen": "Ingen läst"}
    for last in ("", "1.0", "2.0", "ingen"):
        chosen = {"last": last} if last else {}
        screen = of_screen(client, page("readers", city.schools.key, **chosen))
        file = rows_of(client.get(page("readers-csv", city.schools.key, **chosen)))[1:]
        assert [[row[0], words.get(row[4], f"Version {row[4]}")] for row in file] == screen
        assert screen
        content = b"".join(client.get(page("readers-xlsx", city.schools.key, **chosen)).streaming_content)
        sheet = [[cell or "" for cell in row] for row in openpyxl.load_workbook(BytesIO(content)).active.values]
        start = next(number for number, row in enumerate(sheet) if not any(row))
        assert [row[:5] for row in sheet[start + 2 :]] == [row[:5] for row in file]
        told = AuditEntry.objects.filter(action=AuditAction.LIST_EXPORTED).latest("pk")
        assert (told.details["version"], told.details["rows"]) == (last, len(file))


def test_figures_as_a_file(city: City, hr: Member, read: Target):
    rows = rows_of(hr.client().get(page("reader-units-csv", city.schools.key)))
    assert rows[0] == ["Enhet", "Senast lästa version", "Personer"]
    assert ["Almskolan", "1.0", "1"] in rows
    assert rows[-3:] == [
        ["Utbildningsförvaltningen", "2.0", "1"],
        ["Utbildningsförvaltningen", "1.0", "1"],
        ["Utbildningsförvaltningen", "Ingen", "3"],
    ]


def test_as_it_was_on_a_day(city: City, hr: Member, read: Target):
    before = (AGO + timedelta(days=5)).isoformat()
    assert of_screen(hr.client(), page("readers", city.bokskolan.key, dag=before)) == [["Asp", "Version 1.0"]]


def test_nothing_is_shown_outside_the_scope_or_before_the_terms(city: City, head: Member, hr: Member, read: Target):
    for name in ("readers", "readers-csv", "reader-units-csv"):
        assert head.client().get(page(name, city.bokskolan.key)).status_code == 404
        assert hr.client().get(page(name, city.schools.key, last="9")).status_code == 404


def test_names_are_locked_until_the_terms_are_entered(city: City, head: Member):
    for name in ("readers", "readers-csv", "reader-units-csv"):
        assert head.client().get(page(name, city.almskolan.key)).status_code == 403


def test_too_many_for_one_page_leads_further_down(city: City, hr: Member, read: Target, monkeypatch: Any):
    monkeypatch.setattr("cms.oversight.views.readers.AT_ONCE", 2)
    client, here = hr.client(), page("readers", city.schools.key)
    shown = client.get(here).content.decode()
    assert "För många personer" in shown
    assert page("readers", city.almskolan.key) in shown
    assert "Lind" not in shown
    assert client.get(page("readers-csv", city.schools.key)).url.startswith(here)


def test_nothing_with_versions_is_required(city: City, head: Member, oversight_open: None):
    assert "Inget som har versioner krävs" in head.client().get(page("readers", city.almskolan.key)).content.decode()


def test_more_people_and_org_units_ask_no_more_questions(city: City, hr: Member, read: Target):
    client = hr.client()

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page("readers", city.schools.key)).status_code == 200
        return len(queries)

    asked()
    before = asked()
    for school in (city.almskolan, city.bokskolan, city.cedern):
        for _number in range(4):
            EmploymentFactory(person=PersonFactory(), org_unit=school, role=city.roles["larare"])
    assert asked() == before


def test_editor_sees_a_rough_share_and_no_names(city: City, cast: Cast, read: Target):
    for _number in range(20):
        EmploymentFactory(person=PersonFactory(), org_unit=city.almskolan, role=city.roles["larare"])
    address = reverse("guidelines_admin:readers", args=[GuidelinePage.objects.get(key=read.key).pk])
    shown = cast.editor.client().get(address).content.decode()
    assert "Ungefär 5 %" in shown
    assert "Chefer och HR ser" in shown
    assert "Lind" not in shown
    ScopeFactory(person=cast.editor.person, org_unit=city.almskolan)
    shown = cast.editor.client().get(address).content.decode()
    assert f"{page('readers', city.almskolan.key)}?mal=guideline:{read.key}" in shown


def test_share_of_a_few_is_not_shown_to_editors(city: City, cast: Cast, read: Target):
    address = reverse("guidelines_admin:readers", args=[GuidelinePage.objects.get(key=read.key).pk])
    assert "Färre än 20" in cast.editor.client().get(address).content.decode()
