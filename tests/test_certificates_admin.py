"""Revoking and issuing anew in the admin, by who may; trying documents out."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from cms.certificates.actions import issue_certificate
from cms.certificates.enums import CertificateKind, CertificateState, SampleContent
from cms.certificates.models import Certificate
from cms.certificates.pdf.conformance import check
from cms.certificates.queries import NOBODYS
from cms.people.enums import AuditAction, Protection
from cms.people.models import AuditEntry
from tests.cast import Cast, Member
from tests.certificates.reading import words_in
from tests.certificates.samples import course
from tests.factories import ScopeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(learner: Member) -> Certificate:
    found, _created = issue_certificate(
        course(holder=learner.person.full_name), source_key="courses:1", person=learner.person
    )
    return found


@pytest.fixture
def corrector(approver: Member) -> Client:
    """An approver with the right to correct, who oversees nobody."""
    approver.user.user_permissions.add(Permission.objects.get(codename="correct_certificate"))
    return approver.client()


def here(certificate: Certificate) -> str:
    return f"/admin/intyg/{certificate.public_id}/"


def now(certificate: Certificate) -> Certificate:
    return Certificate.objects.get(pk=certificate.pk)


def test_found_by_its_number_and_revoked_with_a_reason(
    corrector: Client, certificate: Certificate, approver: Member, learner: Member, visitor: Client
) -> None:
    found = corrector.get("/admin/intyg/", {"number": certificate.public_id.upper()})
    assert found.url == here(certificate)
    for typed, told in (("x", "och det här har 1"), (NOBODYS, "inget intyg med det numret")):
        assert told in corrector.get("/admin/intyg/", {"number": typed}).content.decode()
    assert corrector.post(here(certificate), {"revoke": 1, "aterkalla-reason": ""}).status_code == 200
    assert corrector.post(here(certificate), {"revoke": 1, "aterkalla-reason": "because"}).status_code == 200
    assert now(certificate).state == CertificateState.VALID
    assert corrector.post(here(certificate), {"revoke": 1, "aterkalla-reason": "not_done"}).status_code == 302
    assert now(certificate).state == CertificateState.REVOKED
    entry = AuditEntry.objects.get(action=AuditAction.CERTIFICATE_REVOKED)
    assert (entry.actor, entry.subject) == (approver.person, learner.person)
    assert "Återkallat" in visitor.get(f"/intyg/{certificate.public_id}/").content.decode()
    assert certificate.public_id in corrector.get("/admin/intyg/").content.decode()
    # Pressed once more from another window: said, and nothing more written.
    again = corrector.post(here(certificate), {"reissue": 1, "nytt-reason": "corrected"}, follow=True)
    assert "gäller inte längre" in again.content.decode()
    assert Certificate.objects.count() == 1


def test_changed_name_is_issued_anew_from_the_register(
    corrector: Client, certificate: Certificate, approver: Member, learner: Member
) -> None:
    learner.person.family_name = "Nyberg"
    learner.person.save()
    answer = corrector.post(here(certificate), {"reissue": 1, "nytt-reason": "name_changed", "holder": "Ormen Lång"})
    newer = Certificate.objects.get(supersedes=certificate)
    assert answer.url == here(newer)
    assert newer.facts["holder"] == learner.person.full_name
    assert newer.facts["units"] == certificate.facts["units"]
    assert now(certificate).state == CertificateState.SUPERSEDED
    issued = AuditEntry.objects.get(action=AuditAction.CERTIFICATE_ISSUED, object_key=newer.public_id)
    assert (issued.actor, issued.subject) == (approver.person, learner.person)
    page = corrector.get(here(certificate)).content.decode()
    assert newer.public_id in page


def test_name_is_shown_only_to_those_who_oversee_its_holder(
    corrector: Client, certificate: Certificate, learner: Member, approver: Member, city: Any, oversight_open: None
) -> None:
    assert learner.person.family_name not in corrector.get(here(certificate)).content.decode()
    ScopeFactory(person=approver.person, org_unit=city.root)
    assert learner.person.family_name in corrector.get(here(certificate)).content.decode()
    learner.person.protection = Protection.CONFIDENTIAL
    learner.person.save()
    assert learner.person.family_name not in corrector.get(here(certificate)).content.decode()


def test_nobody_else_revokes(cast: Cast, certificate: Certificate) -> None:
    for member in cast:
        member.client().post(here(certificate), {"revoke": 1, "aterkalla-reason": "not_done"})
    assert now(certificate).state == CertificateState.VALID


def test_twin_with_the_right_the_same_post_revokes(corrector: Client, certificate: Certificate) -> None:
    corrector.post(here(certificate), {"revoke": 1, "aterkalla-reason": "not_done"})
    assert now(certificate).state == CertificateState.REVOKED


@pytest.mark.parametrize("kind", CertificateKind.values)
def test_every_document_can_be_tried_out(editor: Member, kind: str) -> None:
    contents = [SampleContent.USUAL, list(SampleContent)[(CertificateKind.values.index(kind) + 1) % len(SampleContent)]]
    for content in contents:
        answer = editor.client().get("/admin/intyg/prov/", {"slag": kind, "innehall": content})
        assert answer["Content-Type"] == "application/pdf", answer.content
        assert "Exempel, gäller inte" in words_in(answer.content)
        assert check(answer.content) == []
        assert b"/ByteRange" not in answer.content
    assert not Certificate.objects.exists()
