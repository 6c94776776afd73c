"""The command that lays out the demo city empties a real database first: that is how the template was made."""

from django.test import Client

from cms.people.models import Person
from demo.accounts import PASSWORD
from tests import database


def test_reset_removes_everything_and_lays_it_out_anew(demo_city: None, django_db_setup: database.Templates) -> None:
    assert not Person.objects.filter(family_name=database.STRANGER).exists()
    assert Person.objects.count() == 240
    assert Client().get("/").status_code == 200
    assert PASSWORD in (django_db_setup.files(database.DEMO) / database.TOLD).read_text()
