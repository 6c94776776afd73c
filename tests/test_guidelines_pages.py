"""What readers are served: the version in force, in their reading, with contacts that are theirs to see."""

import re
import uuid
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.compliance.models import Evidence
from cms.versions.enums import Change
from guidelines.actions import acknowledge_guideline, publish_guideline, withdraw_guideline
from guidelines.models import Acknowledgement, GuidelinePage, GuidelineVersion
from tests.cast import NAMES
from tests.factories import ContactFactory, GuidelinePageFactory, LegalReferenceFactory, heading, moment, text
from tests.test_guidelines import edit

TODAY = timezone.localdate


@pytest.fixture
def published(db):
    page = GuidelinePageFactory(
        body=[
            heading("Det viktigaste"),
            text("Misstanke räcker."),
            text("Prata i lek.", audiences=("preschool",)),
            text("Prata på rasten.", audiences=("compulsory_school",)),
        ]
    )
    publish_guideline(page=page)
    return GuidelinePage.objects.get(pk=page.pk)


def here(page, *number):
    return reverse("guidelines:version", args=[page.key, *number]) if number else f"/r/{page.key}/"


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"</?time[^>]*>", "", answer.content.decode())


def said(answer):
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


# The version in force, never the page


def test_page_without_a_version_is_not_found(db, client):
    page = GuidelinePageFactory(live=True)
    assert page.live
    for address in (page.url, here(page), here(page, 1, 0)):
        assert client.get(address).status_code == 404


def test_tree_and_permanent_address_show_the_version(published, client):
    edit(published, "Ett utkast som ingen har bestämt.")
    GuidelinePage.objects.filter(pk=published.pk).update(summary="Ändrad i databasen")
    for address in (published.url, here(published)):
        shown = read(client, address)
        assert "Misstanke räcker." in shown
        assert "utkast som ingen" not in shown
        assert "Ändrad i databasen" not in shown
        assert shown.count("<h1") == 1


def test_alias_shows_the_versions_of_its_source(published, client):
    alias = published.create_alias(update_slug="spegel")
    assert "Misstanke räcker." in read(client, alias.url)


def test_version_applies_from_its_day(published, client):
    day = TODAY() + timedelta(days=5)
    publish_guideline(page=edit(published, "Nytt från och med då."), effective_on=day)
    assert "Nytt från och med då." not in read(client, here(published))
    assert f"Version 1.1 gäller från {day}" in read(client, here(published))
    coming = client.get(here(published, 1, 1))
    assert f"gäller inte förrän {day}" in read(client, here(published, 1, 1))
    assert coming["X-Robots-Tag"] == "noindex"
    compared = f"/r/{published.key}/jamfor/?fran=1.0&till=1.1"
    for address in (here(published), here(published, 1, 1)):
        assert compared.replace("&", "&amp;") in client.get(address).content.decode()
    assert f"gäller inte förrän {day}" in read(client, compared)


def test_old_version_is_marked_and_not_indexed(published, client):
    publish_guideline(page=edit(published, "Nytt."), change=Change.SUBSTANTIVE, note="Nytt")
    answer = client.get(here(published, 1, 0))
    shown = answer.content.decode()
    assert "Misstanke räcker." in shown
    assert "Det här är version 1.0, som inte gäller längre" in shown
    assert '<meta name="robots" content="noindex">' in shown
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Kvittera" not in shown
    current = client.get(here(published))
    assert "noindex" not in current.content.decode()
    assert not current.has_header("X-Robots-Tag")


def test_unknown_numbers_and_keys_are_not_found(published, client):
    assert client.get(here(published, 9, 9)).status_code == 404
    assert client.get(f"/r/{uuid.uuid4()}/").status_code == 404


def test_withdrawn_guideline_says_so(published, client):
    other = GuidelinePageFactory(title="Efterföljaren")
    publish_guideline(page=other)
    withdraw_guideline(key=published.key, reason="Lagen har ändrats", successor=other.key)
    for address in (here(published), published.url):
        answer = client.get(address)
        shown = answer.content.decode()
        assert answer.status_code == 410
        assert "Lagen har ändrats" in shown
        assert f"/r/{other.key}/" in shown
        assert "Misstanke räcker." not in shown
    assert "som inte gäller längre" in read(client, here(published, 1, 0))


def test_versions_outlive_their_page(published, client):
    GuidelinePage.objects.get(pk=published.pk).delete()
    assert "Misstanke räcker." in read(client, here(published))


