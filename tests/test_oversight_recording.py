"""What heads and HR write down about somebody: with who and when, never about oneself, never overwritten."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from cms.compliance.enums import EvidenceKind, ExemptionReason, State
from cms.compliance.models import Evidence, EvidenceVoid, Exemption, Target
from cms.compliance.queries import standings
from cms.oversight.queries import name_of
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry, Person
from tests.cast import Cast, City
from tests.factories import TargetFactory
from tests.test_oversight import body, page, prove, require

PDF = b"%PDF-1.7 intyg"


@pytest.fixture
def required(city: City, oversight_open: None) -> Target:
    target = TargetFactory(title="Sugardejting")
    require(target, 30, org_units=[city.schools])
    return target


def state_of(person: Person, target: Target) -> State:
    return standings(Person.objects.filter(pk=person.pk), [target], timezone.localdate())[person.pk][target.pk].state


def training(target: Target, **changes: Any) -> dict[str, Any]:
    fields = {"mal": name_of(target), "done_on": "2026-10-01", "key": str(uuid.uuid4())}
    return {**fields, **changes}


def test_head_records_external_training_with_a_document(cast: Cast, required: Target):
    client, person = cast.head.client(), cast.learner.person
    file = SimpleUploadedFile("Lena Linds intyg.pdf", PDF, "application/pdf")
    fields = training(required, document=file)
    assert client.post(page("record", person.key), fields).status_code == 302
    client.post(page("record", person.key), {**fields, "document": SimpleUploadedFile("x.pdf", PDF)})  # sent twice
    evidence = Evidence.objects.get()
    assert (evidence.kind, evidence.recorded_by) == (EvidenceKind.RECORDED, cast.head.person)
    assert evidence.achieved_on == date(2026, 10, 1)
    assert "Lind" not in evidence.document.name
    assert state_of(person, required) == State.DONE
    shown = body(client.get(page("person", person.key)))
    assert "Registrerat för hand" in shown
    assert "av Rakel Rönn" in shown
    address = page("document", person.key, evidence.key)
    assert address in shown
    assert b"".join(client.get(address).streaming_content) == PDF
    actions = AuditEntry.objects.filter(subject=person).values_list("action", flat=True)
    assert list(actions.order_by("pk")) == [
        AuditAction.EVIDENCE_RECORDED, AuditAction.PERSON_VIEWED, AuditAction.DOCUMENT_FETCHED
    ]  # fmt: skip
    for other in (cast.second_learner, cast.editor, cast.learner):
        assert other.client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"done_on": "2126-01-01"}, "Kontrollera året"),
        ({"valid_until": "2026-09-01"}, "sluta gälla innan"),
        ({"mal": "course:other"}, "course:other"),
        ({"document": SimpleUploadedFile("intyg.pdf", b"MZ program")}, "varken en PDF"),
    ],
)
def test_bad_training_is_told_and_nothing_is_written(
    cast: Cast, required: Target, changes: dict[str, Any], message: str
):
    answer = cast.head.client().post(page("record", cast.learner.person.key), training(required, **changes))
    assert answer.status_code == 200
    assert message in body(answer)
    assert not Evidence.objects.exists()


def test_the_same_training_is_recorded_once_until_it_is_taken_back(cast: Cast, required: Target):
    client, person = cast.head.client(), cast.learner.person
    client.post(page("record", person.key), training(required))
    again = body(client.post(page("record", person.key), training(required)))
    assert "Det är redan registrerat för den dagen." in again
    assert "<title>Fel: Registrera" in again
    assert Evidence.objects.count() == 1
    assert client.post(page("record", person.key), training(required, done_on="2026-10-02")).status_code == 302
    first = Evidence.objects.earliest("achieved_on")
    client.post(page("void", person.key, first.key), {"reason": "wrong_date"})
    assert client.post(page("record", person.key), training(required)).status_code == 302
    assert Evidence.objects.count() == 3


def test_taking_back_is_a_row_with_a_reason(cast: Cast, required: Target):
    client, person = cast.head.client(), cast.learner.person
    client.post(page("record", person.key), training(required))
    evidence = Evidence.objects.get()
    assert client.post(page("void", person.key, evidence.key), {}).status_code == 200
    assert not EvidenceVoid.objects.exists()
    client.post(page("void", person.key, evidence.key), {"reason": "wrong_date"})
    assert EvidenceVoid.objects.get().voided_by == cast.head.person
    assert state_of(person, required) == State.OVERDUE
    assert "Registrerat med fel datum" in body(client.get(page("person", person.key)))
    again = page("void", person.key, evidence.key)
    for answer in (client.get(again, follow=True), client.post(again, {"reason": "not_done"}, follow=True)):
        assert "Det är redan återtaget." in body(answer)
    assert EvidenceVoid.objects.get().reason == "wrong_date"


def test_what_somebody_has_done_themselves_is_taken_back_by_hr_only(cast: Cast, required: Target):
    evidence = prove(cast.learner.person, required)
    address = page("void", cast.learner.person.key, evidence.key)
    assert cast.head.client().get(address).status_code == 404
    assert cast.hr.client().get(address).status_code == 200


def test_exemption_keeps_who_and_when_and_can_be_ended(cast: Cast, required: Target):
    client, person = cast.head.client(), cast.learner.person
    until = timezone.localdate() + timedelta(days=90)
    fields = {"mal": name_of(required), "reason": ExemptionReason.OTHER_DUTIES, "until": until.isoformat()}
    assert "Arbetar inte med" in body(client.get(page("exemption", person.key)))
    client.post(page("exemption", person.key), fields)
    given = Exemption.objects.get()
    assert (given.reason, given.until, given.recorded_by) == (ExemptionReason.OTHER_DUTIES, until, cast.head.person)
    assert state_of(person, required) == State.EXEMPT
    cast.hr.client().post(page("end-exemption", person.key, given.key))
    assert state_of(person, required) == State.OVERDUE
    row = body(client.get(page("person", person.key))).partition("Avslutat")[2]
    assert f"av {cast.hr.person.full_name}" in row.partition("</td>")[0], "whoever ended it is somebody else"
    assert AuditEntry.objects.filter(action=AuditAction.EXEMPTION_ENDED, subject=person).count() == 1
    assert client.post(page("end-exemption", person.key, given.key)).status_code == 404


def test_done_in_another_way_asks_for_no_cause(cast: Cast, required: Target):
    client, person = cast.head.client(), cast.learner.person
    form = body(client.get(page("other-way", person.key)))
    assert 'name="reason"' not in form
    assert "<textarea" not in form
    until = timezone.localdate() + timedelta(days=365)
    assert until.isoformat() in form
    client.post(page("other-way", person.key), {"mal": name_of(required), "until": until.isoformat()})
    assert Exemption.objects.get().reason == ExemptionReason.OTHER_WAY
    bad = {"mal": name_of(required), "until": "2099-01-01"}
    assert "högst tre år" in body(client.post(page("other-way", person.key), bad))


@pytest.mark.parametrize("name", ["record", "exemption", "other-way"])
def test_nobody_writes_about_themselves_about_others_staff_or_while_locked(cast: Cast, required: Target, name: str):
    client: Client = cast.head.client()
    for other in (cast.head, cast.second_learner, cast.former_employee):
        assert client.get(page(name, other.person.key)).status_code == 404
    Person.objects.filter(pk=cast.learner.person.pk).update(protection="unknown")
    assert client.get(page(name, cast.learner.person.key)).status_code == 404


def test_while_names_are_locked_nothing_is_written(city: City, cast: Cast):
    target = TargetFactory()
    require(target, 30)
    assert cast.head.client().get(page("record", cast.learner.person.key)).status_code == 404
    answer = cast.head.client().post(page("record", cast.learner.person.key), training(target))
    assert answer.status_code == 404
    assert not Evidence.objects.exists()


def test_evidence_of_another_person_or_of_ones_own_accord_is_not_reached(city: City, cast: Cast, required: Target):
    client, person = cast.head.client(), cast.learner.person
    others = prove(cast.second_learner.person, required)
    own = prove(person, TargetFactory())
    for evidence in (others, own):
        for name in ("void", "document"):
            assert client.get(page(name, person.key, evidence.key)).status_code == 404
            assert cast.hr.client().get(page(name, person.key, evidence.key)).status_code == 404


# Other days


def test_any_day_can_be_asked_and_what_was_known_then(city: City, cast: Cast, required: Target):
    prove(cast.learner.person, required, date(2026, 2, 1))
    client = cast.hr.client()

    def figures(**choice: str) -> str:
        return body(client.get(page("org-unit", city.almskolan.key, **choice)))

    assert "1 av 2 medarbetare har gjort" in figures()
    assert "0 av 2 medarbetare har gjort" in figures(dag="2026-01-20")
    assert "Så var läget 2026-01-20" in figures(dag="2026-01-20")
    assert "0 av 2 medarbetare har gjort" in figures(dag="2026-02-10", kand="2026-01-31")
    assert "till och med 2026-01-31" in figures(dag="2026-02-10", kand="2026-01-31")
    ahead = (timezone.localdate() + timedelta(days=30)).isoformat()
    assert f"Så blir läget {ahead}" in figures(dag=ahead)
    person = page("person", cast.learner.person.key, dag="2026-01-20")
    assert "Inget är registrerat" in body(client.get(person))
    assert "Registrera extern" not in body(client.get(person))  # one writes today
    for bad in ("dag=9999-01-01", "dag=igår", "kand=2126-01-01", "omrade=x", "slag=x", "befattning=%00"):
        assert client.get(f"{page('overview')}?{bad}").status_code == 404


def test_role_kind_and_district_narrow_figures_and_lists_alike(city: City, cast: Cast, required: Target):
    client = cast.hr.client()
    address = page("org-unit", city.schools.key, befattning="larare")
    assert "0 av 2 medarbetare" in body(client.get(address))
    assert "0 av 1 medarbetare" in body(client.get(page("org-unit", city.schools.key, omrade="soder")))
    assert "0 av 3 medarbetare" in body(client.get(page("org-unit", city.schools.key, slag="compulsory_school")))
    listed = body(client.get(page("people-csv", city.schools.key, omrade="soder", befattning="larare")))
    assert "Asp;Anton" in listed
    assert "Lind" not in listed
    assert "Stadsdelsområde;Söder" in listed
    assert AuditEntry.objects.latest("pk").details["district"] == "soder"
