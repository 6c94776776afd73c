"""Many certificates as one ZIP: from stored bytes, whose scope is asked when it is fetched, with a list of them."""

import csv
import io
import tracemalloc
import zipfile
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.text import slugify

from cms.certificates import zipping
from cms.certificates.actions import issue_certificate, make_whole, request_bundle, revoke_certificate
from cms.certificates.enums import RevocationReason
from cms.certificates.models import Certificate, CertificateBundle, CertificateFile
from cms.certificates.tasks import prepare_bundle
from cms.core.sheets import as_csv
from cms.oversight.queries.transcripts import course_certificates_of
from cms.people.enums import AuditAction, Protection
from cms.people.models import AuditEntry, OrgUnit, Scope
from tests.cast import Cast, City, Member
from tests.certificates.samples import course
from tests.factories import EmploymentFactory, PersonFactory, TargetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def certificates(cast: Cast) -> list[Certificate]:
    """Of the learner, at the head's school, and of the second learner, at another."""
    found = []
    for number, member in enumerate((cast.learner, cast.second_learner)):
        certificate, _created = issue_certificate(
            course(holder=member.person.full_name), source_key=f"courses:{number}", person=member.person
        )
        make_whole(certificate=certificate)
        found.append(certificate)
    return found


def bundle_of(member: Member, certificates: list[Certificate]) -> CertificateBundle:
    ids = [certificate.pk for certificate in certificates]
    return request_bundle(title="Almskolan, Sugardejting", certificate_ids=ids, person=member.person)


