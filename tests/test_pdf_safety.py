"""What a document can reach while it is rendered, and what it can use up: nothing, and not much."""

import io
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import weasyprint
from django.test import Client
from wagtail.models import Site

from cms.certificates.actions import make_whole
from cms.certificates.facts import PARTS, Facts, SectionFacts
from cms.certificates.models import Certificate
from cms.certificates.pdf.child import ROOT
from cms.certificates.pdf.cleaning import clean
from cms.certificates.pdf.conformance import check
from cms.certificates.pdf.renderer import Job, Limits, Renderer, RenderingFailed, renderer
from cms.core.models import CitySettings
from courses.actions import complete_unit
from guidelines.actions import publish_guideline
from tests.campaigns import Campaign, is_proving
from tests.cast import Member
from tests.certificates.fetching import SECRET, TARGETS, WAYS, Trap, trap
from tests.certificates.samples import EVERY_KIND, LETTERHEAD, course, guideline, job
from tests.factories import GuidelinePageFactory, text
from tests.learning import begin, publish_course

DESCRIPTION = {
    "title": "x",
    "author": "x",
    "subject": "x",
    "language": "sv",
    "created": "2026-11-23T10:00:00+01:00",
    "generator": "x",
    "producer": "x",
    "part": 2,
}


@pytest.fixture
def snare(tmp_path: Path) -> Iterator[Trap]:
    with trap(tmp_path) as found:
        yield found


def bare(html: str, css: tuple[str, ...] = (), **kwargs: Any) -> Job:
    return Job(f'<html lang="sv"><title>x</title><body>{html}', css, DESCRIPTION, **kwargs)


