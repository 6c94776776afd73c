"""Requirements in Wagtail's admin: who may, how a rule reads before it is saved, and that none is changed."""

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.compliance.actions import NotReviewed, check_summaries, rebuild_summaries, require, set_rule
from cms.compliance.models import Requirement, RequirementRule, Target
from cms.compliance.queries import rule_rows
from cms.compliance.queries.facts import load_rules
from cms.compliance.wording import alternatives
from cms.oversight.actions import ask_for_rule
from cms.oversight.forms.rules import RuleForm
from cms.oversight.models import AwaitedRule
from cms.oversight.tasks import write_rule
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry, Person
from cms.versions.registry import VersionKind, version_kinds
from tests.cast import Cast, City, Member
from tests.factories import RequirementFactory, TargetFactory
from tests.test_oversight import body

LIST, NEW = "ledstang_requirements", "ledstang_new_requirement"
TODAY = timezone.localdate


@pytest.fixture
def target(db: None) -> Target:
    return TargetFactory(title="Sugardejting")


@pytest.fixture
def admin(hr: Member) -> Client:
    """HR with the permission that an administrator gives."""
    permissions = Permission.objects.filter(codename__in=["access_admin", "add_requirement"])
    hr.user.user_permissions.add(*permissions)
    hr.user.is_staff = True
    hr.user.save()
    return hr.client()


def rule(target: Target, **changes: Any) -> dict[str, Any]:
    fields = {"target": target.pk, "effective_on": TODAY().isoformat(), "due_days": "90", "window_days": "90"}
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def press(client: Client, address: str, fields: dict[str, Any]) -> Any:
    """Try, read, save: as one does on the page."""
    shown = BeautifulSoup(body(client.post(address, {**fields, "try": ""})), "html.parser")
    seal = shown.find("input", attrs={"name": "seal"})
    return client.post(address, {**fields, "save": "", "seal": seal["value"] if seal else ""})


def test_only_those_with_the_permission_get_in(cast: Cast, admin: Client, target: Target, visitor: Client):
    found = RequirementFactory(target=target)
    addresses = [reverse(LIST), reverse(NEW), reverse("ledstang_requirement", args=[found.key])]
    for address in addresses:
        assert admin.get(address).status_code == 200
        for member in (cast.editor, cast.head, cast.learner):
            assert member.client().get(address).status_code in (302, 403)
        assert visitor.get(address).status_code == 302
    end = reverse("ledstang_end_requirement", args=[found.key])
    assert cast.editor.client().post(end).status_code in (302, 403)
    assert not RequirementRule.objects.exists()


def test_rule_is_read_before_it_is_saved(city: City, cast: Cast, admin: Client, target: Target):
    fields = rule(
        target, org_units=[city.schools.pk], roles=[city.roles["larare"].pk], validity_months="24",
        org_unit_kinds=["compulsory_school"],
    )  # fmt: skip
    shown = body(admin.post(reverse(NEW), fields))
    assert (
        "Alla som arbetar som lärare på enheter av slaget grundskola inom Utbildningsförvaltningen ska göra "
        "”Sugardejting” inom 90 dagar från anställningen, och sedan igen vartannat år."
    ) in shown
    assert "Den gäller 2 medarbetare nu." in shown
    assert (TODAY() + timedelta(days=90)).isoformat() in shown
    assert not Requirement.objects.exists()
    response = press(admin, reverse(NEW), fields)
    made = Requirement.objects.get()
    assert response["Location"] == reverse("ledstang_requirement", args=[made.key])
    saved = made.rules.get()
    assert (saved.due_days, saved.validity_months, saved.recorded_by) == (90, 24, cast.hr.person)
    assert [row.org_unit for row in saved.org_unit_rows.all()] == [city.schools]
    assert AuditEntry.objects.filter(action=AuditAction.REQUIREMENT_CHANGED, actor=cast.hr.person).count() == 1


