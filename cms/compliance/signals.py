from django.dispatch import Signal

# Sent with `evidence`, its `target` and its `person`, once, in the transaction that writes it.
evidence_recorded = Signal()
