"""Twenty seeded changes in the registers: every place that one overtakes is listed, and none wrongly."""

from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from cms.references.enums import LegalStatus
from cms.references.models import Contact, LegalReference
from cms.versions.care import Hit, stale_places
from guidelines.actions import publish_guideline
from guidelines.actions.papers import issue_document
from guidelines.models import GuidelinePage
from guidelines.queries.documents import document
from tests.factories import (
    ContactFactory,
    CoursePageFactory,
    GuidelinePageFactory,
    LegalReferenceFactory,
    UnitPageFactory,
    body,
    heading,
    text,
    true_false_question,
)
from tests.learning import cut
from tests.test_guidelines import edit

SEED = 20261127
LAWS, CONTACTS = ("anmalan", "skolplikt", "tystnad"), ("jour", "mottagning")
PDF = f"PDF från {timezone.localdate().isoformat()}"
PAPERS = [("Riktlinje A", PDF), ("Riktlinje B", f"{PDF}, läsning för förskola")]
KEYS = [f"lag:{key}" for key in LAWS] + [f"kontakt:{key}" for key in CONTACTS]


class Back(Exception):
    """Takes a change back."""


def places_of(random: Random) -> dict[tuple[str, str], list[str]]:
    """Which keys stand where: in two guidelines and their PDFs, in a unit's text and in its question."""
    where = [("Riktlinje A", "Ansvar"), ("Riktlinje B", "Ansvar"), ("Kurs: Del", "Läs"), ("Kurs: Del", "Gäller det?")]
    places = {place: random.sample(KEYS, random.randint(1, 3)) for place in where}
    for title, paper in PAPERS:
        places[title, paper] = places[title, "Ansvar"]
    return places


def cite(keys: list[str]) -> str:
    return " och ".join(f"{{{{{key}}}}}" for key in keys)


@pytest.fixture
def published(db) -> dict[tuple[str, str], list[str]]:
    today, places = timezone.localdate(), places_of(Random(SEED))
    for key in LAWS:
        LegalReferenceFactory(key=key, title=key, reviewed_on=today)
    for key in CONTACTS:
        ContactFactory(
            open=True, key=key, name=key, kind="heder" if key == "jour" else "orosanmalan", verified_on=today
        )
    ContactFactory(key="i_listan", kind="soc_jour", verified_on=today)
    for letter in "AB":
        page = GuidelinePageFactory(title=f"Riktlinje {letter}")
        publish_guideline(page=edit(page, text(f"Förr: {cite(KEYS)}.")))
        cites = cite(places[f"Riktlinje {letter}", "Ansvar"])
        only = ("preschool",) if letter == "B" else ()
        publish_guideline(page=edit(page, heading("Ansvar"), text(f"Enligt {cites}.", audiences=only)))
        for audience in (None,) if letter == "A" else ("preschool", "compulsory_school"):
            print_pdf(page, audience)
    course = CoursePageFactory(title="Kurs", units=0)
    question = true_false_question()
    question.text = f"Gäller det? {cite(places['Kurs: Del', 'Gäller det?'])}"
    unit = UnitPageFactory(
        parent=course, title="Del", body=body(heading("Läs"), cite(places["Kurs: Del", "Läs"])), questions=False
    )
    unit.questions = [question]
    unit.save()
    cut(course)
    return places


def print_pdf(page: GuidelinePage, audience: str | None = None) -> None:
    """What somebody fetches: the PDF of the version in force, in one reading."""
    found = document(page.key)
    assert found is not None
    issue_document(document=found, version=found.latest, audience=audience, on=timezone.localdate())


def change(random: Random) -> tuple[str, str]:
    """One change in a register, as the key and what it is called."""
    yesterday = timezone.localdate() - timedelta(days=1)
    if random.random() < 0.5:
        key = random.choice(LAWS)
        laws, how = LegalReference.objects.filter(key=key), random.choice(["repealed", "renumbered", "stale", "gone"])
        {
            "repealed": lambda: laws.update(in_force_to=yesterday),
            "renumbered": lambda: laws.update(citation="1 § nya lagen"),
            "stale": lambda: laws.update(reviewed_on=yesterday - timedelta(days=366)),
            "gone": lambda: laws.delete(),
        }[how]()
        return f"lag:{key}", how
    key = random.choice(CONTACTS)
    contacts, how = Contact.objects.filter(key=key), random.choice(["expired", "unverified", "number", "gone"])
    {
        "expired": lambda: contacts.update(valid_to=yesterday),
        "unverified": lambda: contacts.update(verified_on=None),
        "number": lambda: contacts.update(phone="070-174 06 99"),
        "gone": lambda: contacts.delete(),
    }[how]()
    return f"kontakt:{key}", how


