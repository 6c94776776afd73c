"""The accessibility statement and what is reported of it: open to all, without a trace, seen by who answers."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Site

from cms.home.actions import report_fault, settle_fault
from cms.home.models import AccessibilityPage, FaultReport, PlainPage

ADDRESS = "/meddela-brist/"
TOLD = {"text": "Jag ser inte knappen.", "page": "/kurser/", "email": ""}


@pytest.fixture
def statement(db) -> AccessibilityPage:
    page = AccessibilityPage(
        title="Redogörelse", slug="tillganglighet", conformity="partial", organisation="Provstaden",
        email="svar@example.se", updated_on=timezone.localdate(),
    )  # fmt: skip
    page.faults = [
        ("fault", {"title": "Filmen", "text": "", "ground": "burden", "instead": "Ring.", "mended_by": None})
    ]
    return Site.objects.get(is_default_site=True).root_page.add_child(instance=page)


def test_the_statement_says_what_the_law_wants(statement, visitor):
    page = visitor.get("/tillganglighet/").content.decode()
    said = ("Provstaden", "delvis förenlig", "Filmen", "oskäligt betungande", "svar@example.se", ADDRESS)
    for words in (*said, "https://www.digg.se/tdosanmalan", "skriftligt beslut", timezone.localdate().isoformat()):
        assert words in page
    for conformity, words in (("full", "helt förenlig"), ("none", "inte förenlig")):
        AccessibilityPage.objects.update(conformity=conformity)
        assert words in visitor.get("/tillganglighet/").content.decode()
    assert 'href="/tillganglighet/"' in visitor.get(ADDRESS).content.decode().split("<footer")[1]


def test_a_site_without_a_home_page_says_how_to_make_one(visitor, db):
    page = visitor.get("/").content.decode()
    assert "Den har ingen startsida än" in page
    assert reverse("wagtailadmin_home") in page
    assert page.count("<h1") == 1


def test_a_day_that_nobody_has_touched_is_no_change(statement):
    """Whoever approves a text has not changed it: the day comes back as it was kept."""
    today = timezone.localdate()
    field, typed = AccessibilityPage._meta.get_field("faults").formfield(), AccessibilityPage.objects.get().faults
    for kept, words, is_changed in ((today, f"{today}", False), (None, "", False), (today, "", True)):
        statement.faults[0].value["mended_by"], typed[0].value["mended_by"] = kept, words
        assert field.has_changed(statement.faults, typed) == is_changed


def test_anyone_reports_and_leaves_no_trace(statement, learner):
    for client in (Client(enforce_csrf_checks=True), learner.client()):
        answer = client.post(ADDRESS, TOLD, follow=True)
        assert answer.redirect_chain == [("/tillganglighet/", 302)]
        assert "Tack. Vi läser det" in answer.content.decode()
        assert "csrftoken" not in client.cookies or client.session.get("_auth_user_id")
    kept = {field.name for field in FaultReport._meta.get_fields()}
    assert kept == {"id", "key", "page", "text", "email", "created_at", "settled_at"}
    assert FaultReport.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"text": " "}, "Skriv vad som inte fungerade."),
        ({"email": "jag"}, "Skriv hela adressen"),
        ({"text": "Jag är 121212-1212."}, "personnummer"),
        ({"page": "/x/?201212121212"}, "personnummer"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stands(visitor, db, wrong, words):
    answer = visitor.post(ADDRESS, TOLD | wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert 'role="alert"' in page
    assert next(iter(wrong.values())).strip() in page
    assert not FaultReport.objects.exists()


def test_a_number_to_call_is_no_personal_number(visitor, db):
    visitor.post(ADDRESS, TOLD | {"text": "Ring 070-174 06 05 eller 2026-11-23 kl 1042."})
    assert FaultReport.objects.count() == 1


def test_many_reports_are_slowed_down_and_what_was_written_stands(visitor, db, within_a_minute):
    cache.clear()
    answers = [visitor.post(ADDRESS, TOLD) for _time in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert TOLD["text"] in answers[-1].content.decode()
    assert FaultReport.objects.count() == 5


def test_those_who_keep_the_statement_see_and_settle(statement, editor, learner, hr):
    report_fault(**{**TOLD, "email": "lena@example.se"})
    address, client = reverse("ledstang_faults"), editor.client()
    page = client.get(address).content.decode()
    assert TOLD["text"] in page
    assert "lena@example.se" in page
    report = FaultReport.objects.get()
    for other in (learner, hr):
        assert other.client().post(reverse("ledstang_settle_fault", args=[report.key])).url.startswith("/konto/")
    client.post(reverse("ledstang_settle_fault", args=[report.key]))
    settled = FaultReport.objects.get().settled_at
    assert settled is not None
    assert not settle_fault(report=report)
    assert FaultReport.objects.get().settled_at == settled
    assert "lena@example.se" not in client.get(address).content.decode()


def test_without_a_right_to_edit_the_statement_nothing_is_shown(statement, editor, monkeypatch):
    report_fault(**TOLD)
    address, rights = reverse("ledstang_faults"), editor.user.groups.first().page_permissions
    assert f'"url": "{address}"' in editor.client().get(reverse("wagtailadmin_home")).content.decode()
    other = Site.objects.get().root_page.add_child(instance=PlainPage(title="Annat", slug="annat", body="<p>Text</p>"))
    rights.update(page=other)
    assert f'"url": "{address}"' not in editor.client().get(reverse("wagtailadmin_home")).content.decode()
    rights.all().delete()
    assert TOLD["text"] not in editor.client().get(address, follow=True).content.decode()
    monkeypatch.setattr("cms.home.views.faults.user_can_see_faults", lambda user, page: True)  # the twin
    assert TOLD["text"] in editor.client().get(address, follow=True).content.decode()


def test_the_list_asks_no_more_when_there_is_more(statement, editor):
    client, address, counts = editor.client(), reverse("ledstang_faults"), []
    for _turn in range(3):
        for number in range(5):
            report = report_fault(**TOLD)
            if number % 2:
                settle_fault(report=report)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        counts.append(len(captured))
    assert counts[1] == counts[2]


def test_reports_end_some_time_after_they_were_dealt_with(db, settings):
    settings.LEDSTANG_FAULTS_KEPT_DAYS = 30
    long_ago = timezone.now() - timedelta(days=400)
    for days in (29, 31, None):
        settled = None if days is None else timezone.now() - timedelta(days=days)
        FaultReport.objects.create(text=str(days), created_at=long_ago, settled_at=settled)
    call_command("remove_faults")
    assert set(FaultReport.objects.values_list("text", flat=True)) == {"29", "None"}
