"""Every route × the whole cast, against the written matrix. A route without a row fails."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.http import HttpResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils import timezone

from cms.core.views import render_page
from cms.people.actions import enter_oversight_terms
from tests.cast import Cast, City, Member
from tests.route_table import Route, Row, matrix, methods_of, missing_rows, read_row, routes
from tests.world import World

LOGIN = "/konto/logga-in/"
ROWS = matrix()
REGISTERS = ["legalreference", "contact", "synonyms", "glossaryterm"]  # what the approver may keep, as in the demo city


@pytest.fixture
def world(city: City, cast: Cast) -> World:
    """The city and the cast with follow-up opened, so that what is refused is refused for who asks."""
    enter_oversight_terms(
        purpose="Att se att alla har gått de utbildningar som krävs.",
        staff_informed_on=timezone.localdate(),
        consultation_ref="MBL 2025/17",
        actor=cast.hr.person,
    )
    cast.approver.user.user_permissions.add(*Permission.objects.filter(content_type__model__in=REGISTERS))
    return World(city, cast)


def answer_to(response: HttpResponse) -> str:
    if 300 <= response.status_code < 400:
        return "login" if urlsplit(response["Location"]).path == LOGIN else "on"
    return str(response.status_code)


def ask(member: Member, method: str, address: str, data: dict[str, Any] | None = None) -> str:
    """What a member gets; whatever the request wrote is taken back."""
    client = member.client(raise_request_exception=False)
    with transaction.atomic():
        response = client.get(address, data) if method == "GET" else client.post(address, data or {})
        transaction.set_rollback(True)
    return answer_to(response)


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
    address = world.address(row.route)
    data = world.data(row.route) if row.method == "POST" else None
    got = {
        member.name: ask(member, row.method, address, data if row.method == "POST" else None) for member in world.cast
    }
    assert got == row.expected, address


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


@pytest.mark.parametrize("name", ["learner", "second_learner", "head", "hr", "former_employee", "outsider"])
def test_nobody_but_editors_gets_into_wagtail(world: World, name: str):
    client = world.cast[name].client(raise_request_exception=False)
    opened = {address: client.get(address).status_code for address in wagtails_addresses()}
    assert {address: status for address, status in opened.items() if status not in (302, 403, 404)} == {}
