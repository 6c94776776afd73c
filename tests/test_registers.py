"""The registers in the admin: what needs care, where entries are used, several at once, as files."""

import io
import uuid
from datetime import date, timedelta
from random import Random
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.core.tokens import Token
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry
from cms.references.actions import CannotImport, NotVerified, import_register, verify_contacts
from cms.references.enums import ContactCare, LawCare, LegalStatus
from cms.references.models import REVIEW_INTERVAL, SOON, VERIFY_INTERVAL, Contact, LegalReference
from cms.references.registers import CONTACT_ROUTES, LAWS, plan_import, register_table, uses_of
from guidelines.actions import publish_guideline
from guidelines.models import GuidelinePage
from tests.cast import Member
from tests.factories import (
    ContactFactory,
    CoursePageFactory,
    DistrictFactory,
    GuidelinePageFactory,
    LegalReferenceFactory,
    RoleFactory,
    UnitPageFactory,
    text,
    true_false_question,
)
from tests.learning import cut
from tests.test_guidelines import edit

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAYS = [None, *(TODAY + timedelta(days=step) for step in (-400, -366, -365, -184, -183, -40, -1, 0, 1, 30, 31, 60))]
LIST = {"legalreference": LegalReference, "contact": Contact}


@pytest.fixture
def keeper(approver: Member) -> Member:
    """The approver keeps law and contacts, as in the demo city."""
    approver.user.user_permissions.add(*Permission.objects.filter(content_type__model__in=LIST))
    return approver


# What needs care


def law_care(law: LegalReference) -> LawCare:
    """The rules of one entry, one by one."""
    status = law.status_on(TODAY)
    if status == LegalStatus.REPEALED:
        return LawCare.REPEALED
    if law.is_stale(TODAY):
        return LawCare.STALE
    if law.is_stale(TODAY + SOON) or law.status_on(TODAY + SOON + timedelta(days=1)) == LegalStatus.REPEALED:
        return LawCare.SOON
    return LawCare.REVIEWED if status == LegalStatus.IN_FORCE else LawCare.COMING


def contact_care(contact: Contact) -> ContactCare:
    if not contact.is_valid(TODAY):
        return ContactCare.EXPIRED
    if contact.is_unverified(TODAY):
        return ContactCare.UNVERIFIED
    is_soon = contact.is_unverified(TODAY + SOON) or not contact.is_valid(TODAY + SOON + timedelta(days=1))
    return ContactCare.SOON if is_soon else ContactCare.VERIFIED


def test_lists_say_what_each_entry_by_itself_would():
    random = Random(20261127)
    for number in range(120):
        first, last = random.choice(DAYS), random.choice(DAYS)
        if first and last and last < first:
            first, last = last, first
        LegalReference.objects.create(
            key=f"lag_{number}", title="Lag", citation="1 §", status=random.choice(LegalStatus.values),
            in_force_from=first, in_force_to=last, reviewed_on=random.choice([*DAYS, TODAY]),
        )  # fmt: skip
        ContactFactory(key=f"jour_{number}", valid_to=random.choice(DAYS), verified_on=random.choice(DAYS))
    laws = {law.key: law.care for law in LegalReference.objects.with_care(TODAY)}
    contacts = {contact.key: contact.care for contact in Contact.objects.with_care(TODAY)}
    assert laws == {law.key: law_care(law) for law in LegalReference.objects.all()}
    assert contacts == {contact.key: contact_care(contact) for contact in Contact.objects.all()}
    assert set(laws.values()) == set(LawCare.values)
    assert set(contacts.values()) == set(ContactCare.values)
    assert REVIEW_INTERVAL > VERIFY_INTERVAL > SOON


def test_list_shows_states_and_is_narrowed_to_what_needs_care(keeper):
    ContactFactory(name="Nyringd")
    ContactFactory(name="Gammal", verified_on=None)
    LegalReferenceFactory(title="Upphävd", repealed=True)
    client = keeper.client()
    everything = client.get(reverse("contact:index")).content.decode()
    assert "Kontrollerad" in everything
    assert "Behöver kontrolleras" in everything
    narrowed = client.get(reverse("contact:index"), {"care": "unverified"}).content.decode()
    assert "Gammal" in narrowed
    assert "Nyringd" not in narrowed
    assert "Gäller inte längre" in client.get(reverse("legalreference:index")).content.decode()


