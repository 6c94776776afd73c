"""News from below, sent inside the transaction that writes.

`version_minted(sender=model, version, previous)`, `review_signed(sender=ReviewSignature, signature)`,
`passage_redacted(sender=Redaction, redaction, contents)` with the primary keys of the frozen contents.
"""

from django.dispatch import Signal

version_minted = Signal()
review_signed = Signal()
passage_redacted = Signal()
