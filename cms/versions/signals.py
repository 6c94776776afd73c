"""News from below: `version_minted(sender=model, version, previous)`, inside the transaction that mints."""

from django.dispatch import Signal

version_minted = Signal()
