"""Reminders: one digest a day, said anew when it is sent, kept by rule, and only within what each may see."""

import uuid
from datetime import date, timedelta
from io import StringIO
from random import Random
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.compliance.actions import record_evidence, set_rule
from cms.compliance.enums import EvidenceKind
from cms.compliance.models import Target
from cms.people.actions import merge_people, set_protection
from cms.people.enums import AuditAction, MailOutcome, Protection, Right
from cms.people.models import AuditEntry, OutboxMessage, Person
from cms.reminders import actions
from cms.reminders.actions import deliver_outbox, owe_reminders
from cms.reminders.actions.reminding import remind_by_hand
from cms.reminders.models import Reminder, ReminderItem, ReminderRun
from cms.reminders.queries.readers import matters_of
from tests.campaigns import SEED, Campaign
from tests.cast import Cast, City, Member
from tests.factories import (
    EmploymentFactory,
    LeaveFactory,
    PersonFactory,
    RequirementFactory,
    ScopeFactory,
    TargetFactory,
    moment,
)
from tests.organisations import found

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def no_quiet_days(settings: Any) -> None:
    """Tests run on any day."""
    settings.LEDSTANG_REMINDERS_QUIET_WEEKENDS = settings.LEDSTANG_REMINDERS_QUIET_HOLIDAYS = False


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def require(city: City, days_left: int, title: str = "Sugardejting", **how: Any) -> Target:
    """Of everybody in the schools, since so long that it is to be done in so many days from today."""
    target = TargetFactory(title=title)
    start = timezone.localdate() - 60 * DAY
    set_rule(
        requirement=RequirementFactory(target=target), effective_on=start, at=moment(start),
        due_days=60 + days_left, org_units=[city.schools], **how,
    )  # fmt: skip
    return target


def finish(person: Person, target: Target) -> None:
    record_evidence(source_key=str(uuid.uuid4()), person=person, target=target, kind=EvidenceKind.COMPLETED)


def run() -> list[Any]:
    """The daily command. Returns the mails that it sent."""
    before = len(mail.outbox)
    call_command("send_reminders")
    return mail.outbox[before:]


def to(member: Member) -> list[Any]:
    return [message for message in mail.outbox if message.to == [member.user.email]]


# The daily digest


def test_day_of_the_learner(city: City, cast: Cast, today: date, visitor: Client):
    late, soon = require(city, -3), require(city, 7, "Riktlinjen på 20 minuter")
    run()
    (message,) = to(cast.learner)
    day = today - 3 * DAY
    assert message.subject == f"Försenat sedan {day}: Sugardejting, och 1 till"
    html = message.alternatives[0][0]
    for text in (message.body, html):
        assert "Varför får du det här?" in text
        assert f"Skulle ha varit klart senast {day}, för 3 dagar sedan." in text
        assert f"Ska vara klart senast {today + 7 * DAY}, om 7 dagar." in text
        assert late.path in text
    assert [item.rule for item in Reminder.objects.get(person=cast.learner.person).items.order_by("due_on")] == [
        "overdue", "due_soon"
    ]  # fmt: skip
    assert to(cast.hr) == []  # nothing is required outside the schools
    assert to(cast.former_employee) == []
    path = message.body.split("https://ledstang.example.se")[-1].strip()
    assert visitor.get(path)["Location"] == f"/konto/logga-in/?next={path}"
    assert soon.path in message.body


def test_run_twice_says_nothing_more(city: City, cast: Cast):
    require(city, 7)
    first = run()
    assert len(first) == 5  # all whom the cast has in the schools
    assert run() == []
    assert OutboxMessage.objects.count() == 5


def test_what_is_done_between_owing_and_sending_is_not_said(city: City, cast: Cast, today: date):
    target = require(city, 7)
    owe_reminders(on=today)
    finish(cast.learner.person, target)
    LeaveFactory(person=cast.second_learner.person, starts_on=today)
    set_protection(person=cast.editor.person, protection=Protection.CONFIDENTIAL, actor=None)
    counts = deliver_outbox()
    assert counts == {"sent": 2, "not_needed": 2, "protected": 1}
    assert to(cast.learner) == to(cast.second_learner) == to(cast.editor) == []
    assert not Reminder.objects.filter(person=cast.learner.person).exists()


def test_late_run_says_everything_in_one_mail(city: City, cast: Cast, today: date, monkeypatch: Any):
    """Both steps fell on days on which nothing ran."""
    require(city, 5)
    require(city, -2, "Riktlinjen på 20 minuter")
    run()
    (message,) = to(cast.learner)
    assert "och 1 till" in message.subject


