"""What is pointed out before publishing: nothing wrongly, and nothing that must never be published goes unseen."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from cms.references.enums import LegalStatus
from cms.versions.enums import RemarkKind
from cms.versions.proofing import Written, lix, paragraphs_of_law, personal_numbers, phone_numbers, remarks
from cms.versions.queries import remarks_on
from guidelines.actions import NotProofed, publish_guideline
from guidelines.models import GuidelinePage, GuidelineVersion
from guidelines.queries.approvals import seen_words
from tests.factories import ContactFactory, GuidelinePageFactory, LegalReferenceFactory, text
from tests.test_guidelines import edit

TODAY = timezone.localdate
OFFICIAL_TEST_NUMBER = "19121212-1212"  # the tax agency's own example of somebody who does not exist


@pytest.mark.parametrize("written", [OFFICIAL_TEST_NUMBER, "121212-1212", "191212121212", "121272-1219", "121212 1212"])
def test_personal_numbers_are_seen(written: str):
    assert list(personal_numbers(f"Barnet {written} bor hos"))


@pytest.mark.parametrize("written", ["121212-1213", "2026-11-23", "070-174 06 05", "121312-1212", "1234567890", ""])
def test_other_numbers_are_not_personal(written: str):
    assert not list(personal_numbers(written))


@pytest.mark.parametrize("written", ["070-174 06 05", "0701740605", "+46 70 174 06 05", "08-123 45 67", "116 111"])
def test_phone_numbers_are_seen(written: str):
    assert phone_numbers(f"Ring {written}.") == [written]


@pytest.mark.parametrize(
    "written", ["112", "114 14", "2026-03-01", "12 kap. 3 §", "0,5 procent av 1000000", "dnr 2026/0123"]
)
def test_other_numbers_are_no_phones(written: str):
    assert phone_numbers(f"Ring {written}.") == []


@pytest.mark.parametrize("written", ["19 kap. 1 §", "4 §", "§ 4", "SFS 2025:400", "(2025:400)", "4 a §"])
def test_law_by_hand_is_seen(written: str):
    assert paragraphs_of_law(f"Enligt {written} ska du")


def test_law_in_words_is_not_pointed_out():
    assert paragraphs_of_law("Socialtjänstlagen säger att du ska anmäla 2025 och 3 gånger.") == []


def test_lix_of_known_texts():
    assert lix("Du ska ringa nu. Gå dit i dag.") == pytest.approx(4.0)
    assert lix("Skolverksamhetens huvudmannaansvar förutsätter vårdnadshavarsamverkan.") == pytest.approx(104.0)
    assert lix("") == 0


@given(st.text(max_size=200))
def test_lix_never_fails_and_is_never_below_zero(words: str):
    assert lix(words) >= 0


def kinds(*pieces: Written) -> list[RemarkKind]:
    return [remark.kind for remark in remarks(pieces)]


def test_headings_pictures_and_hard_language():
    hard = "Verksamhetsansvariga förutsätts säkerställa dokumentationsskyldigheten beträffande orosanmälningar. " * 8
    assert kinds(Written("a", "heading", {"text": "Först", "level": "3"}, "Först")) == [RemarkKind.HEADING_ORDER]
    assert kinds(Written("a", "heading", {"text": "Först", "level": "2"}, "Först")) == []
    assert kinds(Written("b", "picture", {"image": "0" * 64, "alt": ""}, "")) == [RemarkKind.NO_ALTERNATIVE]
    assert kinds(Written("b", "picture", {"image": "0" * 64, "alt": "En trappa"}, "")) == []
    assert kinds(Written("c", "text", {"text": ""}, hard)) == [RemarkKind.HARD_TO_READ]
    assert kinds(Written("c", "text", {"text": "<p>Ring {{kontakt:socialjour}}.</p>"}, "Ring 070-174 06 05.")) == []


@pytest.fixture
def draft(db):
    today = TODAY()
    LegalReferenceFactory(key="borta", in_force_to=today - timedelta(days=1), reviewed_on=today)
    LegalReferenceFactory(key="glomd", reviewed_on=today - timedelta(days=366))
    LegalReferenceFactory(key="kommande", status=LegalStatus.ADOPTED, in_force_from=date(2999, 1, 1), reviewed_on=today)
    LegalReferenceFactory(key="bra", reviewed_on=today)
    ContactFactory(key="utgangen", valid_to=today - timedelta(days=1), verified_on=today)
    ContactFactory(key="okontrollerad", verified_on=None)
    ContactFactory(key="kontrollerad", verified_on=today)
    return GuidelinePageFactory(
        body=[
            text("Enligt {{lag:borta}}, {{lag:glomd}}, {{lag:kommande}} och {{lag:bra}}."),
            text("Ring {{kontakt:utgangen}}, {{kontakt:okontrollerad}} eller {{kontakt:kontrollerad}}."),
            text('Läs <a linktype="page" id="999999">sidan</a> och <a linktype="document" id="999999">filen</a>.'),
        ]
    )


def test_registers_and_links_are_looked_up(draft):
    found = [(remark.kind.value, remark.words) for remark in remarks_on(draft.draft(), TODAY())]
    assert sorted(kind for kind, _words in found) == sorted(
        [
            "law_repealed",
            "law_stale",
            "law_coming",
            "contact_expired",
            "contact_unverified",
            "dead_link",
            "dead_link",
        ]
    )
    assert [words for kind, words in found if kind == "dead_link"] == ["sidan", "filen"]


def test_what_must_be_mended_stops_every_road(draft):
    with pytest.raises(NotProofed, match="inte gäller längre"):
        publish_guideline(page=draft)
    assert not GuidelineVersion.objects.exists()


def test_words_beside_the_body_are_looked_through_too(db, editor):
    page = edit(GuidelinePageFactory(), "Kort.", summary=f"Om {OFFICIAL_TEST_NUMBER}.", statement="Jag har läst 4 §.")
    draft = page.get_latest_revision_as_object().draft()
    found = [(remark.kind.value, remark.key) for remark in remarks_on(draft, TODAY())]
    assert found == [("personal_number", "summary"), ("law_by_hand", "statement")]
    shown = editor.client().get(reverse("guidelines_admin:publish", args=[page.pk])).content.decode()
    assert "#:w:contentpath=summary" in shown


def test_editor_is_led_to_the_place_mends_it_and_it_is_published(db, editor, approver):
    client = editor.client()
    page = GuidelinePageFactory(body=[text(f"Barnet {OFFICIAL_TEST_NUMBER} och 4 § i lagen.")])
    address = reverse("guidelines_admin:publish", args=[page.pk])
    shown = client.get(address).content.decode()
    key = page.draft().fragments[0].key
    assert f"#:w:contentpath=body.{key}" in shown
    assert 'name="publish"' not in shown
    page = edit(page, text("Barnet och 4 § i lagen."), user=editor.user)
    shown = client.get(address).content.decode()
    assert "4 §" in shown
    posted = {"revision": seen_words(page), "effective_on": TODAY().isoformat(), "publish": "1"}
    assert "Titta på anmärkningarna först" in client.post(address, posted).content.decode()
    assert not GuidelineVersion.objects.exists()
    approver.client().post(address, {**posted, "looked_at": "on"})
    assert GuidelineVersion.objects.get().page == GuidelinePage.objects.get(pk=page.pk)
