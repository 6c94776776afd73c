"""The registers, and the slots they fill: who is shown which contact, and which law has changed."""

from datetime import date, timedelta
from itertools import product

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from cms.core.enums import Visibility
from cms.core.tokens import Token, slot
from cms.references.forms import ContactForm
from cms.references.models import Contact, LegalReference
from cms.references.queries import freeze_contact, freeze_contact_list, freeze_law, reader_of
from cms.references.slots import ANONYMOUS, CONTACT, CONTACT_LIST, Reader, fill
from cms.references.viewsets.registers import ContactViewSet
from tests.cast import LOGIN_BACKEND
from tests.factories import ContactFactory, DistrictFactory, LegalReferenceFactory, RoleFactory, UserFactory

TODAY = date(2026, 11, 23)
JOUR = slot(Token(CONTACT, "jour"))
LIST = slot(Token(CONTACT_LIST, "heder"))
NUMBER = "070-174 06 05"

pytestmark = pytest.mark.django_db

READERS = {
    "visitor": ANONYMOUS,
    "signed_in": Reader(is_signed_in=True),
    "role": Reader(is_signed_in=True, roles=frozenset({"kurator"})),
    "visitor_with_role": Reader(roles=frozenset({"kurator"})),
}
MAY = {
    Visibility.OPEN: set(READERS),
    Visibility.SIGNED_IN: {"signed_in", "role"},
    Visibility.ROLE: {"role"},
}


def make(visibility=Visibility.OPEN, roles=("kurator",), **fields):
    contact = ContactFactory(**{"key": "jour", "kind": "heder", "phone": NUMBER, "visibility": visibility, **fields})
    if visibility == Visibility.ROLE:
        contact.roles.set([RoleFactory(key=key) for key in roles])
    return contact


def frozen(key="jour", kind=CONTACT):
    found = (freeze_contact if kind == CONTACT else freeze_contact_list)(key)
    return {kind: {key: found.value}}


# Contacts on the version in force


@pytest.mark.parametrize(("visibility", "name"), list(product(MAY, READERS)))
@pytest.mark.parametrize("is_valid", [True, False])
@pytest.mark.parametrize("district", [None, "own", "other"])
@pytest.mark.parametrize("text", [JOUR, LIST])
def test_who_is_shown_a_contact(visibility, name, is_valid, district, text):
    own = DistrictFactory(key="own"), DistrictFactory(key="other")
    make(
        visibility,
        valid_to=TODAY if is_valid else TODAY - timedelta(days=1),
        district={"own": own[0], "other": own[1], None: None}[district],
    )
    reader = Reader(READERS[name].is_signed_in, "own", READERS[name].roles)
    shown = fill(text, reader, TODAY)
    expected = name in MAY[visibility] and is_valid and district != "other"
    assert (NUMBER in shown) == expected
    assert ("tel:0701740605" in shown) == expected
    assert ("tel:112" in shown) == (not expected)
    assert ("behöver kontrolleras" in shown) == (not expected)


def test_own_district_comes_before_the_city():
    own = DistrictFactory(key="own")
    make(phone="070-174 06 11")
    make(phone="070-174 06 12", district=own)
    assert "06 12" in fill(JOUR, Reader(district="own"), TODAY)
    assert "06 11" not in fill(JOUR, Reader(district="own"), TODAY)
    elsewhere = fill(JOUR, Reader(district="other"), TODAY)
    assert "06 11" in elsewhere
    assert "06 12" not in elsewhere


def test_expired_contact_of_the_district_gives_way_to_the_city():
    make(phone="070-174 06 11")
    make(phone="070-174 06 12", district=DistrictFactory(key="own"), valid_to=TODAY - timedelta(days=1))
    assert "06 11" in fill(JOUR, Reader(district="own"), TODAY)


def test_contact_that_is_gone_falls_back():
    shown = fill(JOUR, ANONYMOUS, TODAY)
    assert "tel:112" in shown
    assert "tel:11414" in shown


def test_values_are_escaped():
    make(name="<b>Jour</b>", hours='"<script>')
    shown = fill(JOUR, ANONYMOUS, TODAY)
    assert "<b>" not in shown
    assert "<script>" not in shown


def test_reader_has_district_and_roles_of_the_employment(learner):
    reader = reader_of(learner.person, timezone.localdate())
    assert (reader.is_signed_in, reader.district, reader.roles) == (True, "norr", frozenset({"larare"}))
    assert reader_of(learner.person, timezone.localdate(), "soder").district == "soder"
    assert reader_of(None, TODAY) == ANONYMOUS


def test_former_employee_has_no_role(former_employee):
    reader = reader_of(former_employee.person, timezone.localdate())
    assert reader == Reader(is_signed_in=True)


# Contacts in older versions


