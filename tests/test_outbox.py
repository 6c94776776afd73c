"""Mails that are owed are delivered, each one once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from cms.people.actions import queue_message
from cms.people.enums import MailOutcome, Protection
from cms.people.models import OutboxMessage
from cms.people.registry import MailKind, mail_kinds
from cms.reminders.actions import MAX_ATTEMPTS, deliver_outbox, lease_message
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def greeting(tmp_path: Any, settings: Any) -> Any:
    (tmp_path / "greeting.txt").write_text("Hej {{ person.given_name }}! {{ base_url }}/{{ payload.path }}\n")
    templates = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**templates, "DIRS": [tmp_path, *templates["DIRS"]]}]
    kind = MailKind("greeting", lambda payload: f"Hej\n {payload['path']}", "greeting.txt")
    mail_kinds._entries["greeting"] = kind
    yield kind
    del mail_kinds._entries["greeting"]


def owe(source_key: str = "test:1", **traits: Any) -> OutboxMessage:
    person = PersonFactory(given_name="Åsa", email="asa@example.se", **traits)
    queue_message(source_key=source_key, kind="greeting", person=person, payload={"path": "kurs"})
    return OutboxMessage.objects.get(source_key=source_key)


class RefusingBackend(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise OSError(f"refused {messages[0].to[0]}")


def test_mail_that_is_owed_is_sent_once() -> None:
    message = owe()
    assert deliver_outbox() == {"sent": 1}
    assert deliver_outbox() == {}
    (sent,) = mail.outbox
    assert sent.to == ["asa@example.se"]
    assert sent.subject == "Hej kurs"
    assert sent.body == "Hej Åsa! https://ledstang.example.se/kurs\n"
    assert sent.extra_headers["Message-ID"] == f"<{message.key}@ledstang.example.se>"
    message.refresh_from_db()
    assert message.outcome == MailOutcome.SENT


def test_owing_the_same_twice_owes_it_once() -> None:
    message = owe()
    queue_message(source_key="test:1", kind="greeting", person=message.person, payload={"path": "annat"})
    assert OutboxMessage.objects.count() == 1


def test_second_sender_does_not_take_what_the_first_holds() -> None:
    owe()
    assert lease_message(now=timezone.now()) is not None
    assert lease_message(now=timezone.now()) is None


def test_lease_of_a_killed_sender_runs_out() -> None:
    owe()
    lease_message(now=timezone.now())
    assert lease_message(now=timezone.now() + timedelta(minutes=6)) is not None


def test_failing_mail_is_tried_again_and_then_given_up(settings: Any, caplog: Any) -> None:
    message = owe()
    settings.EMAIL_BACKEND = "tests.test_outbox.RefusingBackend"
    for _attempt in range(MAX_ATTEMPTS):
        deliver_outbox()
        OutboxMessage.objects.update(leased_until=None)
    message.refresh_from_db()
    assert message.outcome == MailOutcome.FAILED
    assert "asa@example.se" not in caplog.text
    assert str(message.key) in caplog.text


@pytest.mark.parametrize("protection", [p for p in Protection if p != Protection.NONE])
def test_protected_person_gets_no_mail_unless_allowed(protection: Protection, settings: Any) -> None:
    owe(protection=protection)
    assert deliver_outbox() == {"protected": 1}
    assert mail.outbox == []
    settings.LEDSTANG_MAIL_PROTECTED = True
    owe("test:2", protection=protection)
    assert deliver_outbox() == {"sent": 1}


def test_person_without_address_is_noted() -> None:
    message = owe()
    message.person.email = ""
    message.person.save()
    assert deliver_outbox() == {"no_address": 1}


def killed_while_handing_over(**kind: Any) -> OutboxMessage:
    """The sender died between the note that the mail is handed over and the answer of the mail server."""
    mail_kinds._entries["greeting"] = replace(mail_kinds.get("greeting"), **kind)
    message = owe()
    OutboxMessage.objects.update(handed_at=timezone.now(), attempts=1)
    return message


def test_mail_that_may_have_gone_out_is_not_sent_again() -> None:
    message = killed_while_handing_over(is_repeatable=False)
    assert deliver_outbox() == {"interrupted": 1}
    assert mail.outbox == []
    message.refresh_from_db()
    assert message.outcome == MailOutcome.INTERRUPTED


def test_receipt_that_may_have_gone_out_is_sent_again() -> None:
    killed_while_handing_over()
    assert deliver_outbox() == {"sent": 1}


def test_nothing_is_sent_when_there_is_nothing_left_to_say() -> None:
    mail_kinds._entries["greeting"] = replace(mail_kinds.get("greeting"), prepare=lambda message: None)
    owe()
    assert deliver_outbox() == {"not_needed": 1}
    assert mail.outbox == []