def test_decision_and_history_are_shown(published, client):
    publish_guideline(page=edit(published, "Nytt."), change=Change.SUBSTANTIVE, note="Vikarier omfattas")
    shown = read(client, here(published))
    for words in ("Utbildningsnämnden, 2026-01-15, § 12", "UBN 2026/12", "Utvecklingschefen", "Vikarier omfattas"):
        assert words in shown, words
    assert here(published, 1, 0) in shown
    assert f"https://ledstang.example.se{here(published, 2, 0)}" in shown


def test_review_marks_are_shown_until_signed(published, client):
    page = edit(published, text("Lagen säger så.", review=("J", "S")))
    publish_guideline(page=page)
    assert "Ska granskas av: jurist och socialtjänst" in read(client, here(published))
    assert "Inte granskad" in read(client, here(published))
    from tests.test_guidelines import sign_all

    sign_all()
    assert "Ska granskas av" not in read(client, here(published))


@pytest.mark.parametrize(("kind", "words"), [("support", "stödmaterial: råd"), ("proposal", "Det här är ett förslag")])
def test_other_kinds_say_what_they_are(db, client, kind, words):
    page = GuidelinePageFactory(**{kind: True})
    publish_guideline(page=page)
    shown = read(client, here(page))
    assert words in shown
    assert "Logga in för att kvittera" not in shown


# Readings


def test_reading_follows_the_address(published, client):
    preschool = read(client, here(published) + "?lasning=preschool")
    assert "Prata i lek." in preschool
    assert "Prata på rasten." not in preschool
    upper = read(client, here(published) + "?lasning=upper_secondary")
    assert "Prata i lek." not in upper
    assert "Misstanke räcker." in upper
    for address in ("", "?lasning=alla", "?lasning=finns-inte"):
        everything = read(client, here(published) + address)
        assert "Prata i lek." in everything
        assert "Prata på rasten." in everything


def test_reading_follows_the_workplace_unless_chosen(published, learner):
    client = learner.client()
    assert "Prata i lek." not in read(client, here(published))
    assert "Prata på rasten." in read(client, here(published))
    assert "Prata i lek." in read(client, here(published) + "?lasning=alla")


def test_contents_lead_to_sections_that_keep_their_anchors(published, client):
    key = published.body[0].id[:8]
    assert f'href="#a-{key}"' in read(client, here(published))
    draft = published.get_latest_revision_as_object()
    draft.title = "Ny rubrik"
    draft.save_revision()
    publish_guideline(page=GuidelinePage.objects.get(pk=published.pk))
    assert f'href="#a-{key}"' in read(client, here(published))


# Contacts


def citing(page, *keys):
    return edit(page, *(f"Ring {{{{kontakt:{key}}}}}." for key in keys))


def test_changed_number_is_shown_at_the_next_request(published, client):
    contact = ContactFactory(key="jour", open=True, phone="070-174 06 10")
    publish_guideline(page=citing(published, "jour"))
    assert 'href="tel:0701740610"' in read(client, here(published))
    contact.phone = "070-174 06 11"
    contact.save()
    shown = read(client, here(published))
    assert 'href="tel:0701740611"' in shown
    assert "06 10" not in shown


def test_visitor_never_receives_a_contact_that_is_not_open(published, client, learner):
    ContactFactory(key="hemlig", phone="070-174 06 12", visibility="signed_in", url="https://hemlig.example.se")
    publish_guideline(page=citing(published, "hemlig"))
    publish_guideline(page=edit(published, "Nytt."), change=Change.SUBSTANTIVE, note="Nytt")
    addresses = [here(published), here(published, 1, 1), published.url, published.get_parent().url]
    for address in addresses:
        raw = client.get(address).content
        assert b"070-174 06 12" not in raw
        assert b"0701740612" not in raw
        assert b"hemlig.example.se" not in raw
    assert "070-174 06 12" in read(learner.client(), here(published, 1, 1))


def test_old_version_has_that_days_number_and_no_link(published, client):
    contact = ContactFactory(key="jour", open=True, phone="070-174 06 10", url="https://jour.example.se")
    publish_guideline(page=citing(published, "jour"))
    publish_guideline(page=edit(published, "Nytt {{kontakt:jour}}."), change=Change.SUBSTANTIVE, note="Nytt")
    contact.phone = "070-174 06 11"
    contact.save()
    shown = read(client, here(published, 1, 1))
    assert "070-174 06 10" in shown
    assert "06 11" not in shown
    assert "tel:" not in shown.split("<main")[1].split("</main")[0]
    assert 'href="https://jour.example.se"' not in shown
    assert "använd inte utan att kontrollera" in shown


