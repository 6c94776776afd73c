"""The interface: block templates as they are frozen, the layout, the weight of CSS and script."""

import gzip
import io
import random
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.forms import DateField
from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views.defaults import server_error
from PIL import Image as Pillow
from wagtail.blocks import StreamBlock, StreamValue
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Site
from wagtailmedia.models import Media

from cms.core.blocks import WORDS_IN_HALF_A_MINUTE
from cms.core.colours import accent, accent_sheet, contrast
from cms.core.enums import Audience, Tone, Visibility
from cms.core.models import CitySettings
from cms.core.readings import read_for
from cms.home.blocks import DayBlock
from cms.home.models import AccessibilityPage, HomePage, PlainPage
from cms.references.blocks import content_blocks
from cms.references.models import Contact, LegalReference
from cms.references.viewsets.registers import ContactViewSet, LegalReferenceViewSet
from cms.versions.actions import lay_notice
from cms.versions.enums import NoticeTone
from cms.versions.freezing import fragment_anchor, freeze
from courses.models import CoursePage, UnitPage
from guidelines.actions import publish_guideline
from guidelines.enums import KIND
from guidelines.models import GuidelinePage
from tests.factories import ContactFactory, GuidelinePageFactory, heading, text
from tools.bundle_css import ROOT as STATIC
from tools.bundle_css import TARGET, bundle

TEMPLATES = STATIC.parent.parent / "templates"


def picture():
    data = io.BytesIO()
    Pillow.new("RGB", (40, 30), "#1f5a52").save(data, "PNG")
    data.seek(0)
    return get_image_model().objects.create(title="x", file=ImageFile(data, name="x.png"))


def form_to_fill_in():
    file = ContentFile(b"%PDF-1.7" + b"0" * 2040, "blankett.pdf")
    return get_document_model().objects.create(title="x", file=file).pk


def film():
    """A video with Swedish captions, as a block's value. Nobody plays its bytes."""
    file = ContentFile(b"\0\0\0\x18ftypmp42" + b"0" * 500, "film.mp4")
    video = Media.objects.create(title="x", type="video", file=file, duration=95, width=1280, height=720)
    words = ContentFile(b"WEBVTT\n\n00:01.000 --> 00:04.000\nHej.\n", "film.vtt")
    tracks = [{"language": "sv", "file": get_document_model().objects.create(title="x", file=words).pk}]
    return {"title": "Filmen", "video": video.pk, "poster": None, "tracks": tracks, "transcript": "<p>Hej.</p>"}


def every_block(image):
    """One of each block, the rows of tables and steps for different readers."""
    rows_for = [[Audience.PRESCHOOL], [Audience.COMPULSORY_SCHOOL, Audience.UPPER_SECONDARY], []]
    return [
        ("brief", {"title": "", "points": ["<p>Misstanke <b>räcker</b>.</p>", "<p>Anmäl genast.</p>"]}),
        ("heading", {"text": "Agera", "level": "2"}),
        ("text", {"text": "<p>Anmäl enligt {{lag:orosanmalan}}, ring {{kontakt:socialjour}}.</p>"}),
        (
            "steps",
            {"steps": [{"title": f"Steg {i}", "text": "<p>Gör</p>", "audiences": a} for i, a in enumerate(rows_for)]},
        ),
        (
            "responsibilities",
            {
                "caption": "",
                "rows": [{"role": f"Roll {i}", "duty": "<p>X</p>", "audiences": a} for i, a in enumerate(rows_for)],
            },
        ),
        (
            "signs",
            {
                "caption": "Tecken",
                "rows": [{"age": f"{i} år", "signs": "<p>X</p>", "audiences": a} for i, a in enumerate(rows_for)],
            },
        ),
        ("callout", {"tone": "danger", "title": "Ring först", "text": "<p>112</p>"}),
        ("checklist", {"title": "Inför lovet", "items": ["Ett", "Två <b>"]}),
        ("picture", {"image": image, "alt": "En ledstång", "caption": "Bild"}),
        (
            "accordion",
            {"items": [{"title": f"Mer {i}", "text": "<p>X</p>", "audiences": a} for i, a in enumerate(rows_for)]},
        ),
        ("document", {"title": "Blankett", "document": form_to_fill_in(), "text": "Fyll i den först."}),
        ("video", film()),
        ("legal_reference", {"key": "orosanmalan"}),
        ("contacts", {"title": "Ring", "kind": "orosanmalan"}),
    ]


