"""The second step of a login: a code from an app, or a recovery code. allauth keeps the secrets, we ask for them.

Asked of administrators, editors, heads and HR, and of everybody who has chosen it, whatever door they came by.
"""

import base64
import hashlib
import time
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest  # noqa: TID251 a door is where requests come in
from django.utils.crypto import salted_hmac

from cms.accounts.models import User
from cms.people.queries import has_oversight, person_of

STATE, DONE, NEEDED, NOT_NEEDED = "ledstang_second_step", "done", "needed", "not_needed"
REPLAY = 120  # seconds for which a code that has been used is remembered: longer than it is valid


class SealedSecrets(DefaultMFAAdapter):
    """The secrets of the apps lie encrypted in the database, under a key made from the site's own."""

    def _box(self) -> Fernet:
        key = hashlib.sha256(b"ledstang.second_step" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(key))

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._box().decrypt(encrypted_text.encode()).decode()


def has_app(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def must_have(user: User) -> bool:
    """Administrators, editors, heads and HR, where the site asks for it."""
    if not getattr(settings, "LEDSTANG_REQUIRE_MFA", False):
        return False
    if user.is_superuser or user.has_perm("wagtailadmin.access_admin"):
        return True
    return has_oversight(person_of(user))


def is_needed(user: User) -> bool:
    return must_have(user) or has_app(user)


def mark_done(request: HttpRequest) -> None:
    request.session[STATE] = DONE


def state_of(request: HttpRequest, *, afresh: bool = False) -> str:
    """Where a session stands. Decided when it begins, and again at the doors to the admin and to follow-up."""
    state: str | None = request.session.get(STATE)
    user: Any = request.user
    if state is None:  # from before the second step was installed
        return NEEDED if is_needed(user) else NOT_NEEDED
    if state == NOT_NEEDED and afresh and must_have(user):
        return NEEDED
    return state


@transaction.atomic
def check_code(*, user: User, code: str) -> bool:
    """Whether a code from the app or a recovery code is right. Each works once."""
    rows = Authenticator.objects.select_for_update().filter(user=user)
    for row in rows.exclude(type=Authenticator.Type.WEBAUTHN).order_by("-type"):
        if row.type == Authenticator.Type.TOTP and _is_replayed(row, code):
            return False
        if row.wrap().validate_code(code):
            row.refresh_from_db()
            row.data["used"] = [*_used(row), [_digest(code), int(time.time())]]
            row.record_usage()
            row.save(update_fields=["data"])
            return True
    return False


def _digest(code: str) -> str:
    return salted_hmac("ledstang.second_step", code.replace(" ", "")).hexdigest()


def _used(row: Authenticator) -> list[list[Any]]:
    """Codes that have been used lately. Kept in the database: a cache may be one for each process."""
    return [[digest, at] for digest, at in row.data.get("used", []) if time.time() - at < REPLAY]


def _is_replayed(row: Authenticator, code: str) -> bool:
    return _digest(code) in [digest for digest, _at in _used(row)]


@transaction.atomic
def activate(*, user: User, secret: str) -> list[str]:
    """Connect an app and make recovery codes, which are shown once. What was there before no longer works."""
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
    from allauth.mfa.totp.internal.auth import TOTP

    Authenticator.objects.filter(user=user).delete()
    TOTP.activate(user, secret)
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


@transaction.atomic
def take_away(*, user: User) -> bool:
    """Somebody has lost both app and codes: they connect a new app at their next login."""
    removed, _kinds = Authenticator.objects.filter(user=user).delete()
    return bool(removed)


def new_secret() -> str:
    from allauth.mfa.totp.internal.auth import generate_totp_secret

    return str(generate_totp_secret())


def is_right(secret: str, code: str) -> bool:
    from allauth.mfa.totp.internal.auth import validate_totp_code

    return bool(validate_totp_code(secret, code))


def app_address(user: User, secret: str) -> str:
    """What the QR code says."""
    from allauth.mfa.adapter import get_adapter

    adapter: Any = get_adapter()
    return str(adapter.build_totp_url(user, secret))
