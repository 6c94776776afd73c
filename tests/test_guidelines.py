"""Publishing, acknowledging and withdrawing guidelines, and what holds afterwards."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from wagtail.models import Page, Revision

from cms.compliance.models import Evidence, Target, TargetRelease
from cms.people.models import AuditEntry, OutboxMessage
from cms.versions.actions import AlreadyWithdrawn, EffectiveTooEarly, NoteMissing, PublishingError
from cms.versions.enums import Change
from cms.versions.freezing import UnknownTokens
from cms.versions.models import Content, Fragment, PublishingPlan, ReviewMark
from cms.versions.queries import in_force
from guidelines.actions import (
    DateMissing,
    FourEyes,
    NotDecided,
    NotInForce,
    NotRequirable,
    PlanMissing,
    acknowledge_guideline,
    plan_guideline,
    publish_guideline,
    withdraw_guideline,
)
from guidelines.models import Acknowledgement, GuidelinePage, GuidelineVersion
from tests.factories import ContactFactory, GuidelinePageFactory, UserFactory, as_stream, body, moment, text

TODAY = timezone.localdate


def edit(page, *blocks, user=None, **fields):
    """Save another draft of a page."""
    draft = page.get_latest_revision_as_object()
    draft.body = as_stream(GuidelinePage, body(*(blocks or ("En helt ny mening.",))))
    for name, value in fields.items():
        setattr(draft, name, value)
    draft.save_revision(user=user)
    return GuidelinePage.objects.get(pk=page.pk)


def versions_of(page):
    return [version.number for version in GuidelineVersion.objects.of(page.key).order_by("major", "minor")]


@pytest.fixture
def draft(db):
    return GuidelinePageFactory()


@pytest.fixture
def published(draft):
    publish_guideline(page=draft)
    return GuidelinePage.objects.get(pk=draft.pk)


# Versions


def test_first_version_is_one_whatever_the_editor_says(draft):
    version = publish_guideline(page=draft, change=Change.EDITORIAL)
    assert (version.number, version.change) == ("1.0", Change.SUBSTANTIVE)
    assert version.decided_by == "Utbildningsnämnden"
    assert version.content.parts["extra"]["decision_ref"] == "§ 12"
    assert version.statement == "Jag har tagit del av riktlinjen"


def test_schedule_live_republish_edit_make_no_one_one_two_versions(draft):
    draft.go_live_at = timezone.now() + timedelta(hours=1)
    draft.save_revision()
    assert publish_guideline(page=draft) is None
    assert versions_of(draft) == []
    let_go_live()
    call_command("publish_scheduled")
    assert versions_of(draft) == ["1.0"]
    page = GuidelinePage.objects.get(pk=draft.pk)
    assert publish_guideline(page=page) is None
    assert versions_of(page) == ["1.0"]
    publish_guideline(page=edit(page))
    assert versions_of(page) == ["1.0", "1.1"]


def let_go_live(**changed):
    """Time passes: what was scheduled for the future is now a minute ago. `changed` sets content of some page by id."""
    ago = timezone.now() - timedelta(minutes=1)
    for revision in Revision.objects.filter(approved_go_live_at__isnull=False):
        revision.content["go_live_at"] = ago.isoformat()
        revision.content.update(changed.get(f"page_{revision.object_id}", {}))
        revision.approved_go_live_at = ago
        revision.save()


def test_editorial_and_substantive_numbers(published):
    assert publish_guideline(page=edit(published, "Ett."), change=Change.EDITORIAL).number == "1.1"
    assert publish_guideline(page=edit(published, "Två."), change=Change.SUBSTANTIVE, note="Nytt").number == "2.0"
    assert publish_guideline(page=edit(published, "Tre."), change=Change.EDITORIAL).number == "2.1"


def test_version_freezes_the_decision_of_its_day(published):
    page = edit(published, decided_by="Kommunstyrelsen")
    second = publish_guideline(page=page)
    first = GuidelineVersion.objects.get(key=page.key, minor=0)
    assert (first.decided_by, second.decided_by) == ("Utbildningsnämnden", "Kommunstyrelsen")


def test_guideline_without_decision_is_refused(db):
    page = GuidelinePageFactory(undecided=True)
    with pytest.raises(NotDecided) as refusal, translation.override("sv"):
        publish_guideline(page=page)
    assert "beslut" in str(refusal.value)
    assert not GuidelineVersion.objects.exists()
    assert not PublishingPlan.objects.exists()


@pytest.mark.parametrize("kind", ["support", "proposal"])
def test_other_kinds_need_no_decision(db, kind):
    version = publish_guideline(page=GuidelinePageFactory(**{kind: True}))
    assert version.kind == kind


def test_undecided_guideline_is_refused_by_the_database_too(published):
    version = GuidelineVersion.objects.get(key=published.key)
    fields = {field.attname: getattr(version, field.attname) for field in GuidelineVersion._meta.concrete_fields}
    with pytest.raises(IntegrityError), transaction.atomic():
        GuidelineVersion(
            **{
                **fields,
                "id": None,
                "public_id": None,
                "major": 2,
                "change_note": "x",
                "plan_id": None,
                "decided_on": None,
            }
        ).save(force_insert=True)


def test_substantive_change_needs_a_note(published):
    with pytest.raises(NoteMissing):
        publish_guideline(page=edit(published), change=Change.SUBSTANTIVE, note="  ")
    assert versions_of(published) == ["1.0"]


def test_later_version_applies_no_earlier(published):
    later = TODAY() + timedelta(days=10)
    publish_guideline(page=edit(published, "Ett."), effective_on=later)
    with pytest.raises(EffectiveTooEarly):
        publish_guideline(page=edit(published, "Två."), effective_on=later - timedelta(days=1))
    assert publish_guideline(page=edit(published, "Tre."), effective_on=later).number == "1.2"


def test_later_version_applies_no_day_before_it_is_published(published):
    with pytest.raises(EffectiveTooEarly):
        publish_guideline(page=edit(published), effective_on=TODAY() - timedelta(days=1))


def test_first_version_may_apply_from_an_earlier_day(draft):
    assert publish_guideline(page=draft, effective_on=date(2024, 1, 1)).effective_on == date(2024, 1, 1)


def test_time_to_read_again_is_not_before_it_applies(published):
    with pytest.raises(DateMissing):
        publish_guideline(
            page=edit(published), change=Change.SUBSTANTIVE, note="Nytt", redo_by=TODAY() - timedelta(days=1)
        )


def test_unknown_key_stops_publishing_with_a_clear_message(draft):
    page = edit(draft, "Anmäl enligt {{lag:finns_inte}}.")
    with pytest.raises(UnknownTokens) as refusal, translation.override("sv"):
        publish_guideline(page=page)
    assert "{{lag:finns_inte}}" in str(refusal.value)
    assert not Page.objects.get(pk=page.pk).live


# Every road ends in the same place


def test_publishing_without_a_plan_rolls_back(draft):
    revision = draft.save_revision()
    with pytest.raises(PlanMissing), transaction.atomic():
        revision.publish()
    assert not Page.objects.get(pk=draft.pk).live
    assert versions_of(draft) == []


def test_failing_receiver_leaves_readers_on_the_old_version(published, client):
    page = edit(published, "Det här har ingen bestämt.")
    with pytest.raises(PlanMissing), transaction.atomic():
        page.get_latest_revision().publish()
    answer = client.get(f"/r/{page.key}/").content.decode()
    assert "Lova inte att tiga" in answer
    assert "ingen bestämt" not in answer


def test_plan_holds_for_exactly_one_text(published):
    page = edit(published, "Ett.")
    plan_guideline(page=page.get_latest_revision_as_object(), change=Change.EDITORIAL)
    page = edit(page, "Två.")
    with pytest.raises(PlanMissing), transaction.atomic():
        page.get_latest_revision().publish()


def test_plan_is_carried_out_once(published):
    """Going back to an earlier text is a change of its own."""
    first = published.get_latest_revision().content["body"]
    publish_guideline(page=edit(published, "Ett."))
    page = GuidelinePage.objects.get(pk=published.pk)
    draft = page.get_latest_revision_as_object()
    draft.body = as_stream(GuidelinePage, json.loads(first))
    draft.save_revision()
    with pytest.raises(PlanMissing), transaction.atomic():
        GuidelinePage.objects.get(pk=page.pk).get_latest_revision().publish()


def test_later_plan_replaces_an_earlier(published):
    page = edit(published)
    draft = page.get_latest_revision_as_object()
    plan_guideline(page=draft, change=Change.EDITORIAL)
    plan_guideline(page=draft, change=Change.SUBSTANTIVE, note="Nytt att göra")
    page.get_latest_revision().publish()
    assert versions_of(page) == ["1.0", "2.0"]


def test_register_change_alone_mints_nothing_without_a_plan(draft):
    contact = ContactFactory(key="jour", open=True)
    page = edit(draft, "Ring {{kontakt:jour}}.")
    publish_guideline(page=page)
    contact.phone = "070-174 06 99"
    contact.save()
    page.get_latest_revision().publish()
    assert versions_of(page) == ["1.0"]
    assert publish_guideline(page=GuidelinePage.objects.get(pk=page.pk), note="Nytt nummer").number == "1.1"


def test_plan_survives_a_change_in_a_register(draft):
    """An editor's decision is about the text; a number that changes before it goes live does not undo it."""
    contact = ContactFactory(key="jour", open=True)
    page = edit(draft, "Ring {{kontakt:jour}}.")
    plan_guideline(page=page.get_latest_revision_as_object(), change=Change.EDITORIAL)
    contact.phone = "070-174 06 99"
    contact.save()
    page.get_latest_revision().publish()
    assert versions_of(page) == ["1.0"]


