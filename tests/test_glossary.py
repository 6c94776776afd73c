"""Words are explained where a text first uses them, without a script and without touching what was published."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.references.glossary import Term, explain
from cms.versions.models import Content, Fragment
from guidelines.actions import publish_guideline
from guidelines.models import GuidelinePage
from tests.certificates.reading import words_in
from tests.factories import ContactFactory, GlossaryTermFactory, GuidelinePageFactory, heading, text
from tests.test_guidelines import edit

GUARDIAN = Term.of("vårdnadshavare", "Den som bestämmer om barnet.")
CONCERN = Term.of("rapport om oro", "När du anmäler.")


def test_first_use_is_explained_in_whatever_form_and_only_there():
    first, second = explain(
        [
            "<h2>Vårdnadshavare</h2><p>Se <a href='/'>vårdnadshavaren</a>.</p>",
            "<p>Vårdnadshavarna och en vårdnadshavare.</p>",
        ],
        [GUARDIAN],
    )
    assert "button" not in first
    assert second.count("<button") == 1
    assert '>Vårdnadshavarna</button><span class="ls-explanation"' in second
    assert second.endswith(" och en vårdnadshavare.</p>")
    assert f'popovertarget="ord-{GUARDIAN.keys[0]}"' in second
    assert f'id="ord-{GUARDIAN.keys[0]}" popover' in second


def test_phrases_are_known_and_what_is_filled_when_served_is_left_alone():
    (shown,) = explain(
        ["<p>Skriv rapporter om oron. <!--slot:lag:x-->vårdnadshavare<!--/slot--></p>"], [CONCERN, GUARDIAN]
    )
    assert ">rapporter om oron</button>" in shown
    assert "<!--slot:lag:x-->vårdnadshavare<!--/slot-->" in shown
    assert explain(["<p>&amp; rapport</p>"], [CONCERN]) == ["<p>&amp; rapport</p>"]
    assert explain(["<p>x</p>"], []) == ["<p>x</p>"]


def test_explanation_is_escaped():
    (shown,) = explain(["<p>Oro</p>"], [Term.of("oro", 'Ett "ord" <b>')])
    assert "Ett &quot;ord&quot; &lt;b&gt;" in shown


@pytest.fixture
def published(db):
    ContactFactory(key="jour", name="Vårdnadshavarjouren", open=True)
    page = GuidelinePageFactory(body=[heading("Vem"), text("Vårdnadshavaren bestämmer. Ring {{kontakt:jour}}.")])
    publish_guideline(page=page)
    return GuidelinePage.objects.get(pk=page.pk)


def frozen():
    return list(Fragment.objects.order_by("pk").values_list("html", "sha256")), list(
        Content.objects.values_list("sha256")
    )


def test_page_explains_and_nothing_that_was_published_is_touched(published, client):
    before, here = frozen(), f"/r/{published.key}/"
    paper = words_in(client.get(f"{here}v/1.0/riktlinje.pdf").content)
    term = GlossaryTermFactory(explanation="Den som bestämmer om barnet.")
    for address in (here, f"{here}v/1.0/"):
        shown = client.get(address).content.decode()
        assert shown.count("Den som bestämmer om barnet.") == 1
        assert ">Vårdnadshavaren</button>" in shown
    publish_guideline(page=edit(published, text("Vårdnadshavaren bestämmer mycket.")))
    for address in (f"{here}flode.atom", f"{here}jamfor/?fran=1.0&till=1.1"):
        assert "Den som bestämmer" not in client.get(address).content.decode()
    assert frozen()[0][: len(before[0])] == before[0]
    assert set(before[1]) <= set(frozen()[1])
    assert words_in(client.get(f"{here}v/1.0/riktlinje.pdf").content).split("Vem")[1][:60] == paper.split("Vem")[1][:60]
    term.explanation = "Förälder."
    term.save()
    assert "(</span>Förälder.<span" in client.get(here).content.decode()


def test_minutes_are_those_of_the_reading_and_words_cost_one_question(published, client, learner):
    words = " ".join(["ord"] * 1000)
    publish_guideline(page=edit(published, text(words, audiences=("preschool",)), "Kort."))
    assert "1 minut att läsa" in client.get(f"/r/{published.key}/?lasning=compulsory_school").content.decode()
    assert "5 minuter att läsa" in client.get(f"/r/{published.key}/?lasning=preschool").content.decode()
    assert "på utskrift" not in (printed := client.get(f"/r/{published.key}/?lasning=preschool").content.decode())
    assert '<p class="ls-printonly">Läsning för förskola</p>' in printed
    reader, counts = learner.client(), []
    for number in range(2):
        for term in range(5):
            GlossaryTermFactory(term=f"ord{number}{term}")
        with CaptureQueriesContext(connection) as captured:
            reader.get(f"/r/{published.key}/")
        counts.append(len(captured))
    assert counts[1] <= counts[0]
