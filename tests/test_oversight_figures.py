"""Figures through the year, as a matrix, by district, as a signed statement: one truth in other shapes."""

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.certificates.actions import files_later
from cms.certificates.models import Certificate, CertificateBundle
from cms.compliance.actions import rebuild_summaries
from cms.compliance.models import Target
from cms.compliance.queries.figures import Counts
from cms.oversight.queries.trend import Point, month_ends
from cms.oversight.templatetags.oversight import trend_chart
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry, Person
from tests.cast import Cast, City
from tests.factories import ContactFactory, EmploymentFactory, OrgUnitFactory, ScopeFactory, TargetFactory
from tests.test_oversight import body, cells, page, prove, require, rows_of

TODAY = timezone.localdate


@pytest.fixture
def trained(city: City, cast: Cast, oversight_open: None) -> Target:
    target = TargetFactory(title="Sugardejting")
    require(target, 30, org_units=[city.schools])
    prove(cast.learner.person, target, TODAY() - timedelta(days=40))
    return target


def test_days_of_a_year():
    days = list(month_ends(date(2026, 3, 31)))
    assert (days[0], days[10], days[11], days[12], len(days)) == (
        date(2025, 3, 31), date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), 13,
    )  # fmt: skip
    points = [Point(day, Counts(done=1)) for day in days]
    for shown, named in ((13, [0, 3, 6, 9, 12]), (2, [0, 1]), (11, [1, 4, 7, 10])):
        marks = trend_chart(points[-shown:])["marks"]
        assert [number for number, mark in enumerate(marks) if mark["is_labelled"]] == named, (
            "the last day has its name"
        )


def test_trend_is_the_figures_of_each_day(city: City, cast: Cast, trained: Target):
    client = cast.hr.client()
    soup = BeautifulSoup(client.get(page("unit-trend", city.schools.key)).content, "html.parser")
    rows = [[cell.get_text(strip=True) for cell in row.find_all(["th", "td"])] for row in soup.select("#trend tr")[1:]]
    assert len(rows) == 13
    assert rows[-1][1:] == ["5", "1", "20", "4"]
    for row in (rows[-1], rows[-2], rows[0]):
        then = cells(client, page("org-unit", city.schools.key, dag=row[0]), "lo-figures")[-1]
        assert then[1].split("% ")[-1].split(" av ")[:1] == [row[2]] or row[1] == "0"
    said = soup.select_one("#trend .ls-lead").get_text()
    assert said == f"20 % är klara i dag. Den {rows[-2][0]} var det {rows[-2][3]} %."
    assert len(soup.select("#trend svg circle")) == sum(row[3] != "–" for row in rows)
    file = rows_of(client.get(page("unit-trend-csv", city.schools.key)))[1:]
    assert [[row[0], row[1], row[2]] for row in file] == [row[:3] for row in rows]
    new = OrgUnitFactory(parent=city.schools, placed_on=TODAY())
    rebuild_summaries()
    assert client.get(page("unit-trend", new.key)).status_code == 200, "it was not there on most of the days"


def test_matrix_has_the_figures_of_the_pages_and_leads_to_the_people(city: City, cast: Cast, trained: Target):
    client = cast.hr.client()
    found = cells(client, page("unit-matrix", city.schools.key), "lo-matrix")
    assert found[0] == ["Enhet", "Sugardejting"]
    own = "Utbildningsförvaltningen, egen personal"
    assert [row[0] for row in found[1:]] == ["Almskolan", "Bokskolan", own, "Tillsammans, varje person en gång"]
    assert found[1][1] == "50 % 1 försenad , Almskolan"
    soup = BeautifulSoup(client.get(page("unit-matrix", city.schools.key)).content, "html.parser")
    assert found[-1][1].startswith("20 % 4 försenade"), "as on the unit's own page"
    assert "4 medarbetare i urvalet" in body(client.get(soup.select_one("tfoot a")["href"])), "the sum leads there too"
    whole = BeautifulSoup(client.get(page("matrix", niva="alla")).content, "html.parser")
    assert whole.select_one(".lo-answer-words").text == "1 av 5 personer är klara.", "with nothing to compare with"
    link = whole.find("a", string=lambda text: text and "1 försenad" in text) or whole.select_one(".lo-matrix td a")
    assert str(trained.key) in link["href"]
    assert client.get(link["href"]).status_code == 200
    file = rows_of(client.get(page("unit-matrix-csv", city.schools.key)))[1:]
    prove(cast.head.person, other := TargetFactory(title="Riktlinjen"))
    require(other, 30)
    whole = BeautifulSoup(client.get(page("matrix")).content, "html.parser")
    assert whole.select_one(".lo-answer-words").text.startswith("Längst från klart är ”")
    assert [row[:4] for row in file] == [
        ["Almskolan", "Sugardejting", "2", "1"], ["Bokskolan", "Sugardejting", "1", "0"],
        [own, "Sugardejting", "2", "0"],
    ]  # fmt: skip


