"""How often an open page may be asked, counted in the cache: no row is written for a visitor's GET.

The default cache counts in each process by itself; with several processes, name a shared one in CACHES.
"""

import hashlib
import ipaddress
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest  # noqa: TID251 a limit is where requests come in


def place_of(request: HttpRequest) -> str:
    """Where a request comes from: the address that the outermost trusted proxy saw; for IPv6 its network."""
    proxies = getattr(settings, "LEDSTANG_TRUSTED_PROXIES", 0)
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    address = seen[-proxies] if 0 < proxies <= len(seen) else request.META.get("REMOTE_ADDR", "")
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


@dataclass(frozen=True)
class Limit:
    """At most `count` in each window of `seconds`."""

    name: str
    count: int
    seconds: int

    def is_over(self, *parts: str) -> bool:
        """Count one more for what `parts` name, and tell whether that is too many."""
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]
        key = f"ledstang:{self.name}:{digest}:{int(time.time() // self.seconds)}"
        cache.add(key, 0, self.seconds * 2)
        try:
            return cache.incr(key) > self.count
        except ValueError:  # the cache has dropped it in between
            return False
