"""A guideline through time: any two versions compared, what applied on a day, and the news as Atom."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.core.enums import Visibility
from cms.versions.enums import Change
from guidelines.actions import publish_guideline, withdraw_guideline
from guidelines.models import GuidelinePage
from tests.factories import ContactFactory, GuidelinePageFactory, heading, text
from tests.test_guidelines import edit

TODAY = timezone.localdate
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def published(db):
    """Version 1.0 a hundred days ago, 2.0 ten days ago: one section kept, one changed, one gone, one new."""
    ContactFactory(key="dolt_nummer", name="Skyddat boende", phone="070-174 06 11", visibility=Visibility.SIGNED_IN)
    kept, changed = heading("Det viktigaste"), text("Ring rektor samma dag.")
    gone = text("Ring {{kontakt:dolt_nummer}}.")
    page = GuidelinePageFactory(body=[kept, changed, gone])
    publish_guideline(page=page, effective_on=TODAY() - timedelta(days=100))
    changed = {**changed, "value": {**changed["value"], "text": "<p>Ring socialtjänsten utan dröjsmål.</p>"}}
    page = edit(page, kept, changed, text("Låt inte barnet vara ensamt."))
    publish_guideline(page=page, change=Change.SUBSTANTIVE, note="Anmälan går till socialtjänsten")
    return GuidelinePage.objects.get(pk=page.pk)


def test_two_versions_are_compared_word_by_word(published, client):
    shown = client.get(f"/r/{published.key}/jamfor/").content.decode()
    assert "Det här skiljer version 1.0 och 2.0" in shown
    assert "1 oförändrat avsnitt" in shown
    assert "[tillagt: </span>socialtjänsten utan dröjsmål<" in shown
    assert "[borttaget: </span>rektor samma dag<" in shown
    assert shown.count('data-how="removed"') == shown.count('data-how="added"') == 1
    assert "Anmälan går till socialtjänsten" in shown


def test_what_lies_between_two_versions_is_said_of_each(published, client):
    publish_guideline(page=edit(published, text("Ring socialtjänsten.")), note="Kortare")
    shown = " ".join(
        BeautifulSoup(client.get(f"/r/{published.key}/jamfor/").content, "html.parser").get_text(" ").split()
    )
    assert "Det här skiljer version 1.0 och 2.1" in shown
    assert all(words in shown for words in ("Version 2.0: Anmälan går till socialtjänsten", "Version 2.1: Kortare"))
    only = client.get(f"/r/{published.key}/jamfor/?fran=2.0&till=2.1").content.decode()
    assert "Kortare" in only
    assert "Anmälan går till" not in only


def test_comparison_holds_no_contact_that_is_not_for_all(published, client):
    shown = client.get(f"/r/{published.key}/jamfor/?fran=1.0&till=2.0").content.decode()
    assert "070-174" not in shown
    assert "Skyddat boende" not in shown
    assert "[kontaktväg]" in shown


def test_the_reading_is_kept_on_the_way_there_and_back(published, client):
    here = f"/r/{published.key}/"
    assert f'href="{here}jamfor/?lasning=forskola"' in client.get(f"{here}?lasning=forskola").content.decode()
    page = client.get(f"{here}jamfor/?lasning=forskola&fran=1.0&till=2.0").content.decode()
    assert f'href="{here}?lasning=forskola"' in page
    assert '<input type="hidden" name="lasning" value="forskola">' in page


@pytest.mark.parametrize("pair", ["fran=9.9", "till=x", "fran="])
def test_unknown_numbers_are_not_found(published, client, pair):
    assert client.get(f"/r/{published.key}/jamfor/?{pair}").status_code == 404


def test_order_of_the_numbers_does_not_matter_and_equal_ones_say_so(published, client):
    assert (
        "[tillagt: </span>socialtjänsten"
        in client.get(f"/r/{published.key}/jamfor/?fran=2.0&till=1.0").content.decode()
    )
    assert "säger samma sak" in client.get(f"/r/{published.key}/jamfor/?fran=2.0&till=2.0").content.decode()


def test_what_applied_on_a_day(published, client):
    here = f"/r/{published.key}/?datum="
    then = client.get(f"{here}{TODAY() - timedelta(days=50)}")
    assert "gällde version 1.0" in then.content.decode()
    assert "Ring rektor samma dag." in then.content.decode()
    assert then["X-Robots-Tag"] == "noindex"
    now = client.get(f"{here}{TODAY()}").content.decode()
    assert "gällde version 2.0" in now
    assert "Den gäller fortfarande." in now
    before = client.get(f"{here}{TODAY() - timedelta(days=101)}")
    assert before.status_code == 404
    assert "Inget gällde den" in before.content.decode()
    ahead = client.get(f"{here}{TODAY() + timedelta(days=1)}")
    assert ahead.status_code == 400
    assert "fortfarande ändras" in ahead.content.decode()
    odd = client.get(f"{here}i går")
    assert odd.status_code == 400
    assert "Skriv dagen så här: 2026-03-01." in odd.content.decode()


def test_a_day_before_the_withdrawal_still_has_its_version(published, client):
    compared = f"/r/{published.key}/jamfor/"
    assert "är tillbakadragen" not in client.get(compared).content.decode()
    withdraw_guideline(key=published.key, reason="Ersatt")
    assert "är tillbakadragen. Läs varför" in client.get(compared).content.decode()
    assert client.get(f"/r/{published.key}/?datum={TODAY() - timedelta(days=1)}").status_code == 200
    assert client.get(f"/r/{published.key}/?datum={TODAY()}").status_code == 404


def entries(answer):
    assert answer["Content-Type"].startswith("application/atom+xml")
    return [entry.findtext(f"{ATOM}title") for entry in ElementTree.fromstring(answer.content).iter(f"{ATOM}entry")]


def test_news_as_atom(published, client):
    other = GuidelinePageFactory(title="En annan")
    publish_guideline(page=other)
    assert entries(client.get(f"/r/{published.key}/flode.atom")) == [
        f"{published.title}, version {n}" for n in ("2.0", "1.0")
    ]
    assert len(entries(client.get("/r/flode.atom"))) == 3
    feed = client.get("/r/flode.atom").content.decode()
    assert "Anmälan går till socialtjänsten" in feed
    assert "070-174" not in feed


def test_restricted_guideline_is_in_no_feed_and_no_comparison(published, client):
    restriction = PageViewRestriction.objects.create(page=published, restriction_type=PageViewRestriction.GROUPS)
    restriction.groups.add(Group.objects.create(name="Socialtjänsten"))
    assert entries(client.get("/r/flode.atom")) == []
    assert client.get(f"/r/{published.key}/flode.atom").status_code == 404
    assert client.get(f"/r/{published.key}/jamfor/").status_code == 302
