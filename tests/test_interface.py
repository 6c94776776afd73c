"""The interface: block templates as they are frozen, the layout, the weight of CSS and script."""

import io
import re

import pytest
from django.core.files.images import ImageFile
from PIL import Image as Pillow
from wagtail.blocks import StreamBlock, StreamValue
from wagtail.images import get_image_model

from cms.core.enums import Audience, Tone, Visibility
from cms.core.readings import read_for
from cms.references.blocks import content_blocks
from cms.references.models import Contact, LegalReference
from cms.versions.freezing import freeze


def picture():
    data = io.BytesIO()
    Pillow.new("RGB", (40, 30), "#1f5a52").save(data, "PNG")
    data.seek(0)
    return get_image_model().objects.create(title="x", file=ImageFile(data, name="x.png"))


def every_block(image):
    """One of each block, the rows of tables and steps for different readers."""
    rows_for = [[Audience.PRESCHOOL], [Audience.COMPULSORY_SCHOOL, Audience.UPPER_SECONDARY], []]
    return [
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


def test_rows_are_marked_for_their_readers(draft):
    for kind in ("steps", "responsibilities", "signs"):
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
    asset = next(iter(draft.assets))
    assert f'src="asset:{asset}"' in html
    assert 'width="40" height="30"' in html
    assert 'alt="En ledstång"' in html


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
