"""Addresses that leave the site, in a mail or on paper: whole, from the one setting that says where the site stands."""

from django.conf import settings


def site_address() -> str:
    """Where the site stands, without a last slash: "https://utbildning.example.se". Empty if nobody has said it."""
    address: str = getattr(settings, "LEDSTANG_BASE_URL", "")
    return address.rstrip("/")
