"""What a page said to a visitor is said again only while everything that decides it is the same."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageViewRestriction

from cms.core.models import CitySettings
from cms.references.models import Contact, GlossaryTerm, LegalReference
from cms.versions.actions import end_notice, lay_notice, redact_passage, sign_review
from cms.versions.enums import Change, NoticeTone
from cms.versions.models import Fragment, Notice, ReviewMark
from guidelines.actions import publish_guideline, withdraw_guideline
from guidelines.enums import KIND
from guidelines.models import GuidelinePage
from guidelines.views import remembered
from guidelines.views.remembered import _is_for_anybody
from tests.factories import (
    ContactFactory,
    DistrictFactory,
    GlossaryTermFactory,
    GuidelinePageFactory,
    LegalReferenceFactory,
    text,
)
from tests.test_guidelines import edit


@pytest.fixture
def published(db):
    ContactFactory(key="jour", name="Jouren", phone="070-174 06 05", open=True)
    LegalReferenceFactory(key="lagen", citation="1 § lagen")
    GlossaryTermFactory(term="socialjour", explanation="Socialtjänsten när den har stängt.")
    words = text("Ring {{kontakt:jour}} enligt {{lag:lagen}}. Socialjouren svarar.", review=("J",))
    page = GuidelinePageFactory(body=[words])
    publish_guideline(page=page)
    publish_guideline(page=edit(page, words, "Och en mening."), change=Change.SUBSTANTIVE, note="Nytt")
    return GuidelinePage.objects.get(pk=page.pk)


def ask(client, page, *number):
    """A page and how many statements it took, asked for until it is remembered."""
    address = reverse("guidelines:version", args=[page.key, *number]) if number else f"/r/{page.key}/"
    for _time in range(3):
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address)
    return answer, len(captured)


def lay(page, tone=NoticeTone.INFO):
    return lay_notice(kind=KIND, key=page.key, tone=tone, text="Numret är fel.", laid_by=None, actor=None)


def take_out(page):
    fragment = Fragment.objects.order_by("-pk").first()
    redact_passage(fragment_sha256=fragment.sha256, reason="Ett namn", redacted_by=None, actor=None)


CHANGES = {
    "number": lambda page: Contact.objects.update(phone="070-174 06 06"),
    "hidden contact": lambda page: Contact.objects.update(visibility="signed_in"),
    "expired contact": lambda page: Contact.objects.update(valid_to=date(2025, 1, 1)),
    "contact of a district": lambda page: ContactFactory(key="jour", district=DistrictFactory(key="norr"), open=True),
    "contact gone": lambda page: Contact.objects.all().delete(),
    "law": lambda page: LegalReference.objects.update(status="repealed"),
    "glossary": lambda page: GlossaryTerm.objects.update(explanation="Något annat."),
    "notice": lay,
    "stop": lambda page: lay(page, NoticeTone.STOP),
    "version": lambda page: publish_guideline(page=edit(page, "Nytt igen.")),
    "withdrawal": lambda page: withdraw_guideline(key=page.key, reason="Slut"),
    "restriction": lambda page: PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="login"),
    "signature": lambda page: [sign(mark) for mark in ReviewMark.objects.all()],
    "redaction": take_out,
    "city": lambda page: CitySettings.objects.create(site_id=1, city_name="Storstaden"),
}


def sign(mark):
    return sign_review(mark=mark, signed_by_function="Jurist", signed_on=date(2026, 11, 1), signed_by=None)


def test_every_change_shows_at_the_next_request(published, client):
    before, statements = ask(client, published)
    assert statements == 1
    assert b'<span class="contact">' in before.content
    unseen = []
    for name, change in CHANGES.items():
        with transaction.atomic():
            change(published)
            after = client.get(f"/r/{published.key}/")
            if (after.status_code, after.content) == (before.status_code, before.content):
                unseen.append(name)
            transaction.set_rollback(True)
        assert client.get(f"/r/{published.key}/").content == before.content, name
    assert unseen == []


def test_twin_without_the_statement_a_changed_number_would_stay(published, client, monkeypatch):
    monkeypatch.setattr("guidelines.views.remembered.inputs_of", lambda key, content: "same")
    before, _statements = ask(client, published)
    CHANGES["number"](published)
    assert client.get(f"/r/{published.key}/").content == before.content


def test_old_version_is_remembered_too_with_its_marks(published, client):
    answer, statements = ask(client, published, 1, 0)
    assert statements == 1
    assert answer["X-Robots-Tag"] == "noindex"
    assert b"tel:" not in answer.content.split(b"</header>")[-1].split(b"<footer")[0]
    Contact.objects.update(visibility="role")
    assert b"070-174 06 05" not in ask(client, published, 1, 0)[0].content


def test_notice_taken_away_is_gone(published, client):
    before, _statements = ask(client, published)
    lay(published)
    ask(client, published)
    end_notice(notice=Notice.objects.get(), ended_by=None, actor=None)
    assert ask(client, published)[0].content == before.content


def test_nobody_with_a_session_gets_what_a_visitor_got_or_leaves_anything(published, learner):
    Contact.objects.update(visibility="signed_in")
    mine, statements = ask(learner.client(), published)
    assert statements > 1
    assert b"070-174 06 05" in mine.content
    theirs, statements = ask(Client(), published)
    assert statements == 1
    assert b"070-174 06 05" not in theirs.content
    assert "Cookie" in theirs["Vary"]
    assert b"Lena" not in theirs.content


def test_each_reading_theme_language_and_day_is_a_page_of_its_own(published, client, settings):
    plain = ask(client, published)[0].content
    client.cookies["ledstang_theme"] = "dark"
    assert b'data-color-scheme="dark"' in ask(client, published)[0].content
    del client.cookies["ledstang_theme"]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    english = ask(client, published)[0].content
    assert b"About this version" in english
    assert "Kontaktvägen".encode() not in english
    assert b'<div class="ls-prose" lang="sv">' in english
    del client.cookies[settings.LANGUAGE_COOKIE_NAME]
    assert ask(client, published)[0].content == plain
    assert client.get(f"/r/{published.key}/?lasning=preschool").content != plain
    request = client.get("/sok/").wsgi_request
    assert _is_for_anybody(request)
    settings.LEDSTANG_BASE_TEMPLATE = "a/host.html"  # what a host's own frame shows, we cannot know
    assert not _is_for_anybody(request)


def test_memory_forgets_what_is_old_or_was_asked_for_longest_ago(monkeypatch):
    memory, now = remembered.Memory(), [0.0]
    monkeypatch.setattr(remembered.time, "monotonic", lambda: now[0])
    for number in range(remembered.MOST):
        memory.set((number,), remembered.Said(number))
    assert memory.get((0,)).content == 0
    memory.set(("one more",), remembered.Said(1))
    assert memory.get((0,)) is not None
    assert memory.get((1,)) is None
    now[0] = remembered.SECONDS + 1
    assert memory.get((0,)) is None
