"""Why something cannot be published or taken out of use. The texts are shown to editors."""

from cms.core.models import Refused


class PublishingError(Refused):
    """A version cannot be minted. The text is shown to the editor."""


class NoteMissing(PublishingError):
    """A substantive change without a note."""


class EffectiveTooEarly(PublishingError):
    """A later number would be in force before an earlier one."""


class AlreadyWithdrawn(PublishingError):
    """The document is no longer in use."""


class SecondPairNeeded(PublishingError):
    """Whoever has stopped a text cannot be the one who confirms it."""


class NoSuchPassage(PublishingError):
    """No version has a passage with that hash."""


class AlreadyRedacted(PublishingError):
    """The passage has been taken out before; or a draft brings it back."""