def everything_in(pdf: bytes) -> bytes:
    """All that a PDF holds: its streams unpacked, and the words that it shows."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        streams = [
            thing.read_bytes() for thing in opened.objects if isinstance(thing, pikepdf.Stream) and _plain(thing)
        ]
    words = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return b"\n".join([pdf, words, *streams])


def _plain(stream: pikepdf.Stream) -> bool:
    try:
        stream.read_bytes()
    except pikepdf.PdfError:
        return False
    return True


def assert_nothing_got_in(snare: Trap, jobs: list[Job]) -> list[str]:
    """Render; tell what became of each. No visit, no byte of a secret."""
    outcomes = []
    for one in jobs:
        try:
            pdf = renderer.render(one)
        except RenderingFailed as refused:
            outcomes.append(str(refused))
        else:
            outcomes.append("rendered")
            assert SECRET.encode() not in everything_in(pdf)
    assert snare.visits == []
    return outcomes


# Raw: as if nothing had cleaned the HTML


@pytest.mark.parametrize("way", WAYS)
def test_no_way_out_of_raw_html(way: str, snare: Trap) -> None:
    assert_nothing_got_in(snare, [bare(snare.payload(way, target)) for target in TARGETS])


@pytest.mark.parametrize("target", TARGETS)
def test_no_way_out_of_css(target: str, snare: Trap) -> None:
    address = snare.addresses(target)
    sheets = [f'@import "{address["css"]}";', f"body {{ background: url({address['svg']}) }}"]
    outcomes = assert_nothing_got_in(snare, [bare("x", (sheet,)) for sheet in sheets])
    assert "rendered" not in outcomes or target == "path"  # where there is no base, a path leads nowhere


@pytest.mark.parametrize("target", TARGETS)
def test_no_way_out_of_a_picture_that_came_with_the_document(target: str, snare: Trap) -> None:
    address = snare.addresses(target)["svg"]
    picture = f'<image width="9" height="9" href="{address}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{picture}</svg>'
    with_picture = bare('<img alt="x" src="asset:a">', assets={"a": ("image/svg+xml", svg.encode())})
    assert_nothing_got_in(snare, [with_picture])


@pytest.mark.once
def test_twin_with_an_open_fetcher_the_traps_notice(snare: Trap) -> None:
    """The ways do fetch when they may: so the tests above can fail."""
    noticed = set()
    for way in WAYS:
        for target in ("file", "loopback", "data"):
            visits = len(snare.visits)
            html = f'<html lang="sv"><body>{snare.payload(way, target)}'
            pdf = weasyprint.HTML(string=html, base_url="about:blank").write_pdf(pdf_variant="pdf/a-3a")
            if len(snare.visits) > visits or SECRET.encode() in everything_in(pdf):
                noticed.add(way)
    assert {"img", "link", "import", "background", "content", "svg image", "object", "embed", "attachment"} <= noticed
    assert {"font", "list style", "page background", "attached link"} <= noticed


# Through every text that an editor or a learner can write


def texts_of(facts: Facts) -> list[str]:
    names = [f"{field.name}" for field in fields(facts) if isinstance(getattr(facts, field.name), str)]
    for field in fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            names += [
                f"{field.name}.{part.name}" for part in fields(value[0]) if isinstance(_first(value, part.name), str)
            ]
    return names


def _first(parts: Any, name: str) -> Any:
    return getattr(parts[0], name)


def with_text(facts: Facts, name: str, text: str) -> Facts:
    if "." not in name:
        return replace(facts, **{name: text})
    outer, inner = name.split(".")
    parts = getattr(facts, outer)
    return replace(facts, **{outer: (replace(parts[0], **{inner: text}), *parts[1:])})


NOT_TEXT = {"embedded.sha256"}  # names bytes, is not shown
CASES = [(kind, name) for kind, facts in EVERY_KIND.items() for name in texts_of(facts) if name not in NOT_TEXT]


LETTERHEAD_TEXTS = [("letterhead", name) for name in ("city", "issuer", "function", "arms_alt")]


def with_ways(kind: str, name: str, text: str) -> Job:
    if kind == "letterhead":
        return job(course(), letterhead=replace(LETTERHEAD, **{name: text}))
    return job(with_text(EVERY_KIND[kind], name, text))


IN_A_QR_CODE = {("poster", "path")}  # which holds 2,331 bytes


def handfuls(number: int, case: tuple[str, str]) -> list[list[str]]:
    """The ways to try in a text, as many at once as it holds: a fifth of them by turns, or all when proving."""
    fifths = [list(WAYS)[turn::5] for turn in range(5)]
    if not is_proving():
        return [fifths[number // 5 % 5]]
    return fifths if case in IN_A_QR_CODE else [list(WAYS)]


@pytest.mark.once
@pytest.mark.campaign
def test_no_way_out_of_any_text(snare: Trap, campaign: Campaign) -> None:
    """In every text, when proving all ways to each target, otherwise a fifth of them to one by turns."""
    texts, tried = [*CASES, *LETTERHEAD_TEXTS], 0
    for number, (kind, name) in enumerate(texts):
        targets = TARGETS if is_proving() else TARGETS[number % 5 :][:1]
        for some, target in product(handfuls(number, (kind, name)), targets):
            ways = " ".join(snare.payload(way, target) for way in some)
            (outcome,) = assert_nothing_got_in(snare, [with_ways(kind, name, f"\"'></p></style></title>{ways}")])
            assert outcome == "rendered" or name == "sections.html", (kind, name, target, outcome)
            tried += len(some)
    campaign.tell(f"{tried} ways out of {len(texts)} texts: no visit, no byte of a secret")


@pytest.mark.parametrize("way", WAYS)
def test_guideline_text_is_cleaned_before_it_is_rendered(way: str, snare: Trap) -> None:
    sections = tuple(SectionFacts(snare.payload(way, target)) for target in TARGETS)
    cleaned = " ".join(clean(section.html) for section in sections)
    assert not any(
        word in cleaned for word in ("<style", "<link", "<object", "<embed", "<iframe", "style=", "src=", "svg")
    )
    assert assert_nothing_got_in(snare, [job(guideline(sections=sections))]) == ["rendered"]


def test_every_part_of_facts_is_tried() -> None:
    assert {name.split(".")[0] for _kind, name in CASES if "." in name} == set(PARTS)


@pytest.mark.django_db
def test_no_way_out_through_the_whole_house(snare: Trap, learner: Member, visitor: Client) -> None:
    """A name, a course with its units, a guideline's text and the city's settings, all written by somebody hostile."""
    picture = f'"><img alt="x" src="{snare.addresses("loopback")["svg"]}">'
    style = f'<style>@import "{snare.addresses("file")["css"]}";</style>'
    CitySettings.objects.create(
        site=Site.objects.get(), city_name=f"Stad {picture}", issuer=f"Nämnd {style}", signatory_function=picture[:200]
    )
    learner.person.given_name, learner.person.family_name = f"Åsa {picture}"[:150], style[:150]
    learner.person.save()
    enrollment = begin(learner.person, publish_course(units=0, read_only=1, title=f"Kurs {picture}"))
    complete_unit(enrollment=enrollment, unit_key=enrollment.version.units.get().unit_key)
    attached = f'<a rel="attachment" href="{snare.addresses("path")["txt"]}">bilaga</a>'
    page = GuidelinePageFactory(title=f"Riktlinje {picture}", body=[text(f"{picture} {style} {attached}")])
    publish_guideline(page=page)
    files = [make_whole(certificate=Certificate.objects.get(kind="course"))]
    assert all(file is not None for file in files)
    answer = visitor.get(f"/r/{page.key}/v/1.0/riktlinje.pdf")
    assert answer["Content-Type"] == "application/pdf"
    for pdf in (answer.content, *(file.read() for file in files if file is not None)):
        assert SECRET.encode() not in everything_in(pdf)
        assert check(pdf) == []
    assert snare.visits == []


# Bombs


@pytest.fixture(scope="module")
def small() -> Iterator[Renderer]:
    mine = Renderer(Limits(seconds=4, memory_mib=700, jobs=100, rss_mib=250))
    yield mine
    mine.close()


def huge_picture() -> bytes:
    """A PNG of 20,000 by 20,000 pixels in a few kilobytes."""
    import struct

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side = 20_000
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + side * 3) * 100) for _each in range(side // 100)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


BOMBS: dict[str, Any] = {
    "deep nesting": lambda: bare("<div>" * 5000),
    "nested tables": lambda: bare("<table><tr><td>" * 150 + "x"),
    "endless table": lambda: bare("<table>" + "<tr><td>x<td>y</tr>" * 60_000 + "</table>"),
    "endless words": lambda: bare("ord " * 3_000_000),
    "one endless word": lambda: bare("o" * 4_000_000),
    "wide spans": lambda: bare("<table>" + "<tr><td colspan=1000 rowspan=1000>x</tr>" * 900 + "</table>"),
    "endless pages": lambda: bare("<p style='break-after: page'>x</p>" * 5000),
    "columns": lambda: bare(f"<div style='columns: 500'>{'x ' * 40_000}</div>"),
    "huge picture": lambda: bare('<img alt="x" src="asset:a">', assets={"a": ("image/png", huge_picture())}),
    "svg upon svg": lambda: bare('<img alt="x" src="asset:a">', assets={"a": ("image/svg+xml", laughing_svg())}),
    "entities": lambda: bare('<img alt="x" src="asset:a">', assets={"a": ("image/svg+xml", laughing_entities())}),
}


def laughing_svg() -> bytes:
    def level(number: int) -> str:
        return f'<g id="l{number}">' + f'<use href="#l{number - 1}"/>' * 12 + "</g>"

    levels = '<rect id="l0" width="1" height="1"/>' + "".join(level(number) for number in range(1, 12))
    return f'<svg xmlns="http://www.w3.org/2000/svg"><defs>{levels}</defs><use href="#l11"/></svg>'.encode()


def laughing_entities() -> bytes:
    entities = "".join(f'<!ENTITY e{number} "' + f"&e{number - 1};" * 10 + '">' for number in range(1, 12))
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><text>&e11;</text></svg>'
    return f'<!DOCTYPE svg [<!ENTITY e0 "ha">{entities}]>{svg}'.encode()


@pytest.mark.once
@pytest.mark.parametrize("bomb", BOMBS)
def test_bomb_is_refused_within_its_limits_and_the_next_document_is_rendered(bomb: str, small: Renderer) -> None:
    small.render(bare("before"))
    charge = BOMBS[bomb]()
    started = time.monotonic()
    with pytest.raises(RenderingFailed):
        small.render(charge)
    assert time.monotonic() - started < small.limits.seconds + 6
    assert small.render(bare("after")).startswith(b"%PDF")


# The process


def test_process_lives_through_refusals_and_is_replaced_when_worn() -> None:
    mine = Renderer(Limits(jobs=4))
    try:
        mine.render(bare("x"))
        first = mine.pid
        with pytest.raises(RenderingFailed):
            mine.render(bare("<img alt=x src='http://127.0.0.1/'>"))
        assert mine.pid == first
        for _each in range(3):
            mine.render(bare("x"))
        assert mine.pid != first
    finally:
        mine.close()


def test_lost_process_fails_one_document_only() -> None:
    mine = Renderer()
    try:
        mine.render(bare("x"))
        assert mine.pid is not None
        os.kill(mine.pid, 9)
        time.sleep(0.2)
        assert mine.render(bare("x")).startswith(b"%PDF")
    finally:
        mine.close()


def test_another_process_of_ours_starts_a_child_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Renderer()
    try:
        mine.render(bare("x"))
        parent_child = mine._child
        monkeypatch.setattr(os, "getpid", lambda: 1)
        mine.render(bare("x"))
        assert mine._child is not parent_child
        assert parent_child is not None
        assert parent_child.is_alive
        parent_child.end()
    finally:
        mine.close()


def test_child_knows_no_secrets_of_ours(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDSTANG_SEAL_PASSPHRASE", "hemlig fras")
    mine = Renderer()
    try:
        mine.render(bare("x"))
        environment = Path(f"/proc/{mine.pid}/environ").read_bytes()
    finally:
        mine.close()
    assert b"hemlig" not in environment
    assert b"DATABASE" not in environment


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/passwd')",
        "open('/proc/self/environ')",
        "open('out.txt', 'w')",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.listdir('/') and open('/etc/hostname')",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1/')",
    ],
)
def test_walls_round_the_process(attempt: str, tmp_path: Path) -> None:
    program = f"from cms.certificates.pdf import enclosure; enclosure.shut([])\n{attempt}\nprint('through')"
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment, cwd=tmp_path, check=False
    )
    assert "PermissionError" in done.stderr
    assert "through" not in done.stdout


def test_letter_that_no_font_has_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    renderer.render(job(course(holder="王小明")))
    assert ".notdef" in caplog.text
