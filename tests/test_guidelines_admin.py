"""The editor's way: what Wagtail's admin does with guidelines, and what it refuses with a clear message."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.blocks import CharBlock, ChoiceBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.compliance.actions import set_rule
from cms.compliance.models import Target
from cms.references.models import LegalReference
from cms.versions.enums import Change
from cms.versions.models import PublishingPlan, Withdrawal
from guidelines.actions import acknowledge_guideline, plan_guideline, publish_guideline
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.queries.approvals import seen_words
from guidelines.wagtail_hooks import settle
from tests.cast import LOGIN_BACKEND
from tests.factories import (
    GuidelineIndexPageFactory,
    GuidelinePageFactory,
    LegalReferenceFactory,
    RequirementFactory,
    UserFactory,
    as_stream,
    text,
)
from tests.test_guidelines import edit, versions_of

TODAY = timezone.localdate


@pytest.fixture
def published(db):
    page = GuidelinePageFactory()
    publish_guideline(page=page)
    return GuidelinePage.objects.get(pk=page.pk)


@pytest.fixture
def approver_client(cast):
    return cast.approver.client()


def said(answer):
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def dialog(page):
    return reverse("guidelines_admin:publish", args=[page.pk])


def decide(client, page, **fields):
    page = GuidelinePage.objects.get(pk=page.pk)
    decision = {
        "revision": seen_words(page),
        "change": "editorial",
        "note": "",
        "effective_on": TODAY().isoformat(),
        "redo_by": "",
        "publish": "1",
        **fields,
    }
    return client.post(dialog(page), decision)


def page_form(**fields):
    """A post of Wagtail's edit form for a guideline with one sentence."""
    return nested_form_data(
        {
            "title": "Ny riktlinje",
            "slug": "ny-riktlinje",
            "summary": "",
            "body": streamfield([("text", {"text": rich_text("<p>En mening.</p>"), "audiences": [], "review": []})]),
            "kind": "support",
            "decided_by": "",
            "decided_on": "",
            "decision_ref": "",
            "record_number": "",
            "owner_function": "",
            "replaces": "",
            "review_by": "",
            "statement": "",
            "questions": streamfield([]),
            "comments-TOTAL_FORMS": 0,
            "comments-INITIAL_FORMS": 0,
            "comments-MIN_NUM_FORMS": 0,
            "comments-MAX_NUM_FORMS": 1000,
            **fields,
        }
    )


# The dialog


def test_publish_button_of_the_edit_view_leads_to_the_dialog(published, approver_client):
    address = reverse("wagtailadmin_pages:edit", args=[published.pk])
    answer = approver_client.post(address, page_form(title="Ändrad", **{"action-publish": "1"}))
    assert answer.url == dialog(published)
    page = GuidelinePage.objects.get(pk=published.pk)
    assert (page.title, page.get_latest_revision_as_object().title) == (published.title, "Ändrad")
    assert versions_of(published) == ["1.0"]


def test_publish_button_of_the_create_view_leads_to_the_dialog_and_nothing_is_live(cast, approver_client):
    parent = GuidelineIndexPageFactory()
    address = reverse("wagtailadmin_pages:add", args=["guidelines", "guidelinepage", parent.pk])
    answer = approver_client.post(address, page_form(**{"action-publish": "1"}))
    page = GuidelinePage.objects.get()
    assert answer.url == dialog(page)
    assert not page.live
    assert approver_client.get(answer.url).status_code == 200
    decide(approver_client, page)
    assert versions_of(page) == ["1.0"]
    assert GuidelinePage.objects.get().live


def test_dialog_says_what_has_changed_and_what_it_costs(published, approver_client, cast):
    target = Target.objects.get(key=published.key)
    requirement = RequirementFactory(target=target)
    set_rule(requirement=requirement, effective_on=TODAY() - timedelta(days=30), due_days=14)
    page = edit(published, text("Helt nya ord om anmälan.", review=("J",)), decided_by="Kommunstyrelsen")
    shown = approver_client.get(dialog(page)).content.decode()
    for words in (
        "1.0, från",
        "6 personer ska läsa riktlinjen",
        "Ändrat: beslutad av",
        "Nytt: Helt nya ord om anmälan.",
        "Borttaget: Lova inte att tiga.",
        "Beslutad av: <del>Utbildningsnämnden</del><ins>Kommunstyrelsen</ins>",
        "<ins>Helt nya ord om anmälan.</ins>",
        "<del>Lova inte att tiga.</del>",
        "1 avsnitt väntar på granskning",
        "jurist",
        "Redaktionell, 1.1",
        "Väsentlig, 2.0",
    ):
        assert words in shown, words
    assert "lyttat" not in shown  # nothing has changed places