def test_districts_that_lack_a_contact_or_have_trained_nobody(city: City, cast: Cast, trained: Target):
    ContactFactory(kind="heder", district=city.north)
    ContactFactory(kind="polis", district=None)
    ContactFactory(kind="avhopp", district=city.south, expired=True)
    soup = BeautifulSoup(cast.hr.client().get(page("coverage")).content, "html.parser")
    text = soup.main.get_text(" ", strip=True)
    north, south = text.index("Norr"), text.index("Söder")
    assert "Ingen har gått: Sugardejting" in text[south:]
    assert "Ingen har gått" not in text[north:south]
    assert "Något saknas i 2 av 2 stadsdelsområden." in text
    assert "Hedersrelaterat" in text[south : text.index("Vägar till hjälp")]
    north_figures = next(link for link in soup.select("#training + div td a") if "Norr" in link.text)["href"]
    led = body(cast.hr.client().get(north_figures))
    assert "1 av 2 medarbetare har gjort ”Sugardejting”" in led, "the figures of the district, of the course"
    rows = rows_of(cast.hr.client().get(page("coverage-csv")))
    assert ["Norr", "Polis och akut fara", "0", "1"] in [row[:4] for row in rows]
    assert ["Söder", "Lämna kriminalitet", "0", "0"] in [row[:4] for row in rows]
    assert "Söder" not in body(cast.head.client().get(page("coverage-csv")))  # the head's school lies in Norr


def test_statement_names_the_board_and_never_tells_of_the_protected(
    city: City, cast: Cast, trained: Target, protected_colleague: Person
):
    ScopeFactory(person=cast.head.person, org_unit=city.almskolan, view_protected=True)
    assert "1 av 3 medarbetare" in body(cast.head.client().get(page("overview")))
    with files_later():
        answer = cast.head.client().post(page("statement", city.almskolan.key))
    certificate = Certificate.objects.get()
    assert answer["Location"] == f"/intyg/{certificate.public_id}/intyg.pdf"
    facts = certificate.facts
    assert (facts["org_unit"], facts["controller"], facts["as_of"]) == (
        "Almskolan", "Utbildningsnämnden", TODAY().isoformat(),
    )  # fmt: skip
    assert facts["rows"] == [{"title": "Sugardejting", "required": 2, "done": 1, "overdue": 1, "exempt": 0}]
    assert AuditEntry.objects.latest("pk").action == AuditAction.LIST_EXPORTED
    prove(cast.head.person, trained)
    with files_later():  # within the same minute
        for _twice in range(2):
            cast.head.client().post(page("statement", city.almskolan.key))
        assert [row.facts["rows"][0]["done"] for row in Certificate.objects.order_by("pk")] == [1, 2]
        cast.head.client().post(page("statement", city.almskolan.key) + "?dag=2026-01-15")
    assert Certificate.objects.latest("pk").facts["as_of"] == "2026-01-15"


