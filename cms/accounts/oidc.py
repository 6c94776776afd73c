"""Login by OpenID Connect: allauth speaks with the provider, we say whose the login is and open the door."""

from typing import Any
from urllib.parse import urlencode

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth import login as start_session
from django.http import HttpRequest, HttpResponseBase  # noqa: TID251 a door is where requests come in
from django.shortcuts import redirect, resolve_url  # noqa: TID251
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from cms.accounts.linking import AccountClosed, Login, Unlinked, account_of_login
from cms.accounts.models import User
from cms.accounts.second_step import mark_done
from cms.people.models import Person

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
PENDING, PENDING_LASTS = "ledstang_pending_login", 15 * 60
LONGEST = 200


class BadClaims(ValueError):
    """What the provider says does not hold together."""


def login_of(app: Any, claims: dict[str, Any]) -> Login:
    """A login from the claims. The subject is the one of the signed token; the address counts only if verified."""
    token, info = claims.get("id_token") or {}, claims.get("userinfo") or {}
    issuer, subject = token.get("iss"), token.get("sub")
    if not issuer or not subject or (info and info.get("sub") != subject):
        raise BadClaims("no subject, or two")
    if len(str(issuer)) > LONGEST or len(str(subject)) > LONGEST:
        raise BadClaims("too long")
    said = {**token, **info}
    is_verified = said.get("email_verified") is True
    name = app.settings.get("eppn_claim")
    return Login(
        issuer=str(issuer),
        subject=str(subject),
        email=str(said.get("email") or "") if is_verified else "",
        eppn=str(said.get(name) or "") if name else "",
    )


def has_two_steps(app: Any, claims: dict[str, Any]) -> bool:
    """Whether the provider says that it asked for a second step, in words that the site has chosen to trust."""
    token = claims.get("id_token") or {}
    trusted = set(app.settings.get("second_step_values") or ())
    methods = token.get("amr")
    said = {str(token.get("acr")), *(map(str, methods) if isinstance(methods, list) else ())}
    return bool(trusted & said)


class OidcAdapter(DefaultSocialAccountAdapter):
    """Leaves accounts to us: allauth makes none and keeps nothing."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        app = sociallogin.provider.app
        claims = sociallogin.account.extra_data
        wanted = safe_next(request, (sociallogin.state or {}).get("next"))
        try:
            login = login_of(app, claims)
            user = account_of_login(login=login)
        except BadClaims:
            raise ImmediateHttpResponse(redirect("ledstang_accounts:sso_failed")) from None
        except AccountClosed:
            raise ImmediateHttpResponse(redirect("ledstang_accounts:sso_failed")) from None
        except Unlinked:
            remember(request, login, wanted, is_second_step=has_two_steps(app, claims))
            raise ImmediateHttpResponse(redirect("ledstang_accounts:code")) from None
        raise ImmediateHttpResponse(open_door(request, user, wanted, is_second_step=has_two_steps(app, claims)))

    def on_authentication_error(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(redirect("ledstang_accounts:sso_failed"))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False


def safe_next(request: HttpRequest, address: str | None) -> str:
    """Where somebody wanted to go, on this site only."""
    if address and url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return address
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def open_door(request: HttpRequest, user: User, wanted: str, *, is_second_step: bool) -> HttpResponseBase:
    start_session(request, user, MODEL_BACKEND)
    if is_second_step:
        mark_done(request)
    return redirect(wanted)


def remember(request: HttpRequest, login: Login, wanted: str, *, is_second_step: bool) -> None:
    """Keep a login that nobody is known by for a quarter of an hour, while its owner looks for the code."""
    request.session[PENDING] = {
        "issuer": login.issuer,
        "subject": login.subject,
        "next": wanted,
        "second_step": is_second_step,
        "until": timezone.now().timestamp() + PENDING_LASTS,
    }


def pending_login(request: HttpRequest) -> tuple[Login, str, bool] | None:
    kept = request.session.get(PENDING)
    if not kept or kept["until"] < timezone.now().timestamp():
        return None
    return Login(kept["issuer"], kept["subject"]), kept["next"], kept["second_step"]


def providers(request: HttpRequest) -> list[tuple[str, str]]:
    """The city's own ways to log in: name and address, with the page that was wanted."""
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])
    wanted = request.GET.get("next") or request.POST.get("next")
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    return [(app["name"], reverse("openid_connect_login", args=[app["provider_id"]]) + query) for app in apps]


def offers_code(request: HttpRequest, person: Person, **given: Any) -> dict[str, Any] | None:
    """On a person's page: a code for whoever has no account yet, where the site has such a login."""
    return {"person": person} if person.user_id is None and providers(request) else None