def test_workflow_approval_takes_the_plan(published, cast):
    page = edit(published, user=cast.editor.user)
    plan_guideline(page=page.get_latest_revision_as_object(), change=Change.EDITORIAL, made_by=cast.editor.user)
    workflow = page.get_workflow()
    state = workflow.start(page, cast.editor.user)
    state.current_task_state.approve(user=cast.approver.user)
    assert versions_of(page) == ["1.0", "1.1"]


def test_alias_makes_no_version_of_its_own(published):
    alias = published.create_alias(update_slug="spegel")
    publish_guideline(page=edit(published))
    assert GuidelineVersion.objects.filter(page=alias).count() == 0
    assert GuidelineVersion.objects.count() == 2


def test_copy_is_another_guideline(published):
    copied = published.copy(update_attrs={"slug": "kopia", "title": "Kopia"}, keep_live=False)
    assert copied.key != published.key
    assert copied.get_latest_revision_as_object().key == copied.key
    publish_guideline(page=copied)
    assert versions_of(copied) == ["1.0"]
    assert versions_of(published) == ["1.0"]


def test_one_poisoned_page_among_ten_leaves_nine_published(db, capsys):
    pages = [GuidelinePageFactory(title=f"Riktlinje {number}") for number in range(10)]
    for page in pages:
        page.go_live_at = timezone.now() + timedelta(hours=1)
        page.save_revision()
        publish_guideline(page=page)
    poisoned = pages[3]
    let_go_live(**{f"page_{poisoned.pk}": {"title": "Ändrad efter beslutet"}})
    with pytest.raises(CommandError) as failure:
        call_command("publish_scheduled")
    assert "1" in str(failure.value)
    assert str(poisoned.pk) in capsys.readouterr().err
    assert GuidelineVersion.objects.count() == 9
    assert versions_of(poisoned) == []
    assert not Page.objects.get(pk=poisoned.pk).live