@pytest.fixture
def draft(db):
    LegalReference.objects.create(
        key="orosanmalan",
        title="Anmälningsskyldighet",
        citation="19 kap. 1 § SoL",
        summary="Genast.",
        status="in_force",
    )
    Contact.objects.create(
        key="socialjour", kind="orosanmalan", name="Socialjouren", phone="070-174 06 05", visibility=Visibility.OPEN
    )
    block = StreamBlock(content_blocks())
    values = [
        (name, block.child_blocks[name].to_python({**value, "image": value["image"].pk} if "image" in value else value))
        for name, value in every_block(picture())
    ]
    return freeze(title="Prov", body=StreamValue(block, values))


def test_every_block_is_frozen_with_its_anchor(draft):
    names = {name for name, _block in content_blocks()}
    assert {piece.kind for piece in draft.fragments} == names
    for piece in draft.fragments:
        assert f'id="a-{piece.key[:8]}"' in piece.html, piece.kind
        assert piece.html.count(f'id="a-{piece.key[:8]}"') == 1


def test_brief_is_brief(draft):
    html = next(piece.html for piece in draft.fragments if piece.kind == "brief")
    assert "På 30 sekunder" in html
    block = dict(content_blocks())["brief"]
    block.clean(block.to_python({"points": ["<p>" + "ord " * WORDS_IN_HALF_A_MINUTE + "</p>"]}))
    with pytest.raises(ValidationError) as refused:
        block.clean(block.to_python({"points": ["<p>" + "ord " * WORDS_IN_HALF_A_MINUTE + "</p>", "<p>till</p>"]}))
    assert "111 ord" in str(refused.value.non_block_errors)


def test_rows_are_marked_for_their_readers(draft):
    for kind in ("steps", "responsibilities", "signs", "accordion"):
        html = next(piece.html for piece in draft.fragments if piece.kind == kind)
        assert html.count("<!--only:") == 2
        preschool = read_for(html, Audience.PRESCHOOL)
        upper = read_for(html, Audience.UPPER_SECONDARY)
        assert "<!--" not in preschool
        assert "0" in preschool
        assert "Roll 1" not in preschool
        assert "Steg 1" not in preschool
        assert str(Audience.PRESCHOOL.label) in preschool
        assert str(Audience.PRESCHOOL.label) not in upper
        assert str(Audience.UPPER_SECONDARY.label) in upper


def test_registers_are_cited_by_slots(draft):
    html = {piece.kind: piece.html for piece in draft.fragments}
    assert "<!--slot:lag:orosanmalan-->" in html["text"]
    assert "<!--slot:kontakt:socialjour-->" in html["text"]
    assert "<!--slot:lag:orosanmalan-->" in html["legal_reference"]
    assert "Genast." in html["legal_reference"]
    assert "<!--slot:kontaktlista:orosanmalan-->" in html["contacts"]
    assert "070-174" not in "".join(html.values())
    assert not re.search(r"\{\{", "".join(html.values()))


def test_pictures_are_frozen_by_hash_with_their_size(draft):
    html = next(piece.html for piece in draft.fragments if piece.kind == "picture")
    asset = next(one.sha256 for one in draft.assets.values() if one.media_type == "image/png")
    assert f'src="asset:{asset}"' in html
    assert 'width="40" height="30"' in html
    assert 'alt="En ledstång"' in html


def test_documents_are_frozen_by_hash_with_kind_and_size(draft):
    piece = next(piece for piece in draft.fragments if piece.kind == "document")
    asset = next(one for one in draft.assets.values() if one.filename.endswith(".pdf"))
    assert f'href="{asset.address}"' in piece.html
    assert "(PDF, 2,0\xa0kB)" in piece.html
    assert (piece.data["document"], asset.media_type) == (asset.sha256, "application/pdf")


def test_videos_are_frozen_with_their_words_and_never_start_by_themselves(draft):
    piece = next(piece for piece in draft.fragments if piece.kind == "video")
    assets = {one.media_type: one for one in draft.assets.values()}
    video, captions = assets["video/mp4"], assets["text/vtt"]
    assert '<video controls preload="none" playsinline' in piece.html
    assert "autoplay" not in piece.html
    assert f'src="{video.address}" type="video/mp4"' in piece.html
    assert f'<track kind="captions" srclang="sv" label="svenska" src="{captions.address}" default>' in piece.html
    assert 'width="1280" height="720"' in piece.html
    assert "(2 min)" in piece.html
    assert "<p>Hej.</p>" in piece.html
    assert (piece.data["video"], piece.data["tracks"]) == (
        video.sha256,
        [{"language": "sv", "file": captions.sha256}],
    )


