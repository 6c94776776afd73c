"""Disclosure of public records: line by line, with grounds, by whom and to which request."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from cms.compliance.models import Target
from cms.oversight.actions import NotDecided, decide_lines, release_disclosure
from cms.oversight.enums import LineDecision, SecrecyGround
from cms.oversight.models import Disclosure, DisclosureRelease
from cms.oversight.queries.disclosures import lines_of
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry, Person
from tests.cast import Cast, City
from tests.factories import ScopeFactory, TargetFactory
from tests.test_oversight import body, page, prove, require, rows_of


@pytest.fixture
def trained(city: City, cast: Cast, oversight_open: None) -> Target:
    target = TargetFactory(title="Sugardejting")
    require(target, 30, org_units=[city.schools])
    prove(cast.learner.person, target)
    return target


@pytest.fixture
def asked(city: City, cast: Cast, trained: Target, protected_colleague: Person) -> Disclosure:
    """What somebody has asked for: everybody at Almskolan. HR holds the right to see protected people."""
    ScopeFactory(person=cast.hr.person, org_unit=city.root, view_protected=True)
    client = cast.hr.client()
    fields = {"arende": "2026/114", "enhet": str(city.almskolan.key), "dag": "2026-11-01"}
    assert client.post(page("disclosures"), fields).status_code == 302
    return Disclosure.objects.get()


def decided(disclosure: Disclosure, **choices: tuple[str, str]) -> dict[str, Any]:
    lines = {line.person.family_name: line.number for line in disclosure.lines.select_related("person")}
    fields: dict[str, Any] = {}
    for name, (decision, ground) in choices.items():
        fields |= {f"rad-{lines[name]}-decision": decision, f"rad-{lines[name]}-ground": ground}
    return fields


def test_request_is_gone_through_released_and_kept(city: City, cast: Cast, asked: Disclosure):
    client, address = cast.hr.client(), page("disclosure", asked.key)
    shown = body(client.get(address))
    assert "Lind, Lena" in shown
    assert "Skyddad" not in shown  # weighed by hand, whoever looks
    assert "2 av 2 rader återstår" in shown
    for day in (">gjort 20", ">senast 20"):
        assert day in shown, "which day it is, as the file will say"
    client.post(page("release-disclosure", asked.key))
    assert not DisclosureRelease.objects.exists()
    without_ground = decided(asked, Lind=("release", ""), Rönn=("mask", ""))
    assert "grunden för att inte lämna ut" in body(client.post(address, without_ground))
    client.post(address, decided(asked, Lind=("release", ""), Rönn=("mask", "threatened")))
    client.post(page("release-disclosure", asked.key))
    release = DisclosureRelease.objects.get()
    assert (release.lines, release.masked, release.withheld, release.released_by) == (1, 1, 0, cast.hr.person)
    assert "1 rad som den är, 1 utan namn, 0 inte utlämnade." in body(client.get(address))
    answer = client.get(page("disclosed-file", asked.key))
    text = body(answer)
    for told in ("Begäran;2026/114", "Vad;Allt som krävs", "Uppgifter per;2026-11-01"):
        assert told in text
    rows = rows_of(client.get(page("disclosed-file", asked.key)))[1:]
    assert [row[:3] for row in rows] == [["Lind", "Lena", "Almskolan"], ["–", "–", "Almskolan"]]
    assert "Rönn" not in text
    about = AuditEntry.objects.filter(action=AuditAction.DISCLOSED, subject=cast.learner.person)
    assert about.get().actor == cast.hr.person
    assert "Vad som har lämnats ut om dig" in body(cast.learner.client().get(page("my-data")))


def test_a_line_without_its_name_tells_nothing_by_where_it_stands(cast: Cast, asked: Disclosure):
    client, address = cast.hr.client(), page("disclosure", asked.key)
    client.post(address, decided(asked, Lind=("mask", "threatened"), Rönn=("release", "")))
    client.post(page("release-disclosure", asked.key))
    rows = rows_of(client.get(page("disclosed-file", asked.key)))[1:]
    assert [row[0] for row in rows] == ["Rönn", "–"]


@pytest.mark.parametrize(
    ("decision", "button"), [("pending", "rest"), ("pending", ""), ("release", ""), ("release", "rest")]
)
def test_ground_without_a_decision_is_asked_about_and_never_released(cast: Cast, asked: Disclosure, decision, button):
    client, address = cast.hr.client(), page("disclosure", asked.key)
    chosen = decided(asked, Lind=("pending", ""), Rönn=(decision, "threatened"))
    told = body(client.post(address, {**chosen, **({button: ""} if button else {})}))
    assert "1 rad behöver rättas" in told
    assert "Du har valt en grund" in told
    assert 'value="threatened" selected' in told
    assert set(asked.lines.values_list("decision", flat=True)) == {"pending"}


def test_what_is_released_is_not_decided_on_again(cast: Cast, asked: Disclosure):
    numbers = list(asked.lines.values_list("number", flat=True))
    decide_lines(disclosure=asked, decisions=dict.fromkeys(numbers, (LineDecision.RELEASE, SecrecyGround.NONE)))
    release_disclosure(disclosure=asked, lines=lines_of(asked, cast.hr.person), actor=cast.hr.person)
    with pytest.raises(NotDecided):
        decide_lines(disclosure=asked, decisions={1: (LineDecision.WITHHOLD, SecrecyGround.OTHER)})
    with pytest.raises(NotDecided):
        release_disclosure(disclosure=asked, lines=lines_of(asked, cast.hr.person), actor=cast.hr.person)


def test_mark_set_after_the_decision_or_the_release_holds(cast: Cast, asked: Disclosure):
    client = cast.hr.client()
    client.post(
        page("disclosure", asked.key), {**decided(asked, Lind=("pending", ""), Rönn=("pending", "")), "rest": ""}
    )
    Person.objects.filter(pk=cast.learner.person.pk).update(protection="confidential")
    client.post(page("release-disclosure", asked.key))
    address = page("disclosed-file", asked.key)
    assert "Lind" not in body(client.get(address))
    assert "Rönn" in body(client.get(address))
    Person.objects.filter(pk=cast.head.person.pk).update(protection="unknown")
    assert client.get(address).status_code == 404


def test_only_registrars_within_their_scope(city: City, cast: Cast, asked: Disclosure):
    for member in (cast.head, cast.learner, cast.editor):
        assert member.client().get(page("disclosures")).status_code == 404
        assert member.client().get(page("disclosure", asked.key)).status_code == 404
    cast.head.user.user_permissions.add(Permission.objects.get(codename="add_disclosure"))
    client = cast.head.client()
    assert client.get(page("disclosure", asked.key)).status_code == 200
    bad = {"arende": "1", "enhet": str(city.bokskolan.key)}
    assert client.post(page("disclosures"), bad).status_code == 200
    assert Disclosure.objects.count() == 1
    Disclosure.objects.update(org_unit=city.bokskolan)
    assert client.get(page("disclosure", asked.key)).status_code == 404
