"""The command that lays out the demo city empties a real database, so it is tried apart from the tests of the city."""

from datetime import date

import pytest
from django.core.management import call_command
from django.test import Client

from cms.people.models import Person
from demo.accounts import PASSWORD

TODAY = date(2026, 11, 23)


@pytest.mark.django_db(transaction=True)
@pytest.mark.once  # the demo city itself is laid out on both databases, for the browser
def test_reset_removes_everything_and_lays_it_out_anew(capsys: pytest.CaptureFixture[str]) -> None:
    person = Person.objects.create(given_name="Någon", family_name="Annan")
    call_command("demo", reset=True, today=TODAY)
    assert not Person.objects.filter(key=person.key).exists()
    assert Person.objects.count() == 240
    assert Client().get("/").status_code == 200
    assert PASSWORD in capsys.readouterr().out