def test_frozen_text_is_escaped_and_free_of_markup(draft):
    piece = next(piece for piece in draft.fragments if piece.kind == "checklist")
    assert "Två &lt;b&gt;" in piece.html
    assert "<li" not in piece.text


def test_frozen_html_has_no_inline_style_or_script(draft):
    for piece in draft.fragments:
        assert not re.search(r"\sstyle=|<script|<style|\son[a-z]+=", piece.html), piece.kind


def test_callout_says_its_tone_in_words(draft):
    html = next(piece.html for piece in draft.fragments if piece.kind == "callout")
    assert str(Tone.DANGER.label) in html


def test_frozen_text_does_not_depend_on_the_editors_language(db):
    block = StreamBlock(content_blocks())
    rows = [{"role": "Rektor", "duty": "<p>X</p>", "audiences": []}]
    value = block.child_blocks["responsibilities"].to_python({"caption": "", "rows": rows})
    body = StreamValue(block, [("responsibilities", value)])
    swedish = freeze(title="Prov", body=body)
    with translation.override("en"):
        assert freeze(title="Prov", body=body).sha256 == swedish.sha256
    assert "Vem ansvarar för vad" in swedish.fragments[0].text


# Style sheets and script


def test_the_style_sheet_is_made_of_its_sources():
    assert TARGET.read_text() == bundle(), "run: python tools/bundle_css.py"


def test_style_and_script_are_light():
    css, script = TARGET.read_bytes(), (STATIC / "ledstang.js").read_bytes()
    assert len(gzip.compress(css)) < 25_000
    assert len(gzip.compress(script)) < 2_000


def test_no_sheet_or_script_asks_another_server():
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *STATIC.rglob("*.svg")]:
        found = re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"')]*", path.read_text(), re.IGNORECASE)
        assert [url for url in found if "www.w3.org" not in url] == [], path.name


def palette(scheme: int) -> dict[str, str]:
    source = (STATIC / "css" / "tokens.css").read_text()
    found = re.findall(r"--(?:ds-color-)?([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", source)
    return {name: pair[scheme] for name, *pair in found}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_can_be_told_apart(scheme):
    colour, faults = palette(scheme), []

    def needs(ratio: float, ink: str, paper: str) -> None:
        if contrast(colour[ink], colour[paper]) < ratio:
            faults.append(f"{ink} on {paper}: {contrast(colour[ink], colour[paper]):.2f} < {ratio}")

    papers = ["background-default", "background-tinted", "surface-default", "surface-tinted"]
    for paper in papers:
        for ink in ("neutral-text-default", "neutral-text-subtle", "accent-text-subtle", "danger-text-subtle"):
            needs(4.5, ink, f"neutral-{paper}")
        needs(3, "neutral-border-default", f"neutral-{paper}")
    needs(3, "ls-rail", "neutral-surface-default")
    for name in ("neutral", "accent", "wood", "info", "success", "warning", "danger"):
        for ink in ("text-default", "text-subtle"):
            needs(4.5, f"{name}-{ink}", f"{name}-surface-tinted")
            needs(4.5, f"{name}-{ink}", f"{name}-background-tinted")
        needs(4.5, "neutral-text-default", f"{name}-surface-tinted")
        for paper in ("base-default", "base-hover", "base-active"):
            needs(4.5, f"{name}-base-contrast-default", f"{name}-{paper}")
    assert faults == []


@pytest.mark.once
def test_any_colour_of_a_city_gives_an_accent_that_can_be_read():
    """On whatever it stands, light and dark: with black, white and yellow among them."""
    chance = random.Random(7)
    extremes = ["#000000", "#ffffff", "#ffff00", "#0000ff", "#808080", "#1f5a52"]
    for city in [*extremes, *(f"#{chance.randrange(1 << 24):06x}" for _n in range(60))]:
        made, faults = accent(city), []
        for scheme, ink in ((0, "#ffffff"), (1, "#000000")):
            colour = palette(scheme) | {f"accent-{name}": pair[scheme] for name, pair in made.items()}
            papers = [
                f"{name}-{paper}" for name in ("neutral", "accent") for paper in ("background-tinted", "surface-tinted")
            ]
            for paper in ("neutral-background-default", "neutral-surface-default", *papers):
                for name in ("accent-text-subtle", "accent-text-default", "neutral-text-default"):
                    faults += [f"{name} on {paper}"] * (contrast(colour[name], colour[paper]) < 4.5)
            for name in ("accent-base-default", "accent-base-hover", "accent-base-active"):
                faults += [f"ink on {name}"] * (contrast(ink, colour[name]) < 4.5)
            faults += ["border"] * (contrast(colour["accent-border-default"], colour["neutral-surface-tinted"]) < 3)
        assert faults == [], city