# Where it is used


def contact_list(kind: str) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "type": "contacts", "value": {"title": "", "kind": kind}}


@pytest.fixture
def cited() -> GuidelinePage:
    """A law that a guideline cited first and a course cites in a question; a list of contacts in a block."""
    LegalReferenceFactory(key="anmalan", title="Anmälan")
    ContactFactory(key="jour", kind="heder", name="Jouren")
    page = GuidelinePageFactory(title="Riktlinjen", body=[text("Enligt {{lag:anmalan}}.")])
    publish_guideline(page=page)
    publish_guideline(page=edit(page, contact_list("heder")))
    course = CoursePageFactory(title="Kursen", units=0)
    unit, question = UnitPageFactory(parent=course, title="Delen", questions=False), true_false_question()
    question.text = "Gäller {{ lag:anmalan }}?"
    unit.questions = [question]
    unit.save()
    cut(course)
    return GuidelinePage.objects.get(pk=page.pk)


def test_pages_and_versions_that_cite_an_entry_are_listed(cited):
    law, contact = LegalReference.objects.get(), Contact.objects.get()
    in_law = [(use.title, use.where, use.is_frozen, use.is_current) for use in uses_of([law])[law.pk]]
    assert in_law == [
        ("Delen", "publicerad", False, True),
        ("Delen", "Kursen, version 1.0", True, True),
        ("Riktlinjen", "version 1.0", True, False),
    ]
    in_contact = [(use.title, use.where, use.is_current) for use in uses_of([contact])[contact.pk]]
    assert in_contact == [("Riktlinjen", "publicerad", True), ("Riktlinjen", "version 1.1", True)]


def test_use_is_shown_in_the_list_on_its_page_and_before_a_removal(cited, keeper):
    law, client = LegalReference.objects.get(), keeper.client()
    assert "1 sida, 2 versioner" in client.get(reverse("legalreference:index")).content.decode()
    page = client.get(reverse("legalreference:usage", args=[law.pk])).content.decode()
    assert "Kursen, version 1.0" in page
    assert "Tidigare version" in page
    assert "på 3 ställen" in client.get(reverse("legalreference:delete", args=[law.pk])).content.decode()


def test_longer_lists_and_more_texts_ask_no_more_questions(cited, keeper):
    client = keeper.client()
    client.get(reverse("contact:index"))

    def asked() -> dict[str, int]:
        counts = {}
        for name in LIST:
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse(f"{name}:index"))
            counts[name] = len(queries)
        return counts

    before = asked()
    for number in range(9):
        LegalReferenceFactory(key=f"lag_{number}")
        ContactFactory(key=f"vag_{number}", district=DistrictFactory(key=f"omrade_{number}"))
        page = GuidelinePageFactory(body=[text(f"{{{{lag:lag_{number}}}}} {{{{kontakt:vag_{number}}}}}")])
        publish_guideline(page=page)
    assert asked() == before


# Several at once


def bulk(name: str, action: str, **query: object) -> str:
    address = reverse("wagtail_bulk_action", args=["ledstang_references", name, action])
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}&next=/admin/"


def test_chosen_contacts_are_verified_together(keeper):
    old, other = ContactFactory(verified_on=None), ContactFactory(verified_on=None)
    address = bulk("contact", "verify", id=old.pk)
    assert old.name in keeper.client().get(address).content.decode()
    assert keeper.client().post(address, {"day": TODAY.isoformat()}).status_code == 302
    old.refresh_from_db()
    other.refresh_from_db()
    assert (old.verified_on, old.verified_by, other.verified_on) == (TODAY, keeper.person, None)
    entry = AuditEntry.objects.get(action=AuditAction.REGISTER_VERIFIED)
    assert (entry.actor, entry.details["keys"]) == (keeper.person, [old.key])


