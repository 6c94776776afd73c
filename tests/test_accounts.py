"""The door: login, throttling, invitations, forgotten passwords, and what every answer carries along."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path, reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from wagtail.admin.views.account import LoginView as WagtailLoginView

from cms.accounts import throttle
from cms.accounts.actions import AlreadyInUse, invite, make_account
from cms.accounts.models import Attempt, User
from cms.accounts.throttle import LOGIN, place_of
from cms.accounts.tokens import LimitedTokens, LinkKind
from cms.core.middleware import PrivateResponsesMiddleware
from cms.people.models import Person
from tests.factories import PASSWORD, PersonFactory, UserFactory

LOGIN_URL = "/konto/logga-in/"
RESET_URL = "/konto/glomt-losenord/"
NEW_PASSWORD = "fyra ord efter varandra"


def log_in(client: Client, email: str, password: str = PASSWORD, url: str = LOGIN_URL, **extra: Any) -> HttpResponse:
    return client.post(url, {"username": email, "password": password, **extra})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def knock(client: Client, email: str, times: int, url: str = LOGIN_URL) -> HttpResponse:
    for _turn in range(times):
        response = log_in(client, email, "fel lösenord", url)
    return response


def deliver() -> list[str]:
    """Run what is queued; returns the addresses in the mails it sent."""
    mail.outbox.clear()
    for row in DBTaskResult.objects.all():
        row.task_result.task.call(*row.task_result.args, **row.task_result.kwargs)
        row.delete()
    return [found for sent in mail.outbox for found in re.findall(r"https?://[^/\s]+(/konto/\S+)", sent.body)]


@pytest.fixture
def anna(db) -> User:
    return UserFactory(email="anna@example.se", first_name="Anna", last_name="Berg")


@pytest.fixture
def boss(db) -> Client:
    client = Client()
    client.force_login(
        UserFactory(email="admin@example.se", superuser=True), backend=django_settings.AUTHENTICATION_BACKENDS[1]
    )
    return client


# Logging in and out


def test_login_takes_the_address_in_any_case(anna, visitor):
    assert log_in(visitor, "ANNA@Example.se ").status_code == 302
    assert is_in(visitor)


def test_wrong_password_says_what_to_do_and_keeps_the_address(anna, visitor):
    response = log_in(visitor, anna.email, "fel")
    page = response.content.decode()
    assert response.status_code == 200
    assert "hör inte till något konto" in page
    assert 'value="anna@example.se"' in page
    assert "Fel: Logga in" in page


def test_unknown_and_known_address_get_the_same_answer(anna, visitor):
    known = log_in(visitor, anna.email, "fel").content.decode().replace(anna.email, "X")
    unknown = log_in(visitor, "ingen@example.se", "fel").content.decode().replace("ingen@example.se", "X")
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub("", known) == token.sub("", unknown)


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [
        ("/kontakter/?omrade=norr", "/kontakter/?omrade=norr"),
        ("https://ond.example/", "/min-utbildning/"),
        ("//ond.example/", "/min-utbildning/"),
        ("javascript:alert(1)", "/min-utbildning/"),
        ("", "/min-utbildning/"),
    ],
)
def test_login_leads_back_on_this_site_only(anna, visitor, wanted, lands):
    assert log_in(visitor, anna.email, next=wanted).url == lands


def test_the_wanted_page_survives_a_wrong_password(anna, visitor):
    page = log_in(visitor, anna.email, "fel", next="/kontakter/?omrade=norr").content.decode()
    assert 'name="next" value="/kontakter/?omrade=norr"' in page


def test_what_an_anonymous_session_keeps_survives_login(anna, visitor):
    session = visitor.session
    session["kept"] = "mitt svar"
    session.save()
    visitor.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
    log_in(visitor, anna.email)
    assert visitor.session["kept"] == "mitt svar"


def test_logout_is_a_post(anna, visitor):
    visitor.force_login(anna, backend=django_settings.AUTHENTICATION_BACKENDS[1])
    assert visitor.get("/konto/logga-ut/").status_code == 405
    assert is_in(visitor)
    assert visitor.post("/konto/logga-ut/").status_code == 302
    assert not is_in(visitor)


def test_somebody_without_the_right_is_told_and_not_sent_in_circles(learner):
    response = learner.client().get("/admin/", follow=True)
    assert response.status_code == 403
    assert "inte behörighet" in response.content.decode()


def test_closed_account_cannot_log_in(visitor, db):
    closed = UserFactory(email="stangd@example.se", is_active=False)
    log_in(visitor, closed.email)
    assert not is_in(visitor)


# Too many tries


def test_sixth_try_meets_a_shut_door(anna, visitor):
    assert knock(visitor, anna.email, 5).status_code == 200
    response = log_in(visitor, anna.email)
    assert response.status_code == 429
    assert response["Retry-After"] == "900"
    assert "För många försök" in response.content.decode()
    assert not is_in(visitor)


def test_without_the_door_the_sixth_try_would_succeed(anna, visitor, settings):
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    knock(visitor, anna.email, 5)
    log_in(visitor, anna.email)
    assert is_in(visitor)


def test_spelling_the_address_otherwise_gives_no_more_tries(anna, visitor):
    for email in ("anna@example.se", "ANNA@example.se", "Anna@Example.SE", " anna@example.se", "aNNA@example.se"):
        log_in(visitor, email, "fel")
    assert log_in(visitor, "annA@example.se").status_code == 429


def test_a_shut_door_opens_again_and_holding_on_does_not_prolong_it(anna, visitor):
    knock(visitor, anna.email, 8)
    assert Attempt.objects.filter(door="login").values("key").count() == 15  # five knocks, counted three ways
    Attempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert log_in(visitor, anna.email).status_code == 302


def test_a_success_forgives_what_went_before(anna, visitor):
    knock(visitor, anna.email, 4)
    log_in(visitor, anna.email)
    visitor.post("/konto/logga-ut/")
    assert knock(visitor, anna.email, 4).status_code == 200


def test_colleagues_behind_the_same_address_are_not_shut_out(anna, visitor):
    knock(visitor, anna.email, 6)
    colleague = UserFactory(email="bo@example.se")
    assert log_in(Client(), colleague.email).status_code == 302


def test_a_stranger_elsewhere_cannot_shut_anna_out(anna):
    knock(Client(REMOTE_ADDR="198.51.100.7"), anna.email, 8)
    assert log_in(Client(REMOTE_ADDR="192.0.2.1"), anna.email).status_code == 302


def test_one_place_cannot_try_many_accounts_for_ever(anna, visitor, rf):
    request = rf.get("/", REMOTE_ADDR="127.0.0.1")
    for number in range(LOGIN.place):
        throttle.count(LOGIN, request, f"konto{number}@example.se")
    assert log_in(visitor, anna.email).status_code == 429


def test_many_places_cannot_try_one_account_for_ever(anna, visitor, rf):
    for number in range(LOGIN.account):
        throttle.count(LOGIN, rf.get("/", REMOTE_ADDR=f"198.51.100.{number}"), anna.email)
    assert log_in(visitor, anna.email).status_code == 429


def test_what_is_kept_names_nobody_and_is_removed(anna, visitor):
    log_in(visitor, anna.email, "fel")
    rows = [str(row) for row in Attempt.objects.values_list("door", "key")]
    assert not any("anna" in row or "127.0.0.1" in row for row in rows)
    Attempt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    log_in(visitor, "annan@example.se", "fel")
    assert Attempt.objects.count() == 3


def test_a_claimed_address_counts_only_behind_a_trusted_proxy(rf: RequestFactory, settings):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 2.2.2.2")
    assert place_of(request) == "10.0.0.1"
    settings.LEDSTANG_TRUSTED_PROXIES = 1
    assert place_of(request) == "2.2.2.2"
    assert place_of(rf.get("/", REMOTE_ADDR="2001:db8::1:2:3:4")) == "2001:db8::/64"


# Wagtail's own doors

urlpatterns = [
    path("wagtails-own/", WagtailLoginView.as_view()),
    path("", include("cms.urls")),
]


@override_settings(ROOT_URLCONF="tests.test_accounts")
def test_wagtails_own_form_is_throttled_too(boss, visitor):
    knock(visitor, "admin@example.se", 5, "/wagtails-own/")
    response = log_in(visitor, "admin@example.se", url="/wagtails-own/")
    assert response.status_code == 429
    assert not is_in(visitor)


@override_settings(
    ROOT_URLCONF="tests.test_accounts", AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"]
)
def test_without_the_door_wagtails_own_form_would_let_the_sixth_try_in(db, visitor):
    UserFactory(email="admin@example.se", superuser=True)
    knock(visitor, "admin@example.se", 5, "/wagtails-own/")
    log_in(visitor, "admin@example.se", url="/wagtails-own/")
    assert is_in(visitor)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("/admin/login/?next=/admin/", LOGIN_URL),
        ("/_util/login/", LOGIN_URL),
        ("/admin/password_reset/", RESET_URL),
        ("/admin/password_reset/confirm/x/y/", RESET_URL),
    ],
)
def test_wagtails_doors_lead_to_ours(boss, visitor, method, address, ours):
    response = getattr(visitor, method)(address, {"username": "admin@example.se", "password": PASSWORD})
    assert response.status_code == 302
    assert response.url.startswith(ours)
    assert not is_in(visitor)


def test_the_admin_asks_for_login_at_our_door_and_comes_back(boss, visitor):
    assert visitor.get("/admin/pages/").url == f"{LOGIN_URL}?next=/admin/pages/"
    assert log_in(visitor, "admin@example.se", next="/admin/pages/").url == "/admin/pages/"


# Forgotten password


def ask(client: Client, email: str) -> HttpResponse:
    return client.post(RESET_URL, {"email": email})


def test_asking_for_a_known_and_an_unknown_address_looks_alike(anna):
    known, unknown = ask(Client(), anna.email), ask(Client(), "ingen@example.se")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url) == (302, f"{RESET_URL}skickat/")
    assert len(deliver()) == 1
    assert mail.outbox[0].to == ["anna@example.se"]


def test_the_mail_goes_to_the_account_whatever_the_roster_says(anna):
    PersonFactory(user=anna, email="annan@example.se")
    ask(Client(), anna.email)
    deliver()
    assert mail.outbox[0].to == ["anna@example.se"]
    assert "inom 2 timmar" in mail.outbox[0].subject
    assert "Hej Anna!" in mail.outbox[0].body


def test_a_new_password_is_chosen_once(anna, visitor):
    ask(visitor, anna.email)
    (link,) = deliver()
    assert visitor.get(link).status_code == 200
    response = visitor.post(link, {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    assert response.url == "/min-utbildning/"
    assert is_in(visitor)
    second = Client().post(
        link, {"new_password1": "ett annat långt lösenord", "new_password2": "ett annat långt lösenord"}
    )
    assert second.status_code == 410
    assert log_in(Client(), anna.email, NEW_PASSWORD).status_code == 302


def test_weak_passwords_are_refused_in_swedish(anna, visitor):
    link = reverse("ledstang_accounts:choose", args=LinkKind.RESET.parts_for(anna))
    page = visitor.post(link, {"new_password1": "kort", "new_password2": "kort"}).content.decode()
    assert "för kort" in page
    assert not is_in(visitor)


def test_a_reset_is_throttled_alike_for_known_and_unknown(anna):
    for email in (anna.email, "ingen@example.se"):
        client = Client(REMOTE_ADDR="192.0.2.9")
        assert [ask(client, email).status_code for _turn in range(4)] == [302, 302, 302, 429]
    assert len(deliver()) == 3


def test_guessing_links_is_throttled(anna, visitor):
    uid, _token = LinkKind.RESET.parts_for(anna)
    wrong = reverse("ledstang_accounts:choose", args=[uid, "abc-123"])
    answers = [visitor.post(wrong).status_code for _turn in range(throttle.SET_PASSWORD.place + 1)]
    assert answers == [410] * throttle.SET_PASSWORD.place + [429]


@pytest.mark.parametrize("kind", list(LinkKind))
def test_links_grow_old(anna, monkeypatch, kind):
    route = {"reset": "choose", "invitation": "accept"}[kind.value]
    link = reverse(f"ledstang_accounts:{route}", args=kind.parts_for(anna))
    assert Client().get(link).status_code == 200
    later = LimitedTokens._now(LimitedTokens("", timedelta())) + timedelta(hours=kind.hours, seconds=1)
    monkeypatch.setattr(LimitedTokens, "_now", lambda self: later)
    assert Client().get(link).status_code == 410


def test_a_link_of_one_kind_is_not_taken_for_the_other(anna):
    swapped = reverse("ledstang_accounts:choose", args=LinkKind.INVITATION.parts_for(anna))
    assert Client().get(swapped).status_code == 410


@pytest.mark.parametrize("uid", ["x", "!!!!", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkw", "LTE"])
def test_forged_links_are_answered_calmly(db, uid):
    assert Client().get(f"/konto/nytt-losenord/{uid}/abc-def/").status_code == 410


def test_a_closed_account_gets_no_new_password(anna):
    link = reverse("ledstang_accounts:choose", args=LinkKind.RESET.parts_for(anna))
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert Client().get(link).status_code == 410


def test_changing_the_password_needs_the_old_one(learner):
    client, url = learner.client(), "/konto/byt-losenord/"
    new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert client.post(url, {"old_password": "fel", **new}).status_code == 200
    assert client.post(url, {"old_password": PASSWORD, **new}).status_code == 302
    assert is_in(client)
    assert Client().get(url).url.startswith(LOGIN_URL)


# Invitations


def test_an_invitation_lets_somebody_in_once_and_finds_their_person(visitor, db):
    person = PersonFactory(given_name="Bo", email="Bo@example.se")
    call_command("invite", "bo@example.se")
    (link,) = deliver()
    assert "inom 24 timmar" in mail.outbox[0].subject
    visitor.post(link, {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD})
    assert is_in(visitor)
    assert Person.objects.get(user__email="bo@example.se") == person
    assert Client().get(link).status_code == 410


def test_an_invitation_spends_the_one_before(db):
    user = make_account(email="bo@example.se")
    invite(user=user)
    invite(user=user)
    first, second = deliver()
    new = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
    assert Client().post(second, new).status_code == 302
    assert Client().post(first, new).status_code == 410


def test_an_account_in_use_is_not_invited(anna):
    with pytest.raises(AlreadyInUse):
        invite(user=anna)
    with pytest.raises(CommandError):
        call_command("invite", anna.email)
    assert deliver() == []


def test_two_people_with_one_address_are_not_guessed_between(db):
    PersonFactory.create_batch(2, email="delad@example.se")
    user = make_account(email="delad@example.se")
    assert not Person.objects.filter(user=user).exists()


def test_somebody_who_has_not_chosen_a_password_gets_the_invitation_again(db):
    make_account(email="bo@example.se")
    ask(Client(), "bo@example.se")
    (link,) = deliver()
    assert "/inbjudan/" in link


def test_the_page_for_invitations(boss, learner, visitor):
    url = reverse("ledstang_invitations")
    assert boss.post(url, {"email": "ny@example.se", "first_name": "Ny"}).status_code == 302
    assert len(deliver()) == 1
    assert "ny@example.se" in boss.get(url).content.decode()
    assert "används redan" in boss.post(url, {"email": learner.user.email}).content.decode()
    assert learner.client().post(url, {"email": "x@example.se"}).status_code in (302, 403)
    assert visitor.post(url, {"email": "x@example.se"}).status_code == 302
    assert not User.objects.filter(email="x@example.se").exists()


def test_an_editor_may_invite_only_with_the_right(editor):
    url = reverse("ledstang_invitations")
    assert editor.client().get(url).url == "/admin/"
    editor.user.user_permissions.add(Permission.objects.get(codename="add_user"))
    assert editor.client().get(url).status_code == 200


# Wagtail's forms with an e-mail account


def account_form(**fields: Any) -> dict[str, Any]:
    return {"email": "ny@example.se", "first_name": "Ny", "last_name": "Nordin", **fields}


def test_an_account_made_in_the_admin_is_invited(boss):
    assert boss.get("/admin/users/new/").status_code == 200
    assert boss.post("/admin/users/new/", account_form()).status_code == 302
    user = User.objects.get(email="ny@example.se")
    assert user.awaits_password
    assert len(deliver()) == 1
    edited = account_form(first_name="Nya", is_active="on")
    assert boss.post(f"/admin/users/edit/{user.pk}/", edited).status_code == 302
    assert User.objects.get(pk=user.pk).first_name == "Nya"


def test_an_empty_password_opens_nothing(boss, visitor):
    boss.post("/admin/users/new/", account_form())
    for password in ("", " ", "!"):
        log_in(visitor, "ny@example.se", password)
    assert not is_in(visitor)


def test_the_same_address_in_other_case_is_refused_kindly(boss, anna):
    response = boss.post("/admin/users/new/", account_form(email="ANNA@example.se"))
    assert response.status_code == 200
    assert User.objects.filter(email__iexact="anna@example.se").count() == 1


def test_an_address_is_one_account(anna):
    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(email="Anna@example.se")


def test_without_the_constraint_an_address_could_be_two_accounts(anna):
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ledstang_accounts_email_once")
    UserFactory(email="Anna@example.se")
    assert User.objects.filter(email__iexact="anna@example.se").count() == 2


def test_the_admin_speaks_swedish(boss):
    boss.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    page = boss.get("/admin/users/new/").content.decode()
    assert 'lang="sv"' in page
    assert "Lägg till" in page
    assert "Förnamn" in page


# What every answer carries


def test_answers_to_somebody_with_a_session_are_stored_nowhere(learner, visitor):
    assert "no-store" in learner.client().get("/kontakter/")["Cache-Control"]
    assert visitor.get("/kontakter/")["Cache-Control"] == "no-cache, private"
    assert "no-store" in log_in(Client(), learner.user.email)["Cache-Control"]


def test_without_the_middleware_private_answers_could_be_cached(learner, settings):
    name = f"{PrivateResponsesMiddleware.__module__}.{PrivateResponsesMiddleware.__name__}"
    settings.MIDDLEWARE = [entry for entry in settings.MIDDLEWARE if entry != name]
    assert not learner.client().get("/kontakter/").has_header("Cache-Control")


def test_a_view_that_says_how_its_answer_is_kept_is_left_alone(rf):
    def view(request):
        return HttpResponse(headers={"Cache-Control": "private, max-age=31536000, immutable"})

    request = rf.get("/")
    request.COOKIES[django_settings.SESSION_COOKIE_NAME] = "x"
    assert "immutable" in PrivateResponsesMiddleware(view)(request)["Cache-Control"]


def test_headers_are_strict(visitor, boss, db):
    response = visitor.get("/kontakter/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "camera=()" in response["Permissions-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "default-src 'self'" in boss.get("/admin/")["Content-Security-Policy"]


def test_visitors_get_no_cookie_for_reading(visitor, db):
    visitor.get("/kontakter/")
    assert not visitor.cookies


def test_a_part_of_a_page_that_needs_login_sends_the_whole_page_there(visitor, db):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/kontakter/?omrade=norr"}
    response = visitor.get("/konto/byt-losenord/", headers=headers)
    assert response.status_code == 200
    assert response["HX-Redirect"] == f"{LOGIN_URL}?next=/kontakter/%3Fomrade%3Dnorr"


def test_a_form_without_its_token_is_answered_with_what_to_do(db):
    response = Client(enforce_csrf_checks=True).post(LOGIN_URL, {"username": "x"})
    assert response.status_code == 403
    assert "Ladda om sidan" in response.content.decode()


def test_whoever_comes_back_too_late_is_told_so(learner, visitor):
    client = learner.client()
    assert "loggats ut" not in visitor.get("/konto/logga-in/").content.decode()
    Session.objects.all().delete()
    page = client.get("/min-utbildning/", follow=True).content.decode()
    assert "Du har loggats ut" in page