def test_the_foot_says_which_city_with_its_arms(home, visitor):
    assert "ls-sender" not in visitor.get("/").content.decode()
    site = Site.objects.get(is_default_site=True)
    CitySettings.objects.create(site=site, city_name="Provstaden", arms=picture())
    page = visitor.get("/").content.decode()
    assert re.search(r'<p class="ls-sender"><img src="/media/[^"]+" width="40" height="30" alt=""', page)
    assert "<strong>Provstaden</strong>" in page


def test_the_citys_colour_dresses_the_one_style_sheet_and_the_icon(home, visitor):
    assert 'href="/static/ledstang_core/ledstang.css"' in visitor.get("/").content.decode()
    assert '<link rel="icon" href="/static/ledstang_core/icon.svg"' in visitor.get("/").content.decode()
    CitySettings.objects.create(site=Site.objects.get(is_default_site=True), colour="#FFCC00")
    [address] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', visitor.get("/").content.decode())
    answer = visitor.get(address, headers={"Accept-Encoding": "gzip"})
    sheet = gzip.decompress(answer.content).decode()
    assert sheet.startswith(TARGET.read_text())
    assert accent_sheet("#ffcc00") in sheet
    assert "immutable" in answer["Cache-Control"]
    assert visitor.get(address.replace("ffcc00", "ffcc01")).status_code == 404
    assert '<link rel="icon" href="/utseende/ffcc00.svg"' in visitor.get("/").content.decode()
    icon = visitor.get("/utseende/ffcc00.svg").content.decode()
    assert accent("#ffcc00")["base-default"][0] in icon
    assert "#1c5d57" not in icon
    assert visitor.get("/utseende/ffcc01.svg").status_code == 404


# Pages


@pytest.fixture
def home(db) -> HomePage:
    site = Site.objects.get(is_default_site=True)
    top = site.root_page.get_parent()
    page = top.add_child(instance=HomePage(title="Ledstång i Provstaden", slug="start", lead="<p>Här finns allt.</p>"))
    plain = page.add_child(
        instance=PlainPage(title="Personuppgifter", slug="personuppgifter", body="<h2>Vem</h2><p>Vi.</p>")
    )
    page.urgent_page, page.urgent_anchor = plain, "a-12345678"
    page.save()
    site.root_page = page
    site.save()
    return page


ADDRESSES = {
    "/": 200,
    "/personuppgifter/": 200,
    "/kontakter/": 200,
    "/konto/logga-in/": 200,
    "/konto/glomt-losenord/": 200,
    "/konto/glomt-losenord/skickat/": 200,
    "/konto/nytt-losenord/x/y/": 410,
    "/finns-inte/": 404,
}