def fetch(member: Member, bundle: CertificateBundle) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    response = member.client().get(f"/intyg/samling/{bundle.key}/intyg.zip")
    assert response.status_code == 200
    assert response.streaming
    named = f"{slugify(bundle.title) or 'intyg'}-{timezone.localdate():%Y-%m-%d}.zip"
    assert f'filename="{named}"' in response["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    listed = files.pop("innehall.csv").decode("utf-8-sig")
    return files, list(csv.DictReader(io.StringIO(listed), delimiter=";"))


@pytest.mark.usefixtures("oversight_open")
def test_zip_holds_the_stored_bytes_and_a_list(certificates: list[Certificate], hr: Member) -> None:
    files, rows = fetch(hr, bundle_of(hr, certificates))
    stored = {f"intyg-{one.public_id}.pdf": CertificateFile.objects.get(certificate=one).read() for one in certificates}
    assert files == stored
    assert [row["Innehavare"] for row in rows] == ["Lena Lind", "Anton Asp"]
    assert {row["Läge"] for row in rows} == {"Giltigt"}
    assert [row["Fil"] for row in rows] == list(stored)


@pytest.mark.usefixtures("oversight_open")
def test_list_names_the_boards_of_workplaces_that_the_asker_sees(
    city: City, certificates: list[Certificate], head: Member, hr: Member, learner: Member
) -> None:
    OrgUnit.objects.filter(pk=city.almskolan.pk).update(controller="Skolnämnden")
    OrgUnit.objects.filter(pk=city.bokskolan.pk).update(controller="Norra nämnden")
    EmploymentFactory(person=learner.person, org_unit=city.bokskolan)

    def boards(member: Member) -> list[str]:
        return [row["Personuppgiftsansvarig"] for row in fetch(member, bundle_of(member, certificates))[1]]

    assert boards(learner) == ["Norra nämnden, Skolnämnden"]
    assert boards(hr) == ["Norra nämnden, Skolnämnden", "Norra nämnden"]
    assert boards(head) == ["Skolnämnden"]


@pytest.mark.usefixtures("oversight_open")
def test_scope_is_asked_when_it_is_fetched(certificates: list[Certificate], head: Member, hr: Member) -> None:
    _files, rows = fetch(head, bundle_of(head, certificates))
    assert [row["Innehavare"] for row in rows] == ["Lena Lind"]
    bundle = bundle_of(hr, certificates)
    Scope.objects.filter(person=hr.person).delete()
    assert fetch(hr, bundle) == ({}, [])


@pytest.mark.usefixtures("oversight_open")
def test_protected_people_are_left_out_without_a_sign(
    certificates: list[Certificate], hr: Member, learner: Member
) -> None:
    learner.person.protection = Protection.CONFIDENTIAL
    learner.person.save()
    _files, rows = fetch(hr, bundle_of(hr, certificates))
    assert [row["Innehavare"] for row in rows] == ["Anton Asp"]
    page = hr.client().get(f"/intyg/samling/{CertificateBundle.objects.get().key}/").content.decode()
    assert "1 av 1" in page or "Hämta 1 dokument" in page


def test_only_what_is_ready_is_offered(certificates: list[Certificate], learner: Member) -> None:
    waiting, _created = issue_certificate(
        course(holder="Lena Lind"), source_key="courses:waiting", person=learner.person
    )
    bundle = CertificateBundle.objects.create(
        title="", certificate_ids=[waiting.pk], requested_by=learner.person, created_at=timezone.now()
    )
    address = f"/intyg/samling/{bundle.key}/"
    page = learner.client().get(address).content.decode()
    assert "0 av 1 filer" in page
    assert "intyg.zip" not in page
    make_whole(certificate=waiting)
    assert "Hämta 1 dokument" in learner.client().get(address).content.decode()


def test_bundle_is_for_who_asked_for_it(certificates: list[Certificate], cast: Cast) -> None:
    bundle = bundle_of(cast.learner, certificates[:1])
    for member in cast:
        for path in ("", "intyg.zip"):
            status = member.client().get(f"/intyg/samling/{bundle.key}/{path}").status_code
            assert status == {"learner": 200, "outsider": 302}.get(member.name, 404)


@pytest.mark.usefixtures("oversight_open")
def test_everyone_whose_certificate_was_fetched_can_see_it(certificates: list[Certificate], hr: Member) -> None:
    fetch(hr, bundle_of(hr, certificates))
    about = AuditEntry.objects.filter(action=AuditAction.CERTIFICATE_FETCHED).values_list("subject", flat=True)
    assert set(about) == {certificate.person_id for certificate in certificates}
    (exported,) = AuditEntry.objects.filter(action=AuditAction.LIST_EXPORTED)
    assert exported.details == {"kind": "certificates", "count": 2}


def test_own_certificates_as_one_file(certificates: list[Certificate], learner: Member) -> None:
    client = learner.client()
    response = client.post("/intyg/mina/")
    page = client.get(response.headers["Location"]).content.decode()
    assert "Hämta 1 dokument (ZIP)" in page
    assert page.count("<h1") == 1
    files, _rows = fetch(learner, CertificateBundle.objects.get())
    assert len(files) == 1
    assert not AuditEntry.objects.filter(action=AuditAction.CERTIFICATE_FETCHED).exists()


@pytest.mark.usefixtures("oversight_open")
def test_head_gets_the_certificates_of_a_list(
    certificates: list[Certificate], head: Member, hr: Member, city: City
) -> None:
    def ask(member: Member, org_unit: OrgUnit, choices: str = "") -> Any:
        return member.client().post(f"/uppfoljning/enhet/{org_unit.key}/medarbetare/intyg/{choices}")

    assert ask(head, city.bokskolan).status_code == 404
    assert ask(head, city.almskolan)["Location"].startswith("/intyg/samling/")
    _files, rows = fetch(head, CertificateBundle.objects.get())
    assert [row["Innehavare"] for row in rows] == ["Lena Lind"]
    revoke_certificate(certificate=certificates[1], reason=RevocationReason.NOT_DONE, actor=hr.person)
    ask(hr, city.root)
    assert CertificateBundle.objects.latest("pk").certificate_ids == [certificates[0].pk]
    everybody = {certificate.person_id for certificate in certificates}
    assert course_certificates_of(everybody, TargetFactory()) == []


def test_list_is_locked_until_its_terms_are_entered(certificates: list[Certificate], head: Member, city: City) -> None:
    head.client().post(f"/uppfoljning/enhet/{city.almskolan.key}/medarbetare/intyg/")
    assert not CertificateBundle.objects.exists()


def test_missing_files_are_made_by_a_task_and_listed_until_then(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    learner = cast.learner
    certificate, _created = issue_certificate(course(), source_key="x", person=learner.person)
    with django_capture_on_commit_callbacks():
        bundle = bundle_of(learner, [certificate])
    page = learner.client().get(f"/intyg/samling/{bundle.key}/").content.decode()
    assert 'hx-trigger="every 3s"' in page
    files, rows = fetch(learner, bundle)
    assert files == {}
    assert rows[0]["Fil"] == "bereds"
    prepare_bundle.call(bundle.pk)
    prepare_bundle.call(bundle.pk)
    files, rows = fetch(learner, bundle)
    assert len(files) == 1
    assert "every 3s" not in learner.client().get(f"/intyg/samling/{bundle.key}/").content.decode()


def test_revoked_certificate_says_so_in_the_list(certificates: list[Certificate], learner: Member) -> None:
    revoke_certificate(certificate=certificates[0], reason=RevocationReason.ISSUED_TWICE, actor=None)
    _files, rows = fetch(learner, bundle_of(learner, certificates))
    assert rows[0]["Läge"] == "Återkallat"


@pytest.mark.usefixtures("oversight_open")
def test_number_of_queries_does_not_grow_with_the_bundle(hr: Member, city: City, tmp_path: Any) -> None:
    counts = []
    for number in (3, 30):
        found = []
        for each in range(number):
            person = PersonFactory()
            EmploymentFactory(person=person, org_unit=city.almskolan)
            certificate, _created = issue_certificate(course(), source_key=f"{number}:{each}", person=person)
            found.append(certificate)
        bundle = bundle_of(hr, found)
        client = hr.client()
        with CaptureQueriesContext(connection) as captured:
            b"".join(client.get(f"/intyg/samling/{bundle.key}/intyg.zip").streaming_content)
        # Each person whose certificate is fetched gets a row of the audit log; nothing else grows.
        counts.append(sum("INSERT" not in query["sql"] for query in captured.captured_queries))
    assert counts[0] == counts[1]


def test_one_file_at_a_time_is_in_memory() -> None:
    def files() -> Any:
        for number in range(100):
            yield f"{number}.pdf", bytes([number]) * (1 << 20)

    tracemalloc.start()
    size = sum(len(piece) for piece in zipping.stream(files()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 100 << 20
    assert peak < 8 << 20


def test_list_holds_nothing_that_a_spreadsheet_runs() -> None:
    lines = as_csv([["=1+1", "\t=2", "@x", "Åsa; Öberg", "a\nb"]]).decode("utf-8-sig").splitlines()
    assert lines == ["'=1+1;'=2;'@x;\"Åsa; Öberg\";a b"]
