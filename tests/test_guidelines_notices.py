"""A notice over a frozen text, the emergency stop of one approver alone, and the second pair of eyes."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from cms.people.enums import AuditAction
from cms.people.models import AuditEntry
from cms.versions.actions import PublishingError, SecondPairNeeded, end_notice, lay_notice, look_again
from cms.versions.enums import Change, NoticeTone
from cms.versions.models import Notice, NoticeEnd, NoticeLook, WithdrawalLook
from guidelines.actions import NotInForce, acknowledge_guideline, publish_guideline, withdraw_guideline
from guidelines.enums import KIND
from guidelines.models import GuidelinePage, GuidelineVersion
from tests.cast import Member
from tests.certificates.reading import words_in
from tests.factories import GuidelinePageFactory, PersonFactory, UserFactory, text
from tests.test_guidelines import edit


@pytest.fixture
def published(db):
    page = GuidelinePageFactory(body=[text("Ring hem till barnet.")])
    publish_guideline(page=page)
    publish_guideline(page=edit(page, text("Ring socialtjänsten.")), change=Change.SUBSTANTIVE, note="Ring rätt")
    return GuidelinePage.objects.get(pk=page.pk)


def lay(page, tone=NoticeTone.INFO, words="Numret är ändrat.", by=None):
    return lay_notice(kind=KIND, key=page.key, tone=tone, text=words, laid_by=by, actor=None)


def shown(client, page, *number):
    address = reverse("guidelines:version", args=[page.key, *number]) if number else f"/r/{page.key}/"
    return client.get(address).content.decode()


def test_notice_stands_over_every_version_and_changes_none(published, client):
    before = list(GuidelineVersion.objects.order_by("pk").values_list("sha256", "content_id"))
    notice = lay(published, NoticeTone.WARNING)
    for number in ((), (1, 0), (2, 0)):
        assert "Numret är ändrat." in shown(client, published, *number)
    assert "Ring socialtjänsten." in shown(client, published)
    end_notice(notice=notice, ended_by=None, actor=None)
    assert "Numret är ändrat." not in shown(client, published)
    assert list(GuidelineVersion.objects.order_by("pk").values_list("sha256", "content_id")) == before
    actions = AuditEntry.objects.filter(object_key=str(published.key)).values_list("action", flat=True)
    assert {AuditAction.NOTICE_LAID, AuditAction.NOTICE_ENDED} <= set(actions)


def test_stop_hides_the_text_in_every_version_and_nobody_can_acknowledge(published, client):
    version = GuidelineVersion.objects.latest_first().first()
    stop = lay(published, NoticeTone.STOP, "Rutinen kan skada ett barn.")
    for number in ((), (1, 0)):
        page = shown(client, published, *number)
        assert "Rutinen kan skada ett barn." in page
        assert "Ring hem till barnet." not in page
        assert "Ring socialtjänsten." not in page
        assert "Kvittera version" not in page
    for way_round in (f"/r/{published.key}/v/2.0/riktlinje.pdf", f"/r/{published.key}/jamfor/"):
        assert client.get(way_round)["Location"] == f"/r/{published.key}/"
    with pytest.raises(NotInForce):
        acknowledge_guideline(person=PersonFactory(), version=version)
    end_notice(notice=stop, ended_by=None, actor=None)
    assert "Ring socialtjänsten." in shown(client, published)


def test_notice_stands_in_the_document_too(published, client):
    address = f"/r/{published.key}/v/2.0/riktlinje.pdf"
    before = client.get(address).content
    lay(published, NoticeTone.WARNING, "Numret är ändrat.")
    said = words_in(client.get(address).content)
    assert "Numret är ändrat." in said
    assert client.get(address).content != before


def test_notice_without_a_text_is_refused(published):
    with pytest.raises(PublishingError):
        lay(published, words="  ")
    assert not Notice.objects.exists()


def test_second_pair_of_eyes_is_somebody_else_and_the_first_look_stands(published):
    alone, colleague, third = UserFactory(), UserFactory(), UserFactory()
    stop = lay(published, NoticeTone.STOP, by=alone)
    with pytest.raises(SecondPairNeeded):
        look_again(subject=stop, looked_by=alone, actor=None)
    look_again(subject=stop, looked_by=colleague, actor=None)
    look_again(subject=stop, looked_by=third, actor=None)
    assert NoticeLook.objects.get().looked_by == colleague
    end_notice(notice=stop, ended_by=alone, actor=None)
    end_notice(notice=stop, ended_by=colleague, actor=None)
    assert NoticeEnd.objects.get().ended_by == alone


def test_one_approver_stops_and_another_confirms_in_the_admin(published, approver, editor):
    address = reverse("guidelines_admin:notices", args=[published.pk])
    assert editor.client().get(address).status_code == 302
    one = approver.client()
    one.post(address, {"tone": "stop", "text": "Stoppad tills vidare."})
    stop = Notice.objects.get()
    assert (stop.tone, stop.laid_by) == (NoticeTone.STOP, approver.user)
    home = one.get(reverse("wagtailadmin_home")).content.decode()
    assert "Väntar på ett andra par ögon" in home
    assert "kollega" in one.post(address, {"look": stop.pk}, follow=True).content.decode()
    assert not NoticeLook.objects.exists()
    other = UserFactory()
    other.groups.set(Group.objects.filter(user=approver.user))
    two = Member("second approver", other).client()
    two.post(address, {"look": stop.pk})
    assert NoticeLook.objects.get().looked_by == other
    assert "Väntar på ett andra par ögon" not in two.get(reverse("wagtailadmin_home")).content.decode()
    two.post(address, {"end": stop.pk})
    assert not Notice.objects.standing().exists()


def test_withdrawal_waits_for_a_second_look_too(published, approver):
    withdraw_guideline(key=published.key, reason="Fel", withdrawn_by=UserFactory())
    client = approver.client()
    assert "Väntar på ett andra par ögon" in client.get(reverse("wagtailadmin_home")).content.decode()
    client.post(reverse("guidelines_admin:notices", args=[published.pk]), {"look": "withdrawal"})
    assert WithdrawalLook.objects.get().looked_by == approver.user


def test_notice_of_another_guideline_cannot_be_ended_here(published, approver):
    other = GuidelinePageFactory()
    publish_guideline(page=other)
    notice = lay(other)
    address = reverse("guidelines_admin:notices", args=[published.pk])
    for field in ("end", "look"):
        assert approver.client().post(address, {field: notice.pk}).status_code == 404
    assert Notice.objects.standing().count() == 1
    assert timezone.now() - notice.laid_at < timedelta(minutes=1)