@pytest.mark.parametrize("text", [JOUR, LIST])
def test_older_version_shows_that_days_value_and_no_link(text):
    contact = make(url="https://jour.example.se")
    cites = {**frozen(), **frozen("heder", CONTACT_LIST)}
    contact.phone = "070-174 06 99"
    contact.save()
    shown = fill(text, ANONYMOUS, TODAY, cites)
    assert NUMBER in shown
    assert "06 99" not in shown
    assert "tel:" not in shown
    assert "href" not in shown
    assert "använd inte utan att kontrollera" in shown


def test_expired_contact_still_stands_in_the_older_version():
    make(valid_to=TODAY - timedelta(days=1))
    assert NUMBER in fill(JOUR, ANONYMOUS, TODAY, frozen())


@pytest.mark.parametrize(("then", "now", "name"), list(product(MAY, MAY, READERS)))
@pytest.mark.parametrize("moved", [False, True])
def test_older_version_hides_what_is_hidden_then_or_now(then, now, name, moved):
    """Whatever else has changed of the contact: its list, its name, its number."""
    contact = make(then)
    cites = frozen("heder", CONTACT_LIST)
    contact.visibility = now
    if moved:
        contact.kind, contact.name = "polis", "Nytt namn"
    contact.save()
    if now == Visibility.ROLE:
        contact.roles.set([RoleFactory(key="kurator")])
    shown = fill(LIST, READERS[name], TODAY, cites)
    assert (NUMBER in shown) == (name in MAY[then] & MAY[now])


def test_older_version_hides_what_another_role_sees_now():
    contact = make(Visibility.ROLE)
    cites = frozen()
    contact.roles.set([RoleFactory(key="rektor")])
    assert NUMBER not in fill(JOUR, READERS["role"], TODAY, cites)


@pytest.mark.parametrize("name", READERS)
def test_contact_that_was_removed_is_shown_to_no_visitor(name):
    contact = make()
    cites = frozen()
    contact.delete()
    assert (NUMBER in fill(JOUR, READERS[name], TODAY, cites)) == READERS[name].is_signed_in


def test_contact_that_stands_for_another_district_now_is_as_strict_as_that():
    contact = make(district=DistrictFactory(key="norr"))
    cites = frozen()
    contact.district, contact.visibility = DistrictFactory(key="soder"), Visibility.ROLE
    contact.save()
    contact.roles.set([RoleFactory(key="kurator")])
    assert NUMBER not in fill(JOUR, READERS["signed_in"], TODAY, cites)
    assert NUMBER in fill(JOUR, READERS["role"], TODAY, cites)


# Law


def cite(law):
    return freeze_law(law.key).html


@pytest.fixture
def law():
    return LegalReferenceFactory(key="lagen", citation="19 kap. 1 § SoL", summary="Anmäl genast.", status="in_force")


def marked(html):
    return "har ändrats sedan" in fill(html, ANONYMOUS, timezone.localdate())


def test_law_that_has_not_changed_has_no_mark(law):
    assert not marked(cite(law))
    law.source_url = "https://annan.example.se"
    law.reviewed_on = None
    law.save()
    assert not marked(cite(law))