def test_own_district_unless_chosen(published, city, learner, client):
    ContactFactory(key="mottagning", open=True, phone="070-174 06 20", district=city.north)
    ContactFactory(key="mottagning", open=True, phone="070-174 06 21", district=city.south)
    publish_guideline(page=citing(published, "mottagning"))
    own = read(learner.client(), here(published))
    assert "06 20" in own
    assert "06 21" not in own
    chosen = read(learner.client(), here(published) + "?omrade=soder")
    assert "06 21" in chosen
    assert "06 20" not in chosen
    for address in ("", "?omrade=finns-inte"):
        everybody = read(client, here(published) + address)
        assert "06 20" in everybody
        assert "06 21" in everybody
    assert "06 20" not in read(client, here(published) + "?omrade=soder")


# Who may read


@pytest.mark.parametrize("name", NAMES)
def test_restricted_page_restricts_its_versions(published, cast, name):
    PageViewRestriction.objects.create(page=published, restriction_type=PageViewRestriction.LOGIN)
    client = cast[name].client()
    for address in (here(published), here(published, 1, 0), published.url):
        answer = client.get(address)
        assert answer.status_code == (302 if name == "outsider" else 200)
        assert name != "outsider" or "/konto/logga-in/" in answer.url
    listed = client.get(published.get_parent().url).content.decode()
    assert (published.title in listed) == (name != "outsider")


def test_restriction_to_a_group_is_not_found_by_others(published, cast):
    restriction = PageViewRestriction.objects.create(
        page=published.get_parent(), restriction_type=PageViewRestriction.GROUPS
    )
    restriction.groups.set(cast.editor.user.groups.all())
    assert cast.learner.client().get(here(published)).status_code == 404
    assert cast.editor.client().get(here(published)).status_code == 200


def test_restricted_versions_stay_restricted_when_the_page_is_gone(published, cast, client):
    PageViewRestriction.objects.create(page=published, restriction_type=PageViewRestriction.LOGIN)
    publish_guideline(page=edit(published, "Nytt."))
    GuidelinePage.objects.get(pk=published.pk).delete()
    assert client.get(here(published)).status_code == 302
    assert cast.learner.client().get(here(published)).status_code == 200


# Acknowledging


def kvittera(client, page, version, **kwargs):
    return client.post(f"/r/{page.key}/kvittera/", {"version": version.public_id}, **kwargs)


def test_acknowledging_on_the_page(published, learner):
    client, version = learner.client(), GuidelineVersion.objects.get()
    assert "Kvittera version 1.0" in read(client, here(published))
    assert kvittera(client, published, version).url == f"/r/{published.key}/#kvittens"
    kvittera(client, published, version)
    assert Acknowledgement.objects.count() == Evidence.objects.count() == 1
    shown = read(client, here(published))
    assert "Du har kvitterat" in shown
    assert timezone.localtime(Acknowledgement.objects.get().acknowledged_at).strftime("%Y-%m-%d %H:%M") in shown
    receipt = client.get(here(published)).content.decode().split("</q>")[1].split("</p>")[0]
    assert "<time datetime=" in receipt  # a day never breaks at its hyphens
    assert "Kvittera version" not in shown


def test_editorial_version_asks_nobody_again(published, learner):
    acknowledge_guideline(person=learner.person, version=GuidelineVersion.objects.get())
    publish_guideline(page=edit(published, "Bättre ord."))
    shown = read(learner.client(), here(published))
    assert "din läskvittens gäller fortfarande" in shown
    assert "Kvittera version" not in shown


def test_substantive_version_asks_again(published, learner):
    acknowledge_guideline(person=learner.person, version=GuidelineVersion.objects.get())
    publish_guideline(page=edit(published, "Nytt."), change=Change.SUBSTANTIVE, note="Vikarier omfattas")
    shown = read(learner.client(), here(published))
    assert "ska läsas på nytt" in shown
    assert "Kvittera version 2.0" in shown
    assert "Vikarier omfattas" in shown
    publish_guideline(page=edit(published, "Nyare."), note="Klarare ord")
    shown = read(learner.client(), here(published))
    assert "Kvittera version 2.1" in shown
    said_of_each = " ".join(BeautifulSoup(shown, "html.parser").get_text(" ").split())
    assert "Version 2.1: Klarare ord Version 2.0: Vikarier omfattas" in said_of_each


def test_newer_version_meanwhile_is_said_and_nothing_is_lost(published, learner):
    on_screen = GuidelineVersion.objects.get()
    client = learner.client()
    publish_guideline(page=edit(published, "Nytt."), change=Change.SUBSTANTIVE, note="Nytt")
    answer = kvittera(client, published, on_screen)
    assert "nu gäller version 2.0" in said(answer)
    assert Acknowledgement.objects.get().version == on_screen
    assert "Kvittera version 2.0" in read(client, here(published))


