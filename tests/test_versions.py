"""Freezing, minting, the version in force, reviews, files: what every kind of document stands on."""

import io
import json
import uuid
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import storages
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from wagtail.blocks import StreamBlock
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import PageViewRestriction

from cms.references.blocks import content_blocks
from cms.references.models import Contact
from cms.versions.actions import EffectiveTooEarly, mint, sign_review
from cms.versions.checks import check_schedule
from cms.versions.enums import Change
from cms.versions.freezing import UnknownTokens, freeze
from cms.versions.models import Content, Fragment, ReviewMark, ReviewSignature, VersionAsset, Withdrawal
from cms.versions.queries import in_force, in_force_among, open_marks, sections_of
from guidelines.actions import publish_guideline
from guidelines.enums import GuidelineKind
from guidelines.models import GuidelinePage, GuidelineVersion
from tests.cast import LOGIN_BACKEND
from tests.factories import ContactFactory, GuidelinePageFactory, LegalReferenceFactory, UserFactory, body, text
from tests.test_guidelines import edit

pytestmark = pytest.mark.django_db

BLOCK = StreamBlock(content_blocks())
FIELDS = {"kind": GuidelineKind.SUPPORT, "statement": "Jag har läst"}


def frozen(*blocks, **kwargs):
    return freeze(title="Prov", body=BLOCK.to_python(body(*blocks)), **kwargs)


def picture(colour="#1f5a52"):
    data = io.BytesIO()
    Pillow.new("RGB", (40, 30), colour).save(data, "PNG")
    return get_image_model().objects.create(title="Bild", file=ImageFile(io.BytesIO(data.getvalue()), name="bild.png"))


def block(kind, **value):
    return {"id": str(uuid.uuid4()), "type": kind, "value": {"audiences": [], "review": [], **value}}


# The hash


def test_hash_is_over_what_was_written_and_cited():
    ContactFactory(key="jour", open=True)
    words = text("Ring {{kontakt:jour}}.")
    first = frozen(words)
    assert frozen(words).sha256 == first.sha256
    assert (
        frozen({**words, "value": {**words["value"], "text": "<p>Annat {{kontakt:jour}}.</p>"}}).sha256 != first.sha256
    )
    Contact.objects.update(phone="070-174 06 99")
    later = frozen(words)
    assert later.sha256 != first.sha256
    assert later.written_sha256 == first.written_sha256
    assert later.fragments[0].html == first.fragments[0].html, "a number is never in the frozen text"


def test_rendering_is_not_in_the_hash(monkeypatch):
    """A new template mints nothing."""
    words = text("En mening.")
    first = frozen(words)
    monkeypatch.setattr("wagtail.blocks.struct_block.StructBlock.render", lambda *args, **kwargs: "<p>Ny mall</p>")
    later = frozen(words)
    assert later.sha256 == first.sha256
    assert later.html_sha256 != first.html_sha256


def test_editors_language_is_not_in_the_text():
    signs = block("signs", caption="", rows=[{"age": "1–3 år", "signs": "<p>Oro</p>", "audiences": []}])
    swedish = frozen(signs)
    with translation.override("en"):
        english = frozen(signs)
    assert english.html_sha256 == swedish.html_sha256
    assert "Ålder" in english.fragments[0].html


def test_paragraph_names_of_the_rich_text_editor_are_not_in_the_text():
    words = text("En mening.")
    named = {**words, "value": {**words["value"], "text": '<p data-block-key="ab1cd">En mening.</p>'}}
    assert frozen(named).sha256 == frozen(words).sha256
    assert "data-block-key" not in frozen(named).fragments[0].html


def test_order_of_marks_is_not_in_the_text_and_marks_are_not_in_the_fragment():
    words = text("En mening.", review=("J", "S"), audiences=("preschool", "compulsory_school"))
    turned = {
        **words,
        "value": {**words["value"], "review": ["S", "J"], "audiences": ["compulsory_school", "preschool"]},
    }
    fewer = {**words, "value": {**words["value"], "review": ["J"]}}
    assert frozen(turned).sha256 == frozen(words).sha256
    assert frozen(fewer).sha256 != frozen(words).sha256
    assert frozen(fewer).fragments[0].sha256 == frozen(words).fragments[0].sha256