@pytest.mark.parametrize("signed_in", [False, True], ids=["visitor", "learner"])
@pytest.mark.parametrize(("address", "status"), ADDRESSES.items())
def test_pages_are_whole(home, learner, visitor, address, status, signed_in):
    client = learner.client() if signed_in else visitor
    response = client.get(address)
    if address == "/konto/logga-in/" and signed_in:
        assert response.status_code == 302
        return
    assert response.status_code == status
    page = response.content.decode()
    assert page.count("<h1") == 1
    assert page.count("<main") == 1
    assert re.search(r"<title>[^<]+ – Ledstång</title>", page)
    assert '<html lang="sv"' in page
    assert "Exempelinnehåll, använd inte i skarpt läge" in page
    assert "Lämna sidan" in page
    assert 'class="ds-skip-link" href="#main"' in page
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|<script(?![^>]*\ssrc=)", page)
    assert len(re.findall(r'<link rel="stylesheet"|<script', page)) <= 3
    ids = re.findall(r'\sid="([^"]*)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert "" not in ids


def test_home_leads_to_the_steps_only_while_they_are_published(home, visitor):
    page = visitor.get("/").content.decode()
    assert "Ett barn har berättat – vad gör du nu?" in page
    assert 'href="/personuppgifter/#a-12345678"' in page
    assert 'href="tel:112"' in page
    assert 'data-size="sm" href="/konto/logga-in/"' in page  # and from there to what is to be done
    PlainPage.objects.get().unpublish()
    assert "a-12345678" not in visitor.get("/").content.decode()


def test_home_leads_to_each_heading_of_a_guideline_in_force(home, visitor):
    trip, gate, part = heading("Inför resan", audiences=("preschool",)), heading("Hot"), heading("Del", level=3)
    home.situations_page = GuidelinePageFactory(body=[trip, text("Ring."), gate, part, text("Larma.")])
    home.save()
    page = GuidelinePage.objects.get()
    assert "Något annat har hänt" not in visitor.get("/").content.decode()
    publish_guideline(page=page)
    shown = visitor.get("/").content.decode()
    steps, ways = f"/r/{page.key}/", re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', shown)
    assert [way for way in ways if way[0].startswith(steps)] == [
        (f"{steps}?lasning=alla#{fragment_anchor(trip['id'])}", "Inför resan"),
        (f"{steps}#{fragment_anchor(gate['id'])}", "Hot"),
    ]
    assert 'href="#vad-har-hant"' in shown
    assert 'action="/sok/"' in shown
    lay_notice(kind=KIND, key=page.key, tone=NoticeTone.STOP, text="Vänta.", laid_by=None, actor=None)
    assert "Vad har hänt?" not in visitor.get("/").content.decode()


def test_home_stands_without_a_page_for_the_steps(home, visitor):
    PlainPage.objects.get().delete()
    assert visitor.get("/").status_code == 200


def test_what_editors_have_written_is_marked_as_swedish_in_an_english_page(home, visitor):
    assert ' lang="sv">Ledstång i Provstaden</h1>' not in visitor.get("/").content.decode()
    visitor.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    assert '<h1 lang="sv">Ledstång i Provstaden</h1>' in visitor.get("/").content.decode()
    assert '<article class="ls-prose" lang="sv">' in visitor.get("/personuppgifter/").content.decode()


def test_the_foot_links_to_pages_that_exist(home, visitor):
    page = visitor.get("/").content.decode()
    assert 'href="/personuppgifter/"' in page
    assert "/tillganglighet/" not in page


def test_pages_stand_in_a_hosts_own_frame(home, settings, visitor):
    frame = (
        "<html><head><title>{% block title %}{% endblock %}</title>{% block extra_css %}{% endblock %}</head>"
        "<body><div id='host'>{% block content %}{% endblock %}</div>{% block extra_js %}{% endblock %}</body></html>"
    )
    [template] = settings.TEMPLATES
    loaders = [
        ("django.template.loaders.locmem.Loader", {"host/frame.html": frame}),
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    settings.LEDSTANG_BASE_TEMPLATE = "host/frame.html"
    settings.TEMPLATES = [{**template, "APP_DIRS": False, "OPTIONS": {**template["OPTIONS"], "loaders": loaders}}]
    for address in ("/", "/kontakter/", "/konto/logga-in/", "/personuppgifter/"):
        page = visitor.get(address).content.decode()
        assert "id='host'" in page
        assert "ls-header" not in page
        assert "Lämna sidan" in page
        assert "<h1" in page.split("id='host'")[1]
        assert "ledstang.css" in page.split("</head>")[0]


PIECES = {"admin", "components", "blocks", "parts", "email", "emails", "pdf"}
FRAMES = {
    "ledstang_core/base.html",  # the reference site's own, which the layout extends unless a host has another
    "ledstang_core/email.html",
    "ledstang_core/errors/500.html",  # stands when nothing else does
    "ledstang_references/standby.html",  # a file for a day without the system
    "ledstang_oversight/my_data_file.html",  # a file to keep
}


def frame_of(name: str) -> str:
    """The template that a template hangs on in the end."""
    found = re.match(r'\s*{% extends "([^"]+)"', (TEMPLATES / name).read_text())
    return frame_of(found[1]) if found and found[1].partition("/")[0] != "wagtailadmin" else name


@pytest.mark.once
def test_every_page_stands_in_the_layout_and_every_mail_in_the_mails():
    """So that each has the host's frame, and none can be forgotten."""
    names = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}
    pages = {name for name in names if PIECES.isdisjoint(Path(name).parent.parts)} - FRAMES - {"500.html"}
    assert {name: frame_of(name) for name in pages if frame_of(name) != "ledstang_core/layout.html"} == {}
    assert "base_template" in (TEMPLATES / "ledstang_core/layout.html").read_text().splitlines()[0]
    said = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("email*/*.txt")}
    mails = {name.removesuffix(".txt") + ".html" for name in said if Path(name).stem not in ("line", "staff", "why")}
    assert {name for name in mails if name not in names or frame_of(name) != "ledstang_core/email.html"} == set()
    assert len(pages) > 60
    assert len(mails) >= 6


