"""Search finds the section whatever form of the word is asked for, and tells nobody of what they may not read."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction

from cms.references.models import Contact
from cms.versions.actions import lay_notice, redact_passage
from cms.versions.enums import Change, NoticeTone
from cms.versions.freezing import fragment_anchor
from cms.versions.models import Fragment
from guidelines.actions import publish_guideline, withdraw_guideline
from guidelines.enums import KIND
from guidelines.models import GuidelinePage, GuidelineVersion, SearchSection, SearchTerm, Synonyms
from guidelines.queries.search import plain_words
from guidelines.searching import excerpt, sought_in
from tests.factories import ContactFactory, GuidelinePageFactory, heading, text
from tests.test_guidelines import edit

DUTY, TRIP, PART = heading("Skyldigheten att anmäla"), heading("Inför resan"), heading("Utreseförbud", level=3)


def rows(*given):
    """A table of signs whose rows are for some readers only."""
    value = [{"age": age, "signs": f"<p>{signs}</p>", "audiences": list(who)} for age, signs, who in given]
    block = text("")
    table = {"caption": "", "rows": value, "audiences": [], "review": []}
    return {**block, "type": "signs", "value": table}


@pytest.fixture
def published(db):
    page = GuidelinePageFactory(
        title="Hedersrelaterat våld",
        summary="Så gör du när du är orolig.",
        body=[
            text("Misstankar räcker."),
            DUTY,
            text(
                "Orosanmälningar görs genast till socialtjänsten. Rektorn får inte stoppa dig &amp; ingen annan heller."
            ),
            TRIP,
            text("Flickor kan bli bortgifta utomlands. Pojkar också."),
            PART,
            text("Domstolen kan besluta om förbud."),
            rows(("4 år", "Barnet leker ceremonier.", ["preschool"]), ("14 år", "Frånvaro.", ["compulsory_school"])),
        ],
    )
    publish_guideline(page=page)
    return GuidelinePage.objects.get(pk=page.pk)


def ask(client, words, **where):
    answer = client.get("/sok/", {"q": words, **where})
    assert answer.status_code == 200
    return answer


def found(client, words, **where):
    """The addresses that answer, the best first."""
    return [hit.address for hit in ask(client, words, **where).context["hits"]]


def place(page, block=None, reading=""):
    query = f"?lasning={reading}" if reading else ""
    return f"/r/{page.key}/{query}" + (f"#{fragment_anchor(block['id'])}" if block else "")


INFLECTED = {
    "anmälan": DUTY, "anmäler": DUTY, "orosanmälan": DUTY, "rektor": DUTY, "rektorernas": DUTY, "stoppade": DUTY,
    "flicka": TRIP, "flickan": TRIP, "pojken": TRIP, "bortgift": TRIP, "resor": TRIP,
    "utreseförbudet": PART, "domstol": PART, "beslutar": PART, "frånvaron": PART,
}  # fmt: skip


def test_inflected_words_lead_to_their_section(published, client):
    first = {words: next(iter(found(client, words)), None) for words in INFLECTED}
    assert first == {words: place(published, block) for words, block in INFLECTED.items()}


def test_words_of_several_places_find_what_has_them_all(published, client):
    assert found(client, "våld flicka")[0] == place(published, TRIP)  # the title says the one, the section the other
    assert ask(client, "flickor ceremoni").context["answer"].is_partial
    assert found(client, "xyzzy") == []
    assert found(client, "och att det") == found(client, "%") == found(client, "_") == []
    shown = ask(client, "<b>").content.decode()
    assert "Inget svarar på ”&lt;b&gt;”" in shown, shown[shown.index("traffar") :][:600]
    assert client.get("/sok/?q=").context["form"].errors


def test_hit_shows_where_and_marks_the_words(published, client):
    shown = ask(client, "orosanmälan").content.decode()
    assert "<mark>Orosanmälningar</mark> görs genast" in shown
    assert "stoppa dig &amp; ingen" in shown
    assert "Inför resan: Utreseförbud" in ask(client, "domstol").content.decode()
    long = "Först kommer något annat. " * 20 + "Sedan en anmälan. " + "Och mer. " * 40
    runs = excerpt(long, sought_in("anmäla"))
    assert [run.text for run in runs if run.is_sought] == ["anmälan"]
    assert sum(len(run.text) for run in runs) < 300


def test_a_title_is_told_apart_from_what_follows_it():
    steps = "<li>\n<p>Rör ingenting\n</p>\n<p>Larma <!--slot:kontakt:larm-->112<!--/slot-->.</p></li>"
    assert plain_words(steps) == "Rör ingenting. Larma …"


def test_readings_and_kinds_are_filters(published, client):
    support = GuidelinePageFactory(support=True, body=[text("Ceremonier finns överallt.")])
    publish_guideline(page=support)
    assert set(found(client, "ceremoni")) == {place(support), place(published, PART)}
    in_preschool = {place(support, reading="preschool"), place(published, PART, "preschool")}
    assert set(found(client, "ceremoni", lasning="preschool")) == in_preschool
    assert found(client, "ceremoni", lasning="compulsory_school") == [place(support, reading="compulsory_school")]
    assert found(client, "ceremoni", slag="guideline") == [place(published, PART)]
    assert "Frånvaro" not in ask(client, "ceremoni", lasning="preschool", slag="guideline").content.decode()


def test_section_for_some_readers_is_linked_in_a_reading_that_has_it(published, client):
    only = heading("Blöjbyten", audiences=("preschool",))
    publish_guideline(page=edit(published, only, text("Se efter.")))
    assert found(client, "blöjbyte") == [place(published, only, "alla")]
    assert f'id="{fragment_anchor(only["id"])}"' in client.get(place(published, only, "alla")).content.decode()


def test_synonyms_are_kept_by_editors(published, client):
    assert found(client, "tvångsgifte") == []
    with pytest.raises(ValidationError, match="minst två"):
        Synonyms(words="ensam, ").full_clean()
    Synonyms.objects.create(words="tvångsgifte, gifta sig mot sin vilja, bortgift")
    assert found(client, "tvångsgifte") == found(client, "gift mot viljan") == [place(published, TRIP)]


MISSPELT = {
    "flikka": TRIP,
    "bortgiff": TRIP,
    "anmeldan": DUTY,
    "socialtjensten": DUTY,
    "utresseförbud": PART,
    "barnäktenskpa": TRIP,
}


def test_a_word_written_wrong_finds_what_is_like_it_and_says_so(published, client):
    Synonyms.objects.create(words="barnäktenskap, bortgift")
    answers = {words: ask(client, words) for words in MISSPELT}
    first = {words: answer.context["hits"][0].address for words, answer in answers.items() if answer.context["hits"]}
    assert first == {words: place(published, block) for words, block in MISSPELT.items()}
    assert all("Menade du något av det här?" in answer.content.decode() for answer in answers.values())
    assert "Menade du" not in ask(client, "flicka").content.decode()
    for word in ("bil", "katt", "mobb", "zlicka", "anm"):  # too short, or too unlike
        assert found(client, word) == [], word
    nothing = ask(client, "xyzzy").content.decode()
    assert "Vad har hänt?" in nothing
    assert 'href="tel:112"' in nothing


# Only what holds, and only to those who may read


def test_a_number_is_like_no_other(published, client):
    publish_guideline(page=GuidelinePageFactory(title="Ålder", body=[text("De är 10–12 år.")]))
    assert found(client, "12")
    assert found(client, "112") == []


def test_only_the_version_in_force_is_found(published, client):
    day = timezone.localdate() + timedelta(days=3)
    publish_guideline(
        page=edit(published, "Kalendern gäller."), change=Change.SUBSTANTIVE, note="Nytt", effective_on=day
    )
    edit(published, "Ett utkast om kaniner.")
    assert found(client, "kalender") == found(client, "kanin") == []
    assert found(client, "flicka")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("guidelines.views.search.timezone.localdate", lambda: day)
        assert found(client, "kalender") == [place(published)]
        assert found(client, "flicka") == []


def test_withdrawn_and_stopped_are_not_found(published, client):
    stop = {"kind": KIND, "key": published.key, "tone": NoticeTone.STOP, "text": "Fel", "laid_by": None, "actor": None}
    with transaction.atomic():
        lay_notice(**stop)
        assert found(client, "flicka") == []
        transaction.set_rollback(True)
    assert found(client, "flicka")
    withdraw_guideline(key=published.key, reason="Lagen har ändrats")
    assert found(client, "flicka") == []
    assert not SearchSection.objects.exists()


@pytest.mark.parametrize("is_gone", [False, True])
def test_restricted_page_leaks_nothing(published, client, learner, is_gone):
    kind = PageViewRestriction.LOGIN
    PageViewRestriction.objects.create(page=published.get_parent(), restriction_type=kind)
    publish_guideline(page=edit(published, TRIP, text("Flickor kan bli bortgifta.")))
    if is_gone:
        GuidelinePage.objects.get(pk=published.pk).delete()
    for words in ("flicka", "hedersrelaterat", "bortgift"):
        answer = ask(client, words)
        assert answer.context["page"].paginator.count == 0
        assert "Hedersrelaterat" not in answer.content.decode()
    assert found(learner.client(), "flicka") == [place(published, TRIP)]


def test_a_contact_route_is_found_by_its_name_and_its_number(published, client):
    contact = ContactFactory(key="linjen", name="Viskningslinjen för barn", open=True, phone="020-12 34 56")
    for words in ("viskningslinjen", "barn viskning", "020 123456"):
        shown = ask(client, words).content.decode()
        assert '<a href="tel:020123456">' in shown
        assert "Inget svarar" not in shown
    for words in ("linjen", "020", "viskningslinjen för vuxna"):
        assert "tel:020123456" not in ask(client, words).content.decode()
    for number in range(4):
        ContactFactory(key=f"barn-{number}", name=f"Barn {number}", open=True)
    assert "tel:020123456" not in ask(client, "barn").content.decode(), "no name that anybody asks for"
    Contact.objects.filter(pk=contact.pk).update(visibility="signed_in")
    assert "tel:020123456" not in ask(client, "viskningslinjen").content.decode()


@pytest.mark.parametrize("visibility", ["signed_in", "role"])
def test_contacts_that_are_not_open_are_in_no_index_and_no_excerpt(published, client, learner, visibility):
    contact = ContactFactory(key="hemlig", name="Viskningslinjen", open=True)
    here = heading("Vem du ringer")
    publish_guideline(page=edit(published, here, text("Ring {{kontakt:hemlig}} på vardagar.")))
    contact.visibility = visibility
    contact.save()
    assert found(client, "viskningslinje") == found(client, contact.phone) == []
    assert not SearchTerm.objects.filter(term__startswith="viskning").exists()
    for reader in (client, learner.client()):
        shown = ask(reader, "vardag").content.decode()
        assert "Ring … på <mark>vardagar</mark>." in shown
        assert "Viskningslinjen" not in shown
        assert contact.phone not in shown


def test_what_has_been_taken_out_is_not_found(published, client):
    for piece in Fragment.objects.filter(key__in=[TRIP["id"], PART["id"]]):
        redact_passage(fragment_sha256=piece.sha256, reason="Ett namn", redacted_by=None, actor=None)
    assert found(client, "resor") == found(client, "utreseförbud") == []
    assert "Utreseförbud" not in ask(client, "domstol").content.decode()


# The index


def test_index_is_kept_with_what_it_tells_of_and_can_be_made_anew(published, client, capsys):
    with transaction.atomic():
        publish_guideline(page=edit(published, "Kaniner."), change=Change.SUBSTANTIVE, note="Nytt")
        assert found(client, "kanin")
        transaction.set_rollback(True)
    assert not found(client, "kanin")
    kept = list(SearchTerm.objects.order_by("section__position", "term").values_list("term", "weight", "readings"))
    SearchSection.objects.all().delete()
    assert not found(client, "flicka")
    call_command("rebuild_search")
    assert "4 sections" in capsys.readouterr().out
    again = SearchTerm.objects.order_by("section__position", "term").values_list("term", "weight", "readings")
    assert list(again) == kept


def test_section_and_word_stand_in_the_index_once(published):
    section = SearchSection.objects.first()
    copies = (
        SearchSection(version=section.version, position=section.position, title="x", readings=1),
        SearchTerm(section=section, term=section.terms.first().term, weight=1, readings=1),
    )
    for copy in copies:
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()


def test_questions_to_the_database_do_not_grow(published, client, learner):
    def count(reader):
        reader.get("/sok/", {"q": "flickor ceremoni våld"})
        with CaptureQueriesContext(connection) as captured:
            answer = reader.get("/sok/", {"q": "flickor ceremoni våld"})
        return len(captured), len(answer.context["hits"])

    readers = [client, learner.client()]
    few = [count(reader) for reader in readers]
    for number in range(4):
        page = GuidelinePageFactory(parent=published.get_parent(), body=[heading("Våld"), text("Flickor."), DUTY])
        publish_guideline(page=page)
        Synonyms.objects.create(words=f"flicka, tös{number}")
    many = [count(reader) for reader in readers]
    assert [queries for queries, _hits in many] == [queries for queries, _hits in few]
    assert all(after > before for (_a, before), (_b, after) in zip(few, many, strict=True))
    assert many[0][0] <= 12
    assert GuidelineVersion.objects.count() == 5