@pytest.mark.parametrize("name", ["statement", "statements"])
def test_what_has_not_happened_is_not_certified(city: City, cast: Cast, trained: Target, name: str):
    client, ahead = cast.head.client(), f"?dag={TODAY() + timedelta(days=1)}"
    offered = page(name, city.almskolan.key)
    assert offered + ahead not in body(client.get(page("org-unit", city.almskolan.key) + ahead))
    answer = client.post(offered + ahead, follow=True)
    assert "Det som inte har hänt än går inte att intyga" in body(answer)
    assert not Certificate.objects.exists()


def test_a_statement_for_each_org_unit_as_one_file(city: City, cast: Cast, trained: Target, monkeypatch: Any):
    moment = timezone.now()  # a minute later it would be other documents
    monkeypatch.setattr(timezone, "now", lambda: moment)
    client: Client = cast.hr.client()
    assert "En sammanställning för varje enhet" in body(client.get(page("org-unit", city.schools.key)))
    answer = client.post(page("statements", city.schools.key))
    bundle = CertificateBundle.objects.get()
    assert answer["Location"] == f"/intyg/filer/{bundle.key}/" or str(bundle.key) in answer["Location"]
    made = Certificate.objects.filter(pk__in=bundle.certificate_ids)
    assert sorted(one.facts["org_unit"] for one in made) == ["Almskolan", "Bokskolan", "Utbildningsförvaltningen"]
    assert {one.file_name.rsplit("-", 1)[0] for one in made} > {"sammanstallning-almskolan"}
    assert "0 av 3 filer" in body(client.get(answer["Location"]))
    assert cast.head.client().get(answer["Location"]).status_code == 404
    assert cast.head.client().post(page("statements", city.schools.key)).status_code == 404

    def measure(client: Client) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.post(page("statements", city.schools.key))
        return len(captured)

    before = measure(client)
    for _number in range(4):
        OrgUnitFactory(parent=city.schools, district=city.south)
    assert measure(client) == before, "an org unit where nothing is required has no document"
    monkeypatch.setattr("cms.oversight.views.statements.MOST_AT_ONCE", 2)
    assert "för många enheter" in body(client.post(page("statements", city.schools.key), follow=True))


SHAPES = ["matrix", "trend", "coverage", "unit-matrix", "unit-trend"]


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_noted_and_their_queries_do_not_grow(city: City, cast: Cast, trained: Target, name: str):
    client: Client = cast.hr.client()
    args = [city.schools.key] if name.startswith("unit") else []

    def measure() -> int:
        before = AuditEntry.objects.count()
        with CaptureQueriesContext(connection) as captured:
            body(client.get(page(name, *args)))
        assert AuditEntry.objects.count() == before + 1
        return len(captured)

    measure()
    before = measure()
    for _number in range(6):
        school = OrgUnitFactory(parent=city.schools, district=city.south)
        prove(EmploymentFactory(org_unit=school, role=city.roles["larare"]).person, trained)
    assert measure() == before


@pytest.mark.parametrize("name", ["unit-matrix", "unit-trend", "unit-matrix-csv", "unit-trend-xlsx"])
def test_another_units_shapes_are_not_found(city: City, cast: Cast, trained: Target, name: str):
    client = cast.head.client()
    assert client.get(page(name, city.almskolan.key)).status_code == 200
    for other in (city.bokskolan, city.schools):
        assert client.get(page(name, other.key)).status_code == 404


def test_statement_of_another_unit_is_not_made(city: City, cast: Cast, trained: Target):
    assert cast.head.client().post(page("statement", city.bokskolan.key)).status_code == 404
    assert not Certificate.objects.exists()


def ways(client: Client, address: str) -> Any:
    return [link["href"] for link in BeautifulSoup(client.get(address).content, "html.parser").main.find_all("a")]


def test_overview_says_who_needs_a_reminder_and_what_expires(city: City, cast: Cast, trained: Target):
    client = cast.head.client()
    text = body(client.get(page("overview")))
    assert "1 medarbetare behöver en påminnelse" in text
    links = ways(client, page("overview"))
    assert any("lage=overdue" in link and "ordning=due" in link for link in links)
    soon = next(link for link in links if "lage=soon" in link)
    assert "Ingen finns i urvalet" in body(client.get(soon)) or client.get(soon).status_code == 200