# Four eyes


def test_author_cannot_publish_with_four_eyes(published, cast, settings):
    settings.LEDSTANG_FOUR_EYES = True
    page = edit(published, user=cast.approver.user)
    with pytest.raises(FourEyes):
        publish_guideline(page=page, published_by=cast.approver.user)
    version = publish_guideline(page=page, published_by=UserFactory(superuser=True))
    assert version.approved_by is not None


def test_saving_without_changing_makes_nobody_an_author(published, cast, settings):
    """Wagtail saves a draft of its own whenever somebody presses publish."""
    settings.LEDSTANG_FOUR_EYES = True
    page = edit(published, user=cast.editor.user)
    page.get_latest_revision_as_object().save_revision(user=cast.approver.user)
    page = GuidelinePage.objects.get(pk=page.pk)
    version = publish_guideline(page=page, published_by=cast.approver.user)
    assert version.approved_by == cast.approver.user
    assert version.approved_by_name == "Gudrun Gran"


def test_four_eyes_is_a_setting(published, cast):
    """The twin: with the setting off, the same author gets through."""
    page = edit(published, user=cast.approver.user)
    version = publish_guideline(page=page, published_by=cast.approver.user)
    assert version.approved_by is None


# Requirement


def test_substantive_version_must_be_read_again(published):
    by = TODAY() + timedelta(days=14)
    publish_guideline(page=edit(published), change=Change.SUBSTANTIVE, note="Nytt", redo_by=by)
    release = TargetRelease.objects.get()
    assert (release.target.key, release.major, release.redo_by) == (published.key, 2, by)
    assert release.target.path == f"/r/{published.key}/"


