"""The command that lays out the demo city empties a real database first: that is how the template was made."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from cms.people.enums import Right
from cms.people.models import Person
from demo.accounts import PASSWORD
from tests import database


def test_reset_removes_everything_and_lays_it_out_anew(demo_city: None, django_db_setup: database.Templates) -> None:
    assert not Person.objects.filter(family_name=database.STRANGER).exists()
    assert Person.objects.count() == 240
    assert Client().get("/").status_code == 200
    assert PASSWORD in (django_db_setup.files(database.DEMO) / database.TOLD).read_text()


def test_nothing_is_laid_out_without_the_swedish_translation(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Right.HEAD, "_label_", "Head")
    with pytest.raises(CommandError, match="översättningen"):
        call_command("demo")
    assert not Person.objects.exists()
