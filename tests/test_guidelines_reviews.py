"""Guidelines are to be reviewed by a day: owners are reminded before, and readers see it when the day has passed."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from cms.people.models import OutboxMessage
from guidelines.actions import publish_guideline, remind_owners, withdraw_guideline
from guidelines.models import GuidelinePage
from tests.factories import GuidelinePageFactory, UserFactory
from tests.test_guidelines import edit

TODAY = timezone.localdate


@pytest.fixture
def paper(cast):
    """Made by the editor and published by the approver, to be reviewed in 70 days."""
    paper = GuidelinePageFactory(review_by=TODAY() + timedelta(days=70), owner=cast.editor.user)
    publish_guideline(page=paper, published_by=cast.approver.user)
    return GuidelinePage.objects.get(pk=paper.pk)


def reminded(paper, days):
    owed, _ownerless = remind_owners(on=paper.review_by - timedelta(days=days))
    return owed


def test_owners_are_reminded_60_30_and_0_days_before_once_each(paper, cast):
    assert {days: reminded(paper, days) for days in (61, 60, 59, 31, 30, 12, 1, 0, -5)} == {
        61: 0, 60: 2, 59: 0, 31: 0, 30: 2, 12: 0, 1: 0, 0: 2, -5: 0,
    }  # fmt: skip
    owed = OutboxMessage.objects.filter(kind="guidelines_review")
    assert {message.person for message in owed} == {cast.editor.person, cast.approver.person}


def test_run_that_was_missed_is_made_up_for(paper):
    assert (reminded(paper, 12), reminded(paper, -40)) == (2, 2)


def test_nobody_is_reminded_of_what_has_been_renewed_or_withdrawn(paper, mailoutbox):
    reminded(paper, 60)
    publish_guideline(page=edit(paper, review_by=TODAY() + timedelta(days=400)))
    call_command("deliver_outbox")
    assert mailoutbox == []
    assert remind_owners(on=TODAY() + timedelta(days=70)) == (0, [])
    other = GuidelinePageFactory(review_by=TODAY())
    publish_guideline(page=other)
    assert remind_owners(on=TODAY()) == (0, [str(other.key)])  # nobody to tell
    withdraw_guideline(key=other.key, reason="Ersatt")
    assert remind_owners(on=TODAY()) == (0, [])


def test_command_owes_and_the_mail_says_what_to_do(paper, mailoutbox, capsys):
    publish_guideline(
        page=edit(paper, review_by=TODAY() + timedelta(days=20)), published_by=UserFactory(superuser=True)
    )
    call_command("remind_owners")
    call_command("remind_owners")
    call_command("deliver_outbox")
    day = (TODAY() + timedelta(days=20)).isoformat()
    assert [mail.subject for mail in mailoutbox] == [f"{paper.title} ska ses över senast {day}"]
    assert f"/r/{paper.key}/" in mailoutbox[0].body
    assert "owed: 1" in capsys.readouterr().out


def test_reader_sees_that_it_is_under_review_from_the_day_after(paper, client):
    address = f"/r/{paper.key}/"
    assert "Ses över." not in client.get(address).content.decode()
    late = GuidelinePageFactory(review_by=TODAY() - timedelta(days=1))
    publish_guideline(page=late)
    on_the_day = GuidelinePageFactory(review_by=TODAY())
    publish_guideline(page=on_the_day)
    assert "Ses över." in client.get(f"/r/{late.key}/").content.decode()
    assert "Ses över." not in client.get(f"/r/{on_the_day.key}/").content.decode()
    publish_guideline(page=edit(GuidelinePage.objects.get(pk=late.pk), review_by=TODAY() + timedelta(days=300)))
    assert "Ses över." not in client.get(f"/r/{late.key}/").content.decode()
