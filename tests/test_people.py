"""People and the organisation: what was known is kept, one human is one person, and protection fails closed."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from cms.people.actions import (
    CircularPlacement,
    PeopleError,
    close_org_unit,
    end_employment,
    end_leave,
    ensure_person,
    give_scope,
    merge_people,
    move_person,
    one_telling,
    place_org_unit,
    queue_message,
    record_employment,
    record_leave,
    retract_employment,
    set_protection,
)
from cms.people.enums import AuditAction, Protection, Right
from cms.people.models import AuditEntry, Employment, OrgUnit, OrgUnitPlacement, OutboxMessage, Person
from cms.people.queries import (
    controller_of,
    employments_on,
    has_oversight,
    heads_of,
    org_tree,
    people_at,
    person_of,
    view_of,
    visible_org_units,
    visible_people,
)
from cms.people.signals import roster_changed
from tests.factories import EmploymentFactory, OrgUnitFactory, PersonFactory, ScopeFactory, UserFactory, moment

TODAY = timezone.localdate()


def names(people) -> set[str]:
    return {str(person) for person in people}


# The person behind an account


def test_a_first_visit_makes_a_person_without_org_unit(db):
    user = UserFactory(email="ny@example.se", first_name="Ny", last_name="Nordin")
    client = Client()
    client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[1])
    for _visit in range(2):
        assert client.get("/kontakter/").status_code == 200
    person = Person.objects.get(user=user)
    assert (person.full_name, person.email) == ("Ny Nordin", "ny@example.se")
    assert not person.employments.exists()


def test_a_visitor_is_nobody(visitor, db):
    visitor.get("/kontakter/")
    assert not Person.objects.exists()


def test_losing_the_race_finds_the_winners_person(db, monkeypatch):
    user = UserFactory()
    winner = PersonFactory(user=user)
    monkeypatch.setattr("cms.people.actions.persons.person_of", lambda user: None)
    assert ensure_person(user=user) == winner
    assert Person.objects.count() == 1


def test_looking_before_leaping_would_lose_the_race(db):
    user = UserFactory()
    PersonFactory(user=user)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(user=user)


@pytest.mark.django_db(transaction=True)
def test_eight_first_visits_at_once_make_one_person():
    user, start, made = UserFactory(), Barrier(8), []

    def visit() -> None:
        try:
            start.wait()
            made.append(ensure_person(user=user).pk)
        finally:
            connection.close()

    threads = [Thread(target=visit) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == Person.objects.filter(user=user).count() == 1


# Merging


def test_a_merge_moves_the_account_and_leaves_the_rest_where_it_was(learner, hr):
    double = PersonFactory(given_name="Lena", family_name="Lind", user=UserFactory(email="lena2@example.se"))
    kept, user = PersonFactory(given_name="Lena", family_name="Lind"), double.user
    employment = EmploymentFactory(person=double, org_unit=learner.person.employments.get().org_unit)
    merge_people(duplicate=double, into=kept, actor=hr.person)
    assert person_of(user) == kept
    assert Employment.objects.get(pk=employment.pk).person == double
    entry = AuditEntry.objects.get(action=AuditAction.PERSON_MERGED)
    assert (entry.actor, entry.subject, entry.object_key) == (hr.person, kept, str(double.key))


def test_two_accounts_of_one_human_lead_to_one_person(db):
    one, other = PersonFactory(with_account=True), PersonFactory(with_account=True)
    first, second = one.user, other.user
    merge_people(duplicate=other, into=one, actor=None)
    assert ensure_person(user=first) == ensure_person(user=second) == one
    assert Person.objects.count() == 2


def test_a_chain_of_merges_ends_at_one_person(db):
    first, second, third = PersonFactory(with_account=True), PersonFactory(), PersonFactory()
    user = first.user
    merge_people(duplicate=first, into=second, actor=None)
    merge_people(duplicate=second, into=third, actor=None)
    assert person_of(user) == third
    assert Person.objects.get(pk=first.pk).merged_into == third
    with pytest.raises(PeopleError):
        merge_people(duplicate=third, into=second, actor=None)
    with pytest.raises(PeopleError):
        merge_people(duplicate=third, into=third, actor=None)


def test_nobody_is_merged_into_themselves_in_the_database_either(db):
    person = PersonFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(merged_into=person)


def test_protection_of_either_holds_after_a_merge(city, head):
    hidden = PersonFactory(given_name="Sara", family_name="Skyddad", protected=True)
    open_one = PersonFactory(given_name="Sara", family_name="Skyddad")
    EmploymentFactory(person=open_one, org_unit=city.almskolan, role=city.roles["larare"])
    merge_people(duplicate=hidden, into=open_one, actor=None)
    assert "Sara Skyddad" not in names(visible_people(head.person, TODAY))


def test_a_merged_record_is_seen_as_the_one_that_remains(city, head):
    old, kept = PersonFactory(given_name="Gammal"), PersonFactory(given_name="Kvar", family_name="Ek")
    EmploymentFactory(person=old, org_unit=city.almskolan, role=city.roles["larare"])
    merge_people(duplicate=old, into=kept, actor=None)
    assert {"Kvar Ek"} <= names(visible_people(head.person, TODAY))
    assert not any(name.startswith("Gammal") for name in names(visible_people(head.person, TODAY)))


# Employments: a change is a new row


def test_ending_an_employment_keeps_what_was_known(city):
    person = PersonFactory()
    employment = record_employment(
        person=person,
        org_unit=city.almskolan,
        role=city.roles["larare"],
        starts_on=date(2026, 1, 1),
        at=moment(date(2026, 1, 2)),
    )
    end_employment(employment=employment, ends_on=date(2026, 3, 31), at=moment(date(2026, 5, 4)))
    here, april = frozenset({city.almskolan.pk}), date(2026, 4, 15)
    assert person not in people_at(here, april)
    assert person in people_at(here, april, known_at=moment(date(2026, 4, 20)))
    assert person not in people_at(here, april, known_at=moment(date(2026, 5, 5)))
    assert person not in people_at(here, april, known_at=moment(date(2026, 1, 1)))
    assert Employment.objects.filter(key=employment.key).count() == 2


def test_a_move_is_one_workplace_a_day(city):
    person = PersonFactory()
    employment = record_employment(
        person=person, org_unit=city.almskolan, role=city.roles["larare"], starts_on=date(2025, 8, 1)
    )
    move_person(employment=employment, org_unit=city.bokskolan, on=date(2026, 3, 1))
    for day, unit in ((date(2026, 2, 28), city.almskolan), (date(2026, 3, 1), city.bokskolan)):
        assert [employed.org_unit for employed in employments_on(person, day)] == [unit]


def test_an_employment_cannot_end_before_it_begins(city):
    person = PersonFactory()
    employment = record_employment(person=person, org_unit=city.almskolan, role=None, starts_on=date(2026, 2, 1))
    with pytest.raises(PeopleError):
        end_employment(employment=employment, ends_on=date(2026, 1, 31))
    with pytest.raises(IntegrityError), transaction.atomic():
        EmploymentFactory(person=person, org_unit=city.almskolan, starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 31))


def test_an_employment_has_one_current_reading(city):
    employment = record_employment(
        person=PersonFactory(), org_unit=city.almskolan, role=None, starts_on=date(2026, 2, 1)
    )
    copy = Employment.objects.get(pk=employment.pk)
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_without_the_constraint_an_employment_could_be_read_in_two_ways(city):
    employment = record_employment(
        person=PersonFactory(), org_unit=city.almskolan, role=None, starts_on=date(2026, 2, 1)
    )
    copy = Employment.objects.get(pk=employment.pk)
    copy.pk = None
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ledstang_employment_current_once")
    copy.save(force_insert=True)
    assert Employment.objects.known_at().filter(key=employment.key).count() == 2


# The organisation on a day


def test_a_unit_stands_where_it_stood_that_day(city):
    place_org_unit(org_unit=city.asken, parent=city.schools, starts_on=date(2026, 7, 1))
    assert city.asken.pk in org_tree(date(2026, 6, 30)).subtree(city.preschools.pk)
    assert city.asken.pk in org_tree(date(2026, 7, 1)).subtree(city.schools.pk)
    assert city.asken.pk not in org_tree(date(2026, 7, 1)).subtree(city.preschools.pk)


def test_a_corrected_placement_keeps_what_was_known(city):
    day = date(2026, 7, 1)
    place_org_unit(org_unit=city.asken, parent=city.schools, starts_on=day, at=moment(date(2026, 6, 1)))
    place_org_unit(org_unit=city.asken, parent=city.social_services, starts_on=day, at=moment(date(2026, 8, 1)))
    assert city.asken.pk in org_tree(day).subtree(city.social_services.pk)
    assert city.asken.pk in org_tree(day, moment(date(2026, 7, 15))).subtree(city.schools.pk)


def test_a_closed_unit_is_gone_the_day_after(city):
    OrgUnit.objects.filter(pk=city.asken.pk).update(closes_on=date(2026, 6, 30))
    assert city.asken.pk in org_tree(date(2026, 6, 30)).nodes
    assert city.asken.pk not in org_tree(date(2026, 7, 1)).nodes


def test_a_unit_cannot_stand_under_itself(city):
    for parent in (city.schools, city.almskolan):
        with pytest.raises(CircularPlacement):
            place_org_unit(org_unit=city.schools, parent=parent, starts_on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        OrgUnitPlacement.objects.create(
            org_unit=city.asken, parent=city.asken, starts_on=TODAY, recorded_at=timezone.now()
        )


def test_the_answerable_board_is_inherited(city):
    assert controller_of(city.almskolan, TODAY) == "Utbildningsnämnden"
    OrgUnit.objects.filter(pk=city.almskolan.pk).update(controller="Stiftelsen Alm")
    city.almskolan.refresh_from_db()
    assert controller_of(city.almskolan, TODAY) == "Stiftelsen Alm"


def test_the_nearest_head_answers(city, cast):
    assert list(heads_of(city.almskolan, TODAY)) == [cast.head.person]
    director = PersonFactory()
    ScopeFactory(person=director, org_unit=city.schools, right=Right.HEAD)
    assert list(heads_of(city.bokskolan, TODAY)) == [director]


# Who sees whom


def test_a_head_sees_their_own_school_and_hr_the_city(cast):
    head, hr = names(visible_people(cast.head.person, TODAY)), names(visible_people(cast.hr.person, TODAY))
    assert "Lena Lind" in head
    assert "Anton Asp" not in head
    assert {"Lena Lind", "Anton Asp"} <= hr
    assert "Frans Fura" not in hr


@pytest.mark.parametrize("name", ["learner", "second_learner", "editor", "approver", "former_employee"])
def test_whoever_oversees_nothing_sees_nobody(cast, name):
    person = cast[name].person
    assert not visible_people(person, TODAY).exists()
    assert not visible_org_units(person, TODAY).exists()
    assert not has_oversight(person)


def test_nobody_sees_nothing(cast):
    assert not visible_people(None, TODAY).exists()
    assert view_of(None, TODAY).is_empty
    assert not has_oversight(None)


def test_a_right_that_has_ended_shows_nothing_of_any_day(cast, city):
    former = PersonFactory()
    give_scope(
        person=former,
        org_unit=city.almskolan,
        right=Right.HEAD,
        starts_on=date(2020, 1, 1),
        ends_on=TODAY - timedelta(days=1),
    )
    assert not visible_people(former, TODAY - timedelta(days=30)).exists()


def test_the_past_is_seen_with_todays_right(cast):
    assert "Frans Fura" in names(visible_people(cast.head.person, date(2025, 12, 31)))
    assert "Frans Fura" not in names(visible_people(cast.head.person, date(2026, 1, 1)))


@pytest.mark.parametrize("protection", [p for p in Protection if p != Protection.NONE])
def test_protection_fails_closed(cast, city, protection):
    person = PersonFactory(given_name="Sara", family_name="Skyddad")
    EmploymentFactory(person=person, org_unit=city.almskolan, role=city.roles["larare"])
    assert person in visible_people(cast.hr.person, TODAY)
    set_protection(person=person, protection=protection, actor=cast.hr.person)
    for viewer in (cast.head, cast.hr):
        assert person not in visible_people(viewer.person, TODAY)
    assert person in people_at(frozenset({city.almskolan.pk}), TODAY)


def test_a_word_that_nobody_knows_is_treated_as_protection(cast, city, protected_colleague):
    Person.objects.filter(pk=protected_colleague.pk).update(protection="nytt_i_registret")
    assert protected_colleague not in visible_people(cast.hr.person, TODAY)


def test_seeing_protected_people_takes_both_rights_at_the_same_place(cast, city, protected_colleague):
    outsider, elsewhere = PersonFactory(), PersonFactory()
    ScopeFactory(person=outsider, org_unit=city.almskolan, right=Right.VIEW_PROTECTED)
    ScopeFactory(person=elsewhere, org_unit=city.root, right=Right.HR)
    ScopeFactory(person=elsewhere, org_unit=city.bokskolan, right=Right.VIEW_PROTECTED)
    ScopeFactory(person=cast.head.person, org_unit=city.almskolan, right=Right.VIEW_PROTECTED)
    assert protected_colleague not in visible_people(outsider, TODAY)
    assert protected_colleague not in visible_people(elsewhere, TODAY)
    assert protected_colleague in visible_people(cast.head.person, TODAY)


def test_two_workplaces_show_a_protected_person_only_where_the_right_holds(cast, city, protected_colleague):
    EmploymentFactory(person=protected_colleague, org_unit=city.bokskolan, role=city.roles["larare"])
    other_head = PersonFactory()
    ScopeFactory(person=other_head, org_unit=city.bokskolan, right=Right.HEAD)
    ScopeFactory(person=cast.head.person, org_unit=city.almskolan, right=Right.VIEW_PROTECTED)
    assert protected_colleague in visible_people(cast.head.person, TODAY)
    assert protected_colleague not in visible_people(other_head, TODAY)


def test_a_change_of_protection_is_written_down_without_a_name(cast, protected_colleague):
    set_protection(person=protected_colleague, protection=Protection.NONE, actor=cast.hr.person)
    entry = AuditEntry.objects.get(action=AuditAction.PROTECTION_CHANGED)
    assert entry.subject == protected_colleague
    assert "Sara" not in str(entry.details)


def test_visible_people_take_as_many_queries_however_many_they_are(cast, city, django_assert_num_queries):
    def look() -> int:
        with django_assert_num_queries(4) as captured:
            list(visible_people(cast.hr.person, TODAY).in_alphabetical_order())
        return len(captured)

    before = look()
    for _number in range(15):
        school = OrgUnitFactory(parent=city.schools)
        EmploymentFactory(person=PersonFactory(), org_unit=school, role=city.roles["larare"])
    assert look() == before


# What is owed


def test_a_mail_is_owed_once(learner):
    for _turn in range(2):
        queue_message(source_key="prov:1", kind="prov", person=learner.person, payload={})
    assert OutboxMessage.objects.count() == 1


# News from the roster


@pytest.fixture
def heard():
    """What the apps above are told, in order."""
    news = []

    def listen(person_ids, org_unit_ids, **kwargs):
        news.append((person_ids, org_unit_ids))

    roster_changed.connect(listen)
    yield news
    roster_changed.disconnect(listen)


def test_each_change_of_the_roster_is_told(city, heard):
    person, double = PersonFactory(), PersonFactory()
    employment = record_employment(
        person=person, org_unit=city.almskolan, role=None, starts_on=date(2026, 1, 1), source="x"
    )
    employment = end_employment(employment=employment, ends_on=date(2026, 6, 30))
    retract_employment(employment=employment)
    leave = record_leave(person=person, starts_on=date(2026, 2, 1), ends_on=None)
    end_leave(leave=leave, ends_on=date(2026, 2, 28))
    set_protection(person=person, protection=Protection.CONFIDENTIAL, actor=None)
    assert heard == [(frozenset([person.pk]), frozenset())] * 6
    heard.clear()
    merge_people(duplicate=double, into=person, actor=None)
    place_org_unit(org_unit=city.almskolan, parent=city.root, starts_on=date(2026, 1, 1))
    close_org_unit(org_unit=city.almskolan, closes_on=date(2026, 12, 31))
    unit = frozenset([city.almskolan.pk])
    assert heard == [(frozenset([person.pk, double.pk]), frozenset()), (frozenset(), unit), (frozenset(), unit)]


def test_many_changes_are_one_piece_of_news(city, heard):
    people = [PersonFactory() for _number in range(3)]
    with one_telling():
        for person in people:
            move_person(
                employment=record_employment(
                    person=person, org_unit=city.almskolan, role=None, starts_on=date(2026, 1, 1)
                ),
                org_unit=city.bokskolan,
                on=date(2026, 3, 1),
            )
        assert heard == []
    assert heard == [(frozenset(person.pk for person in people), frozenset())]


def test_nothing_is_told_of_what_failed(city, heard):
    @one_telling()
    def fail() -> None:
        employment = record_employment(
            person=PersonFactory(), org_unit=city.almskolan, role=None, starts_on=date(2026, 2, 1)
        )
        end_employment(employment=employment, ends_on=date(2026, 1, 1))

    with pytest.raises(PeopleError):
        fail()
    assert heard == []


def test_a_leave_that_never_began_is_taken_back(city):
    leave = record_leave(person=PersonFactory(), starts_on=date(2026, 2, 1), ends_on=None)
    assert end_leave(leave=leave, ends_on=date(2026, 1, 31)) is None
    leave.refresh_from_db()
    assert leave.retracted_at is not None