def test_unknown_keys_are_all_named():
    with pytest.raises(UnknownTokens) as refusal:
        frozen("{{lag:borta}} {{kontakt:ingen}} {{kontakt:ingen}}", "{{annat:slag}}")
    assert [token.key for token in refusal.value.tokens] == ["borta", "ingen", "slag"]
    assert "{{lag:borta}}" in str(refusal.value)


def test_preview_stands_unknown_keys():
    assert "[lag:borta?]" in frozen("{{lag:borta}}", strict=False).fragments[0].html


def test_canonical_content_holds_the_registers_values():
    LegalReferenceFactory(key="lagen", citation="1 §")
    ContactFactory(key="jour", visibility="role", phone="070-174 06 05")
    cites = json.loads(frozen("{{lag:lagen}} {{kontakt:jour}}").canonical)["cites"]
    assert cites["lag"]["lagen"]["citation"] == "1 §"
    assert cites["kontakt"]["jour"][0]["phone"] == "070-174 06 05"


def test_content_is_kept_once_for_each_hash():
    page = GuidelinePageFactory()
    publish_guideline(page=page)
    publish_guideline(page=edit(page, "Annat."))
    first = GuidelineVersion.objects.get(minor=0).content
    assert Content.objects.count() == 2
    assert first.written_sha256 == page.draft().written_sha256


# Files


def test_stored_text_and_file_outlive_the_image(client):
    image = picture()
    page = edit(GuidelinePageFactory(), block("picture", image=image.pk, alt="En bild", caption=""))
    publish_guideline(page=page)
    before = list(Fragment.objects.values_list("html", "sha256"))
    asset = VersionAsset.objects.get()
    kept = asset.file.read()
    image.file.delete(save=False)
    image.delete()
    assert list(Fragment.objects.values_list("html", "sha256")) == before
    shown = client.get(f"/r/{page.key}/").content.decode()
    address = reverse("ledstang_versions:asset", args=[asset.sha256])
    assert f'src="{address}"' in shown
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == kept
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")


def test_twin_a_live_rendering_changes_with_the_image():
    """What a reader would get without frozen copies."""
    image = picture()
    value = BLOCK.to_python([block("picture", image=image.pk, alt="En bild", caption="")])
    before = str(value.render_as_block())
    image.delete()
    value = BLOCK.to_python([block("picture", image=image.pk, alt="En bild", caption="")])
    assert str(value.render_as_block()) != before


def test_linked_documents_are_kept_by_hash(client):
    document = get_document_model().objects.create(title="Blankett", file=ContentFile(b"%PDF-1.7 ett", "blankett.pdf"))
    words = text(f'Se <a linktype="document" id="{document.pk}">blanketten</a>.')
    page = edit(GuidelinePageFactory(), words)
    publish_guideline(page=page)
    asset = VersionAsset.objects.get()
    document.file.delete(save=False)
    document.delete()
    address = reverse("ledstang_versions:asset", args=[asset.sha256])
    assert f'href="{address}"' in client.get(f"/r/{page.key}/").content.decode()
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 ett"
    assert 'filename="blankett.pdf"' in answer["Content-Disposition"]


def test_replaced_document_is_a_change():
    document = get_document_model().objects.create(title="B", file=ContentFile(b"ett", "b.pdf"))
    words = text(f'<a linktype="document" id="{document.pk}">B</a>')
    first = frozen(words)
    document.file.save("b.pdf", ContentFile(b"tva"))
    assert frozen(words).written_sha256 != first.written_sha256


def test_file_is_kept_once_in_the_private_storage():
    image = picture()
    for number in range(2):
        page = GuidelinePageFactory(body=[block("picture", image=image.pk, alt=str(number), caption="")])
        publish_guideline(page=page)
    asset = VersionAsset.objects.get()
    assert storages["ledstang"].exists(asset.file.name)
    assert asset.sha256 in asset.file.name


@pytest.mark.parametrize("name", ["outsider", "learner"])
def test_file_is_for_those_who_may_read_a_text_that_cites_it(cast, name):
    image = picture()
    page = GuidelinePageFactory(body=[block("picture", image=image.pk, alt="", caption="")])
    publish_guideline(page=page)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    address = reverse("ledstang_versions:asset", args=[VersionAsset.objects.get().sha256])
    assert cast[name].client().get(address).status_code == (404 if name == "outsider" else 200)
    assert cast[name].client().get(reverse("ledstang_versions:asset", args=["0" * 64])).status_code == 404


# The version in force


