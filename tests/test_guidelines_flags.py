"""Readers flag a section without a trace of themselves; editors see numbers, of their own guidelines only."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from guidelines.actions import NoSuchSection, flag_section, publish_guideline
from guidelines.enums import FlagReason
from guidelines.models import GuidelinePage, GuidelineVersion, SectionFlag
from tests.factories import GuidelinePageFactory, heading, text
from tests.test_guidelines import edit

FIRST, SECOND = heading("Det viktigaste"), heading("Ansvar")


@pytest.fixture
def published(db):
    page = GuidelinePageFactory(body=[FIRST, text("Misstanke räcker."), SECOND, text("Rektor leder.")])
    publish_guideline(page=page)
    return GuidelinePage.objects.get(pk=page.pk)


def post(client, page, **fields):
    version = GuidelineVersion.objects.of(page.key).latest_first().first()
    wanted = {"version": version.public_id, "section": FIRST["id"], "reason": "wrong", **fields}
    return client.post(f"/r/{page.key}/flagga/", wanted, follow=True)


def test_flag_is_a_number_and_nothing_else(published, learner):
    client = learner.client()
    assert "ingenting om dig" in post(client, published).content.decode()
    post(Client(), published)
    flag = SectionFlag.objects.get()
    assert (flag.reason, flag.count) == ("wrong", 2)
    kept = {field.name for field in SectionFlag._meta.get_fields()}
    assert kept == {"id", "section_sha256", "reason", "count"}


def test_reader_gets_no_cookie(published):
    client = Client(enforce_csrf_checks=True)
    client.get(f"/r/{published.key}/")
    post(client, published)
    assert SectionFlag.objects.get().count == 1
    assert "csrftoken" not in client.cookies


@pytest.mark.parametrize("fields", [{}, {"reason": "dumt"}])
def test_whoever_flags_comes_back_to_their_own_reading(published, client, fields):
    asked = f"/r/{published.key}/?lasning=school&omrade=x"
    to = html.fromstring(client.get(asked).content.decode()).xpath("//form[contains(@action, 'flagga')]/@action")[0]
    version = GuidelineVersion.objects.get()
    wanted = {"version": version.public_id, "section": FIRST["id"], "reason": "wrong", **fields}
    assert client.post(to, wanted).url.split("#")[0] == asked


def test_changed_section_starts_anew_and_the_other_does_not(published, editor):
    version = GuidelineVersion.objects.get()
    for section in (FIRST, SECOND):
        flag_section(version=version, key=section["id"], reason=FlagReason.UNCLEAR)
    shown = editor.client().get(reverse("guidelines_admin:flagged")).content.decode()
    assert shown.count("Svårt att förstå: 1") == 2
    kept = GuidelinePage.objects.get().get_latest_revision_as_object().body.raw_data[3]
    publish_guideline(page=edit(published, FIRST, text("En misstanke räcker."), SECOND, dict(kept)))
    shown = editor.client().get(reverse("guidelines_admin:flagged")).content.decode()
    assert shown.count("Svårt att förstå: 1") == 1
    assert "Ansvar" in shown
    assert "Det viktigaste" not in shown


@pytest.mark.parametrize("fields", [{"reason": "dumt"}, {"section": ""}, {"version": "x"}])
def test_what_cannot_be_read_is_said_and_nothing_is_counted(published, client, fields):
    assert "Välj ett avsnitt" in post(client, published, **fields).content.decode()
    assert not SectionFlag.objects.exists()


def test_forged_section_or_version_is_not_found(published, client):
    other = GuidelinePageFactory()
    version = publish_guideline(page=other)
    assert post(client, published, section="finns-inte").status_code == 404
    assert post(client, published, version=version.public_id).status_code == 404
    with pytest.raises(NoSuchSection):
        flag_section(version=version, key=FIRST["id"], reason=FlagReason.WRONG)


def test_somebody_who_flags_everything_is_slowed_down(published, client):
    cache.clear()
    for _time in range(21):
        last = post(client, published)
    assert "om en timme" in last.content.decode()
    assert SectionFlag.objects.get().count == 20


def test_list_asks_no_more_when_there_is_more(published, editor):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len(queries)

    client, address = editor.client(), reverse("guidelines_admin:flagged")
    post(Client(), published)
    asked()
    before = asked()
    for section in (FIRST, SECOND):
        for reason in FlagReason:
            flag_section(version=GuidelineVersion.objects.get(), key=section["id"], reason=reason)
    assert asked() == before