def test_mail_that_waited_is_today_s_and_the_only_one(city: City, cast: Cast, today: date):
    """The mail server was away for days: what is sent is what there is to say now, once."""
    require(city, 7)
    owe_reminders(on=today - 2 * DAY)
    assert owe_reminders(on=today) == 0
    deliver_outbox()
    (message,) = to(cast.learner)
    assert "om 7 dagar" in message.body
    assert Reminder.objects.get(person=cast.learner.person).sent_on == today


def test_quiet_day_and_switch(city: City, cast: Cast, today: date, settings: Any):
    require(city, 7)
    settings.LEDSTANG_REMINDERS_QUIET_DAYS = [today.isoformat()]
    assert run() == []
    owe_reminders(on=today - DAY)  # one that waited since yesterday is not sent on a quiet day either
    assert set(deliver_outbox()) == {"not_needed"}


@pytest.mark.parametrize("is_allowed", [False, True])
def test_protected_person_is_reminded_only_if_the_setting_says_so(
    city: City, cast: Cast, protected_colleague: Person, settings: Any, is_allowed: bool
):
    Person.objects.filter(pk=protected_colleague.pk).update(email="sara@example.se")
    settings.LEDSTANG_MAIL_PROTECTED = is_allowed
    require(city, 7)
    sent = run()
    assert ("sara@example.se" in [message.to[0] for message in sent]) == is_allowed


def test_failed_mail_is_tried_again_the_same_day_without_what_was_done(city: City, cast: Cast, settings: Any):
    late, soon = require(city, -3), require(city, 7, "Riktlinjen på 20 minuter")
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "tests.test_outbox.RefusingBackend"
    run()
    finish(cast.learner.person, late)
    OutboxMessage.objects.update(leased_until=None)
    settings.EMAIL_BACKEND = backend
    deliver_outbox()
    (message,) = to(cast.learner)
    assert message.subject.endswith("Riktlinjen på 20 minuter")
    assert late.title not in message.body
    assert soon.title in message.body
    assert Reminder.objects.filter(person=cast.learner.person).count() == 1


def test_merged_person_has_heard_what_the_other_heard(city: City, cast: Cast, today: date):
    require(city, 7)
    run()
    remaining = PersonFactory(email="lena.lind@example.se")
    EmploymentFactory(person=remaining, org_unit=city.almskolan)
    merge_people(duplicate=cast.learner.person, into=remaining, actor=None)
    OutboxMessage.objects.filter(person=remaining).delete()
    with pytest.raises(actions.AlreadyReminded):
        remind_by_hand(person=remaining, actor=cast.head.person, on=today)


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_constraint_somebody_is_reminded_twice(cast: Cast, today: date, monkeypatch: Any):
    """The constraint is what holds when two senders look at the same moment."""

    def twice() -> int:
        with transaction.atomic():
            for _time in range(2):
                Reminder.objects.create(person=cast.learner.person, sent_on=today, handed_at=timezone.now())
        return Reminder.objects.count()

    with pytest.raises(IntegrityError):
        twice()
    once = next(one for one in Reminder._meta.constraints if one.name == "ledstang_reminder_once_a_day")
    monkeypatch.setattr(Reminder._meta, "constraints", [])  # SQLite builds the table anew from the model
    with connection.schema_editor() as editor:
        editor.remove_constraint(Reminder, once)
    assert twice() == 2


def test_queries_do_not_grow_with_people(city: City, cast: Cast, today: date):
    require(city, 7)

    def count() -> int:
        with (
            CaptureQueriesContext(
                connection,
            ) as caught,
            transaction.atomic(),
        ):
            owe_reminders(on=today)
            transaction.set_rollback(True)
        return len(caught)

    few = count()
    for _each in range(30):
        EmploymentFactory(org_unit=city.almskolan, person=PersonFactory(email="x@example.se"))
    assert count() == few


# Heads


@pytest.fixture
def long_overdue(city: City, oversight_open: None) -> Target:
    return require(city, -20)


def test_head_hears_of_the_own_staff_after_so_many_days(
    city: City, cast: Cast, today: date, long_overdue: Target, protected_colleague: Person
):
    finish(cast.head.person, long_overdue)
    run()
    (message,) = to(cast.head)
    assert message.subject == "Försenat länge: 1 av dina medarbetare"
    for text in (message.body, message.alternatives[0][0]):
        assert "Lena Lind" in text
        assert "Asp" not in text  # another school
        assert "Skyddad" not in text
        assert "nämns varje sak en gång" in text
        assert "tills det är klart" not in text  # that is for what is one's own
    own = to(cast.learner)[0].body
    assert "tills det är klart" in own
    assert "nämns varje sak en gång" not in own
    assert run() == []
    assert ReminderItem.objects.get(about=cast.learner.person).rule == "escalated"
    entry = AuditEntry.objects.get(action=AuditAction.REMINDER_ESCALATED)
    assert (entry.actor, entry.subject) == (cast.head.person, cast.learner.person)
    assert "fick veta i ett mejl" in cast.learner.client().get("/mina-uppgifter/").content.decode()


