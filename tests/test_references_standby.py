"""The contact pages that stand when the rest is down: what they hold, how heavy they are, when they are written."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from cms.core.models import CitySettings
from cms.references.actions import write_standby_pages
from cms.references.models import Contact
from cms.references.standby import pages
from tests.factories import ContactFactory

FOLDER = Path(settings.MEDIA_ROOT) / "kontakter"


def numbers(html):
    return set(re.findall(r'href="tel:(\d+)"', html)) - {"112", "11414"}


def test_each_district_has_what_the_register_has_for_everybody_and_nothing_else(contact_register):
    made = pages(timezone.localdate())
    assert {name: numbers(html) for name, html in made.items()} == {
        "kontakter/index.html": {"0701740605"},
        "kontakter/norr.html": {"0701740606"},
        "kontakter/soder.html": {"0701740605", "0701740607"},
    }
    for html in made.values():
        assert "Bara" not in html
        assert 'href="tel:112"' in html
        assert timezone.localdate().isoformat() in html
    assert "Dygnet runt" in made["kontakter/index.html"]
    assert 'href="soder.html"' in made["kontakter/norr.html"]


def test_page_is_light_and_needs_nothing_else(contact_register):
    ContactFactory.create_batch(
        60, open=True, district=contact_register[0], url="https://hjalp.example.se/", hours="dygnet runt"
    )
    for name, html in pages(timezone.localdate()).items():
        assert len(html.encode()) < 20 * 1024, name
        assert not re.search(r"<script|<link|<img|src=|@import|url\(|\son\w+=", html), name
        assert html.startswith('<!doctype html>\n<html lang="sv">')
        assert html.count("<h1") == 1


def written():
    return {path.name: path.read_text() for path in FOLDER.glob("*.html")}


@pytest.mark.parametrize("name", ["number", "hidden", "new", "gone", "district", "city"])
def test_every_change_is_written_once_it_is_committed(contact_register, django_capture_on_commit_callbacks, name):
    write_standby_pages()
    before = written()
    contact = Contact.objects.get(phone="070-174 06 07")

    def hide():
        contact.visibility = "signed_in"
        contact.save()

    def renumber():
        for _twice in range(2):
            contact.phone = "070-174 06 77"
            contact.save()

    change = {
        "number": renumber,
        "hidden": hide,
        "new": lambda: ContactFactory(open=True),
        "gone": contact.delete,
        "district": contact_register[0].contacts.all().delete,
        "city": lambda: CitySettings.objects.create(site_id=1, city_name="Storstaden"),
    }[name]
    with django_capture_on_commit_callbacks(execute=True) as calls:
        change()
        assert written() == before
    assert len(calls) == 1
    assert written() == {Path(name).name: html for name, html in pages(timezone.localdate()).items()} != before


def test_page_of_a_district_that_is_gone_goes_and_days_pass(contact_register, capsys):
    write_standby_pages()
    contact_register[1].contacts.all().delete()
    contact_register[1].delete()
    Contact.objects.update(valid_to=timezone.localdate())
    call_command("write_contact_pages")
    assert "2 pages" in capsys.readouterr().out
    assert set(written()) == {"index.html", "norr.html"}
    assert not [path for path in FOLDER.iterdir() if path.name.startswith(".")]
    assert FOLDER.joinpath("norr.html").stat().st_mode & 0o044
