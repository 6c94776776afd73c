"""The forms of a Swedish word share a key, and different words do not."""

import pytest
import snowballstemmer

from cms.core.stems import key_of_word, keys_in

pytestmark = pytest.mark.once

FORMS = [
    "barn barnet barnen barns barnens",
    "rektor rektorn rektorns rektorer rektorerna",
    "skola skolan skolor skolorna skolans",
    "förskola förskolan förskolorna",
    "anmälan anmäla anmäler anmälde anmäld anmälning anmälningar anmälningarna",
    "könsstympning könsstympad könsstympningen",
    "utredning utreda utredningar",
    "våld våldet",
    "resa resan resor resorna",
    "hem hemmet hemmen",
    "brott brottet brotten",
    "flicka flickan flickor flickornas",
    "lärare läraren lärarna lärarens",
    "elev eleven elever elevernas",
    "misstanke misstanken misstankar",
    "vårdnadshavare vårdnadshavaren vårdnadshavarna",
    "kontroll kontrollen kontrollera kontrollerar",
    "möte mötet möten mötena",
    "regel regeln regler reglerna",
    "tecken tecknet tecknen",
    "trygg trygghet tryggheten",
    "heder hedern hederns",
    "oro oron",
    "frånvaro frånvaron",
]
APART = [forms.split()[0] for forms in FORMS if not forms.startswith("förskola")]


@pytest.mark.parametrize("forms", FORMS, ids=lambda forms: forms.split()[0])
def test_forms_of_a_word_share_a_key(forms):
    assert len({key_of_word(form) for form in forms.split()}) == 1


def test_different_words_do_not():
    assert len({key_of_word(word) for word in APART}) == len(APART)


def test_twin_snowball_alone_parts_the_forms_of_every_second_word():
    stem = snowballstemmer.stemmer("swedish").stemWord
    assert sum(len({stem(form) for form in forms.split()}) > 1 for forms in FORMS) >= len(FORMS) // 2


def test_keys_care_for_neither_case_nor_composition_and_leave_out_what_every_sentence_has():
    assert keys_in("Att ANMÄLA är en plikt") == keys_in("anma\u0308lan – plikten!")
