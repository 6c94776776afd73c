"""Facts of every kind, usual and extreme, for tests, pictures and measurements."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from cms.certificates.facts import (
    CourseFacts,
    EmbeddedFile,
    Facts,
    GuidelineFacts,
    Letterhead,
    PathFacts,
    PosterFacts,
    ReceiptFacts,
    RouteFacts,
    SectionFacts,
    StatementFacts,
    StatementRow,
    TranscriptEntry,
    TranscriptFacts,
    UnitFacts,
    UnitsFacts,
    without_name,
)
from cms.certificates.pdf.document import Assets, compose_facts
from cms.certificates.pdf.renderer import Job

ARMS = Path(__file__).with_name("arms.png").read_bytes()
ARMS_SHA256 = hashlib.sha256(ARMS).hexdigest()
VERSION = b'{"title":"Riktlinje"}'
VERSION_SHA256 = hashlib.sha256(VERSION).hexdigest()
ASSETS: Assets = {ARMS_SHA256: ("image/png", ARMS), VERSION_SHA256: ("application/json", VERSION)}
PUBLIC_ID = "4k2m7q9d3v8x1znabcdefgh0jk"
LETTERHEAD = Letterhead(
    city="Exempelstaden",
    issuer="Utbildningsnämnden",
    function="utbildningsdirektören",
    colour="#1f5a52",
    address="https://ledstang.example.se",
    arms=ARMS_SHA256,
)
LONG_NAME = ("Maria Antonia Guadalupe " + "Montserrat de la Concepción " * 20)[:300].strip()
ARABIC_NAME = "فاطمة الزهراء بنت عبد الرحمن"
THAI_NAME = "ศรีสุดา วงศ์สุวรรณ์ประเสริฐ"
HEBREW_NAME = "שרה בת־אברהם לוי"
TITLES = ("Vad sugardejting är", "Tidiga tecken och anmälan", "Så pratar du med en ung person")


def units(count: int, *, long: bool = False) -> tuple[UnitFacts, ...]:
    more = " – så gör du när oron gäller flera barn på samma enhet och ingen vill prata om det" if long else ""
    return tuple(
        UnitFacts(TITLES[index % 3] + (more if index % 4 == 0 else ""), 8 + index % 5, f"2026-11-{index % 27 + 1:02d}")
        for index in range(count)
    )


def course(**changes: Any) -> CourseFacts:
    facts = CourseFacts(
        holder="Åsa Öberg-Lindström",
        title="Sugardejting",
        version="1.2",
        version_sha256="ab" * 32,
        units=units(5),
        minutes=50,
        started_on="2026-10-12",
        completed_on="2026-11-23",
        valid_until="2028-11-23",
    )
    return replace(facts, **changes)


def some_units(**changes: Any) -> UnitsFacts:
    facts = UnitsFacts(
        holder="Åsa Öberg-Lindström",
        title="Sugardejting",
        version="1.2",
        version_sha256="ab" * 32,
        units=units(4),
        of_units=8,
        minutes=38,
        started_on="2026-10-12",
        as_of="2026-11-23",
    )
    return replace(facts, **changes)


def receipt(**changes: Any) -> ReceiptFacts:
    facts = ReceiptFacts(
        holder="Åsa Öberg-Lindström",
        title="Riktlinje mot hedersrelaterat våld och förtryck",
        version="2.0",
        version_sha256=VERSION_SHA256,
        statement="Jag har tagit del av riktlinjen.",
        acknowledged_on="2026-11-23",
        effective_on="2026-09-01",
        decided_by="Utbildningsnämnden",
        path="/r/0f2a7d5e-31f2-4a0b-9b57-0d7a9a4b6c11/v/2.0/",
    )
    return replace(facts, **changes)


def transcript(**changes: Any) -> TranscriptFacts:
    entries = (
        TranscriptEntry("Riktlinje", "Riktlinje mot hedersrelaterat våld och förtryck", "2.0", "2026-09-14"),
        TranscriptEntry("Kurs", "Sugardejting", "1.2", "2026-11-23", "2028-11-23", 50, PUBLIC_ID),
        TranscriptEntry("Kurs", "Riktlinjen på 20 minuter", "1.0", "2026-03-02", None, 20, PUBLIC_ID),
    )
    return replace(TranscriptFacts(holder="Åsa Öberg-Lindström", as_of="2026-11-23", entries=entries), **changes)


def statement(**changes: Any) -> StatementFacts:
    facts = StatementFacts(
        org_unit="Almskolan",
        as_of="2026-11-23",
        known_at="2026-11-23 10:42",
        rows=(
            StatementRow("Riktlinje mot hedersrelaterat våld och förtryck", 42, 39, 1, 1),
            StatementRow("Sugardejting", 42, 30, 4, 1),
        ),
        school_unit_code="10000001",
        controller="Utbildningsnämnden",
    )
    return replace(facts, **changes)


SECTIONS = (
    "<h2>1. Syfte</h2><p>Riktlinjen ska göra att alla barn och elever möts av vuxna som <strong>ser, frågar och "
    "handlar</strong> lika. Den ersätter inte lag.</p>",
    "<h2>2. Så gör du</h2><ol><li><strong>Lyssna.</strong> Lova inte att tiga.</li><li>Anmäl genast enligt "
    '<a href="https://lag.example.se/sol">19 kap. 1 § <em>socialtjänstlagen</em></a>.</li></ol>',
    "<aside><p><strong>Fara</strong></p><p>Ring 112.</p></aside>",
    "<h2>3. Ansvar</h2><table><caption>Vem gör vad</caption><thead><tr><th scope=col>Roll</th><th scope=col>Ska</th>"
    "</tr></thead><tbody><tr><th scope=row>Lärare</th><td><p>Se och anmäla.</p></td></tr><tr><th scope=row>Rektor</th>"
    "<td><ul><li>Ta emot</li><li>Följa upp</li></ul></td></tr></tbody></table>",
    f'<figure><img src="asset:{ARMS_SHA256}" alt="Ett vapen"><figcaption>Stadens vapen</figcaption></figure>',
    '<div class="ls-checklist" id="a-0000000c"><p class="ls-checklist-title">Innan barnet går hem</p>'
    "<ul><li>Socialtjänsten vet.</li><li>Barnet vet.</li></ul></div>",
    '<div class="ls-accordion"><details><summary><strong>Får jag rådgöra?</strong></summary>'
    '<div class="ls-accordion-text"><p>Ja.</p></div></details></div>',
    '<figure class="ls-video"><video controls preload="none"><source src="asset:0"><a href="/r/fil/0">Hämta filmen</a>'
    "</video><figcaption>Samtalet</figcaption><details><summary><strong>Filmen som text</strong></summary>"
    "<div><p>Hej.</p></div></details></figure>",
)


def guideline(**changes: Any) -> GuidelineFacts:
    facts = GuidelineFacts(
        label="Riktlinje",
        title="Riktlinje mot hedersrelaterat våld och förtryck",
        version="2.0",
        version_sha256=VERSION_SHA256,
        effective_on="2026-09-01",
        published_on="2026-08-20",
        path="/r/0f2a7d5e-31f2-4a0b-9b57-0d7a9a4b6c11/v/2.0/",
        sections=tuple(SectionFacts(html) for html in SECTIONS),
        summary="Vad du gör när du är orolig för ett barn, vem som ansvarar och hur arbetet följs upp.",
        reading="Läsning för grundskolan",
        change_note="Nytt avsnitt om utreseförbud.",
        decided_by="Utbildningsnämnden",
        decided_on="2026-08-18",
        decision_ref="§ 12",
        record_number="UBN 2026/12",
        owner_function="Utvecklingschefen",
        embedded=(EmbeddedFile(VERSION_SHA256, "version-2.0.json", "Versionens innehåll som kanonisk JSON"),),
    )
    return replace(facts, **changes)


EVERY_KIND: dict[str, Facts] = {
    "course": course(),
    "path": PathFacts(
        holder="Åsa Öberg-Lindström",
        title="Fördjupning: unga i kriminalitet",
        version="1.1",
        version_sha256="0" * 64,
        units=units(2),
        minutes=110,
        started_on="2026-02-03",
        completed_on="2026-11-23",
        talk_on="2026-11-20",
    ),
    "units": some_units(),
    "receipt": receipt(),
    "transcript": transcript(),
    "statement": statement(),
    "guideline": guideline(),
    "poster": PosterFacts(
        title="Kontaktvägar i Söder",
        path="/kontakter/?omrade=soder",
        routes=(
            RouteFacts("Orosanmälan", "Socialjouren", "070-174 06 17", "", "när mottagningen har stängt"),
            RouteFacts("Orosanmälan", "E-tjänsten", "", "https://etjanst.exempelstaden.example.se/orosanmalan"),
            RouteFacts("Hedersrelaterat förtryck", "Stödlinjen", "070-174 06 18", "", "", "från 12 år"),
        ),
    ),
}

EXTREMES: dict[str, Facts] = {
    "300 letters": course(holder=LONG_NAME),
    "arabic": course(holder=ARABIC_NAME),
    "thai": course(holder=THAI_NAME),
    "hebrew": course(holder=HEBREW_NAME, units=units(7)),
    "60 units": course(units=units(60, long=True), minutes=600),
    "200 units": course(units=units(200), minutes=2000),
    "no units": course(units=(), minutes=0, valid_until=None),
    "protected": without_name(course()),
    "protected receipt": without_name(receipt()),
    "long title": course(title="Att förebygga, upptäcka och handla vid hedersrelaterat våld och förtryck. " * 4),
    "one long word": course(holder="Å" * 300, title="ö" * 255),
    "empty transcript": transcript(entries=()),
    "long transcript": transcript(entries=transcript().entries * 40),
    "long statement": statement(rows=statement().rows * 40, org_unit="Förskolan " + "Ekollonet " * 18),
}


def job(facts: Facts, *, letterhead: Letterhead = LETTERHEAD, public_id: str = PUBLIC_ID) -> Job:
    return compose_facts(
        facts,
        letterhead,
        public_id=public_id,
        issued_on="2026-11-23",
        created="2026-11-23T10:00:00+01:00",
        kept=ASSETS,
    )