def test_what_was_changed_after_reading_is_read_again(admin: Client, target: Target):
    shown = BeautifulSoup(body(admin.post(reverse(NEW), rule(target))), "html.parser")
    seal = shown.find("input", attrs={"name": "seal"})["value"]
    response = admin.post(reverse(NEW), rule(target, due_days="10", save="", seal=seal))
    assert response.status_code == 200
    assert "inom 10 dagar" in body(response)
    assert not Requirement.objects.exists()


def test_protected_people_are_not_in_the_figure(city: City, cast: Cast, admin: Client, target: Target):
    Person.objects.filter(pk=cast.learner.person.pk).update(protection="confidential")
    shown = body(admin.post(reverse(NEW), rule(target, roles=[city.roles["larare"].pk])))
    assert "Den gäller 1 medarbetare nu." in shown


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"due_days": None}, "Ange inom hur många dagar"),
        ({"effective_on": "2020-01-01"}, "tidigast från i dag"),
        ({"due_on": "2020-01-01"}, "före den dag regeln börjar gälla"),
        ({"yearly_day": "1"}, "både dag och månad"),
        ({"yearly_day": "30", "yearly_month": "2"}, "ingen sådan dag"),
        ({"yearly_day": "1", "yearly_month": "10", "validity_months": "12"}, "antingen månader"),
        ({"org_units": ["999999"]}, "999999"),
        ({"window_days": "366"}, "365"),
    ],
)
def test_bad_input_is_told_and_nothing_is_saved(admin: Client, target: Target, changes: Any, message: str):
    response = admin.post(reverse(NEW), rule(target, **changes, save=""))
    assert response.status_code == 200
    assert message in body(response)
    assert not Requirement.objects.exists()


def test_new_rule_leaves_the_old_one(admin: Client, target: Target):
    start = TODAY() - timedelta(days=400)
    found = require(target=target, name="Krav", effective_on=start, due_days=30)
    address = reverse("ledstang_requirement", args=[found.key])
    assert 'value="30"' in body(admin.get(address))
    later = (TODAY() + timedelta(days=30)).isoformat()
    press(admin, address, rule(target, due_days="60", effective_on=later, yearly_day="1", yearly_month="10"))
    assert [one.due_days for one in found.rules.order_by("effective_on")] == [30, 60]
    shown = body(admin.get(address))
    assert "gäller nu" in shown
    assert "inte ännu" in shown
    assert "varje år senast 1 oktober" in shown


def test_requirement_is_ended_by_a_rule_of_its_own(admin: Client, target: Target):
    found = require(target=target, name="Krav", effective_on=date(2025, 1, 1), due_days=30)
    admin.post(reverse("ledstang_end_requirement", args=[found.key]))
    assert [one.is_ended for one in found.rules.order_by("effective_on")] == [False, True]
    assert "Avslutat" in body(admin.get(reverse(LIST)))
    assert "Avsluta från i dag" not in body(admin.get(reverse("ledstang_requirement", args=[found.key])))


def test_list_tells_each_rule_and_on_how_many_it_falls(city: City, cast: Cast, admin: Client, target: Target):
    require(target=target, name="Alla", effective_on=date(2025, 1, 1), due_days=30)
    require(target=target, name="Lärare", effective_on=date(2025, 1, 1), due_days=30, roles=[city.roles["larare"]])
    require(target=target, name="Senare", effective_on=TODAY() + timedelta(days=9), due_days=30)
    table = BeautifulSoup(body(admin.get(reverse(LIST))), "html.parser").select_one("table.listing")
    rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
    assert [row[2] for row in rows[1:]] == ["6 medarbetare nu", "2 medarbetare nu", "0 medarbetare nu"]
    assert rows[3][1] == "Gäller inte ännu"