def test_editorial_version_asks_nobody(published):
    publish_guideline(page=edit(published))
    assert not TargetRelease.objects.exists()


def test_text_that_experts_have_not_reviewed_cannot_be_required(draft, settings, learner):
    settings.LEDSTANG_DEMO = False
    page = edit(draft, text("Lagen säger så.", review=("J", "S")))
    version = publish_guideline(page=page)
    assert not version.is_reviewed
    assert not Target.objects.exists()
    with pytest.raises(NotRequirable):
        acknowledge_guideline(person=learner.person, version=version)
    sign_all()
    assert Target.objects.get().key == page.key
    acknowledge_guideline(person=learner.person, version=version)


def test_review_afterwards_gives_time_to_read_again(published, settings):
    settings.LEDSTANG_DEMO = False
    page = edit(published, text("Lagen säger så.", review=("J",)))
    publish_guideline(page=page, change=Change.SUBSTANTIVE, note="Nytt")
    assert not TargetRelease.objects.exists()
    sign_all()
    assert TargetRelease.objects.get().redo_by == TODAY() + timedelta(days=30)


def sign_all():
    from cms.versions.actions import sign_review

    for mark in ReviewMark.objects.all():
        sign_review(mark=mark, signed_by_function="Stadsjurist", signed_on=TODAY(), signed_by=None)


# Acknowledging


def test_acknowledging_leaves_one_of_each(published, learner):
    version = in_force(GuidelineVersion, published.key, TODAY())
    first = acknowledge_guideline(person=learner.person, version=version)
    again = acknowledge_guideline(person=learner.person, version=version)
    assert first == again
    assert first.sha256 == version.sha256
    proof = Evidence.objects.get()
    assert proof.source_key == f"guidelines:{first.key}"
    assert (proof.version_number, proof.version_major, proof.version_sha256) == ("1.0", 1, version.sha256)
    assert AuditEntry.objects.filter(action="guideline_acknowledged").count() == 1
    assert OutboxMessage.objects.get().payload["number"] == "1.0"


def test_the_mail_is_a_receipt_in_swedish(published, learner, mailoutbox):
    acknowledge_guideline(person=learner.person, version=in_force(GuidelineVersion, published.key, TODAY()))
    call_command("deliver_outbox")
    mail = mailoutbox[0]
    assert mail.subject == f"Du har kvitterat {published.title}, version 1.0"
    assert f"/r/{published.key}/v/1.0/" in mail.body
    assert "Jag har tagit del av riktlinjen" in mail.body