def test_smaller_change_meanwhile_counts(published, learner):
    on_screen = GuidelineVersion.objects.get()
    publish_guideline(page=edit(published, "Bättre ord."))
    assert "gäller även för version 1.1" in said(kvittera(learner.client(), published, on_screen))


def test_withdrawn_meanwhile_is_said(published, learner):
    version = GuidelineVersion.objects.get()
    withdraw_guideline(key=published.key, reason="Ja")
    answer = kvittera(learner.client(), published, version, follow=True)
    assert answer.status_code == 410
    assert "kvitteras inte längre" in answer.content.decode()
    assert not Acknowledgement.objects.exists()


def test_visitor_is_led_to_the_login_and_back_to_the_text(published, client):
    answer = kvittera(client, published, GuidelineVersion.objects.get())
    assert answer.url == f"/konto/logga-in/?next=/r/{published.key}/%23kvittens"
    assert "Logga in för att kvittera" in read(client, here(published))
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "0b6d1c54-93a1-4f0e-8a53-6f1d1f0c9a11"])
def test_forged_version_is_not_found(published, learner, version):
    answer = learner.client().post(f"/r/{published.key}/kvittera/", {"version": version})
    assert answer.status_code == 404


def test_version_of_another_guideline_is_not_found(published, learner):
    other = publish_guideline(page=GuidelinePageFactory())
    assert kvittera(learner.client(), published, other).status_code == 404
    assert not Acknowledgement.objects.exists()


def test_acknowledging_by_get_does_nothing(published, learner):
    answer = learner.client().get(f"/r/{published.key}/kvittera/")
    assert answer.url == f"/r/{published.key}/"


def test_acknowledging_needs_the_token(published, learner):
    client = learner.client(enforce_csrf_checks=True)
    assert kvittera(client, published, GuidelineVersion.objects.get()).status_code == 403


# The list


def test_list_shows_what_is_in_force_and_where_the_reader_stands(published, learner, client):
    index = published.get_parent()
    GuidelinePageFactory(parent=index, title="Bara ett utkast")
    again = GuidelinePageFactory(parent=index, title="Läses på nytt")
    first = publish_guideline(page=again, at=moment(date(2026, 2, 1)))
    acknowledge_guideline(person=learner.person, version=first, at=moment(date(2026, 2, 2)))
    publish_guideline(page=edit(again, "Nytt."), change=Change.SUBSTANTIVE, note="Nytt")
    done = GuidelinePageFactory(parent=index, title="Kvitterad redan")
    acknowledge_guideline(person=learner.person, version=publish_guideline(page=done))
    shown = read(client, index.url)
    assert "Bara ett utkast" not in shown
    assert "version 2.0, gäller från" in shown
    assert "kvitterad" not in shown.replace("Kvitterad redan", "")
    mine = read(learner.client(), index.url)
    assert "Du har kvitterat" in mine
    assert "Ska läsas på nytt" in mine
    assert "Inte kvitterad" in mine


def test_header_leads_to_the_list(published, client):
    assert f'href="{published.get_parent().url}"' in read(client, here(published))


# Questions to the database


def count(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


def long_text(number):
    """Blocks with links, contacts, law and images."""
    return [
        text(
            f'Stycke {index}: <a linktype="page" id="2">länk</a> {{{{kontakt:jour}}}} {{{{lag:lagen}}}}', review=("J",)
        )
        for index in range(number)
    ]


@pytest.mark.parametrize("name", ["outsider", "learner"])
def test_questions_do_not_grow_with_text_or_versions(published, cast, name, monkeypatch):
    monkeypatch.setattr("guidelines.views.remembered._is_for_anybody", lambda request: False)
    ContactFactory(key="jour", open=True)
    LegalReferenceFactory(key="lagen")
    client = cast[name].client()
    publish_guideline(page=edit(published, *long_text(1)))
    short = {address: count(client, address) for address in (here(published), here(published, 1, 0))}
    for number in (20, 40, 60):
        publish_guideline(page=edit(published, *long_text(number)))
    ContactFactory.create_batch(20, open=True)
    for address, queries in short.items():
        grown = count(client, address)
        assert len(grown) == len(queries), "\n".join(grown)
    assert len(count(client, here(published))) <= {"outsider": 12, "learner": 16}[name]


def test_questions_do_not_grow_with_the_list(published, learner):
    client, index = learner.client(), published.get_parent()
    few = len(count(client, index.url))
    for _number in range(5):
        page = GuidelinePageFactory(parent=index)
        acknowledge_guideline(person=learner.person, version=publish_guideline(page=page))
    assert len(count(client, index.url)) == few
