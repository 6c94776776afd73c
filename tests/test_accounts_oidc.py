"""Login by the city's own provider, tried against one of our own on loopback; and the code that a head prints."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from cms.accounts.linking import Login, WrongCode, connect_by_code, digest_of, make_login_code
from cms.accounts.models import LoginCode, User
from cms.people.actions import merge_people
from cms.people.enums import AuditAction
from cms.people.models import AuditEntry, Identity, Person, Scope
from tests.factories import EmploymentFactory, PersonFactory, UserFactory

KEY = "en nyckel som bara finns i provet, lång nog"


class Provider(ThreadingHTTPServer):
    """An OpenID provider that vouches for whoever `claims` says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.claims: dict[str, Any] = {}
        self.info: dict[str, Any] | None = None
        self.wrong: dict[str, Any] = {}
        self.forms: list[dict[str, list[str]]] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *args: Any) -> None:
        pass

    def _send(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        at = self.server.address
        if self.path.endswith("openid-configuration"):
            ends = {name: f"{at}/{name}" for name in ("authorization_endpoint", "token_endpoint", "userinfo_endpoint")}
            return self._send({"issuer": at, "jwks_uri": f"{at}/jwks", **ends})
        return self._send(self.server.claims if self.server.info is None else self.server.info)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.forms.append(form)
        now = int(time.time())
        token = {"iss": self.server.address, "aud": "ledstang", "iat": now, "exp": now + 60}
        token |= self.server.claims | self.server.wrong
        self._send({"access_token": "a", "token_type": "Bearer", "id_token": jwt.encode(token, KEY)})


@pytest.fixture
def provider(settings, db) -> Iterator[Provider]:
    server = Provider()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    app = {
        "provider_id": "staden",
        "name": "Exempelstaden",
        "client_id": "ledstang",
        "secret": "hemligt",
        "settings": {"server_url": server.address, "eppn_claim": "eppn", "second_step_values": ["mfa"]},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield server
    server.shutdown()
    server.server_close()


def come_in(
    provider: Provider, client: Client | None = None, wanted: str = "/kontakter/", **claims: Any
) -> HttpResponse:
    """Follow the button, be vouched for by the provider, and come back."""
    provider.claims = {"sub": "s1", **claims}
    client = client or Client()
    there = client.get("/konto/oidc/staden/login/", {"next": wanted})
    asked = parse_qs(urlsplit(there.url).query)
    assert there.url.startswith(provider.address)
    assert asked["code_challenge_method"] == ["S256"]
    return client.get("/konto/oidc/staden/login/callback/", {"code": "c", "state": asked["state"][0]})


def who(client: Client) -> Person | None:
    user = client.session.get("_auth_user_id")
    return Person.objects.filter(user_id=user).first() if user else None


def test_the_login_page_leads_to_the_provider_and_back(provider, visitor):
    page = visitor.get("/konto/logga-in/?next=/kontakter/").content.decode()
    assert "Logga in med Exempelstaden" in page
    assert "/konto/oidc/staden/login/?next=%2Fkontakter%2F" in page


def test_a_known_login_opens_the_door_and_keeps_the_way(provider, visitor):
    person = PersonFactory(given_name="Ny", email="ny@example.se")
    Identity.objects.create(person=person, issuer=provider.address, subject="s1")
    assert come_in(provider, visitor).url == "/kontakter/"
    assert who(visitor) == person
    assert come_in(provider, Client(), wanted="https://ond.example/").url == "/min-utbildning/"
    assert User.objects.get().email == "ny@example.se"
    assert provider.forms[0]["code_verifier"]


def test_a_login_of_a_merged_record_leads_to_the_one_that_remains(provider, visitor):
    old, kept = PersonFactory(), PersonFactory(with_account=True)
    Identity.objects.create(person=old, issuer=provider.address, subject="s1")
    merge_people(duplicate=old, into=kept, actor=None)
    come_in(provider, visitor)
    assert who(visitor) == kept


def test_a_verified_address_connects_once_and_for_good(provider, visitor):
    person = PersonFactory(email="lena@example.se")
    come_in(provider, visitor, email="LENA@example.se", email_verified=True)
    assert who(visitor) == person
    assert AuditEntry.objects.get(action=AuditAction.LOGIN_LINKED).details == {"how": "email"}
    Person.objects.filter(pk=person.pk).update(email="nytt@example.se")
    again = Client()
    come_in(provider, again)
    assert who(again) == person
    stranger = Client()
    come_in(provider, stranger, sub="s2", email="nytt@example.se", email_verified=True)
    assert who(stranger) is None, "an address is given to somebody new, the person is not"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "lena@example.se"},
        {"email": "lena@example.se", "email_verified": False},
        {"email": "lena@example.se", "email_verified": "true"},
        {"name": "Lena Lind", "given_name": "Lena", "family_name": "Lind"},
        {"email": "tva@example.se", "email_verified": True},
        {"email": "chef@example.se", "email_verified": True},
        {"email": "", "email_verified": True},
    ],
)
def test_nobody_is_known_by_an_unverified_or_shared_address_or_by_a_name(provider, visitor, claims):
    PersonFactory(given_name="Lena", family_name="Lind", email="lena@example.se")
    for _twice in range(2):
        PersonFactory(email="tva@example.se")
    PersonFactory(user=UserFactory(email="chef@example.se", superuser=True))
    assert come_in(provider, visitor, **claims).url == "/konto/kod/"
    assert who(visitor) is None
    assert not Identity.objects.exists()


