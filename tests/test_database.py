"""The tests' own database: a test that commits leaves nothing to the next, and loses nothing."""

import pytest
from wagtail.models import Site

from cms.core.immutability import missing_triggers
from cms.people.models import District
from tests.factories import DistrictFactory


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committed_rows_are_gone_afterwards(turn: int):
    assert not District.objects.exists()
    DistrictFactory()


def test_pages_and_guards_stand_after_a_test_that_commits(db):
    assert Site.objects.get().root_page
    assert missing_triggers() == []


def test_whoever_does_not_take_the_database_cannot_write_what_nobody_rolls_back(django_db_setup: None):
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        DistrictFactory()
