"""Author, subject expert, lawyer, approver: nobody approves their own text, and nothing is published past them."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.management import call_command
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page, Workflow, WorkflowPage, WorkflowTask

from cms.core.wagtail_hooks import take_only_the_step_that_was_shown
from cms.people.models import AuditEntry
from cms.versions.enums import Change
from cms.versions.models import PublishingPlan, ReviewSignature
from cms.versions.queries import open_marks
from guidelines.actions import (
    FourEyes,
    NotReviewed,
    OverrideRefused,
    plan_guideline,
    publish_guideline,
    withdraw_guideline,
)
from guidelines.actions.approving import NotInStep
from guidelines.models import GuidelinePage, GuidelineVersion, ReviewTask
from guidelines.queries.approvals import WRITTEN, authors_of_page, review_of, seen_words
from guidelines.wagtail_hooks import ask_whoever_submits, tell_of_an_approval
from tests.cast import LOGIN_BACKEND, Member
from tests.factories import GuidelinePageFactory, PersonFactory, UserFactory, as_stream, body, text
from tests.test_guidelines import edit, let_go_live, versions_of
from tests.test_guidelines_admin import bulk, said

MARKED = text("Lagen säger att du ska anmäla.", review=("J", "H"))


def reviewer(name, *groups):
    """A member of some of Wagtail's groups, with a person behind the account."""
    user = UserFactory(email=f"{name.lower()}@example.se", first_name=name, is_staff=True)
    user.groups.add(*groups)
    return Member(name, user, PersonFactory(user=user, given_name=name))


def admin_client(user):
    return Member("", user).client()


@pytest.fixture
def paper(cast):
    """Version 1.0 was published before there was a workflow; then the editor writes something that experts must see."""
    paper = GuidelinePageFactory()
    publish_guideline(page=paper)
    return edit(GuidelinePage.objects.get(pk=paper.pk), MARKED, user=cast.editor.user)


@pytest.fixture
def experts(cast):
    return {"expert": reviewer("Elsa", *groups_of("Sakkunniga")), "lawyer": reviewer("Jonas", *groups_of("Jurister"))}


def groups_of(*names):
    moderators = Group.objects.get(name="Moderators")
    for name in names:
        group, is_new = Group.objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(moderators.permissions.all())
            for permission in GroupPagePermission.objects.filter(group__name="Editors"):
                GroupPagePermission.objects.create(group=group, page=permission.page, permission=permission.permission)
        yield group


@pytest.fixture
def steps(paper, experts):
    """Three steps over the list of guidelines, each with a group of its own."""
    workflow = Workflow.objects.create(name="Granskning")
    wanted = (("Sakkunnig", "Sakkunniga", ["H"]), ("Jurist", "Jurister", ["J"]), ("Godkännare", "Moderators", []))
    made = []
    for order, (name, group, competences) in enumerate(wanted):
        task = ReviewTask.objects.create(name=name, competences=competences, function=f"{name} i staden")
        task.groups.add(Group.objects.get(name=group))
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
        made.append(task)
    WorkflowPage.objects.create(workflow=workflow, page=paper.get_parent())
    return made


def fresh(paper):
    return GuidelinePage.objects.get(pk=paper.pk)


def submit(paper, user):
    paper = fresh(paper)
    plan_guideline(page=paper.get_latest_revision_as_object(), change=Change.EDITORIAL, made_by=user)
    paper.get_workflow().start(paper, user)


def act(user, paper, action="approve", **fields):
    """Press a button of the current step in Wagtail's admin."""
    state = fresh(paper).current_workflow_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[paper.pk, action, state.pk])
    return admin_client(user).post(address, {"comment": "", **fields})


def status(paper):
    state = fresh(paper).current_workflow_task_state
    return state.task.name if state else None


# The whole way


