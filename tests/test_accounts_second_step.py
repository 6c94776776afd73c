"""The second step of the login: asked of those who can see or change others' things, at every door."""

import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.management import CommandError, call_command
from django.test import Client

from cms.accounts.models import User
from cms.accounts.second_step import activate, check_code, new_secret
from tests.cast import Cast, Member
from tests.factories import PASSWORD, ScopeFactory, UserFactory

STEP, APP, HOME = "/konto/andra-steget/", "/konto/andra-steget/app/", "/min-utbildning/"


@pytest.fixture
def asked(settings, db) -> Iterator[None]:
    """As in a real installation."""
    settings.LEDSTANG_REQUIRE_MFA = True
    return


def code_now(secret: str, steps: int = 0) -> str:
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(user: User) -> Client:
    client = Client()
    client.post("/konto/logga-in/", {"username": user.email, "password": PASSWORD})
    return client


def where(client: Client, address: str) -> str:
    response = client.get(address)
    return response.url if response.status_code == 302 else str(response.status_code)


@pytest.mark.parametrize("name", ["head", "hr", "editor", "approver"])
@pytest.mark.parametrize("door", ["/admin/", "/uppfoljning/", HOME, "/", "/kurser/", "/admin/pages/", "/intyg/"])
def test_those_of_whom_it_is_asked_get_nowhere_before(asked, cast: Cast, name: str, door: str):
    client = cast[name].client()
    assert where(client, door) == STEP
    assert where(client, STEP) == APP
    assert client.post("/konto/logga-ut/").url == "/"


def test_administrators_too_and_whatever_form_they_came_in_by(asked):
    boss = UserFactory(superuser=True)
    assert where(log_in(boss), "/admin/") == STEP
    client = Client()
    assert client.login(username=boss.email, password=PASSWORD)
    assert where(client, "/admin/users/") == STEP


@pytest.mark.parametrize("name", ["learner", "former_employee"])
def test_others_are_not_asked(asked, cast: Cast, name: str):
    assert where(cast[name].client(), HOME) == "200"


def test_in_the_demo_nobody_is_asked(cast: Cast):
    assert where(cast.editor.client(), "/admin/") == "200"


def test_a_right_that_is_given_meanwhile_asks_at_its_doors(asked, learner: Member, city):
    client = learner.client()
    assert where(client, HOME) == "200"
    ScopeFactory(person=learner.person, org_unit=city.almskolan)
    assert where(client, "/uppfoljning/") == STEP


def test_from_the_first_login_to_the_next(asked, head: Member):
    client = head.client()
    assert where(client, "/uppfoljning/?tillstand=overdue") == STEP
    page = client.get(APP).content.decode()
    secret = client.session["ledstang_second_step_secret"]
    assert " ".join(secret[n : n + 4] for n in range(0, len(secret), 4)) in page
    assert "stämmer inte" in client.post(APP, {"code": "000000"}).content.decode()
    shown = client.post(APP, {"code": code_now(secret)}).content.decode()
    assert 'href="/uppfoljning/?tillstand=overdue"' in shown
    recovery = shown.split("<li><code>")[1].split("<")[0]
    assert where(client, "/uppfoljning/") == "200"
    row = Authenticator.objects.get(user=head.user, type=Authenticator.Type.TOTP)
    assert secret not in str(row.data)

    later = head.client()
    assert where(later, "/uppfoljning/") == STEP
    assert where(later, STEP) == "200"
    assert where(later, APP) == STEP, "whoever knows only the password cannot connect an app of their own"
    assert later.post(APP, {"code": code_now(secret)}).url == STEP
    assert later.post(STEP, {"code": f" {code_now(secret, 1)[:3]} {code_now(secret, 1)[3:]}"}).url == "/uppfoljning/"
    assert where(later, "/uppfoljning/") == "200"

    lost = head.client()
    where(lost, HOME)
    assert lost.post(STEP, {"code": recovery}).url == HOME
    again = head.client()
    assert again.post(STEP, {"code": recovery}).status_code == 200, "a recovery code works once"


def test_a_code_works_once(db):
    user, secret = UserFactory(), new_secret()
    activate(user=user, secret=secret)
    code = code_now(secret)
    assert check_code(user=user, code=code)
    assert not check_code(user=user, code=code)


def test_guessing_meets_a_shut_door(asked, hr: Member):
    activate(user=hr.user, secret=new_secret())
    client = hr.client()
    answers = [client.post(STEP, {"code": f"{n:06}"}).status_code for n in range(6)]
    assert answers == [200] * 5 + [429]
    assert where(client, "/uppfoljning/") == STEP


def test_anybody_may_choose_two_steps_and_go_back(db, learner: Member):
    client = learner.client()
    client.get(APP)
    client.post(APP, {"code": code_now(client.session["ledstang_second_step_secret"])})
    assert where(learner.client(), HOME) == STEP
    assert "Gå tillbaka till ett steg" in client.get(APP).content.decode()
    client.post("/konto/andra-steget/ta-bort/")
    assert where(learner.client(), HOME) == "200"


def test_those_of_whom_it_is_asked_cannot_go_back(asked, hr: Member):
    activate(user=hr.user, secret=new_secret())
    client = hr.client()
    client.post("/konto/andra-steget/ta-bort/")
    assert Authenticator.objects.filter(user=hr.user).exists()


def test_whoever_has_lost_everything_begins_again(asked, hr: Member, capsys):
    activate(user=hr.user, secret=new_secret())
    call_command("remove_second_step", hr.user.email.upper())
    assert where(hr.client(), STEP) == APP
    with pytest.raises(CommandError):
        call_command("remove_second_step", hr.user.email)


def test_twin_without_the_middleware_the_admin_is_open(asked, cast: Cast, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SecondStep" not in name]
    assert where(cast.editor.client(), "/admin/") == "200"