def test_the_visitor_chooses_light_or_dark(visitor, db):
    assert 'data-color-scheme="auto"' in visitor.get("/kontakter/").content.decode()
    response = visitor.post(reverse("ledstang_core:theme"), {"theme": "dark", "next": "/kontakter/"})
    assert response.url == "/kontakter/"
    assert response.cookies["ledstang_theme"]["httponly"]
    assert 'data-color-scheme="dark"' in visitor.get("/kontakter/").content.decode()
    response = visitor.post(reverse("ledstang_core:theme"), {"theme": '"><script>', "next": "https://ond.example/"})
    assert response.url == "/"
    assert not response.cookies


def test_a_forged_theme_cookie_changes_nothing(visitor, db):
    visitor.cookies["ledstang_theme"] = 'dark"onload="x'
    assert 'data-color-scheme="auto"' in visitor.get("/kontakter/").content.decode()


def test_the_language_is_the_sites_unless_chosen(visitor, db):
    asked = visitor.get("/kontakter/", headers={"Accept-Language": "en"})
    assert "Kontaktvägar" in asked.content.decode()
    assert (asked["Content-Language"], asked["Vary"]) == ("sv", "Cookie, Accept-Encoding")
    response = visitor.post(reverse("ledstang_core:language"), {"language": "en", "next": "/kontakter/"})
    assert response.url == "/kontakter/"
    english = visitor.get("/kontakter/")
    page = english.content.decode()
    assert '<html lang="en"' in page
    assert '<button name="language" value="sv" lang="sv" aria-pressed="false">Svenska</button>' in page
    assert (english["Content-Language"], "Contact routes" in page) == ("en", True)
    assert visitor.get("/robots.txt").get("Content-Language") is None
    response = visitor.post(reverse("ledstang_core:language"), {"language": "tlh"})
    assert not response.cookies


