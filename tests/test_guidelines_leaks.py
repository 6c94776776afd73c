"""No way leads a visitor to a contact that is not open to everybody; no older version offers a number to call."""

import pytest
from django.utils import timezone

from cms.references.models import Contact
from cms.references.slots import Reader
from cms.references.standby import pages
from cms.versions.enums import Change
from guidelines.actions import publish_guideline
from guidelines.models import GuidelinePage
from tests.certificates.reading import words_in
from tests.factories import ContactFactory, GuidelinePageFactory, RoleFactory, heading, text
from tests.test_guidelines import edit

LIST = {**text(""), "type": "contacts", "value": {"title": "", "kind": "heder", "audiences": [], "review": []}}
NAMES = {
    "oppen": "Öppnalinjen",
    "inloggad": "Kollegelinjen",
    "roll": "Rektorslinjen",
    "dold": "Gömdalinjen",
    "borta": "Fordomslinjen",
}
NUMBERS = {key: f"070-174 06 {20 + place}" for place, key in enumerate(NAMES)}
SECRET = [
    words
    for key in NAMES
    if key != "oppen"
    for words in (NAMES[key], NUMBERS[key], NUMBERS[key].replace("-", "").replace(" ", ""))
]


@pytest.fixture
def published(db):
    """Two versions that cite all of them, one by one and as a list; afterwards two are hidden and removed."""
    for key, name in NAMES.items():
        ContactFactory(key=key, kind="heder", name=name, phone=NUMBERS[key], open=key not in ("inloggad", "roll"))
    Contact.objects.filter(key="inloggad").update(visibility="signed_in")
    Contact.objects.filter(key="roll").update(visibility="role")
    Contact.objects.get(key="roll").roles.add(RoleFactory())
    cited = text("Ring " + ", ".join(f"{{{{kontakt:{key}}}}}" for key in NAMES) + " på vardagar.")
    page = GuidelinePageFactory(body=[heading("Hjälp"), cited, LIST])
    publish_guideline(page=page)
    again = edit(page, heading("Hjälp"), cited, LIST, "Nytt på helger.")
    publish_guideline(page=again, change=Change.SUBSTANTIVE, note="Nytt")
    Contact.objects.filter(key="dold").update(visibility="signed_in")
    Contact.objects.filter(key="borta").delete()
    return GuidelinePage.objects.get(pk=page.pk)


def everything_for_anybody(client, page):
    """What a visitor can get hold of, by where it came from."""
    here, today = f"/r/{page.key}/", timezone.localdate().isoformat()
    addresses = [
        *[
            here,
            f"{here}?lasning=alla",
            f"{here}?omrade=norr",
            f"{here}v/1.0/",
            f"{here}v/2.0/",
            f"{here}?datum={today}",
        ],
        *[f"{here}jamfor/?fran=1.0&till=2.0", f"{here}flode.atom", "/r/flode.atom", page.url, page.get_parent().url],
        *["/kontakter/", "/kontakter/?omrade=norr", "/sok/?q=vardagar", "/sok/?q=hj%C3%A4lp", "/"],
        *[f"/sok/?q={words}" for words in ("linjen", "Kollegelinjen", "070-174", "06")],
    ]
    found = {address: client.get(address).content.decode() for address in addresses}
    for paper in (f"{here}v/1.0/riktlinje.pdf", f"{here}v/2.0/riktlinje.pdf", "/kontakter/affisch.pdf"):
        found[paper] = words_in(client.get(paper).content)
    return {**found, **pages(timezone.localdate())}


def leaks(found):
    """What is secret and told, without what somebody asked for with those very words."""
    return sorted(
        (where, secret)
        for where, words in found.items()
        for secret in SECRET
        if secret in words and not (where.startswith("/sok/") and secret in where and "<mark>" not in words)
    )


def test_visitor_never_receives_a_contact_that_is_not_open(published, client, learner):
    found = everything_for_anybody(client, published)
    assert leaks(found) == []
    here = f"/r/{published.key}/"
    for where in (here, f"{here}v/1.0/", f"{here}v/2.0/riktlinje.pdf", "/kontakter/", "/kontakter/affisch.pdf"):
        assert NUMBERS["oppen"] in found[where], where
    assert NUMBERS["inloggad"] in learner.client().get(here).content.decode()


def test_twin_a_reader_who_may_see_everything_would_be_told(published, client, monkeypatch):
    monkeypatch.setattr(Reader, "may_see", lambda reader, visibility, roles: True)
    where = {where for where, _secret in leaks(everything_for_anybody(client, published))}
    here = f"/r/{published.key}/"
    assert {here, f"{here}v/1.0/", "/kontakter/", f"{here}v/2.0/riktlinje.pdf"} <= where


@pytest.mark.parametrize("name", ["outsider", "learner"])
def test_older_version_has_no_number_to_call(published, cast, name):
    answer = cast[name].client().get(f"/r/{published.key}/v/1.0/").content.decode()
    main = answer.split("<main")[1].split("</main")[0]
    assert NUMBERS["oppen"] in main
    assert ("Vid fara: 112" in main) == (name == "outsider")
    assert "tel:" not in main


def test_anchors_survive_new_versions(published, client):
    """A block keeps its place in the address when it is changed, moved and surrounded by others."""

    def anchors(*number):
        shown = client.get(
            f"/r/{published.key}/v/{number[0]}.{number[1]}/" if number else f"/r/{published.key}/"
        ).content.decode()
        return [part.split('"')[0] for part in shown.split(' id="a-')[1:]]

    ContactFactory(key="borta", kind="heder", open=True)
    before = anchors()
    draft = published.get_latest_revision_as_object()
    blocks = [*reversed(draft.body.raw_data), heading("Ny rubrik")]
    blocks[-2]["value"] = {**blocks[-2]["value"], "text": "Hjälp och stöd"}
    publish_guideline(page=edit(published, *blocks))
    after = anchors()
    assert set(before) < set(after)
    assert set(anchors(2, 0)) == set(before)
    shown = client.get(f"/r/{published.key}/").content.decode()
    assert f'id="a-{before[0]}">Hjälp och stöd</h2>' in shown
