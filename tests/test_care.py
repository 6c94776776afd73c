"""Twenty seeded changes in the registers: every place that one overtakes is listed, and none wrongly."""

from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.references.enums import LegalStatus
from cms.references.models import Contact, LegalReference
from cms.versions.care import Hit, stale_places
from guidelines.actions import publish_guideline
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
KEYS = [f"lag:{key}" for key in LAWS] + [f"kontakt:{key}" for key in CONTACTS]


class Back(Exception):
    """Takes a change back."""


def places_of(random: Random) -> dict[tuple[str, str], list[str]]:
    """Which keys stand where: in two guidelines, in a unit's text and in its question."""
    where = [("Riktlinje A", "Ansvar"), ("Riktlinje B", "Ansvar"), ("Kurs: Del", "Läs"), ("Kurs: Del", "Gäller det?")]
    return {place: random.sample(KEYS, random.randint(1, 3)) for place in where}


def cite(keys: list[str]) -> str:
    return " och ".join(f"{{{{{key}}}}}" for key in keys)


@pytest.fixture
def published(db) -> dict[tuple[str, str], list[str]]:
    today, places = timezone.localdate(), places_of(Random(SEED))
    for key in LAWS:
        LegalReferenceFactory(key=key, title=key, reviewed_on=today)
    for key in CONTACTS:
        ContactFactory(key=key, name=key, kind="heder" if key == "jour" else "orosanmalan", verified_on=today)
    ContactFactory(key="i_listan", kind="soc_jour", verified_on=today)
    for letter in "AB":
        page = GuidelinePageFactory(title=f"Riktlinje {letter}")
        publish_guideline(page=edit(page, text(f"Förr: {cite(KEYS)}.")))
        cites = cite(places[f"Riktlinje {letter}", "Ansvar"])
        publish_guideline(page=edit(page, heading("Ansvar"), text(f"Enligt {cites}.")))
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
                    (document, where, key, code)
                    for (document, where), keys in published.items()
                    if key in keys
                    for code in CODES[key.split(":")[0], how]
                }
                found = {
                    (document_of(hit), hit.where.split(" {{")[0], f"{hit.token.kind}:{hit.token.key}", str(hit.kind))
                    for hit in stale_places(timezone.localdate())
                }
                assert found == wanted, (key, how)
                seen.add((key.split(":")[0], how))
                raise Back
        except Back:
            continue
    assert len(seen) >= 6


def test_command_says_where_in_swedish_and_is_silent_when_all_is_well(published, capsys):
    call_command("list_stale")
    assert capsys.readouterr().out == ""
    key = published["Riktlinje A", "Ansvar"][0]
    LegalReference.objects.update(status=LegalStatus.REPEALED)
    Contact.objects.update(verified_on=None)
    call_command("list_stale")
    told = capsys.readouterr().out
    assert "Riktlinje A" in told
    assert f"  Ansvar: {key}: " in told


def test_more_texts_ask_no_more_questions(published):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            stale_places(timezone.localdate())
        return len(queries)

    before = asked()
    for letter in "CDEF":
        publish_guideline(page=GuidelinePageFactory(title=letter, body=[text(f"Enligt {cite(KEYS[1:3])}.")]))
    assert asked() == before