def test_text_passes_expert_lawyer_and_approver_and_is_signed_on_the_way(paper, steps, experts, cast, settings):
    settings.LEDSTANG_DEMO = False
    submit(paper, cast.editor.user)
    act(experts["expert"].user, paper)
    signature = ReviewSignature.objects.get()
    assert (signature.competence, signature.signed_by_function) == ("H", "Sakkunnig i staden")
    assert signature.signed_by == experts["expert"].person
    assert (status(paper), versions_of(paper)) == ("Jurist", ["1.0"])
    act(experts["lawyer"].user, paper)
    assert set(ReviewSignature.objects.values_list("competence", flat=True)) == {"H", "J"}
    act(cast.approver.user, paper)
    version = GuidelineVersion.objects.get(key=paper.key, minor=1)
    assert version.is_reviewed
    assert not open_marks(version.content_id).exists()
    assert (version.approved_by, version.published_by) == (cast.approver.user, cast.approver.user)
    signed = AuditEntry.objects.filter(action="review_signed").values_list("actor", flat=True)
    assert set(signed) == {experts["expert"].person.pk, experts["lawyer"].person.pk}


def test_step_that_is_sent_twice_is_taken_once(paper, steps, experts, cast):
    client = cast.approver.client()
    address = reverse("wagtailadmin_pages:edit", args=[paper.pk])

    def refused(step: object) -> str:
        sent = {"workflow-action-name": "approve", "action-workflow-action": "true", "workflow_step": step}
        request = RequestFactory().post(address, sent)
        request.user, request._messages = cast.approver.user, CookieStorage(request)
        answer = take_only_the_step_that_was_shown(request, fresh(paper))
        assert answer is None or answer.url == address
        return " ".join(str(message).strip() for message in request._messages)

    submit(paper, cast.editor.user)
    first = fresh(paper).current_workflow_task_state.pk
    assert f'name="workflow_step" value="{first}"' in client.get(address).content.decode()
    assert refused(first) == ""
    act(experts["expert"].user, paper)
    taken, drafts = "Steget är redan taget, och inget mer har gjorts.", fresh(paper).revisions.count()
    assert refused(first) == f"{taken} Nu väntar texten i steget ”Jurist”."
    said = client.post(address, {"workflow-action-name": "approve", "workflow_step": first}, follow=True)
    assert taken in said.content.decode()
    assert 'data-w-unsaved-force-value="false"' in said.content.decode(), "nothing is left for the autosave"
    assert fresh(paper).revisions.count() == drafts
    assert refused(fresh(paper).current_workflow_task_state.pk) == ""
    for account in (experts["lawyer"].user, cast.approver.user):
        act(account, paper)
    assert refused(first) == taken


def test_whoever_submits_is_asked_and_each_approval_says_what_it_led_to(paper, steps, experts, cast, rf):
    def told(say=tell_of_an_approval, page=None, **sent) -> str:
        request = rf.post("/", sent or {"workflow-action-name": "approve"})
        request._messages, request.user = CookieStorage(request), cast.editor.user
        say(request, page or fresh(paper))
        return "".join(str(message) for message in request._messages)

    assert "Säg också vilket slags ändring" in told(ask_whoever_submits, **{"action-submit": "1"})
    submit(paper, cast.editor.user)
    assert told(ask_whoever_submits, **{"action-submit": "1"}) == ""
    for account, step in ((experts["expert"].user, "Jurist"), (experts["lawyer"].user, "Godkännare")):
        act(account, paper)
        assert told().strip() == f"Godkänt. Nu väntar texten i steget ”{step}”."
    act(cast.approver.user, paper)
    assert "är publicerad som version 1.1" in told()
    other = paper.get_parent().specific
    other.save_revision().publish()
    assert "Godkänt: ”Riktlinjer” är publicerad." in told(page=other)
    other.save_revision()
    assert told(page=other) == ""