def test_a_claim_gives_no_right(provider, visitor, city):
    person = PersonFactory(email="lena@example.se")
    claims = {"roles": ["hr", "admin"], "groups": ["HR"], "is_staff": True, "is_superuser": True}
    come_in(provider, visitor, email=person.email, email_verified=True, **claims)
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, user.groups.count()) == (False, False, 0)
    assert not Scope.objects.exists()
    assert visitor.get("/uppfoljning/").status_code == 404


def test_the_name_that_the_roster_knows_connects_where_the_site_trusts_it(provider, visitor):
    person = PersonFactory()
    Identity.objects.create(person=person, issuer="eppn", subject="lena@skola.example.se")
    come_in(provider, visitor, eppn="LENA@skola.example.se")
    assert who(visitor) == person


@pytest.mark.parametrize(
    "spoil",
    [
        {"wrong": {"iss": "https://nagon.annan.example"}},
        {"wrong": {"aud": "nagon-annan"}},
        {"wrong": {"exp": 1}},
        {"info": {"sub": "nagon-annan", "email": "lena@example.se", "email_verified": True}},
    ],
)
def test_what_does_not_hold_together_lets_nobody_in(provider, visitor, spoil):
    PersonFactory(email="lena@example.se")
    for name, value in spoil.items():
        setattr(provider, name, value)
    assert come_in(provider, visitor, email="lena@example.se", email_verified=True).url == "/konto/gick-inte/"
    assert who(visitor) is None
    assert "Inloggningen fungerade inte" in visitor.get("/konto/gick-inte/").content.decode()


def test_coming_back_without_having_left_lets_nobody_in(provider, visitor):
    for given in ({"code": "c", "state": "gissad"}, {"error": "access_denied"}):
        response = visitor.get("/konto/oidc/staden/login/callback/", given)
        assert response.status_code in (302, 403)
        assert who(visitor) is None


def test_a_closed_account_stays_closed(provider, visitor):
    person = PersonFactory(user=UserFactory(is_active=False))
    Identity.objects.create(person=person, issuer=provider.address, subject="s1")
    assert come_in(provider, visitor).url == "/konto/gick-inte/"
    assert who(visitor) is None


# The code that a head prints


def test_a_head_prints_a_code_and_it_connects_the_first_login(provider, visitor, head, city, oversight_open):
    person = PersonFactory(given_name="Mats", email="")
    EmploymentFactory(person=person, org_unit=city.almskolan, role=city.roles["larare"])
    boss = head.client()
    assert f"/konto/kod/{person.key}/" in boss.get(f"/uppfoljning/person/{person.key}/").content.decode()
    page = boss.post(f"/konto/kod/{person.key}/").content.decode()
    code = page.split("<strong>")[1].split("</strong>")[0]
    assert code not in boss.get(f"/konto/kod/{person.key}/").content.decode()
    assert come_in(provider, visitor).url == "/konto/kod/"
    assert "fungerar inte" in visitor.post("/konto/kod/", {"code": "ABCDE-FGHJK"}).content.decode()
    assert visitor.post("/konto/kod/", {"code": f" {code.lower().replace('-', ' ')} "}).url == "/kontakter/"
    assert who(visitor) == person
    assert User.objects.get(ledstang_person=person).email.endswith("@konto.invalid")
    again = Client()
    come_in(provider, again)
    assert who(again) == person
    entry = AuditEntry.objects.get(action=AuditAction.LOGIN_CODE_MADE)
    assert (entry.actor, entry.subject) == (head.person, person)
    assert code.replace("-", "") not in str(list(LoginCode.objects.values()))


def test_a_code_works_once_for_a_time_and_is_replaced_by_the_next(db):
    person, now = PersonFactory(), timezone.now()
    first, second = (make_login_code(person=person, actor=None) for _code in range(2))
    late = make_login_code(person=PersonFactory(), actor=None, at=now - timedelta(days=15))
    for number, code in enumerate((first, late, "")):
        with pytest.raises(WrongCode):
            connect_by_code(login=Login("x", str(number)), code=code)
    connect_by_code(login=Login("x", "s"), code=second)
    with pytest.raises(WrongCode):
        connect_by_code(login=Login("x", "t"), code=second)


def test_a_login_that_is_known_already_is_not_given_to_somebody_else(db):
    owner, other = PersonFactory(), PersonFactory()
    Identity.objects.create(person=owner, issuer="x", subject="s")
    user = connect_by_code(login=Login("x", "s"), code=make_login_code(person=other, actor=None))
    assert user.ledstang_person == owner
    assert not other.identities.exists()


def test_a_person_has_one_living_code(db):
    person = PersonFactory()
    make_login_code(person=person, actor=None)
    row = {"person": person, "created_at": timezone.now(), "expires_at": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        LoginCode.objects.create(**row, digest=digest_of("B"))
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ledstang_login_code_living_once")
    LoginCode.objects.create(**row, digest=digest_of("B"))


def test_guessing_codes_meets_a_shut_door(provider, visitor):
    come_in(provider, visitor)
    answers = [visitor.post("/konto/kod/", {"code": f"GISSAD{n}"}).status_code for n in range(6)]
    assert answers == [200] * 5 + [429]


def test_nobody_prints_a_code_for_whom_they_may_not_see(head, cast, city, protected_colleague, oversight_open):
    for person in (protected_colleague, cast.second_learner.person, cast.head.person):
        assert head.client().post(f"/konto/kod/{person.key}/").status_code == 404
    assert not LoginCode.objects.exists()