def test_dialog_names_what_the_registers_say_otherwise_and_leads_there(published, approver_client):
    law = LegalReferenceFactory(key="orosanmalan")
    page = edit(published, "Se {{lag:orosanmalan}}.")
    publish_guideline(page=page)
    LegalReference.objects.filter(pk=law.pk).update(citation="19 kap. 2 § socialtjänstlagen (2025:400)")
    shown = approver_client.get(dialog(edit(page, "Se {{lag:orosanmalan}} först."))).content.decode()
    assert ">19 kap. 2 § socialtjänstlagen (2025:400)</a>" in shown.partition("Registret har ändrats:")[2][:400]
    assert "lag:orosanmalan" not in shown


def test_dialog_publishes_as_decided(published, approver_client):
    by = TODAY() + timedelta(days=20)
    edit(published)
    answer = decide(approver_client, published, change="substantive", note="Nytt att göra", redo_by=by.isoformat())
    assert answer.status_code == 302
    assert "version 2.0" in said(answer)
    version = GuidelineVersion.objects.get(key=published.key, major=2)
    assert (version.change_note, version.plan.redo_by) == ("Nytt att göra", by)
    assert version.published_by_name == "Gudrun Gran"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"change": "substantive", "note": " "}, "behöver en notering"),
        ({"effective_on": "2020-01-01"}, "tidigast från"),
        ({"change": "substantive", "note": "x", "redo_by": "2020-01-01"}, "börjar gälla"),
        ({"change": ""}, "fältet är obligatoriskt"),
        ({"effective_on": "igår"}, "giltigt datum"),
    ],
)
def test_wrong_decision_is_explained_and_what_was_typed_is_kept(published, approver_client, fields, words):
    edit(published)
    shown = decide(approver_client, published, **{"note": "Mina ord", **fields}).content.decode()
    assert words in shown
    assert fields.get("note", "Mina ord") in shown
    assert versions_of(published) == ["1.0"]


def test_text_that_changed_meanwhile_is_shown_again(published, approver_client):
    page = edit(published, "Ett.")
    seen = page.latest_revision_id
    edit(published, "Två.")
    shown = decide(approver_client, published, revision=seen, note="Mina ord").content.decode()
    assert "ändrats sedan du öppnade" in shown
    assert "Två." in shown
    assert "Mina ord" in shown
    assert versions_of(published) == ["1.0"]


def test_posting_the_dialog_twice_makes_one_version(published, approver_client):
    edit(published)
    decide(approver_client, published)
    answer = decide(approver_client, published)
    assert "ingen ny version" in said(answer)
    assert versions_of(published) == ["1.0", "1.1"]


def test_undecided_guideline_says_so_instead_of_a_form(db, approver_client):
    page = GuidelinePageFactory(undecided=True)
    page.save_revision()
    shown = approver_client.get(dialog(page)).content.decode()
    assert "behöver ett beslut" in shown
    assert 'name="publish"' not in shown
    assert "behöver ett beslut" in decide(approver_client, page).content.decode()


def test_unknown_key_says_so_instead_of_a_form(published, approver_client):
    page = edit(published, "Ring {{kontakt:ingen}}.")
    shown = approver_client.get(dialog(page)).content.decode()
    assert "{{kontakt:ingen}}" in shown
    assert 'name="publish"' not in shown


def test_schedule_keeps_the_decision_until_it_goes_live(published, approver_client):
    live = timezone.now() + timedelta(days=3)
    edit(published, go_live_at=live)
    day = timezone.localdate(live)
    answer = decide(approver_client, published, effective_on=day.isoformat())
    assert "Schemalagd" in said(answer)
    assert versions_of(published) == ["1.0"]
    assert PublishingPlan.objects.order_by("pk").last().effective_on == day


# Who may


def test_editor_decides_but_does_not_publish(published, cast):
    client = cast.editor.client()
    edit(published, user=cast.editor.user)
    shown = client.get(dialog(published)).content.decode()
    assert 'name="plan"' in shown
    assert 'name="publish"' not in shown
    assert decide(client, published).status_code in (302, 403)
    assert versions_of(published) == ["1.0"]
    page = GuidelinePage.objects.get(pk=published.pk)
    kept = {"revision": seen_words(page), "change": "editorial", "effective_on": TODAY().isoformat(), "plan": "1"}
    unclear = client.post(dialog(page), {**kept, "change": "substantive", "effective_on": "snart"}).content.decode()
    for place in ("note", "effective_on"):
        assert unclear.index("Något behöver rättas") < unclear.index(f'href="#id_{place}"') < unclear.index("<form")
    assert "Beslutet är sparat" in said(client.post(dialog(page), kept))
    assert PublishingPlan.objects.filter(made_by=cast.editor.user).exists()


