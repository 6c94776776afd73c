"""What comes after the mark, and what lies in another school: asked for on every route, in every file and mail.

`test_routes` looks for somebody protected, and for what others have answered, in every answer of the matrix. Here the
things of `tests.world` belong to somebody who is protected only when all of it has been made, or who works elsewhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cms.certificates.actions import request_bundle
from cms.people.enums import Protection, Right
from cms.people.models import AuditEntry, Person
from cms.reminders.actions import deliver_outbox, owe_reminders
from tests.cast import Cast, Member
from tests.factories import ScopeFactory, TargetFactory
from tests.reading import text_of
from tests.route_table import Row, matrix
from tests.test_oversight import require
from tests.world import World, standing_world

NAME = "Zvejnieks"
ABOUT_PEOPLE = ("ledstang_oversight:", "ledstang_reminders:", "ledstang_certificates:", "ledstang_accounts:print_code")
FIGURES = ("trend", "matrix", "coverage")  # the matrix of routes asks these
ROWS = [
    row for row in matrix() if row.route.startswith(ABOUT_PEOPLE) and not any(word in row.route for word in FIGURES)
]
OPEN_TO_ALL = "ledstang_certificates:verify"  # whoever holds a document may check it; it names nobody

Answers = dict[str, tuple[int, str]]

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def clean_ground() -> None:
    """Files stay for as long as the world that made them."""
    cache.clear()


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with standing_world(django_db_blocker) as made:
        yield made


@pytest.fixture(autouse=True)
def taken_back(world: World) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def named(cast: Cast, name: str) -> None:
    """Give one of the cast a name and an address that can be looked for."""
    member = cast[name]
    assert member.person is not None
    who = {"family_name": NAME, "email": f"{NAME.lower()}@example.se"}
    Person.objects.filter(pk=member.person.pk).update(**who)
    type(member.user).objects.filter(pk=member.user.pk).update(last_name=NAME, email=who["email"])


def ask(world: World, member: Member, rows: Iterable[Row]) -> Answers:
    """What a member reads on each route, and how much was kept of it. What a request writes is taken back."""
    answers = {}
    client = member.client(raise_request_exception=False)
    for row in rows:
        address, data = world.address(row.route), world.data(row.route)
        with transaction.atomic():
            before = AuditEntry.objects.count()
            response = client.get(address) if row.method == "GET" else client.post(address, data)
            written = AuditEntry.objects.count() - before
            answers[f"{row.method} {address}"] = response.status_code, f"{written} kept. {text_of(response)}"
            transaction.set_rollback(True)
    return answers


def naming(answers: Answers) -> list[str]:
    return [address for address, (_status, text) in answers.items() if NAME.lower() in text.lower()]


def told_by_mail() -> set[str]:
    """To whom a mail would name somebody, if what is owed were sent now."""
    mail.outbox.clear()
    with transaction.atomic():
        deliver_outbox()
        transaction.set_rollback(True)
    return {message.to[0] for message in mail.outbox if NAME.lower() in str(message.message()).lower()}


def all_made(world: World) -> None:
    for row in matrix():
        world.address(row.route)
        world.data(row.route)


def test_a_mark_that_comes_after_everything_was_made_and_queued_holds_everywhere(
    world: World, caplog: pytest.LogCaptureFixture, settings: Any
):
    """Pages, exports, bundles, disclosures, documents with their metadata, mails that are owed, the log, the audit."""
    named(world.cast, "learner")
    all_made(world)
    head, hr = world.cast.head, world.cast.hr
    bundle = request_bundle(title="", certificate_ids=[world.certificate.pk], person=head.person)
    require(TargetFactory(title="Brandskydd"), 30)
    settings.LEDSTANG_REMINDERS_QUIET_WEEKENDS = settings.LEDSTANG_REMINDERS_QUIET_HOLIDAYS = False
    owe_reminders(on=timezone.localdate())
    assert told_by_mail() == {head.user.email, f"{NAME.lower()}@example.se"}
    assert len(naming(ask(world, head, ROWS))) > 10, "without the mark it is found: the test can fail"
    Person.objects.filter(pk=world.learner.pk).update(protection=Protection.CONFIDENTIAL)  # whoever sets it
    archive = reverse("ledstang_certificates:archive", args=[bundle.key])
    assert NAME not in text_of(head.client().get(archive))
    for overseer in (head, hr):
        assert naming(ask(world, overseer, ROWS)) == [], overseer.name
    assert told_by_mail() == set()
    assert NAME not in caplog.text
    assert NAME not in str(list(AuditEntry.objects.values_list("details", "object_key")))
    ScopeFactory(person=hr.person, org_unit=world.city.root, right=Right.VIEW_PROTECTED)
    people = [row for row in ROWS if row.route.startswith("ledstang_oversight:people")]
    assert len(naming(ask(world, hr, people))) == 2, "and with the right it is found again"


def test_a_head_reaches_nothing_of_another_school(world: World):
    """Ids of another school's unit, person, evidence, exemption, file, disclosure, course and certificate."""
    cast, city = world.cast, world.city
    named(cast, "second_learner")
    elsewhere = World(replace(city, almskolan=city.bokskolan), replace(cast, learner=cast.second_learner, head=cast.hr))
    all_made(elsewhere)
    keys = [
        str(key)
        for key in (
            city.bokskolan.key, elsewhere.learner.key, elsewhere.recorded.key, elsewhere.exemption.key,
            elsewhere.export.key, elsewhere.disclosure.key, elsewhere.enrollment.key, elsewhere.bundle.key,
            elsewhere.certificate.public_id,
        )
    ]  # fmt: skip
    rows = [row for row in matrix() if row.route != OPEN_TO_ALL]
    theirs = [row for row in rows if any(key in elsewhere.address(row.route) for key in keys)]
    assert len(theirs) > 70
    answers = ask(elsewhere, cast.head, theirs)
    opened = {where: status for where, (status, _text) in answers.items() if status not in (404, 405)}
    assert {where: status for where, status in opened.items() if not where.split()[1].startswith("/admin/")} == {}
    assert [where for where, (_status, text) in answers.items() if not text.startswith("0 kept")] == []
    files = [row for row in ROWS if row.method == "GET" and ("file" in row.route or "export" in row.route)]
    assert naming(answers | ask(world, cast.head, files)) == [], "nor is anything of it in a file of one's own"
    assert len(naming(ask(elsewhere, cast.hr, theirs))) > 5, "the test can fail"
