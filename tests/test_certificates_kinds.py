"""Every kind where its people find it, and that it outlives everything it tells of."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction, Site

from cms.certificates.actions import make_whole
from cms.certificates.models import Certificate
from cms.certificates.pdf import document
from cms.certificates.pdf.conformance import check
from cms.core.models import CitySettings
from courses.actions import complete_unit
from courses.models import CoursePage
from guidelines.actions import publish_guideline
from guidelines.models import GuidelinePage, GuidelineVersion
from tests.cast import Member
from tests.certificates.reading import words_in
from tests.factories import ContactFactory, GuidelinePageFactory, heading, text
from tests.learning import address, begin, publish_course
from tests.test_guidelines import edit

pytestmark = pytest.mark.django_db


def fetch(client: Client, path: str, **data: Any) -> tuple[Certificate, bytes]:
    """Press a button that leads to a certificate's file."""
    response = client.post(path, data)
    assert response.status_code == 302, response.status_code
    file = client.get(response["Location"])
    assert file["Content-Type"] == "application/pdf"
    assert check(file.content) == []
    return Certificate.objects.get(public_id=response["Location"].split("/")[2]), file.content


def verified(client: Client, certificate: Certificate) -> dict[str, Any]:
    path = reverse("ledstang_certificates:verify", args=[certificate.public_id])
    told: dict[str, Any] = client.get(path, headers={"accept": "application/json"}).json()
    return told


# Courses


def test_units_so_far_then_the_course_then_all_in_a_transcript(learner: Member, visitor: Client) -> None:
    client, name = learner.client(), learner.person.full_name
    enrollment = begin(learner.person, publish_course(units=0, read_only=2, title="Sugardejting"))
    first, second = enrollment.version.units.all()
    home = address("home", enrollment)
    assert client.post(address("so_far", enrollment)).url == home  # nothing has been done yet
    assert "hittills" not in client.get(home).content.decode()

    complete_unit(enrollment=enrollment, unit_key=first.unit_key)
    assert address("so_far", enrollment) in client.get(home).content.decode()
    so_far, pdf = fetch(client, address("so_far", enrollment))
    assert f"{name} har genomfört 1 av 2 delar av kursen Sugardejting" in words_in(pdf)
    assert second.title not in words_in(pdf)
    assert fetch(client, address("so_far", enrollment)) == (so_far, pdf)
    assert (verified(visitor, so_far)["kind"], verified(visitor, so_far)["of_units"]) == ("units", 2)

    complete_unit(enrollment=enrollment, unit_key=second.unit_key)
    assert client.post(address("so_far", enrollment)).url == home
    finished = Certificate.objects.get(kind="course")
    listed, pdf = fetch(client, reverse("ledstang_oversight:transcript"))
    assert fetch(client, reverse("ledstang_oversight:transcript"))[0] == listed
    assert listed.facts["entries"] == [
        {
            "label": "Kurs", "title": "Sugardejting", "version": "1.0", "done_on": timezone.localdate().isoformat(),
            "valid_until": None, "minutes": finished.facts["minutes"], "certificate": finished.public_id,
        }
    ]  # fmt: skip
    assert "har genomfört eller tagit del av" in words_in(pdf)
    page = client.get("/min-utbildning/").content.decode()
    for certificate in (so_far, finished, listed):
        assert f"/intyg/{certificate.public_id}/intyg.pdf" in page


def test_protected_learner_gets_nameless_papers(learner: Member) -> None:
    enrollment = begin(learner.person, publish_course(units=0, read_only=2))
    complete_unit(enrollment=enrollment, unit_key=enrollment.version.units.first().unit_key)
    learner.person.protection = "confidential"
    learner.person.save()
    for path in (address("so_far", enrollment), reverse("ledstang_oversight:transcript")):
        _certificate, pdf = fetch(learner.client(), path)
        assert learner.person.family_name not in words_in(pdf)
        assert "Innehavarens namn visas inte" in words_in(pdf)


# Guidelines


@pytest.fixture
def guideline(db: None) -> GuidelinePage:
    ContactFactory(key="jour", open=True, phone="070-174 06 10")
    ContactFactory(key="hemlig", visibility="signed_in", phone="070-174 06 12")
    blocks = [
        heading("Så gör du"),
        text("Ring {{kontakt:jour}} eller {{kontakt:hemlig}}."),
        text("I förskolan.", audiences=("preschool",)),
        text("I skolan.", audiences=("compulsory_school",)),
    ]
    page = GuidelinePageFactory(title="Riktlinje mot förtryck", body=blocks)
    publish_guideline(page=page)
    return GuidelinePage.objects.get(pk=page.pk)


def paper(page: GuidelinePage, number: str = "1.0", reading: str = "") -> str:
    return f"/r/{page.key}/v/{number}/riktlinje.pdf" + (f"?lasning={reading}" if reading else "")


def test_version_as_a_document(guideline: GuidelinePage, visitor: Client, learner: Member) -> None:
    assert paper(guideline) in visitor.get(f"/r/{guideline.key}/").content.decode()
    pdf = visitor.get(paper(guideline)).content
    assert check(pdf) == []
    said = words_in(pdf)
    for told in ("Riktlinje mot förtryck", "070-174 06 10", "I förskolan.", "I skolan.", "Kontaktvägarna är de som"):
        assert told in said
    assert b"tel:" not in pdf
    # Whoever asks: a contact that is not open to everyone is in nobody's file, and everybody's file is the same.
    assert "06 12" not in said
    assert learner.client().get(paper(guideline)).content == pdf
    assert Certificate.objects.filter(kind="guideline").count() == 1
    preschool = words_in(visitor.get(paper(guideline, reading="preschool")).content)
    assert "Läsning för förskola" in preschool
    assert "I skolan." not in preschool
    assert visitor.get(paper(guideline, "9.9")).status_code == 404