@pytest.mark.parametrize("name", ["learner", "head", "hr", "outsider", "former_employee"])
@pytest.mark.parametrize("view", ["publish", "withdraw"])
def test_others_do_not_reach_the_editors_pages(published, cast, name, view):
    address = reverse(f"guidelines_admin:{view}", args=[published.pk])
    assert cast[name].client().get(address).status_code in (302, 403)
    cast[name].client().post(address, {"reason": "Ja", "on": TODAY().isoformat()})
    assert not Withdrawal.objects.exists()


def test_editor_does_not_withdraw(published, cast):
    answer = cast.editor.client().post(
        reverse("guidelines_admin:withdraw", args=[published.pk]), {"reason": "Ja", "on": TODAY().isoformat()}
    )
    assert answer.status_code in (302, 403)
    assert not Withdrawal.objects.exists()


# Other roads


def approve(client, page):
    state = GuidelinePage.objects.get(pk=page.pk).current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    return client.post(address, {"comment": ""}), state


def test_workflow_approval_without_a_decision_leads_to_the_dialog(published, approver_client, cast):
    page = edit(published, user=cast.editor.user)
    page.get_workflow().start(page, cast.editor.user)
    answer, state = approve(approver_client, page)
    assert (answer.status_code, answer.url) == (302, dialog(page))
    assert "Säg vilket slags ändring" in said(answer)
    state.refresh_from_db()
    assert state.status == "in_progress"
    assert versions_of(page) == ["1.0"]


def test_workflow_dialog_without_a_decision_leads_there_too(published, approver_client, cast):
    page = edit(published, user=cast.editor.user)
    page.get_workflow().start(page, cast.editor.user)
    state = GuidelinePage.objects.get(pk=page.pk).current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    answer = approver_client.post(address, {"comment": ""}, headers={"x-requested-with": "XMLHttpRequest"})
    assert answer.json() == {"step": "success", "redirect": dialog(page)}
    assert versions_of(page) == ["1.0"]


def test_workflow_approval_with_a_decision_publishes(published, approver_client, cast):
    page = edit(published, user=cast.editor.user)
    plan_guideline(page=page.get_latest_revision_as_object(), change=Change.EDITORIAL, made_by=cast.editor.user)
    page.get_workflow().start(page, cast.editor.user)
    approve(approver_client, page)
    assert versions_of(page) == ["1.0", "1.1"]
    version = GuidelineVersion.objects.get(key=page.key, minor=1)
    assert version.approved_by == cast.approver.user


def test_four_eyes_in_the_dialog(published, approver_client, cast, settings):
    settings.LEDSTANG_FOUR_EYES = True
    edit(published, user=cast.approver.user)
    shown = decide(approver_client, published).content.decode()
    assert "kan inte publicera den själv" in shown
    assert versions_of(published) == ["1.0"]


def bulk(client, action, *pages, **fields):
    address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    ids = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{address}?{ids}&next=/admin/", {"confirm": "Ledstång", **fields})


def test_bulk_publish_without_a_decision_publishes_nothing(published, approver_client):
    other = GuidelinePageFactory()
    plan_guideline(page=other, change=Change.EDITORIAL)
    edit(published)
    answer = bulk(approver_client, "publish", published, other)
    assert (answer.status_code, answer.url) == (302, "/admin/")
    assert "Säg vilket slags ändring" in said(answer)
    assert versions_of(published) == ["1.0"]
    assert versions_of(other) == []


def test_bulk_publish_of_the_list_looks_at_the_pages_below(approver_client, db):
    page = GuidelinePageFactory()
    bulk(approver_client, "publish", page.get_parent(), include_descendants="on")
    assert not Page.objects.get(pk=page.pk).live


def test_bulk_publish_with_decisions_publishes(published, approver_client):
    page = edit(published)
    plan_guideline(page=page.get_latest_revision_as_object(), change=Change.EDITORIAL)
    bulk(approver_client, "publish", published)
    assert versions_of(published) == ["1.0", "1.1"]


def test_copy_that_would_go_live_is_refused(published, approver_client):
    """Wagtail's copy can publish the copy at once: it is a guideline of its own, which nobody has decided on."""
    address = reverse("wagtailadmin_pages:copy", args=[published.pk])
    form = {
        "new_title": "Kopia",
        "new_slug": "kopia",
        "new_parent_page": published.get_parent().pk,
        "publish_copies": "on",
    }
    answer = approver_client.post(address, form)
    assert answer.status_code == 302
    assert "Säg vilket slags ändring" in said(answer)
    assert not GuidelinePage.objects.filter(title="Kopia").exists()


