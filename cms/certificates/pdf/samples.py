"""Made-up facts of every kind, usual and extreme: what editors try a document with before anybody gets one."""

from dataclasses import replace
from typing import Any

from cms.certificates.enums import CertificateKind, SampleContent
from cms.certificates.facts import (
    CourseFacts,
    Facts,
    GuidelineFacts,
    PathFacts,
    PersonalFacts,
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

NUMBER = "0" * 26  # nobody's
SHA256 = "0" * 64
PATH = "/"
NAMES = {
    SampleContent.LONG: ("Maria Antonia Guadalupe " + "Montserrat de la Concepción " * 20)[:300].strip(),
    SampleContent.ARABIC: "فاطمة الزهراء بنت عبد الرحمن",
    SampleContent.THAI: "ศรีสุดา วงศ์สุวรรณ์ประเสริฐ",
    SampleContent.HEBREW: "שרה בת־אברהם לוי",
}
LONG_TITLE = "Att förebygga, upptäcka och handla vid hedersrelaterat våld och förtryck. " * 3
MANY = 60
DAY = "2026-11-23"


def sample(
    kind: CertificateKind, content: SampleContent, *, title: str = "", units: tuple[UnitFacts, ...] = ()
) -> Facts:
    """Facts to try a document with. A course that is being written gives its own `title` and `units`."""
    if kind == CertificateKind.POSTER:
        return _poster(content)
    facts = _plain(kind, title or "Exempelkursen", units or _units(4), content)
    if isinstance(facts, PersonalFacts):
        named = replace(facts, holder=NAMES.get(content, "Åsa Öberg-Lindström"))
        facts = without_name(named) if content == SampleContent.NAMELESS else named
    return replace(facts, is_demo=True)


def _units(count: int) -> tuple[UnitFacts, ...]:
    titles = (
        "Vad det handlar om",
        "Tidiga tecken, och vad du gör när oron gäller flera barn på samma enhet",
        "Anmälan",
    )
    return tuple(UnitFacts(titles[number % 3], 8 + number % 5, DAY) for number in range(count))


def _poster(content: SampleContent) -> PosterFacts:
    name = LONG_TITLE if content == SampleContent.LONG else "Socialtjänstens mottagning"
    routes = (RouteFacts("Orosanmälan", name, "070-174 06 05", "", "Vardagar 8–16.30"),)
    count = MANY if content == SampleContent.MANY else 3
    return PosterFacts(title="Kontaktvägar i Exempelområdet", path=PATH, routes=routes * count, is_demo=True)


def _plain(kind: CertificateKind, title: str, units: tuple[UnitFacts, ...], content: SampleContent) -> Facts:
    if content == SampleContent.MANY:
        units = (*units, *_units(MANY))[:MANY]
    if content == SampleContent.LONG:
        title = LONG_TITLE
    about: dict[str, Any] = {"title": title, "version": "1.2", "version_sha256": SHA256}
    minutes = sum(unit.minutes for unit in units)
    count = MANY if content == SampleContent.MANY else 3
    if kind in (CertificateKind.COURSE, CertificateKind.PATH):
        done: dict[str, Any] = {"units": units, "minutes": minutes, "started_on": DAY, "completed_on": DAY, **about}
        is_path = kind == CertificateKind.PATH
        return PathFacts(holder="", talk_on=DAY, **done) if is_path else CourseFacts(holder="", **done)
    if kind == CertificateKind.UNITS:
        return UnitsFacts(
            holder="", units=units, of_units=len(units) + 2, minutes=minutes, started_on=DAY, as_of=DAY, **about
        )
    if kind == CertificateKind.RECEIPT:
        said = "Jag har tagit del av riktlinjen"
        return ReceiptFacts(
            holder="", statement=said, acknowledged_on=DAY, effective_on=DAY, decided_by="Nämnden", path=PATH, **about
        )
    if kind == CertificateKind.TRANSCRIPT:
        entry = TranscriptEntry("Kurs", title, "1.2", DAY, None, minutes, NUMBER)
        return TranscriptFacts(holder="", as_of=DAY, entries=(entry,) * count)
    if kind == CertificateKind.STATEMENT:
        rows = (StatementRow(title, 42, 39, 2, 1),) * count
        return StatementFacts(org_unit="Exempelskolan", as_of=DAY, known_at=f"{DAY} 10:42", rows=rows)
    text = "<h2>Syfte</h2><p>Alla barn och elever ska möta vuxna som ser, frågar och handlar lika.</p>"
    return GuidelineFacts(
        label="Riktlinje",
        effective_on=DAY,
        published_on=DAY,
        path=PATH,
        sections=(SectionFacts(text),) * count,
        **about,
    )