def test_dialog_shows_the_steps_and_lets_nobody_publish_past_them(paper, steps, experts, cast):
    def ways() -> set[str]:
        form = cast.approver.client().get(reverse("wagtailadmin_pages:edit", args=[paper.pk])).content.decode()
        names = ("action-publish", "action-unpublish", "action-submit", "Se vad som ändras")
        return {name for name in names if name in form}

    def care() -> str:
        return cast.editor.client().get(reverse("wagtailadmin_home")).content.decode()

    waiting = "1 riktlinje har ändringar som läsarna inte ser än"
    assert waiting in care()
    assert ways() == {"action-publish", "action-submit", "Se vad som ändras"}
    submit(paper, cast.editor.user)
    assert waiting not in care()
    assert ways() == {"Se vad som ändras"}
    act(experts["expert"].user, paper)
    client = cast.approver.client()
    shown = client.get(reverse("guidelines_admin:publish", args=[paper.pk])).content.decode()
    assert "väntar i steget ”Jurist”" in shown
    assert "Sakkunnig: <strong>godkänt</strong>" in shown
    assert "Jurist: <strong>inte godkänt än</strong>" in shown
    assert 'name="publish"' not in shown
    assert 'name="override_reason"' not in shown
    answer = client.post(
        reverse("guidelines_admin:publish", args=[paper.pk]),
        {
            "revision": seen_words(fresh(paper)),
            "change": "editorial",
            "effective_on": timezone.localdate().isoformat(),
            "publish": "1",
        },
    )
    assert "måste godkännas i alla steg" in answer.content.decode()
    assert versions_of(paper) == ["1.0"]


# Four eyes


def test_whoever_changed_anything_cannot_approve_whatever_their_rights(paper, steps, experts, cast):
    boss = UserFactory(superuser=True)
    boss.groups.add(Group.objects.get(name="Sakkunniga"))
    paper = edit(paper, MARKED, "Och en mening till.", user=boss)
    submit(paper, cast.editor.user)
    for user in (boss, cast.editor.user):
        assert "approve" not in [name for name, _label, _modal in steps[0].get_actions(fresh(paper), user)]
        answer = act(user, paper)
        assert (answer.status_code, status(paper)) in ((302, "Sakkunnig"), (403, "Sakkunnig"))
    assert not ReviewSignature.objects.exists()
    with pytest.raises(FourEyes):  # nor by code, nor by the button that saves and approves in one
        steps[0].on_action(fresh(paper).current_workflow_task_state, boss, "approve")
    act(experts["expert"].user, paper)
    assert status(paper) == "Jurist"


def test_twin_without_authors_anybody_of_the_group_approves(paper, steps, experts, cast, monkeypatch):
    paper = edit(paper, MARKED, "Elsas mening.", user=experts["expert"].user)
    submit(paper, cast.editor.user)
    monkeypatch.setattr("guidelines.actions.approving.authors_of_page", lambda paper: set())
    steps[0].on_action(fresh(paper).current_workflow_task_state, experts["expert"].user, "approve")
    assert status(paper) == "Jurist"


def test_authors_approval_that_slipped_in_stops_the_publication(paper, steps, experts, cast):
    """Code can approve a state without asking the step: what is published is asked again."""
    paper = edit(paper, MARKED, "Elsas mening.", user=experts["expert"].user)
    submit(paper, cast.editor.user)
    fresh(paper).current_workflow_task_state.approve(user=experts["expert"].user)
    act(experts["lawyer"].user, paper)
    answer = act(cast.approver.user, paper)
    assert "kan inte godkänna den" in said(answer)
    assert (status(paper), versions_of(paper)) == ("Godkännare", ["1.0"])


def test_reviewer_who_edits_becomes_an_author_and_all_steps_are_asked_again(paper, steps, experts, cast):
    submit(paper, cast.editor.user)
    act(experts["expert"].user, paper)
    paper = edit(paper, MARKED, "Juristens mening.", user=experts["lawyer"].user)
    plan_guideline(page=paper.get_latest_revision_as_object(), change=Change.EDITORIAL, made_by=cast.editor.user)
    assert experts["lawyer"].user.pk in authors_of_page(fresh(paper))
    act(experts["lawyer"].user, paper)
    assert status(paper) == "Jurist"
    second = reviewer("Julia", *groups_of("Jurister"))
    act(second.user, paper)
    assert status(paper) == "Sakkunnig"  # what the expert approved was another text
    act(experts["expert"].user, paper)
    act(cast.approver.user, paper)
    assert versions_of(paper) == ["1.0", "1.1"]