def test_all_means_all_that_the_list_is_narrowed_to(keeper):
    old, fresh = ContactFactory(verified_on=None), ContactFactory(verified_on=TODAY - timedelta(days=2))
    keeper.client().post(bulk("contact", "verify", id="all", care="unverified"), {"day": TODAY.isoformat()})
    old.refresh_from_db()
    fresh.refresh_from_db()
    assert (old.verified_on, fresh.verified_on) == (TODAY, TODAY - timedelta(days=2))
    named = LegalReferenceFactory(title="Skolplikt", stale=True)
    LegalReferenceFactory(title="Annat", stale=True)
    answer = keeper.client().post(bulk("legalreference", "review", id="all", q="skolpl"),
                                  {"day": TODAY.isoformat(), "reviewed_by": "Juristen"}, follow=True)  # fmt: skip
    assert "1 lagrum är märkt som granskat." in answer.content.decode()
    assert list(LegalReference.objects.filter(reviewed_by="Juristen")) == [named]


def test_day_that_has_not_come_is_refused(keeper):
    contact = ContactFactory(verified_on=None)
    answer = keeper.client().post(bulk("contact", "verify", id=contact.pk), {"day": "2099-01-01"})
    assert "inte kommit än" in answer.content.decode()
    with pytest.raises(NotVerified):
        verify_contacts(contacts=[contact], verified_on=date(2099, 1, 1))
    contact.refresh_from_db()
    assert contact.verified_on is None


def test_who_may_not_change_the_register_verifies_nothing(cast):
    contact = ContactFactory(verified_on=None)
    for member in cast:
        member.client().post(bulk("contact", "verify", id=contact.pk), {"day": TODAY.isoformat()})
    contact.refresh_from_db()
    assert contact.verified_on is None


# Files


def rows_of(name: str, client: object, **query: str) -> list[list[str]]:
    answer = client.get(reverse(f"{name}:index"), {"export": "csv", **query})
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [line.split(";") for line in content.splitlines()]


def test_what_is_written_out_is_read_in_without_a_change(keeper):
    role, district = RoleFactory(key="rektor", name="Rektor"), DistrictFactory(key="norr", name="Norr")
    named = ContactFactory(name="=1+1", phone="+46 8 123", district=district, visibility="role", valid_to=TODAY)
    named.roles.add(role)
    ContactFactory(age_from=12, age_to=15, url="https://exempel.example.se/", phone="", hours="Dygnet runt")
    LegalReferenceFactory(summary="Rad ett; och två", in_force_from=TODAY)
    client = keeper.client()
    for register, name in ((CONTACT_ROUTES, "contact"), (LAWS, "legalreference")):
        for ending in ("csv", "xlsx"):
            answer = client.get(reverse(f"{name}:index"), {"export": ending})
            content = b"".join(answer.streaming_content)
            plan = plan_import(register, f"register.{ending}", content)
            assert (plan.faults, plan.new, plan.changed) == ((), (), ())
            assert plan.unchanged == register.model.objects.count()
    assert "'=1+1" in str(rows_of("contact", client)), "a spreadsheet runs nothing"
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(
        client.get(reverse("contact:index"), {"export": "xlsx"}).streaming_content
    ))).active  # fmt: skip
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_file_holds_exactly_the_list(keeper):
    ContactFactory(name="Nyringd")
    ContactFactory(name="Gammal", verified_on=None)
    assert [row[2] for row in rows_of("contact", keeper.client(), care="unverified")] == ["Namn", "Gammal"]


def upload(client: object, name: str, content: str) -> object:
    file = SimpleUploadedFile("register.csv", content.encode("cp1252"))
    return client.post(reverse(f"{name}:import"), {"file": file})


def test_file_is_shown_first_and_read_in_when_confirmed(keeper):
    known, client = ContactFactory(key="jour", name="Jouren", phone="070-174 06 05"), keeper.client()
    DistrictFactory(key="norr", name="Norr")
    answer = upload(client, "contact", "Nyckel;Lista;Namn;Stadsdelsområde;Telefon;Synlig för;Kontrollerad\r\n"
                    f"jour;;Jouren;;070-174 06 07;;{TODAY}\r\n"
                    "jour;Orosanmälan;Jouren i norr;Norr;070-174 06 08;Alla;\r\n")  # fmt: skip
    shown = answer.content.decode()
    assert answer.context["plan"].faults == ()
    assert "1 ny, 1 ändrad" in shown
    assert "070-174 06 05 → 070-174 06 07" in shown
    assert Contact.objects.count() == 1
    kept = {"kept": answer.context["kept"], "digest": answer.context["plan"].digest}
    assert client.post(reverse("contact:import"), kept).status_code == 302
    known.refresh_from_db()
    assert (known.phone, known.kind) == ("070-174 06 07", "orosanmalan")
    new = Contact.objects.get(district__key="norr")
    assert (new.name, new.visibility) == ("Jouren i norr", "open")
    entry = AuditEntry.objects.get(action=AuditAction.REGISTER_IMPORTED)
    assert (entry.details["new"], entry.details["changed"]) == (1, 1)


