"""A person's own pages: "Min utbildning" and "Mina uppgifter"."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.certificates.models import Certificate
from cms.compliance.actions import end_exemption, grant_exemption, record_release, void_evidence
from cms.compliance.enums import ExemptionReason, VoidReason
from cms.compliance.models import Target
from cms.people.actions import merge_people, queue_message, record_leave
from cms.people.models import Person
from cms.people.registry import PersonalData, personal_data
from tests.cast import Cast, City, Member
from tests.factories import EmploymentFactory, PersonFactory, ScopeFactory, TargetFactory, moment
from tests.test_oversight import body, page, prove, require


def training(member: Member) -> BeautifulSoup:
    response = member.client().get(page("training"))
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def headings(soup: BeautifulSoup) -> list[str]:
    return [heading.get_text(" ", strip=True) for heading in soup.main.find_all("h2")]


@pytest.fixture
def late(city: City) -> Target:
    target = TargetFactory(title="Riktlinjen")
    require(target, 30)
    return target


@pytest.fixture
def soon(city: City) -> Target:
    target = TargetFactory(title="Sugardejting")
    require(target, 300)
    return target


def test_visitors_log_in_first(db: None, visitor: Client):
    for name in ("training", "my-data", "my-data-file"):
        response = visitor.get(page(name))
        assert response.status_code == 302
        assert "next=" in response["Location"]


def test_next_action_comes_first(learner: Member, late: Target, soon: Target):
    soup = training(learner)
    first = soup.main.find("section")
    assert "Gör det här först" in first.get_text()
    assert "Riktlinjen" in first.get_text()
    assert "Försenat" in first.get_text()
    assert first.find("a")["href"] == late.path
    assert headings(soup) == ["Riktlinjen", "Att göra sedan 1"]
    assert "0 av 2 krav är klara" in soup.get_text()


def test_done_expiring_exempt_and_one_h1(learner: Member, late: Target, soon: Target):
    prove(learner.person, late)
    grant_exemption(
        person=learner.person, target=soon, reason=ExemptionReason.OTHER_WAY, starts_on=date(2026, 1, 1),
        until=date(2099, 1, 1), actor=None,
    )  # fmt: skip
    yearly = TargetFactory(title="Utrymning")
    require(yearly, 30, validity_months=12)
    prove(learner.person, yearly, timezone.localdate() - timedelta(days=340))
    soup = training(learner)
    assert headings(soup) == ["Utrymning", "Klart 1", "Undantag 1"]
    exempt = soup.find(id="exempt").parent.get_text()
    assert "Görs på annat sätt, enligt överenskommelse med chefen" in exempt
    assert "klockan står still" not in exempt
    assert "version 1.2" in soup.get_text()
    assert len(soup.find_all("h1")) == 1


def test_new_version_says_why(learner: Member, late: Target):
    prove(learner.person, late)
    today = timezone.localdate()
    record_release(target=late, major=2, effective_on=today, redo_by=today + timedelta(days=8))
    text = training(learner).get_text(" ", strip=True)
    assert "Det finns en ny version" in text
    assert "om 8 dagar" in text


def test_paused_clock_is_told(learner: Member, soon: Target):
    record_leave(person=learner.person, starts_on=timezone.localdate(), ends_on=None)
    assert "klockan står still" in training(learner).get_text()


def test_all_done_and_nothing_required(learner: Member, editor: Member, late: Target):
    for member in (learner, editor):
        prove(member.person, late)
    assert "Du har gjort allt som krävs" in training(learner).get_text()
    editor.person.employments.update(ends_on=date(2026, 1, 1))
    assert "inte i personalregistret" in training(editor).get_text()


def test_certificates_are_listed_with_their_files(learner: Member):
    Certificate.objects.create(
        source_key="prov", kind="course", person=learner.person,
        facts={"title": "Sugardejting", "version": "1.0", "valid_until": "2026-03-02"},
        facts_sha256="0" * 64, issued_at=moment(date(2026, 3, 1)),
    )  # fmt: skip
    certificate = Certificate.objects.get()
    soup = training(learner)
    assert headings(soup)[-1] == "Intyg 1"
    assert soup.find("a", href=f"/intyg/{certificate.public_id}/intyg.pdf")
    assert "Har gått ut" in soup.find(id="certificates").parent.get_text()


def test_account_without_a_person_gets_one_and_an_empty_page(db: None, visitor: Client, django_user_model: Any):
    user = django_user_model.objects.create_user(email="ny@example.se", password="x")
    visitor.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Inget krävs av dig" in body(visitor.get(page("training")))
    assert Person.objects.filter(user=user).count() == 1


# Mina uppgifter


def kept(member: Member) -> dict[str, Any]:
    response = member.client().get(page("my-data-file"))
    assert "mina-uppgifter" in response["Content-Disposition"]
    found: dict[str, Any] = json.loads(body(response))
    return found


def test_everything_is_in_the_file_and_on_the_page(
    cast: Cast, city: City, learner: Member, late: Target, settings: Any
):
    settings.LEDSTANG_ROSTER_SOURCES = {"manual": {"label": "Kommunens HR-system"}}
    evidence = prove(learner.person, late)
    void_evidence(evidence=evidence, reason=VoidReason.NOT_DONE, actor=cast.head.person)
    exemption = grant_exemption(
        person=learner.person, target=late, reason=ExemptionReason.OTHER_WAY, starts_on=date(2026, 1, 1),
        until=date(2099, 1, 1), actor=cast.head.person,
    )  # fmt: skip
    end_exemption(exemption=exemption, ended_on=timezone.localdate(), actor=cast.hr.person)
    record_leave(person=learner.person, starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 2))
    queue_message(source_key="prov", kind="course_finished", person=learner.person, payload={"title": "Sugardejting"})
    found = kept(learner)
    assert found["Vem du är"][0]["E-post"] == "lena@example.se"
    assert found["Var du arbetar"][0]["Enhet"] == city.almskolan.name
    done, exempt, today = found["Vad du har gjort"][0], found["Undantag"][0], timezone.localdate().isoformat()
    prove(learner.person, late)
    soup = BeautifulSoup(body(learner.client().get(page("my-data"))), "html.parser")
    columns = [cell.text for cell in soup.select("#k-evidence ~ details th")]
    assert {"Registrerat", "Återtaget av"} <= set(columns)
    assert "Giltigt till" not in columns, "it is empty all the way down"
    assert (done["Varför det återtogs"], done["Återtaget av"]) == ("Gjordes inte", cast.head.person.full_name)
    assert done["Återtaget"].startswith(today)
    assert (exempt["Registrerat av"], exempt["Avslutat"], exempt["Avslutat av"]) == (
        cast.head.person.full_name, today, cast.hr.person.full_name,
    )  # fmt: skip
    Person.objects.filter(pk=cast.head.person.pk).update(protection="confidential")
    assert kept(learner)["Undantag"][0]["Registrerat av"] == "", "who is protected is named nowhere"
    Person.objects.filter(pk=cast.head.person.pk).update(protection="none")
    assert found["När du är ledig"] == [{"Från": "2026-03-01", "Till": "2026-03-02", "Källa": "Kommunens HR-system"}]
    settings.LEDSTANG_ROSTER_SOURCES = {"hr": {"label": "Kommunens HR-system"}}
    assert kept(learner)["När du är ledig"][0]["Källa"] == "Inskrivet för hand"
    text = body(learner.client().get(page("my-data"))).replace("<wbr>", "")
    for word in ("lena@example.se", "Almskolan", "Gjordes inte", "2026-03-02"):
        assert word in text
    client = learner.client()
    client.cookies["django_language"] = "en"
    text = body(client.get(page("my-data")))
    assert '<dt>Workplace</dt><dd lang="sv">Almskolan</dd>' in text
    assert '<dd lang="sv">Du har genomfört' in text, "mails are in the site's language"


def test_what_was_written_for_a_merged_record_is_in_it(learner: Member, late: Target):
    duplicate = PersonFactory(email="annan@example.se")
    prove(duplicate, late)
    merge_people(duplicate=duplicate, into=learner.person, actor=None)
    found = kept(learner)
    assert len(found["Vad du har gjort"]) == 1
    assert {row["E-post"] for row in found["Vem du är"]} == {"lena@example.se", "annan@example.se"}


def test_plugin_adds_what_it_keeps(learner: Member, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(personal_data, "_entries", dict(personal_data._entries))
    personal_data.register(PersonalData("x", "Svar", "Bara du", "12 månader", lambda person: [{"Fråga": "A"}]))
    assert kept(learner)["Svar"] == [{"Fråga": "A"}]


def looks(member: Member) -> list[list[str]]:
    soup = BeautifulSoup(member.client().get(page("my-data")).content, "html.parser")
    table = soup.find("table")
    assert table is not None
    return [[cell.get_text(" ", strip=True) for cell in row.find_all("td")][1:] for row in table.find_all("tr")[1:]]


def test_who_has_looked(city: City, cast: Cast, late: Target, oversight_open: None):
    head = cast.head.client()
    head.get(page("overview"))  # figures are about nobody
    head.get(page("people", city.almskolan.key))
    head.get(page("person", cast.learner.person.key))
    cast.hr.client().get(page("people-csv", city.root.key))
    exported, viewed, listed = looks(cast.learner)
    assert [exported[0], viewed[0], listed[0]] == ["Hedda Hassel", "Rakel Rönn", "Rakel Rönn"]
    assert exported[1].endswith(city.root.name)
    assert listed[1].endswith(city.almskolan.name)
    assert looks(cast.second_learner) == [exported]
    assert kept(cast.learner)["Vem som har tittat"][1]["Vem"] == "Rakel Rönn"
    assert [row[0] for row in looks(cast.head)] == ["Hedda Hassel"], "not one's own"


def test_list_made_without_protected_people_is_not_told_to_them(
    city: City, cast: Cast, late: Target, oversight_open: None
):
    Person.objects.filter(pk=cast.learner.person.pk).update(protection="confidential")
    cast.head.client().get(page("people", city.almskolan.key))
    assert "Ingen har tittat" in body(cast.learner.client().get(page("my-data")))
    ScopeFactory(person=cast.head.person, org_unit=city.almskolan, view_protected=True)
    cast.head.client().get(page("people", city.almskolan.key))
    assert len(looks(cast.learner)) == 1


def test_name_of_a_protected_head_is_not_told(city: City, cast: Cast, late: Target, oversight_open: None):
    cast.head.client().get(page("people", city.almskolan.key))
    Person.objects.filter(pk=cast.head.person.pk).update(protection="confidential")
    assert looks(cast.learner)[0][0] == "Namnet visas inte"


def test_list_from_before_one_worked_there_is_not_told(city: City, cast: Cast, late: Target, oversight_open: None):
    cast.head.client().get(page("people", city.almskolan.key))
    newcomer = EmploymentFactory(
        person=PersonFactory(with_account=True),
        org_unit=city.almskolan,
        starts_on=timezone.localdate() + timedelta(days=1),
    ).person
    client = Client()
    client.force_login(newcomer.user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Ingen har tittat" in body(client.get(page("my-data")))


def test_footer_leads_to_my_data(learner: Member):
    assert reverse("ledstang_oversight:my-data") in body(learner.client().get(page("training")))


def queries_of(client: Client, name: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page(name)).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("name", ["training", "my-data", "my-data-file"])
def test_own_pages_write_nothing_and_their_queries_do_not_grow(
    city: City, cast: Cast, late: Target, oversight_open: None, name: str
):
    client = cast.learner.client()
    EmploymentFactory(person=cast.learner.person, org_unit=city.bokskolan)
    prove(cast.learner.person, late)
    void_evidence(evidence=prove(cast.learner.person, late), reason=VoidReason.NOT_DONE, actor=None)
    cast.head.client().get(page("people", city.almskolan.key))
    queries_of(client, name)
    before = queries_of(client, name)
    assert not [sql for sql in before if sql.startswith(("INSERT", "UPDATE", "DELETE"))]
    for number in range(5):
        target = TargetFactory()
        require(target, 30)
        prove(cast.learner.person, target)
        EmploymentFactory(person=cast.learner.person, org_unit=city.cedern, starts_on=date(2025, 1, 1 + number))
        cast.head.client().get(page("person", cast.learner.person.key))
    assert len(queries_of(client, name)) == len(before)