def overwrite(paper, user, *blocks, save=None):
    """What Wagtail's autosave does: the words of its author's latest revision are replaced where they stand."""
    draft = paper.get_latest_revision_as_object()
    draft.body = as_stream(GuidelinePage, body(*blocks))
    (save or GuidelinePage.save_revision)(draft, user=user, overwrite_revision=paper.get_latest_revision())
    return fresh(paper)


def test_autosave_does_not_replace_words_that_were_approved_or_published(paper, steps, experts, cast):
    author = experts["lawyer"].user  # of the next step, so that the page is not locked for them
    paper = edit(paper, MARKED, "Juristens mening.", user=author)
    submit(paper, cast.editor.user)
    act(experts["expert"].user, paper)
    paper = overwrite(paper, author, MARKED, "Något som den sakkunniga aldrig såg.")
    assert not review_of(paper, paper.latest_revision, since=None).approvers
    second = reviewer("Julia", *groups_of("Jurister")).user
    plan_guideline(page=paper.get_latest_revision_as_object(), change=Change.EDITORIAL, made_by=cast.editor.user)
    for user in (second, experts["expert"].user, cast.approver.user):
        act(user, paper)
    assert versions_of(paper) == ["1.0", "1.1"]
    paper = overwrite(fresh(paper), author, "Efter publiceringen.")
    assert authors_of_page(paper) == {author.pk}


def test_twin_overwritten_words_would_have_been_seen_as_approved(paper, steps, experts, cast):
    author = experts["lawyer"].user
    paper = edit(paper, MARKED, "Juristens mening.", user=author)
    submit(paper, cast.editor.user)
    act(experts["expert"].user, paper)
    paper = overwrite(paper, author, MARKED, "Något som den sakkunniga aldrig såg.", save=Page.save_revision)
    assert review_of(paper, paper.latest_revision, since=None).approvers == [experts["expert"].user]


def test_every_field_that_is_frozen_counts_as_writing(paper):
    frozen = {"title", "body", *paper.frozen_fields(), "questions"}
    assert frozen <= set(WRITTEN)


# Past the workflow


def test_nothing_is_published_without_the_finished_workflow(paper, steps, cast):
    with pytest.raises(NotReviewed):
        publish_guideline(page=paper, published_by=cast.approver.user)
    assert versions_of(paper) == ["1.0"]
    assert not review_of(fresh(paper), fresh(paper).latest_revision, since=None).is_finished


def test_nor_by_schedule_nor_with_others(paper, steps, cast):
    paper = edit(paper, MARKED, go_live_at=timezone.now() + timedelta(hours=1), user=cast.editor.user)
    with pytest.raises(NotReviewed):
        publish_guideline(page=paper, published_by=cast.approver.user)
    assert not paper.revisions.filter(approved_go_live_at__isnull=False).exists()
    paper = edit(paper, MARKED, go_live_at=None, user=cast.editor.user)
    plan_guideline(page=paper.get_latest_revision_as_object(), change=Change.EDITORIAL, made_by=cast.editor.user)
    answer = bulk(cast.approver.client(), "publish", paper)
    assert "måste godkännas i alla steg" in said(answer)
    assert versions_of(paper) == ["1.0"]


def test_first_version_passes_the_steps_too(steps, experts, cast):
    parent = GuidelinePage.objects.get().get_parent()
    new = edit(GuidelinePageFactory(parent=parent), "Alldeles ny.", user=cast.editor.user)
    submit(new, cast.editor.user)
    for user in (experts["expert"].user, experts["lawyer"].user, cast.approver.user):
        act(user, new)
    assert GuidelineVersion.objects.get(key=new.key).approved_by == cast.approver.user


def test_twin_without_the_workflow_it_is_published(paper, steps, cast):
    WorkflowPage.objects.filter(page=paper.get_parent()).delete()
    assert publish_guideline(page=paper, published_by=cast.approver.user).number == "1.1"


