"""News from below, sent inside the transaction that writes.

`version_minted(sender=model, version, previous)`, `review_signed(sender=ReviewSignature, signature)`.
"""

from django.dispatch import Signal

version_minted = Signal()
review_signed = Signal()
