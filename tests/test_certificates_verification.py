"""What a stranger learns about a certificate, and what the file's address answers to whom."""

import re
import time
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.certificates.actions import issue_certificate, make_whole, revoke_certificate, supersede_certificate
from cms.certificates.enums import CorrectionReason, RevocationReason
from cms.certificates.models import Certificate, Seal
from cms.certificates.names import direction, is_same, normal
from cms.certificates.queries import NOBODYS, read_id
from cms.people.actions import merge_people
from cms.people.enums import AuditAction, Protection, Right
from cms.people.models import AuditEntry
from tests.cast import Cast, City, Member
from tests.certificates.samples import ARABIC_NAME, EVERY_KIND, LONG_NAME, PUBLIC_ID, course, guideline, statement
from tests.factories import PersonFactory, ScopeFactory

pytestmark = pytest.mark.django_db
STRANGE = [PUBLIC_ID, NOBODYS, "x", "../../etc/passwd", "intyg.pdf", "å" * 26, "0" * 5000, "%00", "' OR 1=1 --"]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def certificate(learner: Member) -> Certificate:
    found, _created = issue_certificate(course(), source_key="courses:1", person=learner.person)
    return found


def address(certificate: Certificate) -> str:
    return f"/intyg/{certificate.public_id}/"


def words(response: Any) -> str:
    """A page as text, without what differs from one request to the next: tokens, and the address asked for."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    text = re.sub(r'name="next" value="[^"]*"|\?next=[^"]*"', "", text)
    return re.sub(r"\s+", " ", text)


# What is shown


def test_visitor_sees_what_it_certifies_and_no_name(visitor: Client, certificate: Certificate) -> None:
    response = visitor.get(address(certificate))
    page = words(response)
    assert response.status_code == 200
    for told in (
        "Sugardejting",
        "1.2",
        "50 minuter",
        "2026-11-23",
        "2028-11-23",
        "Tidiga tecken och anmälan",
        "Giltigt",
    ):
        assert told in page
    assert "Öberg" not in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_page_of_every_kind(visitor: Client, kind: str) -> None:
    found, _created = issue_certificate(EVERY_KIND[kind], source_key=f"x:{kind}", person=None)
    page = words(visitor.get(address(found)))
    assert page.count("<h1") == 1
    assert "Öberg" not in page


def test_statement_tells_only_that_it_is_genuine_and_its_date(visitor: Client, city: City) -> None:
    found, _created = issue_certificate(statement(), source_key="s", person=None, org_unit=city.almskolan)
    page = words(visitor.get(address(found)))
    told = visitor.get(address(found), headers={"accept": "application/json"}).json()
    assert "2026-11-23" in page
    for secret in ("Almskolan", "10000001", "39", "Sugardejting"):
        assert secret not in page.replace(found.public_id, "")  # which may have any two figures
        assert secret not in str(told).replace(found.public_id, "")
    assert set(told) == {
        "found", "number", "kind", "state", "issuer", "city", "issued_on", "as_of", "is_demo", "file_sha256",
        "seal_sha256",
    }  # fmt: skip


def test_transcript_tells_how_much_it_lists_and_not_what(visitor: Client, learner: Member) -> None:
    found, _created = issue_certificate(EVERY_KIND["transcript"], source_key="t", person=learner.person)
    page = words(visitor.get(address(found)))
    assert "Antal poster" in page
    assert "Sugardejting" not in page


def test_revoked_and_superseded_certificates_say_so_with_their_reason(
    visitor: Client, certificate: Certificate, hr: Member
) -> None:
    other, _created = issue_certificate(course(), source_key="courses:2", person=None)
    revoke_certificate(certificate=other, reason=RevocationReason.NOT_DONE, actor=hr.person)
    new = supersede_certificate(
        certificate=certificate, facts=course(), reason=CorrectionReason.CORRECTED, actor=hr.person
    )
    assert "Återkallat" in words(visitor.get(address(other)))
    assert "Det som intygas blev inte gjort" in words(visitor.get(address(other)))
    page = words(visitor.get(address(certificate)))
    assert "Ersatt" in page
    assert "Uppgifterna har rättats" in page
    assert new.public_id not in page
    assert hr.person.family_name not in page
    assert visitor.get(address(certificate), headers={"accept": "application/json"}).json()["reason"] == "corrected"


def test_expired_certificate_says_so(visitor: Client) -> None:
    found, _created = issue_certificate(course(valid_until="2020-01-01"), source_key="x", person=None)
    told = words(visitor.get(address(found)))
    assert "Det gällde till och med 2020-01-01. Intyget är äkta" in told
    assert "Har gått ut" in told
    assert "Giltigt Det" not in told


def test_json_tells_the_same(visitor: Client, certificate: Certificate) -> None:
    file = make_whole(certificate=certificate)
    response = visitor.get(address(certificate), headers={"accept": "application/json"})
    told = response.json()
    assert response["Vary"].startswith("Accept")
    assert (told["title"], told["version"], told["state"]) == ("Sugardejting", "1.2", "valid")
    assert told["units"][0] == {"title": "Vad sugardejting är", "minutes": 8, "done_on": "2026-11-01"}
    assert (told["file_sha256"], told["seal_sha256"]) == (file.sha256, file.seal.fingerprint)
    assert "holder" not in told
    assert "Öberg" not in response.content.decode()


def test_answers_are_not_kept_and_not_indexed(visitor: Client, certificate: Certificate, learner: Member) -> None:
    for client, path in (
        (visitor, address(certificate)),
        (visitor, "/intyg/"),
        (visitor, "/intyg/stamplar/"),
        (visitor, f"/intyg/{NOBODYS}/"),
        (learner.client(), f"{address(certificate)}intyg.pdf"),
    ):
        response = client.get(path)
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]


# Unknown, malformed and foreign ids


def test_strange_ids_get_one_answer(visitor: Client, certificate: Certificate) -> None:
    answers = {(response.status_code, words(response)) for response in (visitor.get(f"/intyg/{x}/") for x in strange())}
    assert len(answers) == 1
    assert answers.pop()[0] == 404
    told = {visitor.get(f"/intyg/{x}/", headers={"accept": "application/json"}).content for x in strange()}
    assert told == {b'{"found": false}'}


def strange() -> list[str]:
    return [quote(text, safe="") for text in STRANGE if "/" not in text]


def test_strange_ids_take_the_same_queries(visitor: Client, certificate: Certificate) -> None:
    counts = set()
    visitor.get("/intyg/x/")
    # For an address with other letters than ASCII, Wagtail's redirects ask once more; that is not about certificates.
    for text in (text for text in strange() if "%" not in text):
        with CaptureQueriesContext(connection) as captured:
            visitor.get(f"/intyg/{text}/")
        counts.add(len(captured))
    assert len(counts) == 1


def test_foreign_files_look_unknown_to_everyone_but_those_who_may(certificate: Certificate, cast: Cast) -> None:
    make_whole(certificate=certificate)
    for name in ("second_learner", "editor", "approver", "former_employee", "outsider"):
        client = cast[name].client()
        foreign, unknown = client.get(f"{address(certificate)}intyg.pdf"), client.get(f"/intyg/{NOBODYS}/intyg.pdf")
        malformed = client.get("/intyg/x/intyg.pdf")
        assert foreign.status_code == unknown.status_code == malformed.status_code == 404
        assert words(foreign) == words(unknown) == words(malformed)


@pytest.mark.usefixtures("oversight_open")
def test_foreign_and_unknown_files_take_the_same_queries(certificate: Certificate, cast: Cast) -> None:
    make_whole(certificate=certificate)
    for name in ("second_learner", "editor", "outsider"):
        client, counts = cast[name].client(), []
        client.get("/intyg/")
        for text in (certificate.public_id, PUBLIC_ID, "x"):
            with CaptureQueriesContext(connection) as captured:
                client.get(f"/intyg/{text}/intyg.pdf")
            counts.append(len(captured))
        assert len(set(counts)) == 1, (name, counts)


def test_strange_ids_take_the_same_time(visitor: Client, certificate: Certificate, settings: Any) -> None:
    """Medians of the view, by turns, so that a slow moment hits all alike."""
    times: dict[str, list[float]] = {text: [] for text in (NOBODYS, PUBLIC_ID, "x", "å" * 26)}
    for _round in range(25):
        for text, kept in times.items():
            cache.clear()
            started = time.process_time()
            visitor.get(f"/intyg/{text}/")
            kept.append(time.process_time() - started)
    medians = [sorted(kept)[len(kept) // 2] for kept in times.values()]
    assert max(medians) < 2 * min(medians)


@pytest.mark.parametrize(
    "typed",
    [
        PUBLIC_ID,
        PUBLIC_ID.upper(),
        "4k2m 7q9d 3v8x 1zna bcde fgh0 jk",
        "4k2m-7q9d-3v8x-1zna-bcde-fgh0-jk",
        PUBLIC_ID.replace("0", "O").replace("1", "l"),
    ],
)
def test_number_can_be_typed_as_people_do(typed: str) -> None:
    assert read_id(typed) == PUBLIC_ID


def test_look_up_leads_to_the_certificate(visitor: Client, certificate: Certificate) -> None:
    response = visitor.get("/intyg/", {"number": certificate.public_id.upper()})
    assert response.headers["Location"] == address(certificate)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (PUBLIC_ID[:-1], "26 bokstäver och siffror, och det här har 25"),
        (PUBLIC_ID[::-1], "finns inget intyg med det numret"),
        ("å" * 26, "finns inget intyg med det numret"),
    ],
)
def test_look_up_that_finds_nothing_keeps_what_was_typed(
    visitor: Client, certificate: Certificate, typed: str, told: str
) -> None:
    page = visitor.get("/intyg/", {"number": typed}).content.decode()
    assert told in page
    assert f'value="{typed}"' in page
    assert "Något behöver rättas" in page


# Names


@pytest.mark.parametrize(
    ("typed", "is_right"),
    [
        ("Åsa Öberg-Lindström", True),
        ("  åsa   ÖBERG-lindström ", True),
        ("A\u030asa O\u0308berg-Lindstro\u0308m", True),
        ("Åsa Öberg Lindström", False),
        ("Asa Oberg-Lindstrom", False),
        ("Åsa", False),
        ("", False),
    ],
)
def test_name_is_confirmed_only_when_typed_right(
    visitor: Client, certificate: Certificate, typed: str, is_right: bool
) -> None:
    page = words(visitor.post(address(certificate), {"name": typed}))
    assert ("Ja, det är namnet på intyget." in page) == is_right


@pytest.mark.parametrize("name", [LONG_NAME, ARABIC_NAME, "ศรีสุดา วงศ์สุวรรณ์ประเสริฐ", "İpek Straße"])
def test_names_of_all_scripts_are_their_own_and_nobody_elses(name: str) -> None:
    assert is_same(f" {name.upper()} ", name)
    assert not is_same(name[:-1], name)
    assert normal(normal(name)) == normal(name)


def test_direction_of_names() -> None:
    assert [direction(name) for name in (ARABIC_NAME, "Åsa", "שרה", "12 Åsa", "", "ศรีสุดา")] == [
        "rtl", "ltr", "rtl", "ltr", "ltr", "ltr",
    ]  # fmt: skip


def test_empty_name_is_never_right() -> None:
    assert not is_same("", "")


def test_name_of_a_protected_person_is_never_confirmed_nor_its_change_told(
    visitor: Client, certificate: Certificate, learner: Member
) -> None:
    """Protected after issue: the name stands in the facts, and fails closed all the same."""
    supersede_certificate(
        certificate=certificate, facts=course(holder="Nytt Namn"), reason=CorrectionReason.NAME_CHANGED, actor=None
    )
    learner.person.protection = Protection.PROTECTED_REGISTRATION
    learner.person.save()
    page = words(visitor.post(address(certificate), {"name": "Åsa Öberg-Lindström"}))
    assert "kan inte bekräftas" in page
    assert "Namnet har ändrats" not in page
    told = visitor.get(address(certificate), headers={"accept": "application/json"}).json()
    assert told["reason"] is None


def test_protection_of_the_record_that_remains_counts(
    visitor: Client, certificate: Certificate, learner: Member
) -> None:
    remaining = PersonFactory(protected=True)
    merge_people(duplicate=learner.person, into=remaining, actor=None)
    assert "kan inte bekräftas" in words(visitor.post(address(certificate), {"name": "Åsa Öberg-Lindström"}))


def test_wrong_and_protected_names_get_the_same_answer(
    visitor: Client, certificate: Certificate, learner: Member
) -> None:
    wrong = words(visitor.post(address(certificate), {"name": "Någon Annan"}))
    learner.person.protection = Protection.CONFIDENTIAL
    learner.person.save()
    assert words(visitor.post(address(certificate), {"name": "Någon Annan"})) == wrong


def test_names_cannot_be_guessed_for_long(visitor: Client, certificate: Certificate, within_a_minute: None) -> None:
    answers = [visitor.post(address(certificate), {"name": f"Namn {n}"}).status_code for n in range(10)]
    assert answers == [200] * 8 + [429] * 2
    assert visitor.get(address(certificate)).status_code == 200


@pytest.mark.once
def test_look_ups_are_limited_by_place(visitor: Client, within_a_minute: None) -> None:
    answers = [visitor.get(f"/intyg/{NOBODYS}/", REMOTE_ADDR="10.0.0.1").status_code for _each in range(125)]
    assert set(answers[:100]) == {404}
    assert answers[-1] == 429
    assert visitor.get(f"/intyg/{NOBODYS}/", REMOTE_ADDR="10.0.0.2").status_code == 404
    same_network = [visitor.get("/intyg/", REMOTE_ADDR=f"2001:db8::{n:x}").status_code for n in range(125)]
    assert same_network[-1] == 429


# The file


def test_holder_gets_the_file_and_leaves_no_trace(certificate: Certificate, learner: Member) -> None:
    file = make_whole(certificate=certificate)
    before = AuditEntry.objects.count()
    response = learner.client().get(f"{address(certificate)}intyg.pdf")
    assert response.content == file.read()
    assert response["Content-Type"] == "application/pdf"
    assert AuditEntry.objects.count() == before


def test_file_that_is_missing_is_made_at_the_first_fetch(certificate: Certificate, learner: Member) -> None:
    response = learner.client().get(f"{address(certificate)}intyg.pdf")
    assert response.content.startswith(b"%PDF")
    assert learner.client().get(f"{address(certificate)}intyg.pdf").content == response.content


def test_file_that_cannot_be_made_is_being_prepared(certificate: Certificate, learner: Member, settings: Any) -> None:
    settings.LEDSTANG_SEAL = {"pkcs12": "/nowhere.p12"}
    response = learner.client().get(f"{address(certificate)}intyg.pdf")
    assert (response.status_code, response["Retry-After"]) == (503, "20")
    assert "Intyget bereds" in words(response)
    settings.LEDSTANG_SEAL = {}
    assert learner.client().get(f"{address(certificate)}intyg.pdf").status_code == 503  # not tried again at once
    cache.clear()
    assert learner.client().get(f"{address(certificate)}intyg.pdf").status_code == 200


def test_damaged_file_is_not_handed_out(certificate: Certificate, learner: Member) -> None:
    from cms.core.storage import private_storage

    file = make_whole(certificate=certificate)
    path = private_storage().path(file.file.name)
    with open(path, "r+b") as stored:
        stored.seek(100)
        stored.write(b"x")
    response = learner.client().get(f"{address(certificate)}intyg.pdf")
    assert response.status_code == 503
    assert "kan inte hämtas" in words(response)


@pytest.mark.usefixtures("oversight_open")
def test_head_and_hr_may_fetch_and_the_holder_can_see_it(certificate: Certificate, cast: Cast) -> None:
    for name in ("head", "hr"):
        assert cast[name].client().get(f"{address(certificate)}intyg.pdf").status_code == 200
    entries = AuditEntry.objects.filter(action=AuditAction.CERTIFICATE_FETCHED, subject=cast.learner.person)
    assert {entry.actor for entry in entries} == {cast.head.person, cast.hr.person}


def test_head_may_not_fetch_before_person_level_views_are_open(certificate: Certificate, head: Member) -> None:
    assert head.client().get(f"{address(certificate)}intyg.pdf").status_code == 404


@pytest.mark.usefixtures("oversight_open")
def test_file_of_a_protected_person_is_for_those_who_may_see_them(
    certificate: Certificate, learner: Member, hr: Member, city: City
) -> None:
    learner.person.protection = Protection.CONFIDENTIAL
    learner.person.save()
    assert hr.client().get(f"{address(certificate)}intyg.pdf").status_code == 404
    ScopeFactory(person=hr.person, org_unit=city.root, right=Right.VIEW_PROTECTED)
    assert hr.client().get(f"{address(certificate)}intyg.pdf").status_code == 200


def test_file_of_a_merged_person_follows_to_the_record_that_remains(certificate: Certificate, learner: Member) -> None:
    remaining = PersonFactory()
    merge_people(duplicate=learner.person, into=remaining, actor=None)
    assert learner.client().get(f"{address(certificate)}intyg.pdf").status_code == 200


def test_statement_is_for_those_who_oversee_the_unit(cast: Cast, city: City) -> None:
    found, _created = issue_certificate(statement(), source_key="s", person=None, org_unit=city.almskolan)
    answers = {member.name: member.client().get(f"{address(found)}intyg.pdf").status_code for member in cast}
    assert {name for name, status in answers.items() if status == 200} == {"head", "hr"}


def test_guideline_as_a_document_is_for_everyone(cast: Cast) -> None:
    from tests.certificates.samples import ASSETS

    found, _created = issue_certificate(guideline(), source_key="g", person=None, assets=ASSETS)
    assert {member.client().get(f"{address(found)}intyg.pdf").status_code for member in cast} == {200}


# Seals


def test_seals_are_shown_with_their_public_half(visitor: Client, certificate: Certificate) -> None:
    make_whole(certificate=certificate)
    seal = Seal.objects.get()
    page = words(visitor.get("/intyg/stamplar/"))
    assert seal.fingerprint in page
    pem = visitor.get(f"/intyg/stamplar/{seal.fingerprint}.pem").content
    assert pem.count(b"BEGIN CERTIFICATE") == 2
    assert b"PRIVATE" not in pem
    assert visitor.get("/intyg/stamplar/abc.pem").status_code == 404


# Certificates outlive what they tell of


def test_certificate_outlives_user_person_templates_and_settings(
    visitor: Client, certificate: Certificate, learner: Member, settings: Any
) -> None:
    before = make_whole(certificate=certificate).read()
    page = words(visitor.get(address(certificate)))
    learner.user.delete()
    settings.LEDSTANG_BASE_URL = "https://annan.example.se"
    settings.LEDSTANG_SEAL = {"pkcs12": "/nowhere.p12"}
    kept = Certificate.objects.get(pk=certificate.pk)
    assert kept.person is not None
    assert make_whole(certificate=kept).read() == before
    assert words(visitor.get(address(kept))) == page
    assert date.fromisoformat(kept.facts["completed_on"]) == date(2026, 11, 23)