def test_version_that_does_not_apply_yet_is_not_acknowledged(published, learner):
    version = publish_guideline(page=edit(published), effective_on=TODAY() + timedelta(days=3))
    with pytest.raises(NotInForce):
        acknowledge_guideline(person=learner.person, version=version)


def test_acknowledgement_of_what_was_on_the_screen_is_kept(published, learner):
    first = in_force(GuidelineVersion, published.key, TODAY())
    publish_guideline(page=edit(published), change=Change.SUBSTANTIVE, note="Nytt")
    kept = acknowledge_guideline(person=learner.person, version=first)
    assert kept.sha256 == first.sha256
    assert Evidence.objects.get().version_major == 1


def test_proposal_is_not_acknowledged(db, learner):
    version = publish_guideline(page=GuidelinePageFactory(proposal=True))
    with pytest.raises(NotRequirable):
        acknowledge_guideline(person=learner.person, version=version)


def test_history_can_be_laid_down(draft, learner):
    version = publish_guideline(page=draft, at=moment(date(2026, 1, 20)), effective_on=date(2026, 2, 1))
    with pytest.raises(NotInForce):
        acknowledge_guideline(person=learner.person, version=version, at=moment(date(2026, 1, 25)))
    kept = acknowledge_guideline(person=learner.person, version=version, at=moment(date(2026, 2, 3)))
    assert version.published_at == moment(date(2026, 1, 20))
    assert kept.acknowledged_at == moment(date(2026, 2, 3))
    assert Evidence.objects.get().achieved_on == date(2026, 2, 3)


# Out of use


def test_withdrawn_guideline_applies_no_more_and_cannot_come_back(published, learner):
    version = in_force(GuidelineVersion, published.key, TODAY())
    acknowledge_guideline(person=learner.person, version=version)
    withdraw_guideline(key=published.key, reason="Ersatt av en ny lag")
    assert in_force(GuidelineVersion, published.key, TODAY()) is None
    assert Target.objects.get().is_withdrawn
    assert Evidence.objects.count() == 1
    with pytest.raises(AlreadyWithdrawn):
        publish_guideline(page=edit(published))
    with pytest.raises(NotInForce):
        acknowledge_guideline(person=learner.person, version=version)
    with pytest.raises(AlreadyWithdrawn):
        withdraw_guideline(key=published.key, reason="Igen")


@pytest.mark.parametrize("fields", [{"reason": " "}, {"reason": "Ja", "on": date(2026, 1, 1)}])
def test_withdrawal_needs_a_reason_and_a_day_to_come(published, fields):
    with pytest.raises(PublishingError):
        withdraw_guideline(key=published.key, **fields)


def test_what_was_never_published_is_not_withdrawn(draft):
    with pytest.raises(PublishingError):
        withdraw_guideline(key=draft.key, reason="Ja")


def test_deleting_page_account_and_image_removes_nothing(published, learner, cast):
    page = edit(published, user=cast.editor.user)
    version = publish_guideline(page=page, published_by=cast.approver.user)
    acknowledge_guideline(person=learner.person, version=version)
    before = {model: model.objects.count() for model in KEPT}
    html = list(Fragment.objects.values_list("html", flat=True))
    GuidelinePage.objects.get(pk=page.pk).delete()
    for user in (cast.approver.user, cast.editor.user, learner.user):
        user.delete()
    assert {model: model.objects.count() for model in KEPT} == before
    assert list(Fragment.objects.values_list("html", flat=True)) == html
    kept = GuidelineVersion.objects.get(pk=version.pk)
    assert (kept.page, kept.published_by, kept.published_by_name) == (None, None, "Gudrun Gran")


KEPT = (GuidelineVersion, Content, Fragment, Acknowledgement, Evidence, PublishingPlan, AuditEntry)
