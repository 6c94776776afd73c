"""How often somebody may knock at a door, counted in the database so that all processes count together.

A login is counted three ways: at one account from one place, at one account from anywhere, and from one
place at any account. A school shares an address, so the last limit is high; a stranger must not be able to
lock somebody out of an account they need in an emergency, so the middle one is too.
"""

import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest  # noqa: TID251 a door is where requests come in
from django.utils import timezone
from django.utils.crypto import salted_hmac

from cms.accounts.models import Attempt


@dataclass(frozen=True)
class Door:
    """Limits within a window of time. `pair` is None where there is no account to speak of."""

    name: str
    window: timedelta
    pair: int | None
    account: int | None
    place: int


LOGIN = Door("login", timedelta(minutes=15), pair=5, account=50, place=100)
RESET = Door("reset", timedelta(hours=1), pair=3, account=5, place=40)
SET_PASSWORD = Door("set_password", timedelta(minutes=15), pair=None, account=None, place=40)

SECOND_STEP = Door("second_step", timedelta(minutes=15), pair=5, account=20, place=100)
CODE = Door("code", timedelta(hours=1), pair=5, account=10, place=40)


def place_of(request: HttpRequest) -> str:
    """Where a request comes from: the address that the outermost trusted proxy saw; for IPv6 its network."""
    proxies = getattr(settings, "LEDSTANG_TRUSTED_PROXIES", 0)
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    address = seen[-proxies] if 0 < proxies <= len(seen) else request.META.get("REMOTE_ADDR", "")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


def _digest(door: Door, *parts: str) -> str:
    return salted_hmac(f"ledstang.throttle.{door.name}", "\n".join(parts), algorithm="sha256").hexdigest()


def _limits(door: Door, request: HttpRequest, account: str) -> list[tuple[str, int]]:
    """The keys that a knock is counted under, with their limits. Spelling an address otherwise changes nothing."""
    place, account = place_of(request), account.strip().casefold()
    limits = [(_digest(door, "place", place), door.place)]
    if account and door.account is not None:
        limits.append((_digest(door, "account", account), door.account))
    if account and door.pair is not None:
        limits.append((_digest(door, "pair", account, place), door.pair))
    return limits


def is_shut(door: Door, request: HttpRequest, account: str = "") -> bool:
    now = timezone.now()
    return any(
        Attempt.objects.filter(key=key, expires_at__gt=now).count() >= limit
        for key, limit in _limits(door, request, account)
    )


def count(door: Door, request: HttpRequest, account: str = "") -> None:
    """Note a knock, and forget those that no longer count."""
    now = timezone.now()
    Attempt.objects.filter(expires_at__lte=now).delete()
    Attempt.objects.bulk_create(
        Attempt(door=door.name, key=key, expires_at=now + door.window)
        for key, _limit in _limits(door, request, account)
    )


def forgive(door: Door, request: HttpRequest, account: str) -> None:
    """After a success: what was noted at this account from this place no longer counts."""
    if door.pair is not None:
        key = _digest(door, "pair", account.strip().casefold(), place_of(request))
        Attempt.objects.filter(key=key).delete()
