"""Every route × the whole cast, against the written matrix. A route without a row fails."""

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone

from cms.core.views import render_page
from cms.people.enums import Protection
from cms.people.models import Person
from courses.models import Answer, Attempt
from tests.cast import Member
from tests.factories import EmploymentFactory, PersonFactory
from tests.page_rules import faults_of_head, faults_of_weight, is_page
from tests.reading import text_of
from tests.route_table import Route, Row, matrix, methods_of, missing_rows, read_row, routes
from tests.words import mixed_in
from tests.world import World, standing_world

LOGIN = "/konto/logga-in/"
ROWS = matrix()

# What must be in nobody's answer: a colleague with protected data, and what the learner has answered, and when.
NAME = "Zvejnieks"
TRIED = ("svar-som-ingen-ser", "0.4711", "0,4711", "47,1", "47 %", "03:47")


@pytest.fixture(autouse=True)
def clean_ground() -> None:
    """Files stay for as long as the world that made them."""
    cache.clear()


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with standing_world(django_db_blocker) as made:
        hide(made)
        yield made


def hide(world: World) -> None:
    """Somebody protected at the head's school who is late, and an attempt of the learner's."""
    person = PersonFactory(given_name=NAME, family_name=NAME, email=f"{NAME}@example.se", protected=True)
    EmploymentFactory(person=person, org_unit=world.city.almskolan, role=world.city.roles["larare"])
    assert world.recorded
    night = timezone.localtime().replace(hour=3, minute=47)
    attempt = Attempt.objects.create(
        enrollment=world.enrollment, unit_version=world.unit, number=1, started_at=night, submitted_at=night,
        score=0.4711, is_passed=False,
    )  # fmt: skip
    Answer.objects.create(attempt=attempt, question_key=uuid.uuid4(), value=[TRIED[0]], saved_at=night)


def answer_to(response: HttpResponse) -> str:
    if 300 <= response.status_code < 400:
        return "login" if urlsplit(response["Location"]).path == LOGIN else "on"
    return str(response.status_code)


def ask(
    member: Member, method: str, address: str, data: dict[str, Any] | None = None, *, language: str = "sv"
) -> tuple[str, list[str]]:
    """What a member gets, and what is wrong with it: what is none of their business, or a page that is not whole.

    Whatever the request wrote is taken back.
    """
    client = member.client(raise_request_exception=False)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    with transaction.atomic():
        response = client.get(address, data) if method == "GET" else client.post(address, data or {})
        text = text_of(response)
        transaction.set_rollback(True)
    secrets = [NAME] if member.name == "learner" else [NAME, *TRIED]
    return answer_to(response), [*(secret for secret in secrets if secret in text), *faults_of(response, address)]


def faults_of(response: HttpResponse, address: str) -> list[str]:
    if not is_page(response):
        return []
    html = response.content.decode()
    return faults_of_head(html) + ([] if address.startswith("/admin/") else faults_of_weight(html)) + mixed_in(html)


def test_every_route_has_a_row():
    assert missing_rows(routes(), ROWS) == []


def test_every_row_has_a_route():
    known = {f"{route.name} {method}" for route in routes() for method in methods_of(route)}
    assert sorted({f"{row.route} {row.method}" for row in ROWS} - known) == []


def test_twin_a_route_without_a_row_is_found():
    def page(request):
        return render_page(request, "x.html")

    stray = path("hemligt/", page, name="secret")
    missing = missing_rows([*routes(), Route("secret", "hemligt/", stray.callback)], ROWS)
    assert {"secret GET", "secret POST"} <= set(missing)


def test_twin_a_forgotten_member_is_found():
    with pytest.raises(ValueError, match="former_employee"):
        read_row("secret", "GET", "learner 200, second_learner 200, head 200, hr 200, editor 1, approver 1, outsider 1")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.route}-{row.method}")
def test_matrix(row: Row, world: World):
    """Who gets what; and in no answer somebody protected, or what another has answered, how well and when.

    Each page has one heading, a language and a title; outside the admin it is light and waits for no script. In what is
    marked as Swedish no English message stands, nor the other way round.
    """
    address = world.address(row.route)
    data = world.data(row.route) if row.method == "POST" else None
    got, told = {}, {}
    for member in world.cast:
        got[member.name], told[member.name] = ask(member, row.method, address, data)
    assert got == row.expected, address
    assert {name: secrets for name, secrets in told.items() if secrets} == {}, address


def test_twin_without_the_mark_the_name_is_found(world: World):
    with transaction.atomic():
        Person.objects.filter(family_name=NAME).update(protection=Protection.NONE)
        for route in ("people", "people-file", "org-unit"):
            _status, told = ask(world.cast.head, "GET", world.address(f"ledstang_oversight:{route}"))
            assert (NAME in told) == (route != "org-unit")
        transaction.set_rollback(True)
    assert TRIED[-1] in text_of(world.cast.learner.client().get(world.address("ledstang_oversight:my-data-file")))


# Words


@pytest.mark.once
def test_no_page_in_english_says_anything_in_swedish(world: World):
    """But what editors have written, which says that it is Swedish."""
    faults, asked = [], 0
    for row in ROWS:
        who = [world.cast[name] for name, status in row.expected.items() if status in ("200", "410")]
        if row.method == "GET" and who and not row.route.endswith("-file"):
            _status, found = ask(who[0], "GET", world.address(row.route), language="en")
            faults += [f"{row.route}: {fault}" for fault in found]
            asked += 1
    assert faults == []
    assert asked > 100


# Wagtail's own routes: one rule for all


OPEN_TO_ALL = {
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_password_reset",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_sprite",
}


def wagtails_addresses() -> list[str]:
    """Wagtail's routes under /admin/ with 1 for every number in them."""
    addresses = []
    for route in routes():
        if not route.is_wagtails or not route.pattern.startswith("admin/") or route.name in OPEN_TO_ALL:
            continue
        for arguments in ([], [1], ["1"], [1, 1], ["wagtailcore", "page", 1], ["wagtailcore", "page"]):
            try:
                addresses.append(reverse(route.name, args=arguments))
                break
            except NoReverseMatch:
                continue
    return addresses


def test_wagtails_own_routes_are_many():
    assert len(wagtails_addresses()) > 100


@pytest.mark.once
@pytest.mark.parametrize("name", ["learner", "second_learner", "head", "hr", "former_employee", "outsider"])
def test_nobody_but_editors_gets_into_wagtail(world: World, name: str):
    client = world.cast[name].client(raise_request_exception=False)
    opened = {address: client.get(address).status_code for address in wagtails_addresses()}
    assert {address: status for address, status in opened.items() if status not in (302, 403, 404)} == {}