def test_queries_of_the_list_do_not_grow(city: City, admin: Client, target: Target):
    def measure() -> int:
        with CaptureQueriesContext(connection) as captured:
            admin.get(reverse(LIST))
        return len(captured)

    require(
        target=target,
        name="Alla",
        effective_on=date(2025, 1, 1),
        due_days=30,
        org_units=[city.schools],
        roles=[city.roles["larare"]],
    )
    measure()
    before = measure()
    for number in range(6):
        require(
            target=TargetFactory(), name=f"Krav {number}", effective_on=date(2025, 1, 1), due_days=30,
            org_units=[city.schools, city.asken], roles=list(city.roles.values()),
        )  # fmt: skip
    assert measure() == before


def test_text_with_open_review_marks_cannot_be_required(admin: Client, target: Target, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(version_kinds, "_entries", {target.kind: VersionKind(
        target.kind, "x", address=str, may_read=lambda ids, person: True, resolve=lambda key: object(),
    )})  # fmt: skip
    monkeypatch.setattr("cms.compliance.actions.ledger.counts", lambda version: False)
    with pytest.raises(NotReviewed):
        require(target=target, name="x", effective_on=TODAY(), due_days=1)
    assert "Experter ska granska" in body(press(admin, reverse(NEW), rule(target)))
    assert not Requirement.objects.exists()
    ended = RequirementFactory(target=target)
    set_rule(requirement=ended, effective_on=TODAY(), is_ended=True)


def test_prior_learning_and_other_targets_are_read_and_saved(admin: Client, target: Target):
    other = TargetFactory(title="Länsstyrelsens utbildning")
    fields = rule(target, alternatives=[other.pk], prior_months="24")
    shown = body(admin.post(reverse(NEW), fields))
    assert "”Sugardejting” eller ”Länsstyrelsens utbildning”" in shown
    assert "mer än 24 månader innan det började gälla för dem räknas inte" in shown
    press(admin, reverse(NEW), fields)
    saved = RequirementRule.objects.get()
    assert saved.prior_months == 24
    assert [row.target for row in saved.target_rows.all()] == [other]
    again = body(admin.get(reverse("ledstang_requirement", args=[saved.requirement.key])))
    assert "eller ”Länsstyrelsens utbildning”" in again
    offered = [str(label) for _value, label in RuleForm(required=target).fields["alternatives"].choices]
    assert offered == [other.title]  # nothing is its own alternative


def test_a_rule_reads_the_same_before_and_after_it_is_saved():
    names = ("Åkervång", "Björk", "Alm")
    assert alternatives(names) == alternatives(names[::-1]) == "Alm, Björk eller Åkervång"


def test_the_reading_follows_as_the_form_is_filled_in(
    city: City, cast: Cast, admin: Client, target: Target, oversight_open: None
):
    fields = rule(target, roles=[city.roles["larare"].pk])
    part = body(admin.post(reverse(NEW), fields, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "Den gäller 2 medarbetare nu." in part
    assert cast.learner.person.full_name in part
    assert AuditEntry.objects.filter(action=AuditAction.PEOPLE_VIEWED, actor=cast.hr.person).exists()
    assert "Den gäller" not in body(
        admin.post(reverse(NEW), rule(target, due_days=None), headers={"HX-Request": "true"})
    )
    assert not Requirement.objects.exists()


def test_names_are_not_shown_while_follow_up_is_locked_or_the_person_protected(
    city: City, cast: Cast, admin: Client, target: Target
):
    fields = rule(target, roles=[city.roles["larare"].pk])
    assert cast.learner.person.full_name not in body(admin.post(reverse(NEW), fields))


def test_a_rule_on_the_whole_city_is_written_once_by_the_worker(
    city: City, cast: Cast, admin: Client, target: Target, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("cms.oversight.views.requirements.AT_ONCE", 1)
    fields = rule(
        target, org_units=[city.schools.pk], roles=[city.roles["larare"].pk], alternatives=[TargetFactory().pk]
    )
    assert press(admin, reverse(NEW), fields)["Location"] == reverse("ledstang_requirement", args=[first().key])
    rebuild_summaries()
    page = press(admin, reverse(NEW), fields | {"name": "Igen"})["Location"]
    awaited = AwaitedRule.objects.get()
    assert page == reverse("ledstang_awaited_rule", args=[awaited.key])
    shown = body(admin.get(page))
    assert "Regeln gäller 2 medarbetare" in shown
    assert 'hx-trigger="every 3s"' in shown
    assert Requirement.objects.count() == 1
    for _twice in range(2):
        write_rule.call(awaited.pk)
    made = Requirement.objects.get(name="Igen")
    saved, before = made.rules.get(), first().rules.get()
    assert saved.recorded_by == cast.hr.person
    for rows in ("org_unit_rows", "role_rows", "target_rows"):
        assert getattr(saved, rows).count() == getattr(before, rows).count() == 1
    assert (saved.due_days, saved.effective_on) == (before.due_days, before.effective_on)
    assert admin.get(page)["Location"] == reverse("ledstang_requirement", args=[made.key])
    assert check_summaries() == []
    ended = admin.post(reverse("ledstang_end_requirement", args=[made.key]))["Location"]
    write_rule.call(AwaitedRule.objects.latest("pk").pk)
    assert admin.get(ended).status_code == 302
    assert made.rules.latest("pk").is_ended


def test_what_ends_does_not_begin_again_by_a_rule_of_a_later_day(admin: Client, target: Target):
    found = require(target=target, name="Krav", effective_on=date(2025, 1, 1), due_days=30)
    later = [TODAY() + timedelta(days=number) for number in (1, 9)]
    for day in later:
        set_rule(requirement=found, effective_on=day, due_days=10)
    admin.post(reverse("ledstang_end_requirement", args=[found.key]))
    assert [row.rule.is_ended for row in rule_rows(found, TODAY())] == [True, False]
    assert not any(load_rules([target], day)[target.pk][0].on(day) for day in (TODAY(), *later))
    page = reverse("ledstang_requirement", args=[found.key])
    assert "Avsluta från i dag" not in body(admin.get(page))
    # Asked for anew, it stays: what ended before ends nothing more, and neither does what had been said before that.
    set_rule(requirement=found, effective_on=TODAY(), due_days=20)
    for day in (TODAY(), *later):
        assert load_rules([target], day)[target.pk][0].on(day).deadline.days == 20
    assert "Avsluta från i dag" in body(admin.get(page))


def test_a_rule_whose_worker_has_died_is_begun_again(admin: Client, target: Target, monkeypatch: pytest.MonkeyPatch):
    awaited = ask_for_rule(target=target, requirement=None, name="Krav", rule={"due_days": 1}, people=9, actor=None)
    page = reverse("ledstang_awaited_rule", args=[awaited.key])
    AwaitedRule.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    write_rule.call(awaited.pk)
    assert not Requirement.objects.exists(), "another worker is at it"
    assert "Börja om" not in body(admin.get(page))
    AwaitedRule.objects.update(
        leased_until=timezone.now() - timedelta(minutes=1), rule={"due_days": 1, "effective_on": str(TODAY())}
    )
    assert "Börja om" in body(admin.get(page))
    assert admin.post(page)["Location"] == page
    monkeypatch.setattr("cms.oversight.actions.rules.require", not_reviewed)
    write_rule.call(awaited.pk)
    assert "Experter" in body(admin.get(page)) or "granska" in body(admin.get(page))
    assert not Requirement.objects.exists()


def first() -> Requirement:
    return Requirement.objects.earliest("pk")


def not_reviewed(**rule: Any) -> None:
    raise NotReviewed


def test_twin_without_the_permissions_an_editor_would_be_let_in(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    client = cast.editor.client()
    pages = [reverse(LIST), reverse("ledstang_disposals")]
    assert {client.get(page).status_code for page in pages} == {302}
    monkeypatch.setattr("cms.accounts.models.User.has_perm", lambda *args: True)
    assert {client.get(page).status_code for page in pages} == {200}
