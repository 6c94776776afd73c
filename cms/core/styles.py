"""The style sheet and the icon of the interface, in the house's own colours or in the city's."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import NoReverseMatch, reverse

from cms.core.colours import accent, accent_sheet
from cms.core.models import CITY_COLOUR

SHEET = "ledstang_core/ledstang.css"
ICON, ICON_GROUND = "ledstang_core/icon.svg", b"#1c5d57"


def style_address(colour: str) -> str:
    """Where pages find their style sheet: a static file, unless the city has a colour of its own."""
    digest = _digest() if colour.lower() != CITY_COLOUR else ""
    if not digest:
        return staticfiles_storage.url(SHEET)
    try:
        return reverse("ledstang_core:style", args=[colour.lower().removeprefix("#"), digest])
    except NoReverseMatch:  # a host that has left our addresses out
        return staticfiles_storage.url(SHEET)


@lru_cache(maxsize=4)
def dressed(colour: str, digest: str) -> bytes | None:
    """The sheet with the city's accent after it, or nothing if it is not the sheet that the digest tells."""
    if digest != _digest():
        return None
    return _source() + b"@layer ledstang{" + accent_sheet(f"#{colour}").encode() + b"}"


def icon_address(colour: str) -> str:
    """Where pages find their icon, in the same way."""
    if colour.lower() == CITY_COLOUR:
        return staticfiles_storage.url(ICON)
    try:
        return reverse("ledstang_core:icon", args=[colour.lower().removeprefix("#")])
    except NoReverseMatch:
        return staticfiles_storage.url(ICON)


@lru_cache(maxsize=4)
def coloured_icon(colour: str) -> bytes | None:
    """The icon on a ground of the city's colour, or nothing where the host serves no static file of ours."""
    found = finders.find(ICON)
    ground = accent(f"#{colour}")["base-default"][0].encode()
    return Path(found).read_bytes().replace(ICON_GROUND, ground) if isinstance(found, str) else None


@lru_cache(maxsize=1)
def _digest() -> str:
    """Of the sheet and of how the accent is made; nothing where the host serves no static file of ours."""
    source = _source()
    return hashlib.sha256(source + accent_sheet(CITY_COLOUR).encode()).hexdigest()[:12] if source else ""


@lru_cache(maxsize=1)
def _source() -> bytes:
    found = finders.find(SHEET)
    return Path(found).read_bytes() if isinstance(found, str) else b""