def numbered(key, major, minor, effective_on, content):
    change = Change.SUBSTANTIVE if minor == 0 else Change.EDITORIAL
    return GuidelineVersion.objects.create(
        key=key,
        major=major,
        minor=minor,
        change=change,
        change_note="x",
        title="Prov",
        content=content,
        sha256=content.sha256,
        published_at=timezone.now(),
        effective_on=effective_on,
        **FIELDS,
    )


START = date(2026, 1, 1)
DAYS = st.integers(0, 40)
HISTORIES = st.lists(st.tuples(st.booleans(), st.integers(0, 10)), max_size=8)


def brute_force(rows, day, withdrawn_on):
    """Walk through the versions in the order they were published: each later one takes over from its day."""
    if withdrawn_on is not None and day >= withdrawn_on:
        return None
    current = None
    for number, effective_on in rows:
        if effective_on <= day:
            current = number
    return current


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES, asked=DAYS, withdrawn=st.none() | DAYS)
def test_in_force_equals_a_brute_force_reading(history, asked, withdrawn):
    """Any history that minting allows: numbers rise, and a later number never applies earlier."""
    with transaction.atomic():
        key, content = uuid.uuid4(), Content.objects.create(sha256=uuid.uuid4().hex, canonical="{}", html_sha256="")
        rows, (major, minor), day = [], (0, 0), START
        for is_substantive, step in history:
            major, minor = (major + 1, 0) if is_substantive or major == 0 else (major, minor + 1)
            day += timedelta(days=step)
            numbered(key, major, minor, day, content)
            rows.append((f"{major}.{minor}", day))
        withdrawn_on = None if withdrawn is None else START + timedelta(days=withdrawn)
        if withdrawn_on:
            Withdrawal.objects.create(kind="guideline", key=key, withdrawn_on=withdrawn_on, reason="x")
        on = START + timedelta(days=asked)
        found = in_force(GuidelineVersion, key, on)
        assert (found.number if found else None) == brute_force(rows, on, withdrawn_on)
        if withdrawn_on is None:
            assert in_force_among(GuidelineVersion.objects.of(key), on) == found
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from([Change.EDITORIAL, Change.SUBSTANTIVE]), DAYS), max_size=6))
def test_minting_keeps_numbers_and_days_in_order(steps):
    """Whatever days editors ask for, what is minted never goes back; what would is refused and leaves nothing."""
    with transaction.atomic():
        key = uuid.uuid4()
        for number, (change, day) in enumerate(steps):
            asked = {"model": GuidelineVersion, "key": key, "draft": frozen(f"Text {number}"), "change": change}
            latest = GuidelineVersion.objects.of(key).latest_first().first()
            effective_on = START + timedelta(days=day)
            if latest is not None and effective_on < latest.effective_on:
                with pytest.raises(EffectiveTooEarly), transaction.atomic():
                    mint(**asked, note="x", effective_on=effective_on, **FIELDS)
            else:
                assert mint(**asked, note="x", effective_on=effective_on, **FIELDS) is not None
        rows = list(GuidelineVersion.objects.of(key).order_by("major", "minor"))
        assert [row.effective_on for row in rows] == sorted(row.effective_on for row in rows)
        assert not rows or rows[0].number == "1.0"
        transaction.set_rollback(True)


def test_unchanged_draft_mints_nothing():
    words, key = text("En mening."), uuid.uuid4()
    first = mint(model=GuidelineVersion, key=key, draft=frozen(words), change=Change.EDITORIAL, **FIELDS)
    assert first.number == "1.0"
    assert mint(model=GuidelineVersion, key=key, draft=frozen(words), change=Change.SUBSTANTIVE, **FIELDS) is None


# Reviews


@pytest.fixture
def reviewed_page():
    page = edit(
        GuidelinePageFactory(title="Riktlinjen"),
        text("Lagen säger så.", review=("J", "S")),
        text("Polisen gör så.", review=("P",)),
    )
    publish_guideline(page=page)
    return GuidelinePage.objects.get(pk=page.pk)