def test_edit_after_the_last_approval_is_not_covered(paper, steps, experts, cast):
    """The schedule publishes what was approved; what somebody wrote afterwards has to go the whole way again."""
    live = timezone.now() + timedelta(hours=1)
    paper = edit(paper, MARKED, go_live_at=live, user=cast.editor.user)
    submit(paper, cast.editor.user)
    for user in (experts["expert"].user, experts["lawyer"].user, cast.approver.user):
        act(user, paper)
    let_go_live()
    call_command("publish_scheduled")
    version = GuidelineVersion.objects.get(key=paper.key, minor=1)
    assert (version.approved_by, versions_of(paper)) == (cast.approver.user, ["1.0", "1.1"])
    paper = edit(paper, "En mening efteråt.", go_live_at=None, user=cast.editor.user)
    with pytest.raises(NotReviewed):
        publish_guideline(page=paper, published_by=cast.approver.user)


def test_going_back_to_words_that_were_approved_before_asks_anew(paper, steps, experts, cast):
    submit(paper, cast.editor.user)
    for user in (experts["expert"].user, experts["lawyer"].user, cast.approver.user):
        act(user, paper)
    blocks = json.loads(fresh(paper).get_latest_revision().content["body"])
    boss = UserFactory(superuser=True)
    publish_guideline(page=edit(paper, "Annat."), published_by=boss, override_reason="Prov")
    draft = fresh(paper).get_latest_revision_as_object()
    draft.body = as_stream(GuidelinePage, blocks)
    draft.save_revision(user=cast.editor.user)
    with pytest.raises(NotReviewed):
        publish_guideline(page=fresh(paper), published_by=cast.approver.user)
    assert versions_of(paper) == ["1.0", "1.1", "1.2"]


def test_only_an_administrator_goes_past_it_and_the_reason_is_logged(paper, steps, cast):
    with pytest.raises(OverrideRefused):
        publish_guideline(page=paper, published_by=cast.approver.user, override_reason="Bråttom")
    boss = UserFactory(superuser=True)
    client = Member("", boss).client()
    address = reverse("guidelines_admin:publish", args=[paper.pk])
    assert 'name="override_reason"' in client.get(address).content.decode()
    decision = {
        "revision": seen_words(fresh(paper)),
        "change": "editorial",
        "effective_on": timezone.localdate().isoformat(),
        "publish": "1",
    }
    assert "måste godkännas i alla steg" in client.post(address, decision).content.decode()
    assert versions_of(paper) == ["1.0"]
    client.post(address, {**decision, "override_reason": "Telefonnumret till jouren var fel."})
    assert versions_of(paper) == ["1.0", "1.1"]
    entry = AuditEntry.objects.get(action="review_overridden")
    assert entry.object_key == str(paper.key)
    assert entry.details["reason"] == "Telefonnumret till jouren var fel."
    assert PublishingPlan.objects.get(pk=entry.details["plan"]).made_by == boss


def test_four_eyes_without_a_workflow_give_way_to_the_same_reason(paper, settings):
    settings.LEDSTANG_FOUR_EYES = True
    boss = UserFactory(superuser=True)
    paper = edit(paper, "Administratörens mening.", user=boss)
    with pytest.raises(FourEyes):
        publish_guideline(page=paper, published_by=boss)
    client = Member("", boss).client()
    assert 'name="override_reason"' in client.get(reverse("guidelines_admin:publish", args=[paper.pk])).content.decode()
    publish_guideline(page=paper, published_by=boss, override_reason="Ingen kollega fanns på plats.")
    assert AuditEntry.objects.get(action="review_overridden").details["number"] == "1.1"


def test_nobody_is_asked_to_approve_what_is_withdrawn(paper, steps, experts, cast):
    submit(paper, cast.editor.user)
    waits = "väntar på att du godkänner"
    assert waits in experts["expert"].client().get("/admin/").content.decode()
    withdraw_guideline(key=paper.key, reason="Ersatt", withdrawn_by=cast.approver.user)
    paper = GuidelinePage.objects.get(pk=paper.pk)
    assert paper.current_workflow_state is None
    assert waits not in experts["expert"].client().get("/admin/").content.decode()
    assert paper.workflow_states.get().status == "cancelled"