def test_head_is_told_nothing_before_the_day_nor_while_names_are_locked(city: City, cast: Cast):
    require(city, -20)
    finish(cast.head.person, Target.objects.get())
    run()
    assert to(cast.head) == []


def test_overdue_head_is_the_matter_of_the_head_above(city: City, cast: Cast, long_overdue: Target):
    above = PersonFactory(email="chef@example.se")
    ScopeFactory(person=above, org_unit=city.schools, right=Right.HEAD)
    run()
    (message,) = [message for message in mail.outbox if message.to == ["chef@example.se"]]
    assert "Rakel Rönn" in message.body
    assert "Anton Asp" in message.body  # a school without a head of its own
    assert "Lena Lind" not in message.body  # has a head


def test_scope_that_ends_before_sending_tells_nothing(city: City, cast: Cast, long_overdue: Target, today: date):
    finish(cast.head.person, long_overdue)
    owe_reminders(on=today)
    cast.head.person.scopes.update(ends_on=today - DAY)
    deliver_outbox()
    assert to(cast.head) == []


# By hand


def page(name: str, *args: Any) -> str:
    return reverse(f"ledstang_reminders:{name}", args=args)


def test_head_reminds_once_a_day(city: City, cast: Cast, oversight_open: None):
    require(city, 20)
    client, address = cast.head.client(), page("remind-person", cast.learner.person.key)
    before = client.get(reverse("ledstang_oversight:person", args=[cast.learner.person.key])).content.decode()
    assert "Skicka en påminnelse nu" in before
    for _press in range(2):
        client.post(address, {"next": "/"})
    deliver_outbox()
    (message,) = to(cast.learner)
    assert "Rakel Rönn har bett oss påminna dig." in message.body
    assert run() != []
    assert len(to(cast.learner)) == 1
    assert AuditEntry.objects.filter(action=AuditAction.REMINDER_SENT).count() == 1
    after = client.get(reverse("ledstang_oversight:person", args=[cast.learner.person.key])).content.decode()
    assert "Skicka en påminnelse nu" not in after
    assert "Rakel Rönn" in after


def test_head_cannot_remind_others(city: City, cast: Cast, oversight_open: None, protected_colleague: Person):
    require(city, 20)
    client = cast.head.client()
    for other in (cast.second_learner.person, cast.hr.person, cast.former_employee.person, protected_colleague):
        assert client.post(page("remind-person", other.key)).status_code == 404
    for other in (city.bokskolan, city.schools):
        assert client.get(page("remind-unit", other.key)).status_code == 404
        assert (
            client.post(page("remind-unit", other.key), {"person": cast.second_learner.person.key}).status_code == 404
        )
    client.post(
        page("remind-unit", city.almskolan.key), {"person": [cast.second_learner.person.key, protected_colleague.key]}
    )
    assert OutboxMessage.objects.count() == 0


def test_hr_reminds_those_of_a_list(city: City, cast: Cast, oversight_open: None):
    target = require(city, -1)
    require(city, 40, "Riktlinjen på 20 minuter")
    finish(cast.learner.person, target)
    client = cast.hr.client()
    address = f"{page('remind-unit', city.schools.key)}?mal=guideline:{target.key}&lage=overdue"
    found = client.get(address).content.decode()
    assert "Asp, Anton" in found
    assert "Lind, Lena" not in found
    for narrower, is_in in (("befattning=larare", True), ("befattning=rektor", False), ("omrade=norr", False)):
        assert ("Asp, Anton" in client.get(f"{address}&{narrower}").content.decode()) == is_in
    assert client.get(f"{address}&befattning=okand").status_code == 404
    assert "Ingen var ikryssad" in client.post(address, {}, follow=True).content.decode()
    keys = [cast.second_learner.person.key, cast.learner.person.key]
    client.post(address, {"person": keys})
    assert list(OutboxMessage.objects.values_list("person", flat=True)) == [cast.second_learner.person.pk]


# Rehearsal