def test_signature_holds_for_exactly_the_text_it_was_given_for(reviewed_page):
    for mark in ReviewMark.objects.all():
        sign_review(mark=mark, signed_by_function="Sakkunnig", signed_on=START, signed_by=None)
    assert GuidelineVersion.objects.get().content.fragments.count() == 2
    assert not open_marks(GuidelineVersion.objects.get().content).exists()
    raw = reviewed_page.get_latest_revision_as_object().body.get_prep_value()
    raw[0]["value"]["text"] = "<p>Lagen säger något annat.</p>"
    draft = reviewed_page.get_latest_revision_as_object()
    draft.body = draft.body.stream_block.to_python(raw)
    draft.save_revision()
    version = publish_guideline(page=GuidelinePage.objects.get(pk=reviewed_page.pk))
    assert [section.open_reviews for section in sections_of(version.content)] == [("J", "S"), ()]


def test_first_signature_stands(reviewed_page):
    mark = ReviewMark.objects.filter(competence="J").get()
    first = sign_review(mark=mark, signed_by_function="Stadsjurist", signed_on=START, signed_by=None)
    again = sign_review(mark=mark, signed_by_function="Annan", signed_on=START, signed_by=None)
    assert again == first
    assert again.signed_by_function == "Stadsjurist"


REVIEWS = "/admin/granskning/"


@pytest.fixture
def expert(client):
    client.force_login(UserFactory(superuser=True), backend=LOGIN_BACKEND)
    return client


def test_expert_signs_in_the_admin(expert, reviewed_page, client):
    overview = expert.get(REVIEWS).content.decode()
    assert "Jurist (1)" in overview
    assert "Polis (1)" in overview
    shown = expert.get(REVIEWS + "?kompetens=J").content.decode()
    assert "Lagen säger så." in shown
    assert "Polisen gör så." not in shown
    mark = ReviewMark.objects.get(competence="J")
    form = {"marks": [mark.pk], "signed_by_function": "Stadsjurist", "signed_on": timezone.localdate().isoformat()}
    answer = expert.post(REVIEWS + "?kompetens=J", form)
    assert "1 avsnitt är signerat" in " ".join(str(message) for message in get_messages(answer.wsgi_request))
    assert ReviewSignature.objects.get().signed_by_function == "Stadsjurist"
    assert "Ska granskas av: socialtjänst" in client.get(f"/r/{reviewed_page.key}/").content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"marks": []}, "Välj minst ett avsnitt"),
        ({"signed_by_function": ""}, "obligatoriskt"),
        ({"signed_on": "2099-01-01"}, "ligger i framtiden"),
    ],
)
def test_unclear_signature_is_explained(expert, reviewed_page, form, words):
    mark = ReviewMark.objects.get(competence="J")
    given = {"marks": [mark.pk], "signed_by_function": "Stadsjurist", "signed_on": "2026-11-23", **form}
    answer = BeautifulSoup(expert.post(REVIEWS + "?kompetens=J", given).content, "html.parser")
    # The fields stand below all that waits: what is wrong is said above it, with the way there.
    (link,) = answer.select(".help-critical a")
    assert words in link.get_text()
    assert link["href"] == f"#id_{next(iter(form))}"
    assert answer.select_one(link["href"]) is not None
    assert not ReviewSignature.objects.exists()


def test_mark_of_another_competence_is_not_signed(expert, reviewed_page):
    mark = ReviewMark.objects.get(competence="P")
    form = {"marks": [mark.pk], "signed_by_function": "Stadsjurist", "signed_on": "2026-11-23"}
    expert.post(REVIEWS + "?kompetens=J", form)
    assert not ReviewSignature.objects.exists()


@pytest.mark.parametrize("name", ["learner", "head", "hr", "editor", "approver", "outsider"])
def test_others_do_not_sign(cast, reviewed_page, name):
    client = cast[name].client()
    assert client.get(REVIEWS).status_code == 302
    mark = ReviewMark.objects.first()
    client.post(REVIEWS, {"marks": [mark.pk], "signed_by_function": "Jag", "signed_on": "2026-11-23"})
    assert not ReviewSignature.objects.exists()


def test_reviews_do_not_ask_more_when_there_is_more(expert):
    counts = []
    for number in range(6):
        publish_guideline(page=edit(GuidelinePageFactory(), text(f"Text {number}", review=("J",))))
        expert.get(REVIEWS)  # a process that knows its content types
        with CaptureQueriesContext(connection) as captured:
            assert f"Text {number}" in expert.get(REVIEWS + "?kompetens=J").content.decode()
        counts.append(len(captured))
    assert len(set(counts)) == 1
    assert counts[0] <= 12


def test_schedule_command_is_ours():
    assert check_schedule() == []
