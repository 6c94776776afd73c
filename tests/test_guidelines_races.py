"""Acknowledging and publishing exactly once, however many posts race."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cms.compliance.models import Evidence
from cms.people.models import AuditEntry, OutboxMessage
from guidelines.actions import publish_guideline
from guidelines.models import Acknowledgement, GuidelinePage, GuidelineVersion
from guidelines.queries.approvals import seen_words
from tests.cast import found_city, gather_cast
from tests.factories import GuidelinePageFactory
from tests.test_exactly_once import race
from tests.test_guidelines import edit, versions_of

POSTS = 20

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(db):
    """The cast, committed: other connections must see it."""
    return gather_cast(found_city())


@pytest.fixture
def published(cast):
    page = GuidelinePageFactory()
    publish_guideline(page=page)
    return GuidelinePage.objects.get(pk=page.pk)


def tabs(member, address, data):
    """The same post from as many sessions as wanted."""
    clients = [member.client() for _tab in range(POSTS)]
    return [lambda client=client: client.post(address, data) for client in clients]


def statuses(answers):
    return {getattr(answer, "status_code", repr(answer)) for answer in answers}


def test_racing_acknowledgements_leave_one_of_each(cast, published):
    version = GuidelineVersion.objects.get()
    answers = race(tabs(cast.learner, f"/r/{published.key}/kvittera/", {"version": version.public_id}))
    assert statuses(answers) == {302}
    assert [model.objects.count() for model in (Acknowledgement, Evidence, OutboxMessage)] == [1, 1, 1]
    assert AuditEntry.objects.filter(action="guideline_acknowledged").count() == 1


def test_twin_without_the_constraint_there_would_be_more(cast, published, monkeypatch):
    [once] = Acknowledgement._meta.constraints
    monkeypatch.setattr(Acknowledgement._meta, "constraints", [])  # SQLite builds the table anew from the model
    with connection.schema_editor() as editor:
        editor.remove_constraint(Acknowledgement, once)
    version = GuidelineVersion.objects.get()
    race(tabs(cast.learner, f"/r/{published.key}/kvittera/", {"version": version.public_id}))
    assert Acknowledgement.objects.count() > 1


def test_racing_publications_make_one_version(cast, published):
    page = edit(published)
    decision = {
        "revision": seen_words(page),
        "change": "editorial",
        "effective_on": timezone.localdate().isoformat(),
        "publish": "1",
    }
    answers = race(tabs(cast.approver, reverse("guidelines_admin:publish", args=[page.pk]), decision))
    assert statuses(answers) == {302}
    assert versions_of(page) == ["1.0", "1.1"]