def test_document_of_a_changed_contact_is_another_and_that_of_an_old_version_says_so(
    guideline: GuidelinePage, visitor: Client
) -> None:
    before = visitor.get(paper(guideline)).content
    contact = ContactFactory._meta.model.objects.get(key="jour")
    contact.phone = "070-174 06 11"
    contact.save()
    assert "070-174 06 11" in words_in(visitor.get(paper(guideline)).content)
    publish_guideline(page=edit(guideline, "Nytt."), change="substantive", note="Nytt")
    said = words_in(visitor.get(paper(guideline)).content)
    assert "som inte gäller längre" in said
    assert "070-174 06 10" in said
    first = Certificate.objects.filter(kind="guideline").earliest("pk")
    assert make_whole(certificate=first).read() == before


def test_restricted_guideline_is_nobody_elses_by_its_number(
    guideline: GuidelinePage, visitor: Client, learner: Member
) -> None:
    PageViewRestriction.objects.create(page=guideline, restriction_type=PageViewRestriction.LOGIN)
    assert visitor.get(paper(guideline)).status_code == 302
    assert learner.client().get(paper(guideline)).content.startswith(b"%PDF")
    issued = Certificate.objects.get(kind="guideline")
    assert visitor.get(f"/intyg/{issued.public_id}/intyg.pdf").status_code == 404


def test_receipt_of_ones_own_acknowledgement(
    guideline: GuidelinePage, learner: Member, second_learner: Member, visitor: Client
) -> None:
    client, version = learner.client(), GuidelineVersion.objects.get()
    here = f"/r/{guideline.key}/v/1.0/laskvittens/"
    assert client.post(here).status_code == 404
    client.post(f"/r/{guideline.key}/kvittera/", {"version": version.public_id})
    assert here in client.get(f"/r/{guideline.key}/").content.decode()
    receipt, pdf = fetch(client, here)
    assert fetch(client, here)[0] == receipt
    assert f"{learner.person.full_name} har intygat: ”{version.statement}”" in words_in(pdf)
    assert second_learner.client().post(here).status_code == 404
    assert verified(visitor, receipt)["acknowledged_on"] == timezone.localdate().isoformat()
    listed, _pdf = fetch(client, reverse("ledstang_oversight:transcript"))
    assert [entry["certificate"] for entry in listed.facts["entries"]] == [receipt.public_id]


# Certificates outlive what they tell of


def test_everything_behind_a_certificate_is_changed_and_deleted_and_it_stays(
    learner: Member, guideline: GuidelinePage, visitor: Client, tmp_path: Any, settings: Any
) -> None:
    enrollment = begin(learner.person, publish_course(units=0, read_only=1, title="Sugardejting"))
    complete_unit(enrollment=enrollment, unit_key=enrollment.version.units.get().unit_key)
    client = learner.client()
    client.post(f"/r/{guideline.key}/kvittera/", {"version": GuidelineVersion.objects.get().public_id})
    fetch(client, f"/r/{guideline.key}/v/1.0/laskvittens/")
    fetch(client, reverse("ledstang_oversight:transcript"))
    visitor.get(paper(guideline))
    certificates = list(Certificate.objects.order_by("pk"))
    assert {certificate.kind for certificate in certificates} == {"course", "receipt", "transcript", "guideline"}
    before = {
        one.pk: (make_whole(certificate=one).read(), page_of(visitor, one), verified(visitor, one))
        for one in certificates
    }

    CoursePage.objects.get().delete()
    GuidelinePage.objects.get().delete()
    learner.person.given_name, learner.person.family_name = "Nytt", "Namn"
    learner.person.save()
    learner.user.delete()
    CitySettings.objects.update_or_create(
        site=Site.objects.get(), defaults={"city_name": "Annanstad", "issuer": "Annan nämnd", "colour": "#aa0000"}
    )
    ruin_templates(tmp_path, settings)
    settings.LEDSTANG_BASE_URL = "https://annan.example.se"
    for certificate in Certificate.objects.order_by("pk"):
        file, page, told = before[certificate.pk]
        assert make_whole(certificate=certificate).read() == file
        assert page_of(visitor, certificate) == page
        assert verified(visitor, certificate) == told
        assert visitor.post(f"/intyg/{certificate.public_id}/", {"name": "Nytt Namn"}).status_code == 200
    assert "ruined" in document.compose(certificates[0]).html  # a rendering today would have been another


def page_of(client: Client, certificate: Certificate) -> str:
    html = client.get(f"/intyg/{certificate.public_id}/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r'value="\w{64}"', "", html.split("<main")[1].split("</main")[0]))


def ruin_templates(folder: Any, settings: Any) -> None:
    """Another template of every kind, found before ours."""
    for kind in ("course", "receipt", "transcript", "guideline"):
        path = folder / f"ledstang_certificates/pdf/{kind}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<html><body>ruined")
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [folder, *engine["DIRS"]]}]
