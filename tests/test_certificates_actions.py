"""Issuing exactly once, files made after the commit, revoking, superseding; what is frozen stays."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cms.certificates.actions import (
    CertificateError,
    NotValid,
    files_later,
    issue_certificate,
    keep_asset,
    make_whole,
    remove_old_bundles,
    request_bundle,
    revoke_certificate,
    supersede_certificate,
)
from cms.certificates.enums import CertificateState, CorrectionReason, EventKind, RevocationReason
from cms.certificates.facts import canonical, from_json, sha256
from cms.certificates.kept import digest
from cms.certificates.models import Certificate, CertificateEvent, CertificateFile
from cms.certificates.pdf.inspection import Outcome, inspect
from cms.core.models import CitySettings, ImmutableRecordError
from cms.people.enums import AuditAction, Protection
from cms.people.models import AuditEntry
from tests.cast import Member
from tests.certificates.samples import EVERY_KIND, course, guideline, receipt, statement
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def issue(person: Any = None, facts: Any = None, key: str = "courses:1") -> Certificate:
    certificate, _created = issue_certificate(facts or course(), source_key=key, person=person)
    return certificate


def test_issuing_twice_gives_one_certificate_with_one_event_and_one_audit_row(learner: Member) -> None:
    one, first = issue_certificate(course(), source_key="courses:1", person=learner.person)
    two, second = issue_certificate(course(title="Något annat"), source_key="courses:1", person=learner.person)
    assert (one, first, second) == (two, True, False)
    assert list(one.events.values_list("kind", flat=True)) == [EventKind.ISSUED]
    assert AuditEntry.objects.filter(action=AuditAction.CERTIFICATE_ISSUED, object_key=one.public_id).count() == 1
    assert two.facts["title"] == "Sugardejting"


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_facts_of_every_kind_come_back_from_the_database_as_they_were(kind: str) -> None:
    facts = EVERY_KIND[kind]
    certificate = issue(facts=facts, key=f"test:{kind}")
    certificate.refresh_from_db()
    read = from_json(certificate.facts)
    assert read == type(facts)(**{**vars(facts), "is_demo": True})
    assert certificate.facts_sha256 == sha256(certificate.facts)
    assert canonical(certificate.facts) == canonical(Certificate.objects.get(pk=certificate.pk).facts)


def test_letterhead_is_frozen_at_issue(learner: Member) -> None:
    city = CitySettings.current()
    assert issue(learner.person).facts["letterhead"]["colour"] == city.colour


def test_protected_person_is_never_named(learner: Member) -> None:
    learner.person.protection = Protection.UNKNOWN
    learner.person.save()
    for key, facts in {"a": course(), "b": receipt()}.items():
        certificate = issue(learner.person, facts, key)
        assert certificate.facts["holder"] == ""
        assert certificate.facts["shows_name"] is False
        assert "Öberg" not in canonical(certificate.facts).decode()


def test_name_is_not_kept_when_it_is_not_to_be_shown(learner: Member) -> None:
    assert issue(learner.person, course(shows_name=False)).facts["holder"] == ""


def test_same_name_twice_gives_two_certificates_that_differ(city: Any) -> None:
    people = [PersonFactory(given_name="Anna", family_name="Andersson") for _each in range(2)]
    one, two = (issue(person, course(holder="Anna Andersson"), f"courses:{person.pk}") for person in people)
    assert one.public_id != two.public_id
    assert one.facts["holder"] == two.facts["holder"]


def test_file_is_made_right_after_the_commit_and_only_then(
    learner: Member, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        certificate = issue(learner.person)
        assert not CertificateFile.objects.exists()
    file = CertificateFile.objects.get(certificate=certificate)
    data = file.read()
    assert data.startswith(b"%PDF-1.7")
    assert (digest(data), len(data)) == (file.sha256, file.size)
    assert file.seal.is_demo


def test_files_can_be_left_for_later(learner: Member, django_capture_on_commit_callbacks: Any) -> None:
    with files_later(), django_capture_on_commit_callbacks(execute=True):
        certificate = issue(learner.person)
    assert not CertificateFile.objects.exists()
    assert make_whole(certificate=certificate) == CertificateFile.objects.get(certificate=certificate)


def test_file_is_made_once(learner: Member) -> None:
    certificate = issue(learner.person)
    assert make_whole(certificate=certificate) == make_whole(certificate=certificate)
    assert CertificateFile.objects.count() == 1


def test_certificate_exists_when_its_file_cannot_be_made_and_a_retry_makes_it_whole(
    learner: Member, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.LEDSTANG_SEAL = {"pkcs12": "/nowhere.p12"}
    with django_capture_on_commit_callbacks(execute=True):
        certificate = issue(learner.person)
    assert certificate.state == CertificateState.VALID
    assert not CertificateFile.objects.exists()
    call_command("finish_certificates", stdout=(said := StringIO()))
    assert said.getvalue() == "made: 0, still in preparation: 1\n"
    settings.LEDSTANG_SEAL = {}
    call_command("finish_certificates", stdout=(said := StringIO()))
    assert said.getvalue() == "made: 1, still in preparation: 0\n"
    whole = make_whole(certificate=certificate)
    assert whole is not None
    assert inspect(whole.read()).outcome == Outcome.GENUINE


def test_old_bundles_are_forgotten_and_their_certificates_stay(learner: Member) -> None:
    bundle = request_bundle(title="", certificate_ids=[issue(learner.person).pk], person=learner.person)
    assert remove_old_bundles(at=bundle.created_at + timedelta(days=29)) == 0
    assert remove_old_bundles(at=bundle.created_at + timedelta(days=31)) == 1
    assert Certificate.objects.count() == 1


def test_failed_transaction_leaves_nothing(learner: Member) -> None:
    def fail_afterwards() -> None:
        with transaction.atomic():
            issue(learner.person)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_afterwards()
    assert not Certificate.objects.exists()
    assert not CertificateEvent.objects.exists()


def test_asset_must_have_the_hash_it_is_given_under() -> None:
    with pytest.raises(CertificateError):
        issue_certificate(guideline(), source_key="g", person=None, assets={"0" * 64: ("application/json", b"{}")})


def test_asset_is_kept_once() -> None:
    assert keep_asset(b"abc", "image/png") == keep_asset(b"abc", "image/png")


# Revoking and superseding


def test_revoking_needs_a_reason_of_the_list(learner: Member) -> None:
    with pytest.raises(ValueError):
        revoke_certificate(certificate=issue(learner.person), reason="because", actor=None)  # type: ignore[arg-type]


def test_revoked_certificate_says_so_and_keeps_its_file(learner: Member, hr: Member) -> None:
    certificate = issue(learner.person)
    before = make_whole(certificate=certificate).read()
    event = revoke_certificate(certificate=certificate, reason=RevocationReason.NOT_DONE, actor=hr.person)
    certificate = Certificate.objects.get(pk=certificate.pk)
    assert certificate.state == CertificateState.REVOKED
    assert (event.actor, event.reason) == (hr.user, RevocationReason.NOT_DONE)
    assert certificate.file.read() == before
    entry = AuditEntry.objects.get(action=AuditAction.CERTIFICATE_REVOKED)
    assert (entry.actor, entry.subject) == (hr.person, learner.person)


def test_certificate_ends_only_once(learner: Member, hr: Member) -> None:
    certificate = issue(learner.person)
    revoke_certificate(certificate=certificate, reason=RevocationReason.NOT_DONE, actor=hr.person)
    with pytest.raises(NotValid), transaction.atomic():
        revoke_certificate(certificate=certificate, reason=RevocationReason.NOT_DONE, actor=hr.person)
    with pytest.raises(NotValid), transaction.atomic():
        supersede_certificate(
            certificate=certificate, facts=course(), reason=CorrectionReason.CORRECTED, actor=hr.person
        )
    assert certificate.events.count() == 2
    assert Certificate.objects.count() == 1


def test_changed_name_supersedes_and_the_old_certificate_stays(learner: Member, hr: Member) -> None:
    old = issue(learner.person)
    new = supersede_certificate(
        certificate=old, facts=course(holder="Åsa Berg"), reason=CorrectionReason.NAME_CHANGED, actor=hr.person
    )
    old = Certificate.objects.get(pk=old.pk)
    assert (old.state, new.state) == (CertificateState.SUPERSEDED, CertificateState.VALID)
    assert (new.supersedes, new.person) == (old, learner.person)
    assert (old.facts["holder"], new.facts["holder"]) == ("Åsa Öberg-Lindström", "Åsa Berg")
    third = supersede_certificate(certificate=new, facts=course(), reason=CorrectionReason.CORRECTED, actor=None)
    assert Certificate.objects.get(pk=new.pk).state == CertificateState.SUPERSEDED
    assert third.supersedes == new


def test_certificate_is_superseded_by_its_own_kind_only(learner: Member) -> None:
    with pytest.raises(CertificateError):
        supersede_certificate(
            certificate=issue(learner.person), facts=statement(), reason=CorrectionReason.CORRECTED, actor=None
        )


# What guards it, and that the guards can fail


def test_database_refuses_a_second_end_and_an_end_without_reason(learner: Member) -> None:
    certificate = issue(learner.person)
    at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateEvent.objects.create(certificate=certificate, kind=EventKind.REVOKED, at=at)
    CertificateEvent.objects.create(certificate=certificate, kind=EventKind.REVOKED, reason="not_done", at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificateEvent.objects.create(certificate=certificate, kind=EventKind.SUPERSEDED, reason="corrected", at=at)


def test_twin_without_the_constraint_a_certificate_ends_twice(learner: Member) -> None:
    certificate = issue(learner.person)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ledstang_certificate_ends_once")
    for kind, reason in {EventKind.REVOKED: "not_done", EventKind.SUPERSEDED: "corrected"}.items():
        CertificateEvent.objects.create(certificate=certificate, kind=kind, reason=reason, at=timezone.now())
    assert certificate.events.count() == 3


def test_facts_and_files_are_never_changed(learner: Member) -> None:
    certificate = issue(learner.person)
    file = make_whole(certificate=certificate)
    for record in (certificate, file, certificate.events.get(), file.seal):
        with pytest.raises(ImmutableRecordError):
            record.save()
        with pytest.raises(ImmutableRecordError):
            record.delete()
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {record._meta.db_table} WHERE id = %s", [record.pk])
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE ledstang_certificates_certificate SET issued_at = %s", [timezone.now() - timedelta(1)])


def test_number_of_queries_does_not_grow_with_units(learner: Member, django_assert_num_queries: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    counts = set()
    for count in (1, 20, 80):
        facts = course(units=course().units[:1] * count)
        with CaptureQueriesContext(connection) as captured:
            issue(learner.person, facts, f"courses:{count}")
        counts.add(len(captured))
    assert len(counts) == 1, counts
