"""Rules in Swedish, as HR reads them while editing."""

from datetime import date

import pytest

from cms.compliance.due import Deadline, Validity
from cms.compliance.wording import RuleInWords, sentences


def words(**how: object) -> list[str]:
    how.setdefault("target", "Sugardejting")
    how.setdefault("effective_on", date(2026, 2, 1))
    how.setdefault("deadline", Deadline(days=90))
    return sentences(RuleInWords(**how))


def test_the_whole_rule_with_its_example():
    assert words(
        roles=("Lärare", "Rektor"), kinds=("Grundskola",), places=("Exempelstaden",), validity=Validity(months=24)
    ) == [
        "Alla som arbetar som lärare eller rektor på enheter av slaget grundskola inom Exempelstaden ska göra "
        "”Sugardejting” inom 90 dagar från anställningen, och sedan igen vartannat år.",
        "Den som är anställd 2026-02-01 ska vara klar senast 2026-05-02; nästa gång 2028-05-02.",
        "Det går att förnya från 90 dagar innan det går ut.",
    ]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, "Alla som arbetar ska göra ”Sugardejting” inom 90 dagar från anställningen."),
        ({"deadline": Deadline(days=0)}, "Alla som arbetar ska göra ”Sugardejting” från första dagen."),
        ({"deadline": Deadline(on=date(2026, 6, 30))}, "Alla som arbetar ska göra ”Sugardejting” senast 2026-06-30."),
        (
            {"deadline": Deadline(days=30, on=date(2026, 6, 30))},
            "Alla som arbetar ska göra ”Sugardejting” senast 2026-06-30, och den som börjar senare inom 30 dagar "
            "från anställningen.",
        ),
        (
            {"validity": Validity(yearly=(10, 1))},
            "Alla som arbetar ska göra ”Sugardejting” inom 90 dagar från anställningen, och sedan igen varje år "
            "senast 1 oktober.",
        ),
        (
            {"validity": Validity(months=18), "roles": ("HR-specialist", "Lärare", "Rektor")},
            "Alla som arbetar som HR-specialist, lärare eller rektor ska göra ”Sugardejting” inom 90 dagar från "
            "anställningen, och sedan igen inom 18 månader.",
        ),
    ],
)
def test_each_way_of_saying_when(how: dict[str, object], expected: str):
    assert words(**how)[0] == expected
