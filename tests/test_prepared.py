"""Statements that are composed once: the same rows as the query they are made of, for any values."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BigIntegerField, DateTimeField, Exists, F, OuterRef
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.core.prepared import Prepared, Slot, write_once
from cms.people.models import OutboxMessage, Person
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def owed_since(person, moment):
    mails = OutboxMessage.objects.filter(person=person, created_at__gte=moment).order_by("pk")
    others = OutboxMessage.objects.filter(person=OuterRef("person")).exclude(pk=OuterRef("pk"))
    return mails.annotate(since=F("created_at"), has_others=Exists(others))


def mail(person: Person, number: int, at) -> OutboxMessage:
    return OutboxMessage(source_key=f"mail:{number}", kind="test", person=person, payload={"n": number}, created_at=at)


def test_rows_are_those_of_the_query():
    now = timezone.now()
    prepared = Prepared(lambda: owed_since(Slot("person", BigIntegerField()), Slot("since", DateTimeField())))
    people = [PersonFactory(), PersonFactory()]
    for number in range(5):
        assert write_once(mail(people[number % 2], number, now - timedelta(days=number)))
    for person in people:
        for days in (0, 2, 9):
            since = now - timedelta(days=days)
            wanted = list(owed_since(person, since))
            found = prepared.rows(person=person.pk, since=since)
            whole = [row.whole() for row in found]
            assert whole == wanted
            for row, one, other in zip(found, whole, wanted, strict=True):
                assert (row["source_key"], row["payload"]) == (other.source_key, other.payload)
                assert (one.since, bool(one.has_others), one.key) == (other.since, other.has_others, other.key)
                assert one.created_at == other.created_at


def test_a_row_is_written_once_and_knows_itself():
    person, at = PersonFactory(), timezone.now()
    first, again = mail(person, 1, at), mail(person, 1, at)
    assert write_once(first) is True
    assert write_once(again) is False
    assert (first.pk, again.pk) == (OutboxMessage.objects.get().pk, None)
    assert OutboxMessage.objects.get() == first


def test_it_is_composed_once():
    made = []

    def make():
        made.append(1)
        return owed_since(Slot("person", BigIntegerField()), Slot("since", DateTimeField()))

    prepared = Prepared(make)
    with CaptureQueriesContext(connection) as captured:
        for number in range(3):
            prepared.rows(person=number, since=timezone.now())
    assert (len(made), len(captured)) == (1, 3)


def test_postgresql_plans_it_once_where_the_site_lets_it():
    prepared = Prepared(lambda: owed_since(Slot("person", BigIntegerField()), Slot("since", DateTimeField())))
    options, kept = connection.settings_dict["OPTIONS"], []
    for threshold in (options.get("prepare_threshold"), None):
        with pytest.MonkeyPatch.context() as patch, connection.cursor() as cursor:
            patch.setitem(options, "prepare_threshold", threshold)
            if connection.vendor == "postgresql":
                cursor.execute("DEALLOCATE ALL")
                connection.connection._prepared.clear()
            assert [prepared.rows(person=0, since=timezone.now()) for _time in range(3)] == [[], [], []]
            if connection.vendor == "postgresql":
                cursor.execute("SELECT count(*) FROM pg_prepared_statements")
                kept.append(cursor.fetchone()[0])
    assert kept == ([1, 0] if connection.vendor == "postgresql" else [])
