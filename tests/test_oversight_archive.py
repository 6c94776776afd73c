"""All that is kept about oneself, as one file."""

import io
import zipfile

import pytest
from django.test import Client

from cms.compliance.models import Target
from tests.cast import Cast, City
from tests.factories import TargetFactory
from tests.test_oversight import body, page, prove, require


@pytest.fixture
def trained(city: City, cast: Cast, oversight_open: None) -> Target:
    target = TargetFactory(title="Sugardejting")
    require(target, 30, org_units=[city.schools])
    prove(cast.learner.person, target)
    return target


def test_own_archive_has_a_page_tables_json_and_documents(city: City, cast: Cast, trained: Target):
    client: Client = cast.learner.client()
    response = client.get(page("my-data-archive"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    names = set(archive.namelist())
    assert {"mina-uppgifter.html", "mina-uppgifter.json", "person.csv", "evidence.csv"} <= names
    html = archive.read("mina-uppgifter.html").decode()
    assert "Lena Lind" in html
    for said in (html, archive.read("mina-uppgifter.json").decode(), body(client.get(page("my-data")))):
        assert "Personuppgiftsansvarig" in said
        assert "Utbildningsnämnden" in said
    assert "Vem ser det:" in html or "Vem" in html
    assert "Sugardejting" in archive.read("evidence.csv").decode()
    assert body(client.get(page("my-data"))).count("mina-uppgifter.zip") == 1