def test_rehearsal_is_what_goes_out(city: City, cast: Cast, today: date, oversight_open: None, monkeypatch: Any):
    require(city, 8)
    ReminderRun.objects.create(ran_on=today, finished_at=timezone.now(), owed=0)
    shown = cast.hr.client().get(page("rehearsal")).content.decode()
    assert "Lind, Lena" in shown
    tomorrow = today + DAY
    monkeypatch.setattr(timezone, "localdate", lambda value=None, zone=None: tomorrow)
    sent = {message.to[0] for message in run()}
    people = {Person.objects.get(email=address).family_name for address in sent}
    assert people == {name for name in ("Lind", "Asp", "Rönn", "Ek", "Gran", "Hassel", "Fura") if f"{name}, " in shown}


def test_rehearsal_shows_only_what_its_viewer_sees(
    city: City, cast: Cast, oversight_open: None, protected_colleague: Person
):
    require(city, 8)
    shown = cast.head.client().get(page("rehearsal")).content.decode()
    assert "Lind, Lena" in shown
    assert "Asp" not in shown
    assert "Skyddad" not in shown
    keeper = ScopeFactory(person=cast.head.person, org_unit=city.almskolan, right=Right.VIEW_PROTECTED)
    shown = cast.head.client().get(page("rehearsal")).content.decode()
    assert "Skyddad" in shown
    assert "Skickas inte: skyddade personuppgifter" in shown
    assert keeper.right == Right.VIEW_PROTECTED
    assert cast.head.client().get(f"{page('rehearsal')}?enhet={city.bokskolan.key}").status_code == 404
    assert AuditEntry.objects.filter(action=AuditAction.PEOPLE_VIEWED).count() == 2


def test_rehearsal_of_a_quiet_day_and_filters(city: City, cast: Cast, today: date, oversight_open: None, settings: Any):
    target = require(city, 8)
    client, tomorrow = cast.hr.client(), today + DAY
    assert "Lind, Lena" in client.get(f"{page('rehearsal')}?regel=due_soon&mal=guideline:{target.key}").content.decode()
    assert "Lind, Lena" not in client.get(f"{page('rehearsal')}?regel=overdue").content.decode()
    settings.LEDSTANG_REMINDERS_QUIET_DAYS = [tomorrow.isoformat()]
    assert "Inget skickas den här dagen" in client.get(f"{page('rehearsal')}?dag={tomorrow}").content.decode()
    shown = client.get(page("rehearsal")).content.decode()
    assert "I morgon skickas inget" in shown
    assert str(today + 2 * DAY) in shown
    assert client.get(f"{page('rehearsal')}?dag={today - DAY}").status_code == 404


def test_rehearsal_in_a_constant_number_of_queries(city: City, cast: Cast, oversight_open: None):
    require(city, 8)
    client = cast.hr.client()

    def count() -> int:
        with CaptureQueriesContext(connection) as caught:
            client.get(page("rehearsal"))
        return len(caught)

    few = count()
    for _each in range(12):
        EmploymentFactory(org_unit=city.almskolan, person=PersonFactory(email="x@example.se"))
    assert count() == few


# What is kept


def test_my_data_tells_what_was_sent_and_why(city: City, cast: Cast):
    require(city, 7)
    run()
    shown = cast.learner.client().get("/mina-uppgifter/").content.decode()
    assert "Snart dags" in shown
    assert "Sugardejting" in shown


def test_no_outcome_but_sent_counts_as_heard(city: City, cast: Cast, today: date):
    require(city, 7)
    run()
    OutboxMessage.objects.filter(person=cast.learner.person).update(outcome=MailOutcome.INTERRUPTED)
    tomorrow = today + DAY
    owe_reminders(on=tomorrow)
    owed = OutboxMessage.objects.filter(settled_at=None).values_list("person", flat=True)
    assert list(owed) == [cast.learner.person.pk]


# Speed must not change what is true


def answers(monkeypatch: Any, people: Any, on: date, *, are_kept: bool) -> dict[int, set[Any]]:
    with monkeypatch.context() as patch:
        if not are_kept:
            patch.setattr("cms.reminders.queries.readers.kept_for", lambda *args: None)
        return {person: set(matters) for person, matters in matters_of(people, on).items()}


@pytest.mark.campaign
def test_kept_steps_give_the_same_matters_as_standing(campaign: Campaign, today: date, monkeypatch: Any):
    compared = 0
    for number in range(campaign.size(60)):
        with transaction.atomic():
            found(Random(SEED + number))
            call_command("rebuild_summaries", verbosity=0, stdout=StringIO())
            people = Person.objects.current()
            for on in (today, today + 20 * DAY):
                slow = answers(monkeypatch, people, on, are_kept=False)
                assert answers(monkeypatch, people, on, are_kept=True) == slow, number
                compared += sum(map(len, slow.values()))
            transaction.set_rollback(True)
    assert compared > 10
    campaign.tell(f"{campaign.size(60)} organisations, {compared} matters: kept steps = standing")