CODES = {
    ("lag", "repealed"): {"law_repealed", "law_changed"},
    ("lag", "renumbered"): {"law_changed"},
    ("lag", "stale"): {"law_stale"},
    ("lag", "gone"): {"law_changed"},
    ("kontakt", "expired"): {"contact_expired"},
    ("kontakt", "unverified"): {"contact_unverified"},
    ("kontakt", "number"): set(),  # filled in when served: nothing that readers see is out of date
    ("kontakt", "gone"): {"contact_expired"},
}
ON_PAPER = {**CODES, ("kontakt", "expired"): {"contact_expired", "contact_changed"},
            ("kontakt", "number"): {"contact_changed"}}  # fmt: skip


def document_of(hit: Hit) -> str:
    return hit.document.removesuffix(" 1.1")


def test_twenty_changes_hit_exactly_the_places_that_cite_them(published):
    random, seen = Random(SEED), set()
    assert stale_places(timezone.localdate()) == []
    for _change in range(20):
        try:
            with transaction.atomic():
                key, how = change(random)
                wanted = {
                    (title, where, key, code)
                    for (title, where), keys in published.items()
                    if key in keys
                    for code in (ON_PAPER if where.startswith("PDF") else CODES)[key.split(":")[0], how]
                }
                found = {
                    (document_of(hit), hit.where, f"{hit.token.kind}:{hit.token.key}", str(hit.kind))
                    for hit in stale_places(timezone.localdate())
                }
                assert found == wanted, (key, how)
                seen.add((key.split(":")[0], how))
                raise Back
        except Back:
            continue
    assert len(seen) >= 6


def test_paper_that_is_made_anew_after_a_change_is_right_again(published):
    page = GuidelinePage.objects.get(title="Riktlinje A")
    key = next(key for key in KEYS if key.startswith("kontakt") and key in published["Riktlinje A", "Ansvar"])
    Contact.objects.filter(key=key.split(":")[1]).update(phone="070-174 06 98")
    assert {hit.where for hit in stale_places(timezone.localdate()) if hit.document == "Riktlinje A 1.1"} == {PDF}
    print_pdf(page)
    assert [hit for hit in stale_places(timezone.localdate()) if hit.document == "Riktlinje A 1.1"] == []


def test_command_and_list_say_where_in_swedish_and_that_all_is_well(published, capsys, editor):
    client, address = editor.client(), reverse("ledstang_stale")
    call_command("list_stale")
    assert capsys.readouterr().out == ""
    assert address in client.get(reverse("wagtailadmin_home")).content.decode()
    assert "är aktuella" in client.get(address).content.decode()
    key = published["Riktlinje A", "Ansvar"][0]
    LegalReference.objects.update(status=LegalStatus.REPEALED)
    Contact.objects.update(verified_on=None)
    call_command("list_stale")
    told = capsys.readouterr().out
    assert "Riktlinje A" in told
    assert f"  Ansvar: {key}: " in told
    assert all(line.startswith(("  ", "Riktlinje", "Kurs")) for line in told.splitlines()), "each place on one line"
    page = html.fromstring(client.get(address).content.decode())
    assert len(page.xpath("//main//dd")) == len(stale_places(timezone.localdate()))
    assert "Ett lagrum som inte gäller längre" in page.xpath("string(//main)")
    assert {client.get(link).status_code for link in page.xpath("//main//dd/a/@href")} == {
        302
    }  # may not keep registers


def test_more_texts_ask_no_more_questions(published):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            stale_places(timezone.localdate())
        return len(queries)

    before = asked()
    for letter in "CDEF":
        page = GuidelinePageFactory(title=letter, body=[text(f"Enligt {cite(KEYS[1:3])}.")])
        publish_guideline(page=page)
        print_pdf(page)
    assert asked() == before
