"""News from the roster for the apps above, sent inside the transaction that changes it."""

from django.dispatch import Signal

# Keyword arguments: `person_ids`, a frozenset of the people whose employments, leaves, protection or merging changed
# (for a merge both records), and `org_unit_ids`, a frozenset of the units that were placed, moved, opened or closed
# (all below them are concerned too). Either may be empty. An import of thousands sends it once.
roster_changed = Signal()
