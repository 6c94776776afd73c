"""A district's contact routes on paper: what everybody may see, tagged, and only as long as it is true."""

from cms.certificates.models import Certificate
from cms.references.models import Contact
from tests.certificates.reading import words_in


def test_poster_has_what_the_register_has_for_everybody(contact_register, client):
    answer = client.get("/kontakter/affisch.pdf", {"omrade": "soder"})
    assert answer.status_code == 200
    words = words_in(answer.content)
    for shown in ("Kontaktvägar i Söder", "112", "114 14", "070-174 06 05", "070-174 06 07", "Dygnet runt"):
        assert shown in words, shown
    for hidden in ("Bara", "070-174 06 06", "070-174 06 08", "070-174 06 09", "070-174 06 10"):
        assert hidden not in words, hidden
    assert b"/StructTreeRoot" in answer.content
    assert "ledstang.example.se/kontakter/?omrade=soder" in words
    assert client.get("/kontakter/affisch.pdf", {"omrade": "saknas"}).status_code == 404


def test_sheet_is_made_once_and_anew_when_a_route_changes(contact_register, client):
    for _reader in range(2):
        client.get("/kontakter/affisch.pdf")
    assert Certificate.objects.count() == 1
    number = Certificate.objects.get().public_id
    assert client.get(f"/intyg/{number}/intyg.pdf").status_code == 404  # an old sheet may show what is hidden today
    Contact.objects.filter(phone="070-174 06 05").update(phone="070-174 06 78")
    assert "070-174 06 78" in words_in(client.get("/kontakter/affisch.pdf").content)
    assert Certificate.objects.count() == 2
    assert 'href="/kontakter/affisch.pdf?omrade=norr"' in client.get("/kontakter/?omrade=norr").content.decode()