@pytest.mark.parametrize(
    "change",
    [
        {"citation": "20 kap. 1 § SoL"},
        {"summary": "Anmäl inom en vecka."},
        {"title": "Något annat"},
        {"status": "repealed"},
        {"in_force_to": timezone.localdate() - timedelta(days=1)},
        {"in_force_from": timezone.localdate() + timedelta(days=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_law_that_has_changed_is_marked_and_stays_as_frozen(law, change):
    html = cite(law)
    for name, value in change.items():
        setattr(law, name, value)
    law.save()
    assert marked(html)
    assert "19 kap. 1 § SoL" in fill(html, ANONYMOUS, timezone.localdate())
    assert not marked(cite(law)), "a text frozen after the change says what the register says"


def test_law_that_is_gone_is_marked(law):
    html = cite(law)
    law.delete()
    assert marked(html)


def test_law_that_time_repeals_is_marked(law):
    law.in_force_to = timezone.localdate()
    law.save()
    html = cite(law)
    assert not marked(html)
    assert "har ändrats sedan" in fill(html, ANONYMOUS, timezone.localdate() + timedelta(days=1))


def test_adopted_law_says_so_and_is_marked_when_it_comes_into_force():
    day = timezone.localdate() + timedelta(days=10)
    html = cite(LegalReferenceFactory(key="ny", status="adopted", in_force_from=day))
    assert "(beslutat, gäller inte än)" in html
    assert not marked(html)
    assert "har ändrats sedan" in fill(html, ANONYMOUS, day)


@pytest.mark.parametrize(
    ("status", "start", "end", "expected"),
    [
        ("in_force", None, None, "in_force"),
        ("in_force", 1, None, "adopted"),
        ("in_force", 0, 0, "in_force"),
        ("in_force", None, -1, "repealed"),
        ("adopted", 0, None, "in_force"),
        ("adopted", 1, None, "adopted"),
        ("adopted", None, None, "adopted"),
        ("proposed", 0, None, "proposed"),
        ("repealed", -9, None, "repealed"),
    ],
)
def test_status_follows_the_dates(status, start, end, expected):
    days = [None if day is None else TODAY + timedelta(days=day) for day in (start, end)]
    law = LegalReference(status=status, in_force_from=days[0], in_force_to=days[1])
    assert law.status_on(TODAY) == expected
    assert law.is_in_force(TODAY) == (expected == "in_force")


# What may be entered


@pytest.mark.parametrize("phone", ["112", "114 14", "116 111", "070-174 06 05", "08-123 45 67", "+46 8 123 45 67"])
def test_phone_numbers(phone):
    make(phone=phone).full_clean()


@pytest.mark.parametrize("phone", ["ring mig", "08/123", "1", "070--1", "112 eller 114 14", "+", "0" * 40])
def test_what_is_not_a_phone_number(phone):
    with pytest.raises(ValidationError) as problem:
        make(phone=phone).full_clean()
    assert "phone" in problem.value.message_dict


@pytest.mark.parametrize("key", ["social-jour", "Jour", "åäö", "två ord"])
def test_key_that_no_text_could_cite_is_refused(key):
    for thing in (ContactFactory.build(key=key), LegalReferenceFactory.build(key=key)):
        with pytest.raises(ValidationError) as problem:
            thing.full_clean()
        assert "key" in problem.value.message_dict


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": "", "url": ""}, "telefonnummer eller en webbadress"),
        ({"age_from": 18, "age_to": 12}, "lägre än den undre"),
        ({"key": "jour"}, "redan en kontaktväg med den nyckeln för hela staden"),
    ],
)
def test_contact_is_refused_in_words(fields, words):
    make()
    contact = ContactFactory.build(**{"key": "annan", **fields})
    with pytest.raises(ValidationError) as problem:
        contact.full_clean()
    assert words in str(problem.value)


def contact_form(user, instance=None, **fields):
    model_form = ContactViewSet().get_form_class()
    assert issubclass(model_form, ContactForm)
    data = {"key": "jour", "kind": "heder", "name": "Jouren", "phone": "112", "visibility": "open", **fields}
    return model_form(data, instance=instance, for_user=user)


def test_contact_for_roles_names_the_roles(editor):
    assert "roles" in contact_form(editor.user, visibility="role").errors
    assert contact_form(editor.user, visibility="role", roles=[RoleFactory(key="kurator").pk]).is_valid()


def saved(form):
    assert form.is_valid(), form.errors
    return form.save()


def test_who_verified_is_kept(editor, approver):
    contact = saved(contact_form(editor.user, verified_on="2026-11-23"))
    assert contact.verified_by == editor.person
    contact = saved(contact_form(approver.user, contact, verified_on="2026-11-23", phone="114 14"))
    assert contact.verified_by == editor.person
    assert saved(contact_form(approver.user, contact, verified_on="2026-11-24")).verified_by == approver.person


# The admin


@pytest.fixture
def keeper(client, db):
    """An account with the right to keep the registers."""
    client.force_login(UserFactory(superuser=True), backend=LOGIN_BACKEND)
    return client


@pytest.mark.parametrize(
    ("name", "make_one"), [("legalreference", LegalReferenceFactory), ("contact", ContactFactory), ("district", None)]
)
def test_registers_can_be_kept_in_the_admin(keeper, name, make_one):
    thing = (make_one or DistrictFactory)()
    for address in (reverse(f"{name}:index"), reverse(f"{name}:add"), reverse(f"{name}:edit", args=[thing.pk])):
        answer = keeper.get(address)
        assert answer.status_code == 200
        assert "Register" in answer.content.decode()


def test_number_is_changed_in_the_admin(keeper):
    contact = make()
    form = {"key": "jour", "kind": "heder", "name": "Jouren", "phone": "070-174 06 77", "visibility": "open"}
    assert keeper.post(reverse("contact:edit", args=[contact.pk]), form).status_code == 302
    assert "070-174 06 77" in fill(JOUR, ANONYMOUS, TODAY)


@pytest.mark.parametrize("name", ["learner", "head", "hr", "editor", "approver", "outsider"])
def test_others_do_not_keep_registers(cast, name):
    contact = make()
    client = cast[name].client()
    for address in (reverse("contact:index"), reverse("contact:edit", args=[contact.pk])):
        assert client.get(address).status_code == 302
    client.post(reverse("contact:delete", args=[contact.pk]))
    assert Contact.objects.exists()