# Out of use


@pytest.mark.parametrize("view", ["delete", "unpublish"])
def test_published_guideline_is_withdrawn_not_removed(published, approver_client, view):
    answer = approver_client.post(reverse(f"wagtailadmin_pages:{view}", args=[published.pk]))
    assert answer.status_code == 302
    assert "dras tillbaka" in said(answer)
    assert GuidelinePage.objects.get(pk=published.pk).live


@pytest.mark.parametrize("action", ["delete", "unpublish"])
def test_nor_are_several_at_once(published, client, action):
    client.force_login(UserFactory(superuser=True), backend=LOGIN_BACKEND)
    answer = bulk(client, action, published.get_parent(), include_descendants="on")
    assert "dras tillbaka" in said(answer)
    assert GuidelinePage.objects.get(pk=published.pk).live


def test_list_with_published_guidelines_is_not_deleted(published, client):
    client.force_login(UserFactory(superuser=True), backend=LOGIN_BACKEND)
    client.post(reverse("wagtailadmin_pages:delete", args=[published.get_parent().pk]))
    assert GuidelinePage.objects.filter(pk=published.pk).exists()


def test_draft_that_was_never_published_can_be_deleted(db, approver_client):
    page = GuidelinePageFactory()
    approver_client.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert not GuidelinePage.objects.exists()


def test_withdrawing_in_the_admin(published, approver_client, learner):
    other = GuidelinePageFactory(title="Efterföljaren")
    publish_guideline(page=other)
    acknowledge_guideline(person=learner.person, version=GuidelineVersion.objects.get(key=published.key))
    address = reverse("guidelines_admin:withdraw", args=[published.pk])
    assert "Efterföljaren" in approver_client.get(address).content.decode()
    form = {"reason": "Ersatt", "on": TODAY().isoformat(), "successor": str(other.key)}
    assert "är tillbakadragen" in said(approver_client.post(address, form))
    assert Withdrawal.objects.get().successor == other.key
    listed = approver_client.get(reverse("wagtailadmin_explore", args=[published.get_parent().pk])).content.decode()
    assert re.search(r"w-status[^>]*>\s*(<[^>]*>[^<]*</[^>]*>\s*)*tillbakadragen", listed)
    assert "redan tillbakadraget" in approver_client.post(address, form).content.decode()
    assert "tillbakadraget och kan inte publiceras" in approver_client.get(dialog(published)).content.decode()


def test_edit_view_has_the_ways_on(published, approver_client):
    shown = approver_client.get(reverse("wagtailadmin_pages:edit", args=[published.pk])).content.decode()
    assert dialog(published) in shown
    assert reverse("guidelines_admin:withdraw", args=[published.pk]) in shown
    assert "expire_at" not in shown


# Preview


def test_preview_shows_the_draft_through_the_same_freezing(published, approver_client):
    page = edit(published, text("Bara för förskolan.", audiences=("preschool",)), "Ring {{kontakt:ingen}}.")
    draft = page.get_latest_revision_as_object()
    request = RequestFactory().get("/")
    everything = draft.make_preview_request(request, "").render().content.decode()
    assert "Bara för förskolan." in everything
    assert "[kontakt:ingen?]" in everything
    assert "Bara för förskolan." not in draft.make_preview_request(request, "upper_secondary").content.decode()
    assert versions_of(page) == ["1.0"]


def test_preview_stands_an_empty_draft(db):
    page = GuidelinePageFactory()
    page.title, page.summary, page.kind, page.statement, page.decided_by = "", None, "", None, None
    page.decided_on = page.review_by = None
    blocks = [{"type": name, "value": {}} for name in page.body.stream_block.child_blocks]
    page.body = page.body.stream_block.to_python(blocks)
    for block in page.body:
        for name, child in block.block.child_blocks.items():
            if isinstance(child, (CharBlock, ChoiceBlock, ImageChooserBlock)):
                block.value[name] = None
    answer = page.make_preview_request(RequestFactory().get("/"), "")
    assert answer.status_code == 200


# Saved again as it was


def test_same_words_in_other_markup_are_no_draft(published):
    first, *others = published.body.raw_data
    plain = first["value"]["text"]
    for words, is_draft in (("<p>En annan mening.</p>", True), (plain, False)):
        draft = published.get_latest_revision_as_object()
        markup = words.replace("<p>", '<p data-block-key="abc12">')
        assert markup != plain
        draft.body = as_stream(GuidelinePage, [{**first, "value": {**first["value"], "text": markup}}, *others])
        draft.save_revision()
        settle(None, draft)
        assert GuidelinePage.objects.get(pk=published.pk).has_unpublished_changes is is_draft
