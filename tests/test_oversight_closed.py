"""Every route of follow-up at once: another school's ids lead nowhere, and a protected name is in no answer."""

import io
import uuid
import zipfile
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from cms.certificates.actions import files_later
from cms.certificates.models import Certificate
from cms.compliance.models import Target
from cms.oversight.actions import request_export
from cms.oversight.enums import FileFormat
from cms.oversight.queries import Filters
from cms.oversight.tasks import make_export
from cms.oversight.urls import urlpatterns
from cms.people.models import AuditEntry, Person
from tests.cast import Cast, City, Member
from tests.factories import TargetFactory
from tests.test_oversight import body, page, prove, require

ROUTES = [pattern for pattern in urlpatterns if isinstance(pattern, URLPattern)]
NAME = "Zvejnieks"


@pytest.fixture
def trained(city: City, cast: Cast, oversight_open: None) -> Target:
    target = TargetFactory(title="Sugardejting")
    require(target, 30, org_units=[city.schools])
    prove(cast.learner.person, target)
    return target


def addresses(key: uuid.UUID, **others: Any) -> list[str]:
    """Every route that takes a key, and those that take none if there is no key."""
    found = []
    for pattern in ROUTES:
        for ending in ("csv", "xlsx") if pattern.name == "people-file" else ("csv",):
            arguments = {"key": key, "ending": ending, "evidence_key": others.get("evidence"), "exemption_key": key}
            wanted = {name: arguments[name] for name in pattern.pattern.converters}
            try:
                found.append(reverse(f"ledstang_oversight:{pattern.name}", kwargs=wanted))
            except NoReverseMatch:
                continue
    return list(dict.fromkeys(found))


def text_of(response: Any) -> str:
    """What somebody can read in an answer, in sheets and archives too."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    if "spreadsheet" in kind:
        rows = openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
        return " ".join(str(cell) for row in rows for cell in row)
    if "zip" in kind:
        archive = zipfile.ZipFile(io.BytesIO(content))
        return " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return content.decode(errors="replace")


def test_another_schools_ids_lead_nowhere(city: City, cast: Cast, trained: Target):
    """Of the unit, of the person, of a piece of evidence, of a file: with GET and with POST."""
    client = cast.head.client()
    evidence = prove(cast.second_learner.person, trained)
    export = request_export(
        person=cast.hr.person, org_unit=city.bokskolan, filters=Filters(), file_format=FileFormat.CSV
    )  # fmt: skip
    make_export.call(export.pk)
    rows = AuditEntry.objects.count()
    tried = 0
    for key in (city.bokskolan.key, cast.second_learner.person.key, export.key):
        for address in addresses(key, evidence=evidence.key):
            if str(key) in address:
                tried += 1
                assert client.get(address).status_code in (404, 405), address
                assert client.post(address).status_code in (404, 405), address
    assert tried > 50
    assert AuditEntry.objects.count() == rows


def everything_open_to(member: Member, city: City) -> dict[str, str]:
    """Each page and file that somebody can open with the own school's key, as text."""
    client = member.client()
    answers = {}
    for address in addresses(city.almskolan.key):
        response = client.get(address)
        if response.status_code == 200:
            answers[address] = text_of(response)
    return answers


def test_protected_name_and_the_learners_own_are_in_no_answer(
    city: City, cast: Cast, trained: Target, protected_colleague: Person, caplog: pytest.LogCaptureFixture
):
    """And without protection the name is found: the test can fail."""
    prove(protected_colleague, trained)
    Person.objects.filter(pk=protected_colleague.pk).update(family_name=NAME)
    answers = everything_open_to(cast.head, city)
    assert len(answers) > 15
    for address, text in answers.items():
        assert NAME not in text, address
        assert str(protected_colleague.key) not in text, address
        for word in ("poäng", "antal försök", "rätt svar", "svarade"):
            assert "mina-uppgifter" in address or word not in text.lower(), address
    for address in addresses(protected_colleague.key):
        if str(protected_colleague.key) in address:
            assert cast.head.client().get(address).status_code in (404, 405), address
    with files_later():
        cast.head.client().post(page("statement", city.almskolan.key))
    assert NAME not in str(Certificate.objects.latest("pk").facts)
    assert NAME not in caplog.text
    assert NAME not in "".join(one.subject + one.body for one in mail.outbox)
    assert NAME not in str(list(AuditEntry.objects.values_list("details", flat=True)))
    Person.objects.filter(pk=protected_colleague.pk).update(protection="none")
    assert sum(NAME in text for text in everything_open_to(cast.head, city).values()) > 2


def test_own_archive_has_a_page_tables_json_and_documents(city: City, cast: Cast, trained: Target):
    client: Client = cast.learner.client()
    response = client.get(page("my-data-archive"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    names = set(archive.namelist())
    assert {"mina-uppgifter.html", "mina-uppgifter.json", "person.csv", "evidence.csv"} <= names
    html = archive.read("mina-uppgifter.html").decode()
    assert "Lena Lind" in html
    assert "Vem ser det:" in html or "Vem" in html
    assert "Sugardejting" in archive.read("evidence.csv").decode()
    assert body(client.get(page("my-data"))).count("mina-uppgifter.zip") == 1