FAULTS = [
    ("contact", "Nyckel;Stadsdelsområde;Telefon\r\njour;;ring oss\r\n", (2, "Telefon", "siffror")),
    ("contact", "Nyckel;Stadsdelsområde;Lista\r\n\r\njour;;Okänd\r\n", (3, "Lista", "Okänd")),
    ("contact", "Nyckel;Stadsdelsområde\r\njour;Atlantis\r\n", (2, "Stadsdelsområde", "Atlantis")),
    (
        "contact",
        "Nyckel;Stadsdelsområde;Synlig för\r\njour;;role\r\n",
        (2, "Befattningar", ""),
    ),
    ("contact", "Nyckel;Stadsdelsområde;Giltig till\r\njour;;i maj\r\n", (2, "Giltig till", "2026-08-15")),
    ("contact", "Nyckel;Stadsdelsområde;Verifierad\r\njour;;2099-01-01\r\n", (2, "Kontrollerad", "inte kommit")),
    ("contact", "Nyckel;Stadsdelsområde\r\njour;\r\njour;\r\n", (3, "Nyckel", "rad 2")),
    ("contact", "Nyckel;Telefon\r\njour;\r\n", (1, "Stadsdelsområde", "saknas")),
    ("contact", "Nyckel;Stadsdelsområde;Personnummer\r\njour;;1\r\n", (1, "Personnummer", "inte känd")),
    ("legalreference", "Nyckel;Rubrik\r\nNy lag;Ny\r\n", (2, "Nyckel", "a till z")),
    ("legalreference", "Nyckel;Gäller från;Gäller till\r\nlag;2026-02-01;2026-01-01\r\n", (2, "", "sista dagen")),
    ("legalreference", "\r\n\r\n", (0, "", "tabell")),
]


def test_file_with_a_fault_writes_nothing_and_says_where(keeper):
    ContactFactory(key="jour", phone="070-174 06 05", visibility="open")
    LegalReferenceFactory(key="lag", title="Lag")
    before, client = [list(model.objects.values()) for model in LIST.values()], keeper.client()
    for name, content, (row, column, words) in FAULTS:
        more = "ny_rad;;\r\n" if content.startswith("Nyckel;Stads") else ""
        answer = upload(client, name, content + more)
        plan = answer.context["plan"]
        assert [one for one in plan.faults if (one.row, one.column) == (row, column) and words in one.text], plan.faults
        assert "Inget har skrivits" in answer.content.decode()
        kept = {"kept": answer.context["kept"], "digest": plan.digest}
        assert client.post(reverse(f"{name}:import"), kept).status_code == 200
        with pytest.raises(CannotImport):
            import_register(register=CONTACT_ROUTES if name == "contact" else LAWS, plan=plan)
    assert [list(model.objects.values()) for model in LIST.values()] == before


def test_what_was_shown_is_what_is_written(keeper):
    """A file that was tampered with on its way back, or a register that somebody changed meanwhile, writes nothing."""
    known, client = ContactFactory(key="jour", name="Jouren"), keeper.client()
    answer = upload(client, "contact", "Nyckel;Stadsdelsområde;Namn\r\njour;;Nya jouren\r\n")
    kept, digest = answer.context["kept"], answer.context["plan"].digest
    client.post(reverse("contact:import"), {"kept": f"{kept[:-4]}AAAA", "digest": digest})
    Contact.objects.update(name="Andra jouren")
    again = client.post(reverse("contact:import"), {"kept": kept, "digest": digest})
    assert "Andra jouren → Nya jouren" in again.content.decode()
    known.refresh_from_db()
    assert known.name == "Andra jouren"


def test_table_has_the_columns_of_the_file():
    ContactFactory(key="jour")
    heading, row = list(register_table(CONTACT_ROUTES, list(CONTACT_ROUTES.entries())))
    assert (heading[0], row[0]) == ("Nyckel", "jour")
    assert Token("lag", "x") not in uses_of([])