def test_what_is_withdrawn_is_submitted_to_nobody_and_its_form_says_why(paper, steps, cast):
    client, page = cast.approver.client(), reverse("wagtailadmin_pages:edit", args=[paper.pk])
    before = client.get(page).content.decode()
    assert "action-submit" in before
    assert "kan inte publiceras igen" not in before
    withdraw_guideline(key=paper.key, reason="Ersatt", withdrawn_by=cast.approver.user)
    shown = client.get(page).content.decode()
    assert f"är tillbakadragen från och med {timezone.localdate()} och kan inte publiceras igen" in shown
    assert not {name for name in ("action-submit", "action-publish") if name in shown}
    assert not fresh(paper).permissions_for_user(cast.editor.user).can_submit_for_moderation()


def test_step_can_be_made_in_the_admin(cast, client):
    client.force_login(UserFactory(superuser=True), backend=LOGIN_BACKEND)
    group = Group.objects.get(name="Moderators")
    address = reverse("wagtailadmin_workflows:add_task", args=["guidelines", "reviewtask"])
    form = {"name": "Jurist", "groups": [group.pk], "competences": ["J", "A"], "function": "Stadsjurist"}
    assert client.get(address).status_code == 200
    client.post(address, form)
    assert ReviewTask.objects.get().competences == ["J", "A"]


# What was found when it was read again


def test_words_that_autosave_wrote_under_an_open_dialog_are_not_published(paper, cast):
    decision = {
        "revision": seen_words(fresh(paper)),
        "change": "editorial",
        "effective_on": timezone.localdate().isoformat(),
        "publish": "1",
    }
    overwrite(fresh(paper), cast.editor.user, MARKED, "Något som ingen annan har sett.")
    client = cast.approver.client()
    for button in ("publish", "plan"):
        answer = client.post(reverse("guidelines_admin:publish", args=[paper.pk]), {**decision, button: "1"})
        assert "har ändrats sedan" in answer.content.decode()
    assert (versions_of(paper), PublishingPlan.objects.count()) == (["1.0"], 1)


def test_own_text_is_not_scheduled_where_four_eyes_are_asked(paper, cast, settings):
    settings.LEDSTANG_FOUR_EYES = True
    paper = edit(paper, "Egen.", go_live_at=timezone.now() + timedelta(hours=1), user=cast.approver.user)
    with pytest.raises(FourEyes):
        publish_guideline(page=paper, published_by=cast.approver.user)
    assert not paper.revisions.filter(approved_go_live_at__isnull=False).exists()


def test_whoever_only_kept_the_decision_has_not_approved(paper, cast):
    paper = edit(paper, "Ny.", go_live_at=timezone.now() + timedelta(hours=1), user=cast.approver.user)
    publish_guideline(page=paper, published_by=cast.approver.user)
    planner = reviewer("Pia", Group.objects.get(name="Editors")).user
    plan_guideline(page=paper.get_latest_revision_as_object(), change=Change.EDITORIAL, note="Igen", made_by=planner)
    let_go_live()
    call_command("publish_scheduled")
    assert GuidelineVersion.objects.get(key=paper.key, minor=1).approved_by is None


def test_a_step_is_for_its_groups_administrators_included(paper, steps, cast):
    boss = UserFactory(superuser=True)
    submit(paper, cast.editor.user)
    assert "approve" not in [name for name, _label, _modal in steps[0].get_actions(fresh(paper), boss)]
    with pytest.raises(NotInStep):
        steps[0].on_action(fresh(paper).current_workflow_task_state, boss, "approve")
    assert status(paper) == "Sakkunnig"


def test_twin_with_the_administrator_in_the_group_it_is_approved(paper, steps, cast):
    boss = UserFactory(superuser=True)
    boss.groups.add(Group.objects.get(name="Sakkunniga"))
    submit(paper, cast.editor.user)
    steps[0].on_action(fresh(paper).current_workflow_task_state, boss, "approve")
    assert status(paper) == "Jurist"