def test_a_broken_page_still_answers(settings, monkeypatch, db):
    def broken(*args: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("cms.references.views.contacts_of", broken)
    client = Client(raise_request_exception=False)
    response = client.get("/kontakter/")
    assert response.status_code == 500
    assert "Något gick fel hos oss" in response.content.decode()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Something went wrong on our side" in client.get("/kontakter/").content.decode()


@pytest.mark.once
def test_the_page_for_what_is_broken_needs_no_database():
    page = server_error(RequestFactory().get("/")).content.decode()
    for way_on in ('href="/"', 'href="/sok/"', 'href="/kontakter/"', 'href="tel:112"', "Lämna sidan"):
        assert way_on in page


def test_a_request_for_another_host_is_refused(settings, db):
    settings.ALLOWED_HOSTS = ["ledstang.example.se"]
    response = Client().get("/", headers={"Host": "ond.example"})
    assert response.status_code == 400
    assert "gick inte att förstå" in response.content.decode()


def test_robots_keeps_out_of_what_is_personal(visitor, db):
    response = visitor.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert "Disallow: /min-utbildning/" in response.content.decode()


# Components


def rendered(source: str, **context: Any) -> str:
    request = RequestFactory().get("/?filter=x")
    return engines["django"].from_string("{% load ledstang %}" + source).render(context, request)


def test_every_state_is_a_word_beside_a_sign():
    html = rendered('{% include "ledstang_core/components/status.html" with state="overdue" label="Försenad" only %}')
    assert "Försenad" in html
    assert 'aria-hidden="true"' in html


def test_days_are_written_alike():
    assert rendered("{{ d|day }}", d=date(2026, 11, 3)) == '<time datetime="2026-11-03">2026-11-03</time>'
    assert rendered("{{ d|iso }}", d=datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "2027-01-01"
    assert rendered("{{ d|day }}{{ d|iso }}", d=None) == ""
    html = rendered("{{ words|unbroken }}", words="<b> sedan 2026-11-03 10:42")
    assert html == '&lt;b&gt; sedan <time datetime="2026-11-03">2026-11-03</time> 10:42'
    html = rendered("{{ words|unbroken }}", words="e-tjänst, HR-chef, a-b@c.se")
    assert html == '<span class="ls-whole">e-tjänst</span>, HR-chef, a-b<wbr>@c<wbr>.se'
    html = rendered("{{ words|hyphenated }}", words="Tillgänglighetsredogörelse & utbildningar")
    assert html == "Tillgänglighets\N{SOFT HYPHEN}redogörelse &amp; utbildningar"


def test_no_form_of_ours_makes_another_day_of_what_was_typed():
    """Wagtail's chooser does, as soon as the field is left."""
    handlers = [page.get_edit_handler() for page in (GuidelinePage, CoursePage, UnitPage, AccessibilityPage)]
    handlers += [register().get_edit_handler() for register in (ContactViewSet, LegalReferenceViewSet)]
    fields = [field for handler in handlers for field in handler.get_form_class().base_fields.values()]
    days = [field for field in [*fields, DayBlock().field] if isinstance(field, DateField)]
    assert len(days) >= 10
    assert {field.widget.get_config()["validateOnBlur"] for field in days} == {False}


def test_a_bar_draws_its_percent_in_any_language():
    html = rendered('{% include "ledstang_core/components/bar.html" with percent=p label="62,5 %" only %}', p=62.5)
    assert 'width="62.5"' in html


# Contact routes


def test_visitors_see_open_contacts_and_staff_see_more(cast, city, visitor):
    ContactFactory(key="oppen", name="Öppna jouren", visibility=Visibility.OPEN, phone="070-174 06 10")
    ContactFactory(key="intern", name="Interna linjen", visibility=Visibility.SIGNED_IN, phone="070-174 06 11")
    secret = ContactFactory(key="hemlig", name="Hemliga linjen", visibility=Visibility.ROLE, phone="070-174 06 12")
    secret.roles.add(city.roles["rektor"])
    pages = [
        client.get("/kontakter/").content.decode() for client in (visitor, cast.learner.client(), cast.head.client())
    ]
    assert ["070-174 06 10" in page for page in pages] == [True, True, True]
    assert ["070-174 06 11" in page for page in pages] == [False, True, True]
    assert ["070-174 06 12" in page for page in pages] == [False, False, True]


def test_contacts_follow_the_district(cast, city, visitor):
    for district, phone in ((city.north, "070-174 06 21"), (city.south, "070-174 06 22")):
        ContactFactory(key="mottagning", district=district, phone=phone, visibility=Visibility.OPEN)
    both = visitor.get("/kontakter/").content.decode()
    south = visitor.get(f"/kontakter/?omrade={city.south.key}").content.decode()
    own = cast.learner.client().get("/kontakter/").content.decode()
    assert [phone in page for page in (both, south, own) for phone in ("070-174 06 21", "070-174 06 22")] == [
        *[True, True],
        *[False, True],
        *[True, False],
    ]
    assert visitor.get("/kontakter/?omrade=finns-inte").status_code == 200


def test_the_districts_route_comes_before_the_citys(city, visitor):
    ContactFactory(key="mottagning", district=None, phone="070-174 06 30", visibility=Visibility.OPEN)
    ContactFactory(key="mottagning", district=city.north, phone="070-174 06 31", visibility=Visibility.OPEN)
    for district, phone in ((city.north.key, "070-174 06 31"), (city.south.key, "070-174 06 30")):
        page = visitor.get(f"/kontakter/?omrade={district}").content.decode()
        assert [number for number in ("070-174 06 30", "070-174 06 31") if number in page] == [phone]


def test_contacts_take_as_many_queries_however_many_they_are(cast, city, django_assert_max_num_queries):
    client = cast.learner.client()
    ContactFactory(visibility=Visibility.OPEN)
    client.get("/kontakter/")
    counts = []
    for turn in range(2):
        with django_assert_max_num_queries(25) as captured:
            client.get("/kontakter/")
        counts.append(len(captured))
        for number in range(20):
            ContactFactory(key=f"k{turn}-{number}", district=city.north, visibility=Visibility.OPEN)
    assert counts[0] == counts[1]
